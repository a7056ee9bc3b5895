"""A mail that gives a new address or announcement, read and looked up for `corrections`.

It is found who is proven to have written it, which agency it may be about, and what it names.
Nothing is changed.
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import click

from sarabanwatch.cli import domain_now, terminal, which
from sarabanwatch.core import address
from sarabanwatch.core.calendar import BANGKOK, short_moment
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.letters.addressee import ANY_HEAD, addressee
from sarabanwatch.core.returns import authenticity, correction
from sarabanwatch.core.returns.correction import CorrectionMail
from sarabanwatch.core.returns.kept import StoredMail
from sarabanwatch.store import corrections as table
from sarabanwatch.store import queries, register_table, rulings
from sarabanwatch.store.corrections import Decision
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

MOST = 5      # addresses of which the DNS is asked
NOBODY = "nothing tells whose it is, or several may be meant; name one with --agency"

Whose = list[tuple[Agency, str]]    # agencies that a mail may be about, and why each may be


class Claim:
    """One mail, read and looked up; the ledger is asked only while it is made."""

    def __init__(self, components: Components, db: Tx, mail: str, agency: str) -> None:
        self.components = components
        self.mail: StoredMail = rulings.find(db, mail)
        self.correction: CorrectionMail = correction.read(self.mail.raw, components.rules.ours)
        self.decision: Decision | None = table.of(db, self.mail.digest)
        self.whose: Whose = _whose(db, self.mail, self.correction, agency)
        self.judged = {named: address.judge(replace(a, cell=named), components.addresses)
                       for a, _ in self.whose[:1] for named in self.correction.addresses}
        self.domains = {named: domain_now.looked_up(components, db, named)
                        for named in self.correction.addresses[:MOST]}
        self.proof: str = self._proof()

    def _proof(self) -> str:
        """Return what proves that the mail was written at the agency's own present domain.

        Return "" where nothing does, or where it is not known whose the mail is. A new domain
        proves nothing: anybody may register one, sign with it, and name it.
        """
        if len(self.whose) != 1:
            return ""
        agency, marks = self.whose[0][0], self.components.rules.marks
        declared = address.judge(agency, self.components.addresses).writable
        return authenticity.proof(self.mail.raw, self.correction.sender, declared, self.mail.signed,
                                  marks.authserv_id, marks.shared)

    def undecided(self) -> None:
        """Refuse a mail that somebody has decided on already."""
        if d := self.decision:
            when = short_moment(datetime.fromisoformat(d.at), "en")
            raise click.ClickException(f"{terminal.short(d.mail)}: {d.by} has decided on it, "
                                       f"{when}; `corrections show` tells")

    def one(self) -> Agency:
        """Return the agency that the mail is about; list the candidates where that is not one."""
        if len(self.whose) == 1:
            return self.whose[0][0]
        listed = "".join(f"\n  {a.code}  {a.name} ({why})" for a, why in self.whose)
        raise click.ClickException(NOBODY + listed)

    @property
    def new(self) -> list[str]:
        """The addresses that it names, but for the register's and those that it calls old."""
        old = self.whose[0][0].cell.strip().lower() if self.whose else ""
        return [named for named in self.correction.addresses
                if named.lower() != old and named not in self.correction.former]

    def address(self) -> str:
        """Return the new address: the only one named, else the only one that is right."""
        right = [named for named in self.new if named in self.judged
                 and self.judged[named].finding == "right"]
        for found in (self.new, right):
            if len(found) == 1:
                return found[0]
        if not self.new:
            raise click.ClickException("it names no new address; say which with --address")
        raise click.ClickException(f"it names {len(self.new)} new addresses: "
                                   f"{', '.join(self.new)}; say which with --address")

    def collect(self, lang: str) -> dict[str, Any]:
        """Return the mail and what it was found to be as plain values."""
        claimed, given = self.correction, self.correction.link or self.correction.given_on
        return {
            "mail": self.mail.digest, "arrived_at": self.mail.arrived_at.isoformat(),
            "proof": self.proof or None,
            "from": claimed.sender, "subject": claimed.subject, "words": claimed.words,
            "agencies": [{"code": a.code, "name": a.name, "why": why, "cell": a.cell}
                         for a, why in self.whose],
            "addresses": [self._address(named, lang) for named in claimed.addresses],
            "former": list(claimed.former), "new": self.new,
            "announcement": {"link": claimed.link, "given_on": claimed.given_on} if given else None,
            "decided": asdict(self.decision) if self.decision else None,
        }

    def _address(self, named: str, lang: str) -> dict[str, Any]:
        found: dict[str, Any] = {"address": named, "finding": None, "broken": [],
                                 "write_instead": None, "domain": self.domains.get(named)}
        if judged := self.judged.get(named):
            agency = replace(self.whose[0][0], cell=named)
            instead = address.suggestion(agency, self.components.addresses, judged)
            found |= {"finding": judged.finding, "write_instead": instead or None,
                      "broken": [r.thai if lang == "th" else r.advice for r in judged.broken]}
        return found

    def draft(self) -> bytes:
        """Return the answer as a draft that a person's mail program opens."""
        if self.mail.forgotten_at:
            until = terminal.day(self.mail.forgotten_at)
            raise click.ClickException(
                f"nobody knows whom to answer: its words were kept until {until}"
            )
        if not self.correction.sender:
            raise click.ClickException(
                "nobody knows whom to answer: no sender can be read out of it"
            )
        d, day = self.decision, self.components.clock.now().astimezone(BANGKOK).date()
        agency = self.whose[0][0] if len(self.whose) == 1 else None
        to = (addressee(agency.name, agency.kind, self.components.settings.letter.heads) if agency
              else ANY_HEAD.strip())
        cell = d.cell if d and d.cell else ", ".join(self.new)
        words = correction.answer(d.accepted if d else None, agency.name if agency else "", cell,
                                  d.note if d else "", day)
        return correction.draft(self.correction, self.components.rules.ours,
                                f"เรียน  {to}\n\n{words}")


def _whose(db: Tx, mail: StoredMail, claimed: CorrectionMail, wanted: str) -> Whose:
    """Return the agencies that a mail may be about, each once.

    The one that a person names; else those of our letter and of a code in the mail; else those that
    its sender and words point to.
    """
    if wanted:
        return list(_listed(db, [(which.one(db, wanted).code, "named by you")]))
    owner = queries.owner(db, mail.word.serial) if mail.word.serial else ""
    signs = [(owner, "our letter"), *((code, "its code") for code in claimed.codes)]
    likely = list(_listed(db, signs)) or list(table.whose(db, claimed.sender, claimed.words))
    once: dict[str, tuple[Agency, str]] = {}
    for agency, why in likely:
        once.setdefault(agency.code, (agency, why))
    return list(once.values())


def _listed(db: Tx, signs: list[tuple[str, str]]) -> Iterator[tuple[Agency, str]]:
    """Yield the agencies of these codes that the register lists."""
    for code, why in signs:
        agency = register_table.find(db, code) if code else None
        if agency:
            yield agency, why
