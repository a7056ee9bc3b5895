"""The life of one probe, in the order in which it happens.

    register - plan - letter - send -> (days) -> inbox - evidence
             - close - verdict - standing - group - change

No step calls the next. The ledger stands between them, so that any step may die half-way and be run
again. Each names in its signature every part of the world that it touches, and returns how much it
did. LIFE.md shows it in pictures.
"""

from collections.abc import Awaitable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sarabanwatch import store
from sarabanwatch.app import drafting, pausing, reading, shunt, windows
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.app.journal import Journal
from sarabanwatch.app.last_report import last_report
from sarabanwatch.app.reading import Readers
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.app.weighing import weighed
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.judging import incident
from sarabanwatch.core.judging.breakdown import NOT_COUNTED, Breakdown
from sarabanwatch.core.judging.case import Case, Downgrade, Judgement
from sarabanwatch.core.letters import compose, wording
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.returns.kept import RawMail, ReceivedMail
from sarabanwatch.core.returns.mailbox import Batch
from sarabanwatch.core.sending import canary, plan, reply, throttle
from sarabanwatch.core.sending.plan import Unwritten
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage
from sarabanwatch.core.sending.route import Route
from sarabanwatch.core.sending.throttle import HostResponse
from sarabanwatch.ports import Chance, Clock, Line, Press
from sarabanwatch.store import Ledger

PAGE = 500           # rows in one transaction


async def recover(*, ledger: Ledger, clock: Clock, rules: Rulebook,
                  in_hand: Collection[int] = ()) -> int:
    """Put letters in doubt that are half-sent and in nobody's hands; return how many.

    Nobody knows whether such a letter was sent, so it is never sent again. It is found at a start,
    if we died while sending, or later, if the outcome of a letter could not be written down.
    `in_hand` are the serials of letters that are being sent right now.
    """
    now = clock.now()
    lost = Evidence(FactKind.LOST, now, text="we stopped while sending it")
    return await ledger.write(store.letters.lose, in_hand, lost, plan.window_end(now, rules.policy))


async def draft(
    *, ledger: Ledger, clock: Clock, rules: Rulebook, journal: Journal,
    dispatcher: Dispatcher | None = None, surveyed: int | None = None,
) -> int:
    """Write down letters due in the rounds that run, for each mail host its share of the day.

    Return how many. Nothing is sent here. Letters that wait are first moved to the mail hosts that
    the DNS names now. `dispatcher` knows what was sent so far; without it no forecast is made.
    `surveyed` is the import whose domains were surveyed last; None: none ever are. While a later
    one stands, letters to a domain whose mail host is not known wait: that host may serve many
    domains, or be paused, and could not be kept to its pace.
    """
    now, written = clock.now(), 0
    if not rules.signs(now):
        return 0
    await ledger.write(store.opt_outs.expire, now)
    for round_ in await ledger.read(store.rounds.running, rules.policy.campaign.timetable, now):
        if dispatcher:
            await drafting.rehost(round_, ledger, rules, dispatcher)
        undrafted = await drafting.undrafted(round_, ledger, rules, now)
        # asked after them: an address that a list or a correction brought meanwhile is not surveyed
        known = surveyed is None or await ledger.read(store.history.last) <= surveyed
        chosen = drafting.chosen(undrafted, now, rules, surveyed=known)
        wrote = await drafting.write(chosen, round_, ledger, rules, clock)
        if wrote:
            journal.drafted(wrote, round_.label)
        if dispatcher and not round_.extra:
            await dispatcher.learn(ledger, now)
            journal.planned(drafting.foretold(undrafted, chosen, dispatcher, rules, now))
        written += wrote
    return written


@dataclass(frozen=True, slots=True)
class Outlet:
    """What a letter leaves by: a connection, the chance of a retry's moment, what prints it."""

    line: Line
    chance: Chance
    press: Press | None = None


async def send(serial: int, outlet: Outlet, *, ledger: Ledger, clock: Clock, rules: Rulebook,
               journal: Journal) -> None:
    """Send one letter over a connection, and write it down before and after."""
    if noted := await offer(serial, outlet, ledger=ledger, clock=clock, rules=rules,
                            journal=journal):
        await noted


async def offer(serial: int, outlet: Outlet, *, ledger: Ledger, clock: Clock, rules: Rulebook,
                journal: Journal) -> Awaitable[None] | None:
    """Write down that a letter is being sent, and send it over a connection.

    Return what ends when its outcome, which the ledger has been given by then, is on disk and told:
    the connection is free for the next letter, whose beginning shares the outcome's commit. Return
    None for a letter that may not go, because its agency asked to be left alone, for example. Where
    the connection broke meanwhile, the letter waits and is tried again.
    """
    began = clock.now()
    picked = await ledger.sharing(store.letters.picks, (serial, began))
    if picked is None:
        return None
    written, first_try = picked
    answer = await _answered(written, outlet, rules)
    now = clock.now()
    event, fact = reply.read(answer, now, rules.refusals)
    if answer.route is Route.RELAY:
        fact = await reading.confirmed(fact, written.address, ledger)
    until = _until(event, first_try, now, outlet.chance, rules.policy)
    spoke = throttle.of_answer(answer, event, rules.refusals)
    response = HostResponse(spoke[0], now, began, spoke[1], answer.text) if spoke else None
    kept = ledger.sharing(store.letters.outcomes, store.letters.Outcome(
        serial, TryResult(event, fact), now, until, response))

    async def noted() -> None:
        await kept
        if answer.tls:
            await ledger.write(store.hosts.note, answer.tls, now)
        journal.sent(serial, event, answer, agency=written.code,
                     catch_all=written.purpose is Purpose.CATCH_ALL)

    return noted()


async def _answered(written: Letter, outlet: Outlet, rules: Rulebook) -> Answer:
    # it was written down while `live` was true, and is sent when that no longer holds
    at_home = canary.to_us(written, rules.form.sender.address)
    if not (at_home or plan.permitted(written.address, rules.policy)):
        return Answer(Stage.CONNECT, 0, "", "live = false: nothing goes to real domains")
    sender = rules.form.return_path(written.token)
    pdf = await outlet.press.pdf(wording.paper(written, rules.form),
                                 written.drafted_at) if outlet.press else b""
    return await outlet.line.send(Outgoing(sender, written.address, written.token,
                                    compose.compose(written, rules.form, pdf)))


def _until(event: Event, first_try: datetime, now: datetime, chance: Chance,
           policy: Policy) -> datetime:
    if event is Event.LATER:
        return plan.retry_at(first_try, now, chance.draw(), policy)
    return plan.window_end(now, policy)


async def read(batch: Batch, readers: Readers, *, ledger: Ledger, clock: Clock,
               rules: Rulebook) -> list[ReceivedMail]:
    """Read a batch of mails, and write nothing: the first half of the step `receive`.

    Raise Unwritable or NoReader, which are no fault of a mail's.
    """
    now = clock.now()
    return await shunt.read([RawMail(raw, now) for _, raw in batch.mails], ledger, readers,
                            rules.marks)


async def take_in(received: Sequence[ReceivedMail], batch: Batch, *, ledger: Ledger, clock: Clock,
                  journal: Journal) -> None:
    """Write the mails of a batch, as read, and their evidence: the second half.

    They are written in one transaction with the cursor, and each that is new is told. Whoever
    begins this sees it to its end (`app.receiving`).
    """
    kept = await shunt.take_in(received, batch, clock.now(), ledger)
    sent = await ledger.read(store.queries.sent_to,
                             {mail.serial for mail, new in kept if new and mail.serial})
    for mail, new in kept:
        agency, left = sent.get(mail.serial or 0, ("", None)) if new else ("", None)
        journal.received(mail, new=new, agency=agency, left=left)
        if new and shunt.was_set_aside(mail):
            journal.set_aside("mail", mail.arrival.rule)
    journal.mailbox.not_given(batch.mailbox, batch.lacking)


async def close(*, looked_at: datetime | None, ledger: Ledger, clock: Clock, rules: Rulebook,
                journal: Journal) -> int:
    """End the windows that were over when the inbox was last read to its end; return how many.

    `looked_at` is that moment, None where the inbox was not read yet. Silence counts only where we
    know that we would have heard an answer: a letter to ourselves that was sent after the window
    began must have come back, and where one was lost the silence is withheld.

    * No silence of a pause counts: such a window runs for as much longer.
    * A letter that was refused or came back is decided, so its window ends at once.
    * A letter whose time to be sent ran out is held; it counts as given up where its own host put
      it off for so long.
    """
    now, ended = clock.now(), 0

    async def end(over: Sequence[tuple[int, Evidence | None]]) -> int:
        await ledger.write(store.letters.close, over, now)
        journal.closed(await ledger.read(store.ended.letters, [serial for serial, _ in over]))
        return len(over)

    while decided := await ledger.read(store.confirming.decided, PAGE):
        await end([(serial, None) for serial in decided])
    for serial, seen in await ledger.read(store.letters.unsent_by, now):
        became = await windows.out_of_time(serial, seen, ledger, now, rules.policy)
        await ledger.write(store.letters.outcome, serial, became, now, now)
    heard = await windows.heard_until(looked_at, ledger, now, rules.policy)
    while heard and (page := await ledger.read(store.letters.overdue, heard, PAGE)):
        ends = await windows.paused_ends(page, heard, ledger, rules.policy)
        await ledger.write(store.pauses.extend, {n: at for n, at in ends.items() if at > heard})
        ended += await end(await windows.over(page, ends, heard, ledger, now, rules.policy))
    return ended


async def judge(*, ledger: Ledger, clock: Clock, rules: Rulebook) -> int:
    """Judge every agency of which something new is known; write down those whose group changes.

    A downgrade is pending until it has settled. Where many that share something would go down
    together, they are one correlated outage: its incident holds them, and none of them changes.
    What a register import, other rules or a replay of mails brings about changes groups at once,
    unless it would move too many agencies to groups that are to be mended. An agency at which our
    own code fails stays as it was, and the failure is raised when all others are judged.
    """
    if await ledger.read(store.judgements.others, rules.edition(clock.now())):
        await ledger.write(store.judgements.follow, rules.edition(clock.now()), clock.now())
    judged, failed = 0, shunt.Failures("agencies that could not be judged")
    while cases := [case for case in await ledger.read(store.judgements.unjudged,
                                                       PAGE + len(failed))
                    if case.agency.code not in failed]:
        now = clock.now()
        judgements = list(failed.spare((case.agency.code, partial(weigh, case, rules, now))
                                       for case in cases))
        await ledger.write(store.judgements.record, judgements)
        judged += len(judgements)
    await _settle(ledger, clock.now(), rules.policy)
    failed.tell()
    return judged


async def _settle(ledger: Ledger, now: datetime, policy: Policy) -> None:
    """Let pending downgrades take effect that have settled; hold those of a correlated outage."""
    pending = await ledger.read(store.incidents.pending_downgrades,
                                now - policy.correlation_window)
    settlement = incident.settle(pending, now, policy)
    if not settlement.idle:
        await ledger.write(store.incidents.settle, settlement, now)


def weigh(case: Case, rules: Rulebook, now: datetime) -> Judgement:
    """Return what an agency is found to be, as it is to be written down."""
    verdicts, stands, _, stood, feared = weighed(case, rules.addresses, rules.policy)
    down = incident.is_downgrade(case.was, feared.group, case.cause)
    sure = stood.group is feared.group
    pending = Downgrade(feared.group, feared.because, stands if sure else stands.feared,
                        confirmed=sure) if down else None
    return Judgement(case.agency.code, stood.group, stood.because, stands, verdicts, now,
                     case.asked, pending, rules.edition(now),
                     incident.cause_of(case.cause, feared.group))


async def announce(*, ledger: Ledger, clock: Clock, journal: Journal) -> int:
    """Report every change of group, the oldest first; return how many.

    After a crash one may be reported twice; none is lost.
    """
    reported = 0
    while changes := await ledger.read(store.judgements.unreported, PAGE):
        for change in changes:
            journal.changed_group(change)
        await ledger.write(store.judgements.reported, [change.id for change in changes],
                           clock.now())
        reported += len(changes)
    return reported


class Counted(NamedTuple):
    """What `publish` counted: how the agencies stand, and which the round has not written to."""

    country: Breakdown = NOT_COUNTED
    unwritten: Unwritten = plan.NOT_COUNTED


NOTHING_COUNTED = Counted()


async def publish(*, ledger: Ledger, clock: Clock, rules: Rulebook, journal: Journal,
                  before: Counted = NOTHING_COUNTED) -> Counted:
    """Count agencies, letters and what waits for a person, and report it.

    Return what was counted. Given back as `before`, the next time only those agencies are looked at
    that moved or were written to since.
    """
    now = clock.now()
    round_ = await ledger.read(store.rounds.current, rules.policy.campaign.timetable, now)
    country = await ledger.read(store.breakdown.breakdown, now, before.country)
    most, id_ = rules.policy.campaign.letters_at_most, round_.id
    letters = replace(await ledger.read(store.letters.round_of, id_, most, before.unwritten),
                      paused=await pausing.unfinished(ledger, id_, most, rules.pace, now))
    journal.published(country.groups, round_.number, letters, round_.elapsed(now))
    journal.held(*await ledger.read(store.incidents.held))
    journal.broken_down(country)
    journal.awaited(await ledger.read(store.rulings.oldest))
    journal.mailbox.lacking(await ledger.read(store.lacking.count))
    due = await ledger.read(store.report_due.report_due)
    journal.report_due(due.cut_off, due.frozen, due.released, left_over=due.left_over)
    await last_report(ledger, journal)
    backup = await ledger.read(store.copies.last)
    journal.backed_up(backup and backup.at)
    return Counted(country, letters.unwritten)


async def audit(*, ledger: Ledger, journal: Journal) -> None:
    """Have the journal say how many acts of people there are, and the digest of the last.

    Where the ledger's chain of acts is broken, it says where.
    """
    broken = await ledger.read(store.acts.verified)
    journal.audited(*await ledger.read(store.acts.head),
                    f"act {broken.number}: {broken.why}" if broken else "")
