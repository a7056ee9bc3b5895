"""How `corrections accept` takes a new address into the register, and asks for a letter to it."""

from dataclasses import replace
from typing import Any, NamedTuple

import click

from sarabanwatch.app.asking import ask
from sarabanwatch.app.foreseeing import foreseen
from sarabanwatch.cli import domain_now, ledger
from sarabanwatch.cli.claim import Claim
from sarabanwatch.core import address
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.agency import Agency, Announcement
from sarabanwatch.core.judging.consequence import Consequences
from sarabanwatch.store import Ledger
from sarabanwatch.store import corrections as table
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components


class AcceptedCorrection(NamedTuple):
    """What is to be taken into the register: from which mail, for which agency."""

    mail: str                       # its digest
    agency: Agency                  # as it stands in the register
    cell: str                       # the new address
    given: Announcement | None      # the new announcement, where there is one

    @property
    def asked(self) -> table.Correction:
        """What the ledger is asked to take."""
        return table.Correction(self.mail, self.agency.code, self.cell, self.given)

    @property
    def stale(self) -> str:
        """The other address that the announcement in the register still gives; "" for none."""
        old = self.agency.announcement
        return old.cell if old and not self.given and old.cell != self.cell else ""


def refuse_doubtful(claim: Claim, db: Tx, cell: str, note: str, *, anyway: bool) -> None:
    """Refuse an unproven sender without a note, and a bad address unless `anyway`."""
    if not claim.proof and not note.strip():
        raise click.UsageError("the sender is not proven; say with --note how you made sure")
    agency, rules = replace(claim.one(), cell=cell), claim.components.addresses
    judged = address.judge(agency, rules)
    against = [] if judged.finding in ("right", "odd") else [
        (rule.thai, rule.advice) for rule in judged.broken]
    named = next(iter(judged.addresses), cell)
    domain = claim.domains.get(named) or domain_now.looked_up(claim.components, db, named)
    against += [(each["advice_th"], each["advice_en"])
                for each in (domain or {"findings": ()})["findings"]
                if each["severity"] == "fault"]
    if against and not anyway:
        instead = address.suggestion(agency, rules, judged)
        thai, english = map(" ".join, zip(*against, strict=True))
        raise RequestError(
            f"{cell}: {english}{f' Write instead: {instead}.' if instead else ''} "
            "Reject it, or say --anyway.",
            f"{cell}: {thai} {f'ให้เขียนว่า {instead} ' if instead else ''}"
            "ให้ปฏิเสธ (reject) หรือยืนยันด้วย --anyway")


def foresee(components: Components, change: AcceptedCorrection) -> Consequences:
    """Return what a correction would make of its agency."""
    return ledger.rehearse(
        components, table.foresee, change.asked, components.addresses, components.clock.now(),
        foreseen(components.addresses, components.policy))


def take(components: Components, change: AcceptedCorrection, by: str, note: str) -> dict[str, Any]:
    """Take a correction into the register, then ask for a letter to the new address.

    Where none may be sent now, `why` says so, and the round sends one when its turn comes.
    """
    code, numbered = change.agency.code, components.rules.form.numbered

    async def taken(opened: Ledger) -> dict[str, Any]:
        number = await opened.write(table.accept, change.asked, components.addresses, by, note,
                                    components.clock.now())
        try:
            serial = await ask(code, None, ledger=opened, clock=components.clock,
                               rules=components.rules)
        except RequestError as why:
            return {"import": number, "letter": None, "number": None, "why": str(why)}
        return {"import": number, "letter": serial, "number": numbered(serial), "why": ""}

    return ledger.work(components, taken)
