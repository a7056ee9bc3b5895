"""Every letter, from draft to the end of its window, and its evidence.

`core.sending.probe` is the state machine; here its states are kept on disk.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.facts.token import TokenMaker
from sarabanwatch.core.sending import probe
from sarabanwatch.core.sending.plan import NOT_COUNTED, Draft, Round, Unwritten
from sarabanwatch.core.sending.probe import Event, State, TryResult
from sarabanwatch.core.sending.throttle import HostResponse
from sarabanwatch.store import candidates, pauses
from sarabanwatch.store.epoch import current, next_serial
from sarabanwatch.store.rows import EVIDENCE, ask, ask_one, at_once, evidence, evidence_row, moment
from sarabanwatch.store.tx import Tx, stamp

CONFIRMATIONS = 3   # confirmations that are kept of one letter; more receipt numbers tell nothing
# Facts that decide nothing by themselves.
NOT_NEWS = (FactKind.PUT_OFF, FactKind.TAKEN, FactKind.DELAYED, FactKind.DELIVERED)
# Events after which the letter counts as one that was offered to somebody.
TRIES = (Event.TAKEN, Event.LATER, Event.REFUSAL, Event.LOST)
SEEN = f"SELECT {EVIDENCE} FROM evidence WHERE serial = ? ORDER BY id"
TESTIFY = f"INSERT INTO evidence (serial, {EVIDENCE}) VALUES {{}}"
JUDGE_AGENCY = """
    INSERT INTO unjudged AS u
    SELECT code, 1, :cause FROM letter
    WHERE serial = :serial AND EXISTS (SELECT 1 FROM agency a WHERE a.code = letter.code)
    ON CONFLICT (code) DO UPDATE SET
    asked = u.asked + 1, cause = CASE WHEN excluded.cause = '' THEN u.cause ELSE excluded.cause END
"""
JUDGE_DOMAIN = """
    INSERT INTO unweighed AS u
    SELECT domain, 1 FROM letter WHERE serial = :serial AND purpose = 'catch_all'
    ON CONFLICT (domain) DO UPDATE SET asked = u.asked + 1
"""
# Whether a letter's address is still, without a break, its agency's. The values are given, because
# the view would be read as a whole if it were joined to a letter.
STANDS = "SELECT 1 FROM probed WHERE code = ? AND address = ? AND began <= ?"
# A catch-all probe may go if some agency declares the domain, and none of these has opted out.
DECLARED = """
    SELECT 1 FROM declared d LEFT JOIN opt_out o ON o.code = d.code AND o.ended_at IS NULL
    WHERE d.until IS NULL AND d.domain = ? GROUP BY 1 HAVING count(o.id) = 0
"""
WRITE = """
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at,
                        send_by, replaces, host, purpose)
    SELECT :serial, :token, code, name, :address, :campaign, 'drafted', :at, :at,
           :send_by, :replaces, :host, :purpose
    FROM agency WHERE code = :code AND {allowed}
"""
# A letter of the round goes beside no letter of another purpose or round, and no other agency's to
# the same address: such a one may have come while the plan was made.
DRAFT = WRITE.format(allowed="""
    NOT EXISTS (SELECT 1 FROM letter l WHERE l.address = :address AND l.state <> 'closed'
                    AND (l.purpose <> 'round' OR l.code <> agency.code OR l.campaign <> :campaign))
""")
# One outside the round goes beside no letter at all to the same address.
OUTSIDE = WRITE.format(allowed="""
    listed AND NOT EXISTS (SELECT 1 FROM letter WHERE address = :address AND state <> 'closed')
""")
PICKED = """
    SELECT serial, state, send_by, token, code, name, address, drafted_at, replaces, purpose,
           first_try,
           (SELECT kind FROM entry e WHERE e.code = letter.code AND e.until IS NULL),
           EXISTS (SELECT 1 FROM pause WHERE ended_at IS NULL),
           EXISTS (SELECT 1 FROM opt_out o WHERE o.code = letter.code AND o.ended_at IS NULL)
    FROM letter
    WHERE serial IN ({}) AND serial >= (SELECT max(first) FROM epoch)
      AND NOT EXISTS (SELECT 1 FROM halt WHERE lifted_at IS NULL)
"""
STATE = "SELECT serial, state FROM letter WHERE serial IN ({})"
BECOMES = "UPDATE letter SET {} FROM (VALUES {{}}) AS became WHERE serial = column1"
PUT_OFF = BECOMES.format("state = column2, due_at = column3")
ENDED = BECOMES.format("state = column2, fate = column2, window_end = column3")
CLOSED = BECOMES.format("state = column2, closed_at = column3")
SENDING = BECOMES.format("state = 'sending', first_try = coalesce(first_try, column2)")
# found among the letters whose window has not ended
SENDING_NOW = """
    SELECT serial FROM letter
    WHERE state NOT IN ('drafted', 'deferred', 'closed') AND state = 'sending'
"""
ATTEMPT = """
    INSERT INTO attempt (serial, picked_at, at, event, speaker, response, reply) VALUES {}
"""
UNDECLARED = "no agency declares the domain now, or one asked to be left alone"
ORPHANS = "SELECT serial FROM letter WHERE state IN ('drafted', 'deferred') AND serial < ?"
UNSENT = "SELECT serial FROM letter WHERE state IN ('drafted', 'deferred') AND send_by <= ?"
OVERDUE = """
    SELECT serial FROM letter
    WHERE state NOT IN ('drafted', 'deferred', 'closed') AND window_end <= ?
    ORDER BY window_end LIMIT ?
"""
CONFIRMED = """
    SELECT 1 FROM letter WHERE serial = ? AND token = ? AND code <> '' AND state <> 'drafted'
"""
# Of a round: all letters, those accepted or refused, those in doubt, those that never left us,
# those still to be sent, and those whose window runs.
ROUND = """
    SELECT count(*),
           count(*) FILTER (WHERE fate IN ('accepted', 'refused')),
           count(*) FILTER (WHERE fate = 'doubtful'),
           count(*) FILTER (WHERE fate = 'held'),
           count(*) FILTER (WHERE fate = ''),
           count(*) FILTER (WHERE fate <> '' AND state <> 'closed')
    FROM letter WHERE campaign = ? AND purpose = 'round'
"""
# Agencies still to be judged, or whose downgrade is not yet confirmed, settled or cleared. One that
# is confirmed and held waits for a person. One that is not, of an agency that has opted out, waits
# for no letter.
UNJUDGED = """
    SELECT count(*) FROM agency
    WHERE listed AND (code IN (SELECT code FROM unjudged)
                      OR code IN (SELECT code FROM downgrade WHERE confirmed AND incident IS NULL)
                      OR code IN (SELECT code FROM downgrade WHERE NOT confirmed
                                  EXCEPT SELECT code FROM opt_out WHERE ended_at IS NULL))
"""


Picked = tuple[Letter, datetime]        # a letter that may go, and when it was first tried


class Outcome(NamedTuple):
    """What became of a letter at a try.

    `until` is the end of its window or, where it is put off, when it is tried again.
    `response` is what the host or the relay answered, None where the try tells nothing of our pace;
    it is written down all the same.
    """

    serial: int
    became: TryResult
    at: datetime
    until: datetime | None
    response: HostResponse | None = None

    @property
    def attempt(self) -> tuple[Any, ...]:
        """The row of the try."""
        by = self.response
        left_at, *answer = ((by.left_at, by.host, by.kind, by.text) if by else
                            (self.at, "", None, ""))
        return self.serial, left_at, self.at, self.became.event, *answer


def draft(tx: Tx, campaign: int, drafts: Sequence[Draft], mint: TokenMaker,
          at: datetime) -> list[int]:
    """Write a round's letters down, all or none; return the serials of those written.

    None is written beside another letter that came meanwhile (DRAFT).
    """
    return write(tx, Purpose.ROUND, campaign, drafts, mint, at)


def write(tx: Tx, purpose: Purpose, campaign: int, drafts: Sequence[Draft], mint: TokenMaker,
          at: datetime) -> list[int]:
    """Write letters to agencies down; return the serials of those written.

    One outside the round is not written to an address to which a letter is still under way.
    """
    sql = DRAFT if purpose is Purpose.ROUND else OUTSIDE
    written: list[int] = []
    first, epoch = next_serial(tx), current(tx).number
    for d in drafts:
        serial = first + len(written)
        tx.execute(sql, {
            "serial": serial, "token": mint(serial, epoch=epoch, to=d.address), "code": d.code,
            "address": d.address, "campaign": campaign, "at": at, "send_by": d.send_by,
            "replaces": d.replaces, "host": d.host, "purpose": purpose})
        if tx.changes():
            written.append(serial)
    return written


def pick(tx: Tx, serial: int, at: datetime) -> Picked | None:
    """Mark one letter SENDING, as `picks` does."""
    return picks(tx, [(serial, at)])[0]


def picks(tx: Tx, wanted: Sequence[tuple[int, datetime]]) -> list[Picked | None]:
    """Mark letters (serial, the present) SENDING, on disk before they are sent.

    Return each and its first try. None where it may not be sent: while a halt stands or a pause is
    in force for it, where its time is over, where an earlier epoch left it behind, or where it was
    picked already. One to an address that the register no longer gives its agency, or to an agency
    that asked to be left alone, is held.
    """
    found = _by_serial(tx, PICKED, [serial for serial, _ in wanted])
    picked = [_picked(tx, serial, found.pop(serial, None), at) for serial, at in wanted]
    at_once(tx, SENDING, [row for row, may_go in zip(wanted, picked, strict=True) if may_go])
    return picked


def _picked(tx: Tx, serial: int, row: Sequence[Any] | None, at: datetime) -> Picked | None:
    if row is None or row[0] not in probe.WAITING or row[1] <= stamp(at):
        return None
    (*_, token, code, name, address, drafted_at, replaces, purpose, first_try, kind, paused,
     opted_out) = row
    if paused and pauses.stops(tx, serial, at):
        return None
    if why := _spares(tx, Purpose(purpose), (code, address, drafted_at), opted_out=opted_out):
        held = Evidence(FactKind.HELD, at, text=why)
        outcome(tx, serial, TryResult(Event.MOVED, held), at, None)
        return None
    letter = Letter(serial, token, code, name, address, moment(drafted_at), replaces,
                    Purpose(purpose), kind or "")
    return letter, moment(first_try) if first_try else at


def outcome(
    tx: Tx, serial: int, became: TryResult, at: datetime, until: datetime | None,
    response: HostResponse | None = None,
) -> State:
    """Write down what became of one letter at a try; return its state."""
    return outcomes(tx, [Outcome(serial, became, at, until, response)])[0]


def outcomes(tx: Tx, ended: Sequence[Outcome]) -> list[State]:
    """Write down what became of letters at a try each; return their states."""
    before = _by_serial(tx, STATE, [each.serial for each in ended])
    states = [probe.after(State(before[each.serial][0]), each.became.event) for each in ended]
    at_once(tx, ATTEMPT, [each.attempt for each in ended if each.became.event in TRIES])
    rows = [(each.serial, state, each.until or each.at)
            for each, state in zip(ended, states, strict=True)]
    at_once(tx, PUT_OFF, [row for row in rows if row[1] is State.DEFERRED])
    at_once(tx, ENDED, [row for row in rows if row[1] is not State.DEFERRED])
    witness(tx, [(each.serial, each.became.fact) for each in ended if each.became.fact])
    return states


def confirm(tx: Tx, serial: int, token: str, fact: Evidence) -> bool:
    """Write down that a letter to an agency was confirmed, each receipt number once.

    Return False where no letter that was sent has that serial and token.
    """
    if ask_one(tx, CONFIRMED, (serial, token)) is None:
        return False
    before = {e.receipt for e in seen(tx, serial) if e.kind is FactKind.CONFIRMED}
    if (fact.receipt or not before) and fact.receipt not in before and len(before) < CONFIRMATIONS:
        witness(tx, [(serial, fact)])
    return True


def ask_for(tx: Tx, campaign: int, wanted: Draft, mint: TokenMaker, at: datetime) -> int | None:
    """Write down a letter that a person asked for; return its serial.

    It goes before all others and counts towards no round. Return None, with nothing written, where
    a letter to that address is still under way.
    """
    written = write(tx, Purpose.ASKED, campaign, [wanted], mint, at)
    return written[0] if written else None


def lose(tx: Tx, besides: Collection[int], fact: Evidence, until: datetime) -> int:
    """Put letters in doubt that are found SENDING and are in nobody's hands; return how many.

    `besides` are in hand now. Since all writing is in one order, nobody can have taken up another
    one since. Letters of an earlier epoch that wait are put in doubt, too.
    """
    half = [serial for serial in _column(tx, SENDING_NOW) if serial not in besides]
    lost = [(serial, Event.LOST, fact) for serial in half]
    lost += [(serial, Event.ORPHANED,
              replace(fact, text="the ledger was restored after it was written down"))
             for serial in _column(tx, ORPHANS, (current(tx).first,))]
    for serial, event, reply in lost:
        outcome(tx, serial, TryResult(event, reply), fact.seen_at, until)
    return len(lost)


def unsent_by(tx: Tx, now: datetime) -> list[tuple[int, list[Evidence]]]:
    """Return letters whose time to be sent is over, with all their evidence."""
    return [(serial, seen(tx, serial)) for serial in _column(tx, UNSENT, (now,))]


def overdue(tx: Tx, now: datetime, limit: int) -> list[tuple[int, list[Evidence]]]:
    """Return letters whose window had ended by `now`, with all their evidence."""
    return [(serial, seen(tx, serial)) for serial in _column(tx, OVERDUE, (now, limit))]


def close(tx: Tx, closed: Sequence[tuple[int, Evidence | None]], at: datetime) -> None:
    """End windows; the evidence of each is its silence, where silence says anything."""
    before = _by_serial(tx, STATE, [serial for serial, _ in closed])
    at_once(tx, CLOSED, [(serial, probe.after(State(state), Event.WINDOW_OVER), at)
                         for serial, (state,) in before.items()])
    witness(tx, [(serial, fact) for serial, fact in closed if fact])
    have_judged(tx, [serial for serial, _ in closed])


def witness(tx: Tx, facts: Iterable[tuple[int, Evidence]]) -> None:
    """Add facts about letters, and have their agencies judged. Call within a transaction."""
    facts = list(facts)
    at_once(tx, TESTIFY, [evidence_row(serial, e) for serial, e in facts])
    have_judged(tx, [serial for serial, e in facts if e.kind not in NOT_NEWS])


def have_judged(tx: Tx, serials: Iterable[int], cause: str = "") -> None:
    """Have the agencies of these letters judged again, and the domains of catch-all probes.

    `cause` is what we did that has them judged, "" for nothing.
    """
    letters = [{"serial": serial, "cause": cause} for serial in serials]
    tx.executemany(JUDGE_AGENCY, letters)
    tx.executemany(JUDGE_DOMAIN, letters)


def round_of(tx: Tx, campaign: int, letters_at_most: int,
             before: Unwritten = NOT_COUNTED) -> Round:
    """Count one campaign's letters, and what is left to do in it; `before` is the last answer's."""
    with tx.at_one_moment():
        planned, sent, doubtful, held, pending, running = next(ask(tx, ROUND, (campaign,)))
        unwritten = candidates.unwritten(tx, campaign, before)
        undrafted = unwritten.agencies + candidates.again(tx, campaign, letters_at_most)
        return Round(planned, sent, doubtful, held, pending, running, undrafted,
                     tx.execute(UNJUDGED).get, unwritten=unwritten)


def _spares(tx: Tx, purpose: Purpose, to: tuple[str, str, str], *, opted_out: bool) -> str:
    """Return why a letter may not go to its address any more; "" where it may."""
    if purpose is Purpose.CANARY:   # its address is our own
        return ""
    if purpose is Purpose.CATCH_ALL:
        declared = ask_one(tx, DECLARED, (to[1].rpartition("@")[2],))
        return "" if declared else UNDECLARED
    if ask_one(tx, STANDS, to) is None:
        return "the register gives another address now"
    return "the agency asked to be left alone" if opted_out else ""


def seen(tx: Tx, serial: int) -> list[Evidence]:
    """Return all evidence of a letter, in the order in which it came."""
    return [evidence(row) for row in ask(tx, SEEN, (serial,))]


def _by_serial(tx: Tx, sql: str, serials: Sequence[int]) -> dict[int, Sequence[Any]]:
    """Return the rows of a query by the serial that each begins with, without it."""
    if not serials:
        return {}
    found = ask(tx, sql.format(", ".join("?" * len(serials))), tuple(serials))
    return {serial: row for serial, *row in found}


def _column(tx: Tx, sql: str, args: tuple[Any, ...] = ()) -> list[int]:
    return [row[0] for row in ask(tx, sql, args)]
