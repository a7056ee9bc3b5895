"""Who may be due a letter of a round: whoever has none yet, or whose last decided nothing."""

from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.sending.plan import Candidate, Sent
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
# Candidates that may have another letter yet, counted: of an agency's letters of the round the last
# decided nothing, or there is none.
UNDRAFTED = """
    SELECT count(*) FROM probed p
    WHERE p.code NOT IN (SELECT code FROM opt_out WHERE ended_at IS NULL)
      AND (:campaign NOT IN (SELECT id FROM round WHERE kind = 'extra')
           OR p.code IN (SELECT code FROM chosen WHERE round = :campaign))
      AND coalesce((SELECT l.state = 'closed'
                           AND coalesce(l.verdict IN ('unknown', 'withheld', 'blocks us'), FALSE)
                           AND (SELECT count(*) {letters} AND l.fate <> 'held') < :most
                    {letters} ORDER BY l.serial DESC LIMIT 1), TRUE)
""".format(letters="""
    FROM letter l WHERE l.campaign = :campaign AND l.purpose = 'round' AND l.code = p.code
                    AND l.address = p.address AND l.drafted_at >= p.began
""")


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


def undrafted(tx: Tx, campaign: int, letters_at_most: int) -> int:
    """Count those that may have another letter in this round."""
    return int(tx.execute(UNDRAFTED, {"campaign": campaign, "most": letters_at_most}).get)
