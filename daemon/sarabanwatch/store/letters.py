"""Every letter, from draft to the end of its window. The state machine is core.sending.probe's; here it is kept on disk."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.facts.token import TokenMaker
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.sending import probe
from sarabanwatch.core.sending.canary import BACK_BY, Canary, CanaryKind
from sarabanwatch.core.sending.plan import Candidate, Draft, Round, Sent
from sarabanwatch.core.sending.probe import Event, State
from sarabanwatch.core.sending.throttle import HostResponse
from sarabanwatch.store import opt_outs
from sarabanwatch.store.epoch import current, next_serial
from sarabanwatch.store.rows import EVIDENCE, ask, ask_one, evidence, evidence_row, moment
from sarabanwatch.store.tx import Tx, stamp

CONFIRMATIONS = 3   # of one letter are kept; more receipt numbers tell nothing
# facts that by themselves decide nothing
NOT_NEWS = (FactKind.PUT_OFF, FactKind.TAKEN, FactKind.DELAYED, FactKind.DELIVERED)

# a letter was on its way to somebody
TRIES = (Event.TAKEN, Event.LATER, Event.REFUSAL, Event.LOST)

SEEN = f"SELECT {EVIDENCE} FROM evidence WHERE serial = ? ORDER BY id"  # noqa: S608 - our own column names
TESTIFY = f"INSERT INTO evidence (serial, {EVIDENCE}) VALUES ({', '.join('?' * 15)})"  # noqa: S608 - as above
CANARIES = """
    SELECT l.drafted_at,
           (SELECT min(seen_at) FROM evidence e WHERE e.serial = l.serial AND e.kind = 'taken'),
           (SELECT min(seen_at) FROM evidence e WHERE e.serial = l.serial AND e.kind = ?),
           (SELECT min(seen_at) FROM evidence e WHERE e.serial = l.serial AND e.kind = 'refused'),
           (SELECT min(seen_at) FROM evidence e WHERE e.serial = l.serial AND e.kind = 'lost')
    FROM letter l WHERE l.purpose = 'canary' AND l.errand = ? AND l.drafted_at >= ?
"""
MARK_AGENCY = """
    INSERT INTO unjudged SELECT code, 1, ?2 FROM letter
    WHERE serial = ?1 AND EXISTS (SELECT 1 FROM agency a WHERE a.code = letter.code)
    ON CONFLICT (code) DO UPDATE SET asked = asked + 1, cause = iif(?2 = '', cause, ?2)
"""
MARK_DOMAIN = """
    INSERT INTO unweighed SELECT domain, 1 FROM letter WHERE serial = ? AND purpose = 'catch_all'
    ON CONFLICT (domain) DO UPDATE SET asked = asked + 1
"""

# Whether a letter's address is still, and not once again, its agency's. Asked with values: joined to a letter, all would be read.
STANDS = "SELECT 1 FROM probed WHERE code = ? AND address = ? AND began <= ?"
# A catch-all probe's domain is still that of some agency, and of none that asked to be left alone.
DECLARED = """
    SELECT 1 FROM declared LEFT JOIN wish w ON w.code = declared.code AND w.ended_at IS NULL
    WHERE declared.until IS NULL AND substr(address, instr(address, '@') + 1) = ? GROUP BY 1 HAVING count(w.id) = 0
"""
CANDIDATES = """
    SELECT p.code, p.address, max(l.serial) AS serial, l.state, l.verdict, count(*) FILTER (WHERE l.fate <> 'held'),
           d.mail_host,
           EXISTS (SELECT 1 FROM letter o WHERE o.address = p.address AND o.state <> 'closed') AS under_way
    FROM probed p LEFT JOIN domain d ON d.name = substr(p.address, instr(p.address, '@') + 1)
         LEFT JOIN letter l
         ON l.campaign = ?1 AND l.purpose = 'round' AND l.code = p.code AND l.address = p.address AND l.drafted_at >= p.began
    WHERE p.code NOT IN (SELECT code FROM wish WHERE ended_at IS NULL)
    GROUP BY p.code, p.address
    HAVING serial IS NULL OR (l.state = 'closed' AND l.verdict IN ('unknown', 'withheld', 'blocks us'))
    ORDER BY p.code, p.address
"""
# Beside one that was asked for or confirms, or another agency's at that address, which came while the plan was made: none.
DRAFT = """
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at, send_by, replaces, host)
    SELECT ?1, ?2, code, name, ?4, ?5, 'drafted', ?6, ?6, ?7, ?8, ?9 FROM agency WHERE code = ?3
        AND NOT EXISTS (SELECT 1 FROM letter l WHERE l.address = ?4 AND l.state <> 'closed'
                        AND (l.purpose <> 'round' OR l.code <> agency.code))
"""
ASK = """
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at, send_by, host, purpose)
    SELECT ?1, ?2, code, name, ?4, ?5, 'drafted', ?6, ?6, ?7, ?8, 'asked' FROM agency WHERE listed AND code = ?3
        AND NOT EXISTS (SELECT 1 FROM letter WHERE address = ?4 AND state <> 'closed')
"""
ORPHANS = "SELECT serial FROM letter WHERE state IN ('drafted', 'deferred') AND serial < ?"
CONFIRMED = (
    "SELECT 1 FROM letter WHERE serial = ? AND token = ? AND code <> '' AND state <> 'drafted'"
)
# SENT of a round: an answer fell; DOUBTFUL: nobody knows; HELD: never left us; PENDING: still to leave.
ROUND = """
    SELECT count(*),
           count(*) FILTER (WHERE fate IN ('accepted', 'refused')),
           count(*) FILTER (WHERE fate = 'doubtful'),
           count(*) FILTER (WHERE fate = 'held'),
           count(*) FILTER (WHERE fate = ''),
           count(*) FILTER (WHERE fate <> '' AND state <> 'closed')
    FROM letter WHERE campaign = ? AND purpose = 'round'
"""


# Not judged yet, or their fall not yet confirmed, settled or cleared. One that is confirmed and held waits for a person; one
# that is not, of an agency that asked to be left alone, waits for nothing that comes.
UNJUDGED = """
    SELECT count(*) FROM agency
    WHERE listed AND (code IN (SELECT code FROM unjudged)
                      OR code IN (SELECT code FROM fall WHERE confirmed AND incident IS NULL)
                      OR code IN (SELECT code FROM fall WHERE NOT confirmed EXCEPT SELECT code FROM wish WHERE ended_at IS NULL))
"""


def draft(tx: Tx, campaign: int, drafts: Sequence[Draft], mint: TokenMaker, at: datetime) -> list[int]:
    """Write a round's letters down, but where another came meanwhile; all or none. Return the serials of those written."""
    written: list[int] = []
    first, epoch = next_serial(tx), current(tx).mark
    for d in drafts:
        serial = first + len(written)
        token = mint(serial, epoch=epoch, to=d.address)
        tx.execute(DRAFT, (serial, token, d.code, d.address, campaign, at, d.send_by, d.replaces,
                           d.host))
        if tx.changes():
            written.append(serial)
    return written


def pick(tx: Tx, serial: int, at: datetime) -> tuple[Letter, datetime] | None:
    """Mark a letter SENDING, on disk before it leaves; return it and its first try, or None where it may not go.

    None goes while a halt stands, nor any that an earlier epoch left behind.
    One to an address that the register no longer gives its agency, or to one that asked to be left alone, is held.
    """
    row = ask_one(
        tx, """SELECT state, send_by, token, code, name, address, drafted_at, replaces, purpose, first_try
               FROM letter WHERE serial = ? AND serial >= (SELECT max(first) FROM epoch)
                    AND NOT EXISTS (SELECT 1 FROM halt WHERE lifted_at IS NULL)""", (serial,))
    if row is None or State(row[0]) not in probe.before(Event.PICKED) or row[1] <= stamp(at):
        return None
    *_, token, code, name, address, drafted_at, replaces, purpose, first_try = row
    if why := _spares(tx, Purpose(purpose), code, address, drafted_at):
        held = Evidence(FactKind.HELD, at, said=why)
        outcome(tx, serial, Event.MOVED, held, at, None)
        return None
    tx.execute(
        "UPDATE letter SET state = 'sending', first_try = ifnull(first_try, ?) WHERE serial = ?",
        (at, serial),
    )
    letter = Letter(serial, token, code, name, address, moment(drafted_at), replaces,
                    Purpose(purpose))
    return letter, moment(first_try) if first_try else at


def outcome(
    tx: Tx, serial: int, event: Event, fact: Evidence | None, at: datetime, until: datetime | None,
    response: HostResponse | None = None,
) -> State:
    """Write down what became of it: `until` is the end of its window, or when a deferred one is tried again.

    `word` is what the try tells of whoever spoke; a try that tells nothing is counted all the same.
    """
    state = probe.after(_state(tx, serial), event)
    if event in TRIES:
        spoken = (at, at, event, "", None, "") if response is None else (
            response.left_at, at, event, response.host, response.kind, response.text)
        tx.execute(
            "INSERT INTO attempt (serial, left_at, at, event, speaker, tone, said) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (serial, *spoken),
        )
    if state is State.DEFERRED:
        tx.execute("UPDATE letter SET state = ?, due_at = ? WHERE serial = ?",
                   (state, until or at, serial))
    else:
        tx.execute("UPDATE letter SET state = ?, fate = ?, window_end = ? WHERE serial = ?",
                   (state, state, until or at, serial))
    witness(tx, [(serial, fact)] if fact else [])
    return state


def confirm(tx: Tx, serial: int, token: str, fact: Evidence) -> bool:
    """Lay a confirmation beside a letter to an agency, each receipt number once; False where none bears that mark."""
    if ask_one(tx, CONFIRMED, (serial, token)) is None:
        return False
    before = {e.receipt for e in seen(tx, serial) if e.kind is FactKind.CONFIRMED}
    if (fact.receipt or not before) and fact.receipt not in before and len(before) < CONFIRMATIONS:
        witness(tx, [(serial, fact)])
    return True


def launch(
    tx: Tx, kind: CanaryKind, campaign: int, address: Callable[[str], str], mint: TokenMaker, at: datetime,
    send_by: datetime,
) -> None:
    """Write down a letter to ourselves; `address` makes it of the token."""
    serial = next_serial(tx)
    token = mint(serial, epoch=current(tx).mark, to=kind)
    tx.execute(
        """INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at, send_by, purpose, errand)
           VALUES (?, ?, '', '', ?, ?, 'drafted', ?, ?, ?, 'canary', ?)""",
        (serial, token, address(token), campaign, at, at, send_by, kind))


def ask_for(tx: Tx, campaign: int, wanted: Draft, mint: TokenMaker, at: datetime) -> int | None:
    """Write down a letter that a person asked for, which goes before all others and counts towards no round.

    Return its serial; None, and nothing is written, where a letter to that address of the agency is still under way.
    """
    serial, epoch = next_serial(tx), current(tx).mark
    tx.execute(ASK, (serial, mint(serial, epoch=epoch, to=wanted.address), wanted.code,
                     wanted.address, campaign, at, wanted.send_by, wanted.host))
    return serial if tx.changes() else None


def lose(tx: Tx, besides: Collection[int], fact: Evidence, until: datetime) -> int:
    """Put letters in doubt that are found SENDING, and that nobody has in hand; return how many.

    `besides` are in hand now. Asked while nobody can have taken up another since, for all writing is in one order. Those of
    an earlier epoch that wait are in doubt, too.
    """
    half = [serial for serial in _column(tx, "SELECT serial FROM letter WHERE state = 'sending'")
            if serial not in besides]
    lost = [(serial, Event.LOST, fact) for serial in half]
    lost += [(serial, Event.ORPHANED,
              replace(fact, said="the ledger was restored after it was written down"))
             for serial in _column(tx, ORPHANS, (current(tx).first,))]
    for serial, event, said in lost:
        outcome(tx, serial, event, said, fact.seen_at, until)
    return len(lost)


def unsent_by(tx: Tx, now: datetime) -> list[tuple[int, list[Evidence]]]:
    """Return letters whose time to leave us is over, with all evidence."""
    serials = _column(
        tx, "SELECT serial FROM letter WHERE state IN ('drafted', 'deferred') AND send_by <= ?",
        (now,),
    )
    return [(serial, seen(tx, serial)) for serial in serials]


def overdue(tx: Tx, now: datetime, limit: int) -> list[tuple[int, list[Evidence]]]:
    """Return letters whose window had ended by `now`, with all evidence."""
    serials = _column(
        tx, """SELECT serial FROM letter WHERE state NOT IN ('drafted', 'deferred', 'closed') AND window_end <= ?
               ORDER BY window_end LIMIT ?""", (now, limit))
    return [(serial, seen(tx, serial)) for serial in serials]


def close(tx: Tx, closed: Sequence[tuple[int, Evidence | None]], at: datetime) -> None:
    """End windows; the evidence is the silence, where silence says anything."""
    for serial, _ in closed:
        state = probe.after(_state(tx, serial), Event.WINDOW_OVER)
        tx.execute("UPDATE letter SET state = ?, closed_at = ? WHERE serial = ?",
                   (state, at, serial))
    witness(tx, [(serial, fact) for serial, fact in closed if fact])
    mark(tx, [serial for serial, _ in closed])


def witness(tx: Tx, facts: Iterable[tuple[int, Evidence]]) -> None:
    """Lay facts beside their letters and mark their agencies for judging. Call within a transaction."""
    facts = list(facts)
    tx.executemany(TESTIFY, [evidence_row(serial, e) for serial, e in facts])
    mark(tx, [serial for serial, e in facts if e.kind not in NOT_NEWS])


def mark(tx: Tx, serials: Iterable[int], cause: str = "") -> None:
    """Ask for the agencies of these letters to be judged anew; `cause`: what we did that has them judged."""
    for serial in serials:
        tx.execute(MARK_AGENCY, (serial, cause))
        tx.execute(MARK_DOMAIN, (serial,))


def round_of(tx: Tx, campaign: int, letters_at_most: int) -> Round:
    """Count one campaign's letters, and what is left to do in it."""
    planned, sent, doubtful, held, pending, running = next(ask(tx, ROUND, (campaign,)))
    undrafted = sum(letters < letters_at_most
                    for *_, letters, _, _ in ask(tx, CANDIDATES, (campaign,)))
    unjudged = tx.execute(UNJUDGED).get
    return Round(planned, sent, doubtful, held, pending, running, undrafted, unjudged)


def canaries_since(tx: Tx, since: datetime) -> list[Canary]:
    """Return the letters to ourselves that were written since, as the ledger writes a moment."""
    return [
        Canary(kind, moment(drafted), *(moment(at) if at else None for at in moments))
        for kind, back_by in BACK_BY.items()
        for drafted, *moments in ask(tx, CANARIES, (back_by, kind, since))
    ]


def candidates(tx: Tx, campaign: int) -> list[Candidate]:
    """Return agencies, by code and address, that may be due a letter this round; the plan decides."""
    return [
        Candidate(code, address, None if serial is None
                  else Sent(serial, State(state), Verdict(verdict), letters),
                  mail_host, bool(under_way))
        for code, address, serial, state, verdict, letters, mail_host, under_way in ask(tx,
                                                                                        CANDIDATES,
                                                                                        (campaign,))
    ]


def _spares(tx: Tx, purpose: Purpose, code: str, address: str, drafted_at: str) -> str:
    """Return why a letter goes to nobody any more; "" where it does."""
    if purpose is Purpose.CANARY:   # its address is our own
        return ""
    if purpose is Purpose.CATCH_ALL:
        declared = ask_one(tx, DECLARED, (address.rpartition("@")[2],))
        return (
            "" if declared else "no agency declares the domain now, or one asked to be left alone"
        )
    if ask_one(tx, STANDS, (code, address, drafted_at)) is None:
        return "the register gives another address now"
    return "the agency asked to be left alone" if opt_outs.of(tx, code) else ""


def seen(tx: Tx, serial: int) -> list[Evidence]:
    """Return all evidence of a letter, in order of arrival."""
    return [evidence(row) for row in ask(tx, SEEN, (serial,))]


def _state(tx: Tx, serial: int) -> State:
    return State(tx.execute("SELECT state FROM letter WHERE serial = ?", (serial,)).get)


def _column(tx: Tx, sql: str, args: tuple[Any, ...] = ()) -> list[int]:
    return [row[0] for row in ask(tx, sql, args)]
