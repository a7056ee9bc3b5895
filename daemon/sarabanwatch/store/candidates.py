"""Who may be due a letter of a round: whoever has none yet, or whose last decided nothing."""

from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.sending.plan import Candidate, Sent, Unwritten
from sarabanwatch.core.sending.probe import State
from sarabanwatch.store.rows import ask
from sarabanwatch.store.tx import Tx

CANDIDATES = """
    SELECT c.code, c.address, c.serial, l.state, l.verdict, c.letters, c.mail_host,
           EXISTS (SELECT 1 FROM letter o
                   WHERE o.address = c.address AND o.state <> 'closed') AS under_way
    FROM (
        SELECT p.code, p.address, d.mail_host, max(l.serial) AS serial,
               count(*) FILTER (WHERE l.fate <> 'held') AS letters
        FROM probed p LEFT JOIN domain d ON d.name = p.domain
             LEFT JOIN letter l ON l.campaign = :campaign AND l.purpose = 'round'
                               AND l.code = p.code AND l.address = p.address
                               AND l.drafted_at >= p.began
        WHERE p.code NOT IN (SELECT code FROM opt_out WHERE ended_at IS NULL)
          AND (:campaign NOT IN (SELECT id FROM round WHERE kind = 'extra')
               OR p.code IN (SELECT code FROM chosen WHERE round = :campaign))
        GROUP BY p.code, p.address, d.mail_host
    ) c LEFT JOIN letter l ON l.serial = c.serial
    WHERE c.serial IS NULL
       OR (l.state = 'closed' AND l.verdict IN ('unknown', 'withheld', 'blocks us'))
    ORDER BY CASE WHEN c.code IN (SELECT code FROM left_over
                                  WHERE round = (SELECT max(id) FROM round
                                                 WHERE kind = 'regular' AND id < :campaign))
                  THEN 0 ELSE 1 END, c.code, c.address
"""
LETTERS = """
    FROM letter l WHERE l.campaign = :campaign AND l.purpose = 'round' AND l.code = p.code
                    AND l.address = p.address AND l.drafted_at >= p.began
"""
ELIGIBLE = """
    SELECT count(*) FROM probed p
    WHERE p.code NOT IN (SELECT code FROM opt_out WHERE ended_at IS NULL)
      AND (:campaign NOT IN (SELECT id FROM round WHERE kind = 'extra')
           OR p.code IN (SELECT code FROM chosen WHERE round = :campaign))
"""
# Candidates that may have a letter yet: those that had none in the round, and those of whose
# letters the last decided nothing.
UNWRITTEN = f"{ELIGIBLE} AND NOT EXISTS (SELECT 1 {LETTERS})"
AGAIN = f"""
    {ELIGIBLE}
      AND p.code IN (SELECT code FROM letter
                     WHERE campaign = :campaign AND purpose = 'round' AND state = 'closed'
                       AND verdict IN ('unknown', 'withheld', 'blocks us'))
      AND (SELECT l.state = 'closed'
                  AND coalesce(l.verdict IN ('unknown', 'withheld', 'blocks us'), FALSE)
                  AND (SELECT count(*) {LETTERS} AND l.fate <> 'held') < :most
           {LETTERS} ORDER BY l.serial DESC LIMIT 1)
"""
# Those that had none up to a letter, and have had one since. The unary plus has SQLite look at the
# letters since only, not at all of the round.
WRITTEN_SINCE = f"""
    {ELIGIBLE}
      AND p.code IN (SELECT n.code FROM letter n
                     WHERE n.serial > :upto AND +n.campaign = :campaign)
      AND NOT EXISTS (SELECT 1 {LETTERS} AND l.serial <= :upto)
      AND EXISTS (SELECT 1 {LETTERS} AND l.serial > :upto)
"""
COUNTED_BY = """
    SELECT (SELECT max(id) FROM epoch), (SELECT coalesce(max(id), 0) FROM import),
           (SELECT coalesce(max(id), 0) FROM opt_out),
           (SELECT count(*) FROM opt_out WHERE ended_at IS NULL),
           (SELECT coalesce(max(serial), 0) FROM letter)
"""


def listed(tx: Tx, campaign: int) -> list[Candidate]:
    """Return agencies that may be due a letter in this round, by code and address.

    Those that the round before did not reach come first. Which of them are due, the plan decides
    (`core.sending.plan`).
    """
    return [
        Candidate(code, address, None if serial is None
                  else Sent(serial, State(state), Verdict(verdict), letters),
                  mail_host, bool(under_way))
        for code, address, serial, state, verdict, letters, mail_host, under_way
        in ask(tx, CANDIDATES, {"campaign": campaign})
    ]


def again(tx: Tx, campaign: int, letters_at_most: int) -> int:
    """Count those whose letter of the round is closed and decided nothing: they may have another.

    Those that have had none are counted apart (`unwritten`).
    """
    return int(tx.execute(AGAIN, {"campaign": campaign, "most": letters_at_most}).get)


def unwritten(tx: Tx, campaign: int, before: Unwritten) -> Unwritten:
    """Count those that have had no letter in the round.

    All agencies are gone through only where it must be (`core.sending.plan.Unwritten`); else those
    that were written to since `before`, the last answer. Call at one moment.
    """
    *by, upto = next(ask(tx, COUNTED_BY))
    to = Unwritten((campaign, *by), upto)
    if to.by != before.by:
        return to._replace(agencies=tx.execute(UNWRITTEN, {"campaign": campaign}).get)
    since = tx.execute(WRITTEN_SINCE, {"campaign": campaign, "upto": before.upto}).get
    return to._replace(agencies=before.agencies - since)
