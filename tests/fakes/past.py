"""Rounds that are over, laid into a ledger of either engine by a few statements each.

A ledger of years is made in minutes: every listed agency that has an address was written to once a
round; six of seven stayed quiet, the seventh sent a report of failure. The product's own check of a
ledger (`store.accounts`) finds nothing wrong with it.
"""

from collections.abc import Iterator
from datetime import timedelta

from sarabanwatch.core.facts.evidence import Certainty, MatchedBy
from sarabanwatch.core.rounds import Timetable
from sarabanwatch.store import Tx
from sarabanwatch.store.epoch import next_serial
from sarabanwatch.store.tx import stamp

WINDOW = timedelta(days=7)
RAW = bytes(1500)       # of a report of failure, compressed
RECIPIENTS = """
    (SELECT a.code, a.name, a.address, a.domain, row_number() OVER (ORDER BY a.code) AS place
     FROM agency a WHERE a.listed AND a.address <> '') recipient
"""
ROUND = (
    """INSERT INTO round (id, kind, number, opened_at, due_at, closed_at, anchor, weeks, at,
                          left_over)
       VALUES (:number, 'regular', :number + 1, :at, :due, :due, :anchor, :weeks, :at, 0)""",
    f"""INSERT INTO letter (serial, token, purpose, code, name, address, host, campaign, state,
                            fate, drafted_at, due_at, send_by, first_try, window_end, closed_at,
                            verdict)
        SELECT :first + place, :token || code, 'round', code, name, address, 'mx.' || domain,
               :number, 'closed', 'accepted', :at, :at, :due, :at, :ends, :ends,
               CASE WHEN place % 7 <> 0 THEN 'accepts' ELSE 'refuses' END
        FROM {RECIPIENTS}""",
    """INSERT INTO attempt (serial, picked_at, at, event, speaker, response, reply)
       SELECT serial, :at, :at, 'taken', '@relay', NULL, '2.0.0 Ok: queued as 4Zx1Qh0b3Tz9rTF'
       FROM letter WHERE campaign = :number ORDER BY serial""",
    """INSERT INTO mail (digest, size, arrived_at, kind, sender, subject, raw)
       SELECT token, 4000, :came, 'failed', 'mailer-daemon@probe.test',
              'Undelivered Mail Returned to Sender', :raw
       FROM letter WHERE campaign = :number AND verdict = 'refuses'""",
    """INSERT INTO reading (mail, at, kind, rule, reason, serial, refused, waits, by, note)
       SELECT token, :came, 'failed', 'bench', 'no such mailbox', serial, '', '', '', ''
       FROM letter WHERE campaign = :number AND verdict = 'refuses' ORDER BY serial""",
    f"""INSERT INTO evidence (serial, kind, seen_at, code, status, text, reason, rule, reporter,
                             receipt, matched_by, certainty, mail)
       SELECT serial, 'taken', :at, 250, '2.0.0', 'Ok: queued as 4Zx1Qh0b3Tz9rTF', NULL, '', '', '',
              '{MatchedBy.WIRE}', '{Certainty.SIGNED}', ''
       FROM letter WHERE campaign = :number ORDER BY serial""",
    f"""INSERT INTO evidence (serial, kind, seen_at, code, status, text, reason, rule, reporter,
                             receipt, matched_by, certainty, mail)
       SELECT serial, CASE verdict WHEN 'accepts' THEN 'quiet' ELSE 'bounced' END,
              CASE verdict WHEN 'accepts' THEN :ends ELSE :came END,
              CASE verdict WHEN 'accepts' THEN 0 ELSE 550 END,
              CASE verdict WHEN 'accepts' THEN '' ELSE '5.1.1' END,
              CASE verdict WHEN 'accepts' THEN '' ELSE 'no such mailbox here' END,
              CASE verdict WHEN 'accepts' THEN NULL ELSE 'no such mailbox' END, 'bench', '', '',
              CASE verdict WHEN 'accepts' THEN '{MatchedBy.WIRE}' ELSE '{MatchedBy.TOKEN}' END,
              '{Certainty.SIGNED}',
              CASE verdict WHEN 'accepts' THEN '' ELSE token END
       FROM letter WHERE campaign = :number ORDER BY serial""",
)
STANDS = (
    # each address is as old as the first of these rounds, or its letters would prove nothing
    "UPDATE declared SET began = '' WHERE until IS NULL",
    """INSERT INTO domain (name, mail_host, asked_at, known_at, resolvers)
       SELECT DISTINCT domain, 'mx.' || domain, :now, :now, 2 FROM agency WHERE domain <> ''""",
    """INSERT INTO unjudged (code, asked, cause)
       SELECT code, 1, '' FROM agency WHERE listed AND address <> ''
       ON CONFLICT (code) DO NOTHING""",
)


def lay(db: Tx, rounds: int, timetable: Timetable) -> Iterator[int]:
    """Lay so many rounds into a ledger with a register; the next one begins with the timetable.

    Yield the number of each when it is laid, so that the caller may commit.
    """
    weeks = timedelta(weeks=timetable.weeks)
    for number in range(rounds):
        at = timetable.first - weeks * (rounds - number)
        told = {"number": number, "at": stamp(at), "due": stamp(at + weeks), "raw": RAW,
                "ends": stamp(at + WINDOW), "came": stamp(at + timedelta(minutes=1)),
                "anchor": timetable.anchor.isoformat(), "weeks": timetable.weeks,
                "token": f"past{number}-", "first": next_serial(db) - 1}
        for statement in ROUND:
            db.execute(statement, {name: told[name] for name in told if f":{name}" in statement})
        yield number
    for statement in STANDS:
        db.execute(statement, {"now": stamp(timetable.first)} if ":now" in statement else {})
