"""Puts snapshots into the ledger, and makes papers of them.

Which papers there are, what each is made from, and in which forms. Nothing here looks at the
agencies themselves: papers are made from snapshots, and the same snapshot in the same state (draft
or released) gives the same bytes.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from itertools import islice
from string import Template
from urllib.parse import quote

from sarabanwatch import __version__, settings, store
from sarabanwatch.core.calendar import BANGKOK, short_moment
from sarabanwatch.core.errors import ConfigError, DataError, RequestError
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.papers import circular, cutoff, findings, infographic, notice, report
from sarabanwatch.core.papers.circular import Issue, Office
from sarabanwatch.core.papers.snapshot import Label, Snapshot, SnapshotRow, misprints, seal
from sarabanwatch.papers import print as printing
from sarabanwatch.papers.print import sheets
from sarabanwatch.store import queries, snapshots
from sarabanwatch.store.snapshots import Kept
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring.components import Components

KINDS = ("cabinet", "circular", "infographic", "notices")
FORMS: tuple[printing.Form, ...] = ("pdf", "png", "svg")
File = tuple[str, Callable[[], bytes]]


async def freeze(components: Components, at: datetime | None) -> Kept:
    """Freeze the census of a cut-off (the last fact in the ledger by default).

    Raise DataError or RequestError.
    """
    now = components.clock.now()
    with (
        closing(components.ledger(existing=True)) as ledger,
        queries.asking(components.ledger_place) as db,
    ):
        as_of = at or snapshots.last_fact(db, now)
        if as_of is None or as_of > now:
            raise RequestError("nothing is known yet" if as_of is None
                               else f"{short_moment(as_of, 'en')} is yet to come")
        round_ = store.rounds.current(db, components.policy.campaign.timetable, as_of)
        snapshot = cutoff.freeze(
            as_of, round_, snapshots.stands(db, as_of),
            snapshots.round_figures(db, round_.id, round_.starts, as_of),
            snapshots.troubles(db, round_.starts, as_of), rules_in_force(components, as_of))
        content, digest = seal(replace(snapshot, follows=snapshots.followed(db, as_of)))
        number = await ledger.write(store.snapshots.keep, content, digest, as_of,
                                    round_.number - 1, now)
        return snapshots.find(db, str(number))


def rules_in_force(components: Components, at: datetime) -> cutoff.CutOffRules:
    """Return what a cut-off is judged by: the groups by the edition of its day."""
    words, addresses = components.groups_at(at), components.addresses
    labels = {g.value: Label(w.th, w.en, w.mend_th, w.bucket) for g in Group
              for w in [words.groups[g]]}
    rules = {"sarabanwatch": __version__, "groups": words.id, "addresses": addresses.id}
    policy = components.policy
    return cutoff.CutOffRules(addresses, labels, rules, policy.confirm, policy.canary.patience,
                        components.form.numbered)


@dataclass(frozen=True)
class Papers:
    """All that is printed of one snapshot."""

    components: Components
    kept: Kept
    snapshot: Snapshot
    earlier: tuple[Snapshot, ...]       # those that it follows, the latest first
    draft: bool = False     # whether it is to look like a draft, released or not

    @property
    def before(self) -> Snapshot | None:
        """The snapshot that it is compared with."""
        return self.earlier[0] if self.earlier else None

    @cached_property
    def issue(self) -> Issue:
        """Draft or final."""
        at = "" if self.draft else self.kept.released_at
        return Issue(self.kept.digest,
                     datetime.fromisoformat(at).astimezone(BANGKOK).date() if at else None)

    @property
    def office(self) -> Office:
        """Who issues."""
        return self.components.office

    @cached_property
    def cabinet(self) -> dict[str, object]:
        """What the report to the Cabinet says."""
        return report.cabinet(self.snapshot, self.before, self.office, self.issue, self.earlier)

    def files(self, only: str = "") -> Iterator[File]:
        """Yield the papers' names and how to make each; what needs no printing comes first.

        Raise DataError where two of them disagree.
        """
        self._agree()
        if not self.issue.stamp:
            self.in_form()
        for kind in (only,) if only else KINDS:
            yield from getattr(self, f"_{kind}_sheets", tuple)()
        for kind in (only,) if only else KINDS:
            yield from getattr(self, f"_{kind}")()

    def in_form(self) -> None:
        """Raise ConfigError where what makes a paper of the office's is still to be filled in."""
        if left := list(circular.lacking(self.office)):
            head = (f"{self.components.path}: nothing is issued without number, signer and office "
                    "(`report render --draft` shows what it will look like):")
            raise ConfigError("\n  ".join((head, *left)))

    def mail(self, row: SnapshotRow, at: datetime | None = None) -> bytes:
        """Return the notice to one agency as a message, dated `at` or as the other papers are.

        Its PDF is enclosed where the extra `reports` is installed.
        """
        s = self.components.settings
        sender = notice.sender(self.office, s.sender.address, fixed=s.relay.sender == "fixed")
        facts = notice.notice(row, self.snapshot, self.office, self.issue, self._text("notice"),
                              s.letter.heads)
        pdf = self._notice_sheet([facts]) if printing.installed() else b""
        return notice.mail(facts, row, sender, at or self._at, pdf)

    def notices(self) -> list[dict[str, object]]:
        """Return the notices, one for each agency to mend."""
        return notice.notices(self.snapshot, self.office, self.issue, self._text("notice"),
                              self.components.settings.letter.heads)

    def _cabinet_sheets(self) -> Iterator[File]:
        s, stamp = self.snapshot, self.issue.stamp
        yield "annex.xlsx", lambda: sheets.workbook(s, stamp, self.kept.digest)
        yield "agencies.csv", lambda: sheets.csv(s)
        yield "report.json", lambda: json.dumps(
            self._facts("cabinet"), ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"

    def _cabinet(self) -> Iterator[File]:
        yield "cabinet.pdf", lambda: self._print("cabinet", self._facts("cabinet"))
        yield "covering.pdf", lambda: self._print("circular", self._facts("covering") | {"qr": ""})

    def _circular(self) -> Iterator[File]:
        yield "circular.pdf", lambda: self._print("circular", self._facts("circular"))

    def _infographic(self) -> Iterator[File]:
        for shape in infographic.SHAPES:
            for form in FORMS:
                facts = {**self._facts("infographic"), "shape": shape}
                yield f"infographic-{shape}.{form}", partial(self._print, "infographic", facts,
                                                             form)

    def _notices_sheets(self) -> Iterator[File]:
        for row in filter(notice.by_mail, self.snapshot.to_mend):
            yield f"notices/{quote(row.code, safe='')}.eml", partial(self.mail, row)

    def _notices(self) -> Iterator[File]:
        yield "notices.pdf", lambda: self._notice_sheet(self.notices())

    def _notice_sheet(self, facts: list[dict[str, object]]) -> bytes:
        drawn = [{**each, "qr": printing.qr(str(each["link"]))} for each in facts]
        return self._print("notices", {"notices": drawn, "stamp": self.issue.stamp})

    def _facts(self, kind: str) -> dict[str, object]:
        s, office, issue = self.snapshot, self.office, self.issue
        if kind == "cabinet":
            return self.cabinet
        if kind == "covering":
            words = self._text("covering").substitute(circular.figures(s),
                                                       office=office.report.name)
            return findings.covering(s, office, issue, words)
        if kind == "infographic":
            return infographic.infographic(s, office, issue, self.before)
        return circular.circular(s, office, issue, self._text("circular"))

    def _agree(self) -> None:
        """Raise DataError where a paper's words lack one of the figures.

        All papers give the same figures, or none is issued.
        """
        sentences = {kind: circular.sentences(self._facts(kind))
                     for kind in ("circular", "infographic", "cabinet")}
        if wrong := list(misprints(self.snapshot.figures, sentences)):
            raise DataError("nothing is issued, for the papers do not agree: " + "; ".join(wrong))

    def _text(self, name: str) -> Template:
        file = self.components.file(getattr(self.components.settings.report, name),
                                    f"letters/{name}.txt")
        return Template(settings.text(file, f"report.{name}"))

    @property
    def _at(self) -> datetime:
        return datetime.fromisoformat(self.kept.released_at or self.kept.as_of)

    def _print(self, template: str, facts: dict[str, object], form: printing.Form = "pdf") -> bytes:
        drawn = {"qr": printing.qr(self.office.link), **facts, "garuda": self.components.garuda}
        return printing.pages(settings.shipped(f"print/{template}.typ"), drawn, self._at, form)[0]


def papers(components: Components, wanted: str = "", *, draft: bool = False) -> Papers:
    """Return the papers of a snapshot in the ledger, with those that it follows.

    `draft`: its papers look like drafts, released or not.
    """
    with queries.asking(components.ledger_place) as db:
        kept = snapshots.find(db, wanted)
        snapshot = snapshots.read(db, kept)
        earlier = [*islice(_followed(db, snapshot), findings.ROUNDS - 1)]
    return Papers(components, kept, snapshot, tuple(earlier), draft)


def _followed(db: Tx, snapshot: Snapshot) -> Iterator[Snapshot]:
    while snapshot.follows:
        snapshot = snapshots.read(db, snapshots.find(db, snapshot.follows))
        yield snapshot
