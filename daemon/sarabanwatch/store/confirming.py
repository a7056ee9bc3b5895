"""Agencies whose last letter failed, with all that core.judging.schedule needs to know.

Here the letters that confirm are written down, too.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.facts.token import TokenMaker
from sarabanwatch.core.judging.incident import FAILING
from sarabanwatch.core.judging.schedule import Failing
from sarabanwatch.core.judging.standing import FAILURES
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.store.letters import write
from sarabanwatch.store.rows import ask, moment
from sarabanwatch.store.tx import Tx

GROUPS = ", ".join(f"'{group.value}'" for group in sorted(FAILING))
FAILED = ", ".join(f"'{verdict.value}'" for verdict in sorted(FAILURES))
LETTERS = """
    FROM letter l WHERE l.code = a.code AND l.address = a.address AND l.drafted_at >= a.began
"""
FAILED_AT = f"""
    CASE WHEN l.verdict IN ({FAILED})
         THEN (SELECT max(e.seen_at) FROM evidence e
               WHERE e.serial = l.serial AND e.kind IN ('refused', 'bounced', 'gave up')) END
"""
# An early look is prompted by one of three: the domain names other mail hosts, an incident that
# held the agency ended, or another agency that the incident holds was found to be well.
LOOKS = f"""
    SELECT a.code, a.address, d.mail_host, f.code IS NOT NULL, f.incident IS NOT NULL,
           (SELECT count(*) {LETTERS} AND l.purpose = 'confirm' AND l.drafted_at >= f.found_at
                                      AND l.fate <> 'held'),
           (SELECT max(coalesce({FAILED_AT}, l.closed_at)) {LETTERS}),
           EXISTS (SELECT 1 FROM letter o WHERE o.address = a.address AND o.state <> 'closed'),
           d.moved_at,
           (SELECT max(i.closed_at) FROM member m JOIN incident i ON i.id = m.incident
            WHERE m.code = a.code),
           (SELECT max(m.left_at) FROM member m
            WHERE m.incident = f.incident AND m.outcome = 'cleared')
    FROM agency a LEFT JOIN downgrade f USING (code) LEFT JOIN domain d ON d.name = a.domain
    WHERE a.listed AND a.address <> ''
      AND a.code IN (SELECT code FROM downgrade WHERE grp IN ({GROUPS})
                     UNION SELECT code FROM judgement WHERE grp IN ({GROUPS}))
      AND a.code NOT IN (SELECT code FROM opt_out WHERE ended_at IS NULL)
      AND EXISTS (SELECT 1 {LETTERS} AND l.closed_at IS NOT NULL)
"""
LOOKS_OF_ALL, LOOKS_OF_ONE = f"{LOOKS} ORDER BY a.code", f"{LOOKS} AND a.code = ?"
DECIDED = f"""
    SELECT serial FROM letter
    WHERE state IN ('accepted', 'refused', 'doubtful') AND purpose NOT IN ('canary', 'catch_all')
      AND verdict IN ({FAILED})
    LIMIT ?
"""
SUSPECTS = """
    SELECT count(*) FROM agency
    WHERE listed AND code IN (SELECT code FROM downgrade WHERE NOT confirmed)
"""
# Held ones wait for their incident to end, and opt-outs for a person.
PENDING = f"""
    SELECT f.code, a.address, d.mail_host, f.found_at
    FROM downgrade f JOIN agency a USING (code) LEFT JOIN domain d ON d.name = a.domain
    WHERE a.listed AND f.incident IS NULL AND f.grp IN ({GROUPS})
      AND f.code NOT IN (SELECT code FROM opt_out WHERE ended_at IS NULL)
    ORDER BY f.found_at, f.code
"""


class Untold(NamedTuple):
    """An agency that failed, which is neither told nor held by an incident; found so then."""

    code: str
    address: str
    mail_host: str | None
    since: datetime


def confirm(tx: Tx, campaign: int, drafts: Sequence[Draft], mint: TokenMaker, at: datetime) -> int:
    """Write confirming letters down, but for addresses with a letter under way; return how many."""
    return len(write(tx, Purpose.CONFIRM, campaign, drafts, mint, at))


def decided(tx: Tx, limit: int) -> Sequence[int]:
    """Return letters whose window still runs though they were refused or came back."""
    return [serial for serial, in ask(tx, DECIDED, (limit,))]


def failing(tx: Tx, code: str = "") -> list[Failing]:
    """Return what is known of the agencies that failed, all or one."""
    return [Failing(code, address, host, bool(pending), bool(held), confirming, moment(ended),
                    max((moment(at) for at in stirred if at), default=None), bool(under_way))
            for code, address, host, pending, held, confirming, ended, under_way, *stirred
            in (ask(tx, LOOKS_OF_ONE, (code,)) if code else ask(tx, LOOKS_OF_ALL))]


def pending(tx: Tx) -> list[Untold]:
    """Return the agencies whose fall was found and is not told yet, the oldest first."""
    return [Untold(code, address, host, moment(since))
            for code, address, host, since in ask(tx, PENDING)]


def suspects(tx: Tx) -> int:
    """Count the agencies that are suspected: their pending downgrade is not confirmed."""
    return int(tx.execute(SUSPECTS).get)


