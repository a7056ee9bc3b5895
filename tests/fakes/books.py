"""A small ledger by hand, as contract tests write it.

Two agencies, their letters, mails and judgements.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count

from fakes.samples import HOUR, MONDAY, agency, fact, unbound
from sarabanwatch import store
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.judging.case import Case, Judgement
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.standing import Health, Standing
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.core.sending.probe import Event, State, TryResult
from sarabanwatch.store import Ledger

E, S = Event, State
LATER = MONDAY + HOUR
WEEK = timedelta(days=7)
ONE, TWO = agency(), agency("saraban@two.go.th", "1002", name="กรมสอง")
TAKEN = fact(Fact.TAKEN)
ASKED = count()


async def draft(
    ledger: Ledger, *agencies: Agency, campaign: int = 0, send_by: datetime = MONDAY + WEEK,
    at: datetime = MONDAY,
) -> Sequence[int]:
    drafts = [Draft(a.code, a.cell, send_by, None) for a in agencies]
    return await ledger.write(store.letters.draft, campaign, drafts, unbound, at)


async def send(
    ledger: Ledger, serial: int, event: Event = E.TAKEN, seen: Evidence | None = TAKEN,
    until: datetime = LATER,
) -> State:
    assert await ledger.write(store.letters.pick, serial, MONDAY) is not None
    return await ledger.write(store.letters.outcome, serial, TryResult(event, seen), MONDAY, until)


async def evidence(ledger: Ledger, serial: int,
                   when: datetime = MONDAY + 52 * WEEK) -> Sequence[Evidence]:
    return dict(await ledger.read(store.letters.overdue, when, 100))[serial]


def mail(text: bytes, serial: int | None = 1, seen: Evidence | None = None,
         refused: str = "") -> ReceivedMail:
    digest = sha256(text).hexdigest()
    return ReceivedMail(text, digest, MONDAY, Arrival(Mail.ANSWER, "a rule", sender="x@one.go.th"),
                        serial, seen, refused)


def judgement(case: Case, group: Group = Group.A2, at: datetime = MONDAY) -> Judgement:
    verdicts = {serial: Verdict.ACCEPTS for serial, _ in case.letters}
    return Judgement(case.agency.code, group, "because", Standing(Health.GOOD, Verdict.ACCEPTS),
                     verdicts, at, case.asked)


async def settle(ledger: Ledger, group: Group = Group.A2, at: datetime = MONDAY) -> None:
    """Judge whatever is unjudged to be of one group."""
    await ledger.write(
        store.judgements.record, [judgement(case, group, at)
                                  for case in await ledger.read(store.judgements.unjudged, 100)])


async def conclude(ledger: Ledger, group: Group = Group.A2, at: datetime = MONDAY,
                   verdict: Verdict | None = None) -> None:
    """Ask for the first agency to be judged, and judge it so.

    With a verdict on its first letter where one is given.
    """
    await ledger.write(store.arrivals.take_in, "INBOX",
                       [mail(f"{next(ASKED)}".encode(), seen=fact(Fact.AUTOMATIC))], Cursor(1, 1))
    case = next(case for case in await ledger.read(store.judgements.unjudged, 9)
                if case.agency.code == ONE.code)
    told = judgement(case, group, at)
    await ledger.write(store.judgements.record,
                       [replace(told, verdicts={1: verdict}) if verdict else told])
