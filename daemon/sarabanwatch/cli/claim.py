"""One mail that tells a new address or announcement, read and looked up.

Who proves to have written it, whose it may be, what it names. Made for `corrections`; changes nothing.
"""

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli import domains, terminal, which

if TYPE_CHECKING:
    from sarabanwatch.core.facts.agency import Agency
    from sarabanwatch.core.returns.correction import CorrectionMail
    from sarabanwatch.core.returns.kept import StoredMail
    from sarabanwatch.store.corrections import Decision
    from sarabanwatch.wiring import Components


MOST = 5      # addresses of which the DNS is asked
NOBODY = "nothing tells whose it is, or several may be meant; name one with --agency"


class Claim:
    """One mail, read and looked up; a database is asked only while it is made."""

    def __init__(self, components: "Components", db: Any, mail: str,  # noqa: ANN401 - a ledger connection
                 agency: str) -> None:
        from sarabanwatch.core import address
        from sarabanwatch.core.returns import correction
        from sarabanwatch.store import corrections as book
        from sarabanwatch.store import rulings

        self.components = components
        self.mail: StoredMail = _found(rulings.find, db, mail)
        self.told: CorrectionMail = correction.read(self.mail.raw, components.rules.ours)
        self.decision: Decision | None = book.of(db, self.mail.digest)
        self.whose: list[tuple[Agency, str]] = _whose(db, self.mail, self.told, agency)
        self.judged = {named: address.judge(replace(a, cell=named), components.addresses)
                       for a, _ in self.whose[:1] for named in self.told.addresses}
        self.domains = {named: domains.looked_up(components, db, named)
                        for named in self.told.addresses[:MOST]}
        self.proof: str = self._proof()

    def _proof(self) -> str:
        """Return what proves that the agency's own present domain wrote it; "" where nothing does, or whose it is is not known.

        A new domain vouches for nobody: anybody may have one, sign by it, and name it.
        """
        from sarabanwatch.core import address
        from sarabanwatch.core.returns import authenticity

        if len(self.whose) != 1:
            return ""
        agency, marks = self.whose[0][0], self.components.rules.marks
        declared = address.judge(agency, self.components.addresses).writable
        return authenticity.proof(self.mail.raw, self.told.sender, declared, self.mail.signed,
                                  marks.authserv_id, marks.shared)

    def undecided(self) -> None:
        """Say where somebody has decided on it already."""
        if d := self.decision:
            raise click.ClickException(
                f"{d.mail[:12]}: {d.by} has decided on it, {terminal.day(d.at)}; `corrections show` tells"
            )

    def one(self) -> "Agency":
        """Return the agency that it is about; say where that is not one."""
        if len(self.whose) == 1:
            return self.whose[0][0]
        listed = "".join(f"\n  {a.code}  {a.name} ({why})" for a, why in self.whose)
        raise click.ClickException(NOBODY + listed)

    @property
    def new(self) -> list[str]:
        """The addresses that it names, but for the one that stands in the register."""
        old = self.whose[0][0].cell.strip().lower() if self.whose else ""
        return [named for named in self.told.addresses if named.lower() != old]

    def address(self) -> str:
        """Return the address that it names: the only new one, else the only one of these that is right."""
        right = [named for named in self.new if named in self.judged
                 and self.judged[named].finding == "right"]
        for found in (self.new, right):
            if len(found) == 1:
                return found[0]
        raise click.ClickException(
            f"it names {len(self.new)} new addresses: {', '.join(self.new) or '-'}; say which with --address"
        )

    def account(self, lang: str) -> dict[str, Any]:
        """Tell it as plain values."""
        from sarabanwatch.core import address

        return {
            "mail": self.mail.digest, "arrived_at": self.mail.arrived_at.isoformat(),
            "proof": self.proof or None,
            "from": self.told.sender, "subject": self.told.subject, "words": self.told.words,
            "agencies": [{"code": a.code, "name": a.name, "why": why, "cell": a.cell}
                         for a, why in self.whose],
            "addresses": [{
                "address": named, "finding": judged.finding,
                "broken": [r.thai if lang == "th" else r.advice for r in judged.broken],
                "write_instead": address.suggestion(replace(self.whose[0][0], cell=named),
                                                    self.components.addresses, judged) or None,
                "domain": self.domains.get(named)} for named, judged in self.judged.items()]
            or [{"address": named, "finding": None, "broken": [], "write_instead": None,
                 "domain": self.domains.get(named)}
                for named in self.told.addresses],
            "announcement": {"link": self.told.link, "given_on": self.told.given_on}
            if any((self.told.link, self.told.given_on)) else None,
            "decided": asdict(self.decision) if self.decision else None,
        }

    def draft(self) -> bytes:
        """Return the answer as a draft that a person's mail program opens."""
        from sarabanwatch.core.calendar import BANGKOK
        from sarabanwatch.core.returns import correction

        if self.mail.forgotten_at:
            until = terminal.day(self.mail.forgotten_at)
            raise click.ClickException(
                f"nobody knows whom to answer: its words were kept until {until}"
            )
        if not self.told.sender:
            raise click.ClickException(
                "nobody knows whom to answer: no sender can be read out of it"
            )
        d, day = self.decision, self.components.clock.now().astimezone(BANGKOK).date()
        name = self.whose[0][0].name if len(self.whose) == 1 else ""
        cell = d.cell if d and d.cell else ", ".join(self.new)
        words = correction.answer(d.accepted if d else None, name, cell, d.note if d else "", day)
        return correction.draft(self.told, self.components.rules.ours, words)


def _found(find: Any, db: Any, mail: str) -> "StoredMail":  # noqa: ANN401 - a question, a ledger connection
    try:
        found: StoredMail = find(db, mail.lower())
    except KeyError:
        raise click.ClickException(
            f"no mail, or several, with a digest beginning {mail!r}; `corrections list` lists them"
        ) from None
    return found


def _whose(db: Any, mail: "StoredMail", told: "CorrectionMail",  # noqa: ANN401 - as above
           wanted: str) -> "list[tuple[Agency, str]]":
    """Return the agencies that it may be about: the one that is named, else our letter's, else by what stands in it."""
    from sarabanwatch.store import corrections as book
    from sarabanwatch.store import queries, register_table

    if wanted:
        code, why = which.one(db, wanted).code, "named by you"
        return [(agency, why)] if (agency := register_table.find(db, code)) else []
    owner = queries.owner(db, mail.word.serial) if mail.word.serial else ""
    signs = [(owner, "our letter"), *((code, "its code") for code in told.codes)]
    certain = [(agency, why) for code, why in signs if code
               and (agency := register_table.find(db, code))]
    likely = certain or list(book.whose(db, told.sender, told.words))
    return list({agency.code: (agency, why) for agency, why in reversed(likely)}.values())[::-1]
