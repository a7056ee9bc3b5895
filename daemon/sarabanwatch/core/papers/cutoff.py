"""From what the ledger knew at a moment to a snapshot: each group, its reason, and what to quote.

Groups are those that were published at the cut-off; what they were judged from is weighed from the
facts seen by then. Which facts there are is the ledger's business, what they look like on paper the
report's.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise

from sarabanwatch.core import address
from sarabanwatch.core.calendar import BANGKOK, THAI_DIGITS, thai_number
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import Evidence, FactKind, in_force
from sarabanwatch.core.judging import verdict
from sarabanwatch.core.judging.census import Buckets
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import OURS, Scope
from sarabanwatch.core.judging.standing import result_of, standing
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.core.papers.snapshot import (
    Label,
    OwnHealth,
    Quote,
    Snapshot,
    SnapshotRow,
    Trouble,
    buckets_of,
    figures,
)
from sarabanwatch.core.policy import ConfirmSection
from sarabanwatch.core.returns.authenticity import decides
from sarabanwatch.core.rounds import Campaign
from sarabanwatch.core.sending.canary import Canary

QUOTED = 2             # the last so many letters that came back
QUOTED_AT_MOST = 300     # characters of another's words
AGAINST = frozenset({FactKind.REFUSED, FactKind.GAVE_UP, FactKind.BOUNCED})
SILENCE = frozenset({FactKind.PUT_OFF, FactKind.TAKEN, FactKind.DELAYED, FactKind.QUIET})
SCOPES = {
    Scope.HOST: "เครื่องแม่ข่ายอีเมล ",
    Scope.DOMAIN: "โดเมนอีเมล ",
    Scope.SUPERIOR: "สังกัด ",
    Scope.PROVINCE: "จังหวัด ",
    Scope.COUNTRY: "ทั้งประเทศ",
    Scope.LIST: "ทะเบียนที่นำเข้าครั้งที่ ",
    Scope.RULES: "หลักเกณฑ์ ",
    Scope.REPLAY: "การอ่านจดหมายซ้ำ ",
    Scope.EDITION: "การแบ่งกลุ่มฉบับ ",
}


@dataclass(frozen=True, slots=True)
class PastTransition:
    """A transition of group, as it was published."""

    now: Group
    at: datetime
    because: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """An agency at the cut-off: every change of its group, every letter to its present address.

    Of each letter, the facts seen by then.
    """

    agency: Agency
    transitions: Sequence[PastTransition]
    letters: Sequence[tuple[int, Sequence[Evidence]]]

    @property
    def group(self) -> Group:
        """The group that was published."""
        return self.transitions[-1].now if self.transitions else Group.UNKNOWN


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """The round's letters by result, the letters to ourselves, and domains that take any name."""

    planned: int
    sent: int
    doubtful: int
    held: int
    withheld: int
    quiet: int
    late: int
    canaries: Sequence[Canary]
    last_fact: datetime | None
    anything: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CorrelatedOutage:
    """An incident as it stood: its scope, how many it held, of whom cleared and changed by then."""

    scope: Scope
    key: str
    began: datetime
    ended: datetime | None
    agencies: int
    cleared: int
    changed: int


@dataclass(frozen=True, slots=True)
class CutOffRules:
    """What a cut-off is judged by: address rules, labels of groups, limits, numbering."""

    addresses: address.Rules
    labels: Mapping[str, Label]
    editions: Mapping[str, str]
    confirm: ConfirmSection
    patience: timedelta
    numbered: Callable[[int], str]

    @property
    def buckets(self) -> Buckets:
        """The buckets of the day's edition."""
        return buckets_of(self.labels)


def freeze(
    at: datetime, round_: Campaign, stands: Sequence[Stand], letters: RoundFigures,
    troubles: Sequence[Trouble], rules: CutOffRules,
) -> Snapshot:
    """Return the snapshot of a cut-off. It follows none, is not sealed yet, and may not add up."""
    mend = rules.buckets["mend"]
    rows = tuple(_row(stand, rules, mend) for stand in stands)
    return Snapshot(
        as_of=at, campaign=round_.number - 1, rules=dict(rules.editions), labels=dict(rules.labels),
        figures=figures(Counter(stand.group for stand in stands), rules.buckets),
        health=_health(stands, letters, round_, at, rules), rows=rows,
        troubles=tuple(sorted((*troubles, *own_troubles(letters.canaries, at, rules.patience)),
                              key=lambda t: t.began)))


def _row(stand: Stand, rules: CutOffRules, mend: Sequence[Group]) -> SnapshotRow:
    a, group = stand.agency, stand.group
    judged = address.judge(a, rules.addresses)
    to_mend, since = group in mend, _day(stand.transitions[-1].at) if stand.transitions else None
    return SnapshotRow(
        a.code, a.name, a.kind.value, a.province, a.superior, group.value, since,
        _mending(stand.transitions, mend) if to_mend else None,
        _basis(stand, rules), a.cell, judged.writable,
        tuple(r.thai for r in judged.broken) if to_mend else (),
        tuple(_quotes(stand, rules)) if to_mend else ())


def _mending(transitions: Sequence[PastTransition], mend: Sequence[Group]) -> date | None:
    first = None
    for transition in transitions:
        first = (first or transition) if transition.now in mend else None
    return _day(first.at) if first else None


def _basis(stand: Stand, rules: CutOffRules) -> str:
    a = stand.agency
    shown = standing((result_of(seen) for _, seen in stand.letters), rules.confirm)
    facts = (a.cell, a.status.value, a.announcement is not None,
             a.announcement.cell if a.announcement else "",
             shown.health.value, shown.by.value if shown.by else "")
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _quotes(stand: Stand, rules: CutOffRules) -> Iterator[Quote]:
    """Yield what came back for the last letters that failed, oldest first."""
    failed = [(serial, last) for serial, seen in stand.letters if (last := _last_against(seen))]
    for serial, e in failed[-QUOTED:]:
        yield Quote(_day(e.seen_at), rules.numbered(serial), _quoted(e), verdict.rule_for([e]).thai)


def _quoted(e: Evidence) -> str:
    """Return their words, with the codes where the words don't have them."""
    words = one_line(e.text)[:QUOTED_AT_MOST]
    return " ".join([code for code in (str(e.code or ""), e.status) if code and code not in words]
                    + [words]).strip()


def _last_against(seen: Sequence[Evidence]) -> Evidence | None:
    against = [e for e in in_force(seen) if e.kind in AGAINST and decides(e)]
    return against[-1] if against else None


def _health(stands: Sequence[Stand], letters: RoundFigures, round_: Campaign, at: datetime,
            rules: CutOffRules) -> OwnHealth:
    buckets = rules.buckets
    alarms = [s for s in stands if _alarmed(s.transitions, round_, buckets)]
    canaries = [c for c in letters.canaries if c.shows_since is not None]
    silent = [s for s in stands if s.group is Group.A2 and _silent(s)]
    return OwnHealth(
        letters.planned, letters.sent, letters.doubtful, letters.held,
        letters.planned - letters.sent - letters.doubtful - letters.held, letters.withheld,
        canaries=len(canaries), lost=sum(c.lost(at, rules.patience) for c in canaries),
        alarms=len(alarms), recovered=sum(s.group in buckets["ready"] for s in alarms),
        quiet=letters.quiet, late=letters.late, silent=len(silent), last_fact=letters.last_fact,
        anything=sum(address.judge(s.agency,
                                   rules.addresses).writable.rpartition("@")[2] in letters.anything
                     for s in silent))


def _alarmed(transitions: Sequence[PastTransition], round_: Campaign, buckets: Buckets) -> bool:
    return any(was.now in buckets["ready"] and now.now in buckets["mend"]
               and now.at >= round_.starts for was, now in pairwise(transitions))


def _silent(stand: Stand) -> bool:
    return bool(stand.letters) and {e.kind for e in stand.letters[-1][1]} <= SILENCE


def own_troubles(canaries: Sequence[Canary], at: datetime,
                 patience: timedelta) -> Iterator[Trouble]:
    """Yield the spans in which letters to ourselves were lost.

    Each lasts from the first one lost to the next that came home in time.
    """
    known = sorted((c for c in canaries if c.shows_since and (c.back_at or c.lost(at, patience))),
                   key=lambda c: c.drafted_at)
    runs = [(lost, list(run)) for lost, run in groupby(known, key=lambda c: c.lost(at, patience))]
    for i, (lost, run) in enumerate(runs):
        began = run[0].shows_since
        if lost and began:
            ended = runs[i + 1][1][0].back_at if i + 1 < len(runs) else None
            lost_ones = thai_number(len(run))
            yield Trouble(
                began, ended, f"หนังสือที่ระบบส่งถึงตนเองไม่กลับมา {lost_ones} ฉบับ แสดงว่าระบบรับส่งขัดข้อง",
                "ระบบหยุดส่งหนังสือ และไม่นำการไม่ตอบในช่วงนั้นมานับเป็นผล "
                "ไม่มีหน่วยงานใดถูกปรับสถานะลงเพราะเหตุนี้",
            )


def outage_trouble(outage: CorrelatedOutage) -> Trouble:
    """Return an incident as the report tells it: whom it held, and what became of them by then."""
    rest = outage.agencies - outage.cleared - outage.changed
    became = ((outage.cleared, "กลับมาใช้งานได้ จึงไม่ถูกปรับสถานะลง"),
              (outage.changed, "ใช้งานไม่ได้จริง จึงเปลี่ยนเป็นต้องแก้ไข"), (rest, "คงสถานะเดิมไว้ระหว่างรอผล"))
    parts = " ".join(f"{thai_number(n)} หน่วยงาน{words}" for n, words in became if n)
    what = ("มีผลให้หน่วยงานเปลี่ยนเป็นต้องแก้ไขพร้อมกัน" if outage.scope in OURS
            else "มีหน่วยงานที่ส่งหนังสือถึงไม่ได้พร้อมกัน")
    key = outage.key.translate(THAI_DIGITS) if outage.scope is Scope.LIST else outage.key
    where, number = f"{SCOPES[outage.scope]}{key}", thai_number(outage.agencies)
    return Trouble(outage.began, outage.ended, f"{where} {what} {number} หน่วยงาน",
                   parts or "ไม่มีหน่วยงานใดถูกปรับสถานะลง")


def _day(moment: datetime) -> date:
    return moment.astimezone(BANGKOK).date()
