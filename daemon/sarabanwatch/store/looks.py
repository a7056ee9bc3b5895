"""Addresses whose last letter failed, with all that core.judging.schedule goes by; and letters that confirm."""

from collections.abc import Sequence
from datetime import datetime

from sarabanwatch.core.facts.token import TokenMaker
from sarabanwatch.core.judging.incident import FAILING
from sarabanwatch.core.judging.schedule import Failing
from sarabanwatch.core.judging.standing import FAILURES
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.store.epoch import current, next_serial
from sarabanwatch.store.rows import ask, moment
from sarabanwatch.store.tx import Tx

GROUPS = ", ".join(f"'{group.value}'" for group in sorted(FAILING))
FAILED = ", ".join(f"'{verdict.value}'" for verdict in sorted(FAILURES))
LETTERS = (
    "FROM letter l WHERE l.code = a.code AND l.address = a.address AND l.drafted_at >= a.began"
)
FAILED_AT = f"""
    CASE WHEN l.verdict IN ({FAILED}) THEN
        (SELECT max(e.seen_at) FROM evidence e WHERE e.serial = l.serial AND e.kind IN ('refused', 'bounced', 'gave up')) END
"""  # noqa: S608 - our own text
# What stirs is one of three: other mail hosts, the end of an incident, another member of it that was found to be well.
LOOKS = f"""
    SELECT a.code, a.address, d.mail_host, f.code IS NOT NULL, f.incident IS NOT NULL,
           (SELECT count(*) {LETTERS} AND l.purpose = 'confirm' AND l.drafted_at >= f.fell_at AND l.fate <> 'held'),
           (SELECT max(ifnull({FAILED_AT}, l.closed_at)) {LETTERS}),
           max(ifnull(d.moved_at, ''),
               ifnull((SELECT max(i.closed_at) FROM member m JOIN incident i ON i.id = m.incident WHERE m.code = a.code), ''),
               ifnull((SELECT max(m.left_at) FROM member m WHERE m.incident = f.incident AND m.how = 'cleared'), '')),
           EXISTS (SELECT 1 FROM letter o WHERE o.address = a.address AND o.state <> 'closed')
    FROM agency a LEFT JOIN fall f USING (code) LEFT JOIN judgement j USING (code) LEFT JOIN domain d
         ON d.name = substr(a.address, instr(a.address, '@') + 1)
    WHERE a.listed AND a.address <> '' AND (f.grp IN ({GROUPS}) OR j.grp IN ({GROUPS}))
          AND a.code NOT IN (SELECT code FROM wish WHERE ended_at IS NULL) AND (?1 = '' OR a.code = ?1)
          AND EXISTS (SELECT 1 {LETTERS} AND l.closed_at IS NOT NULL)
    ORDER BY a.code
"""  # noqa: S608 - our own text
CONFIRM = """
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at, send_by, host, purpose)
    SELECT ?1, ?2, code, name, ?4, ?5, 'drafted', ?6, ?6, ?7, ?8, 'confirm' FROM agency WHERE listed AND code = ?3
        AND NOT EXISTS (SELECT 1 FROM letter WHERE address = ?4 AND state <> 'closed')
"""
DECIDED = f"""
    SELECT serial FROM letter
    WHERE state IN ('accepted', 'refused', 'doubtful') AND purpose NOT IN ('canary', 'catch_all') AND verdict IN ({FAILED}) LIMIT ?
"""  # noqa: S608 - our own text


def confirm(tx: Tx, campaign: int, drafts: Sequence[Draft], mint: TokenMaker, at: datetime) -> int:
    """Write confirming letters down, but to an address with a letter under way; return how many."""
    written, first, epoch = 0, next_serial(tx), current(tx).mark
    for d in drafts:
        serial = first + written
        token = mint(serial, epoch=epoch, to=d.address)
        tx.execute(CONFIRM, (serial, token, d.code, d.address, campaign, at, d.send_by, d.host))
        written += tx.changes()
    return written


def decided(tx: Tx, limit: int) -> Sequence[int]:
    """Return letters whose window runs though they were refused or came back: nothing more is to be waited for."""
    return [serial for serial, in ask(tx, DECIDED, (limit,))]


def failing(tx: Tx, code: str = "") -> list[Failing]:
    """Return those that failed, all or one."""
    return [
        Failing(
            code, address, host, bool(pending), bool(held), confirming, moment(ended),
            moment(stirred) if stirred else None, bool(under_way),
        )
        for code, address, host, pending, held, confirming, ended, stirred, under_way in ask(
            tx, LOOKS, (code,)
        )
    ]


def suspects(tx: Tx) -> int:
    """Count the suspects."""
    found: int = tx.execute(
        "SELECT count(*) FROM fall JOIN agency USING (code) WHERE listed AND NOT confirmed"
    ).get
    return found


