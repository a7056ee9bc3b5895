"""What the pace needs to know: tries and host responses, letters that wait, a round's load.

Nothing is counted here in advance: what was sent and answered stands in `attempt` and `evidence`.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import NamedTuple

from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.facts.purpose import TO_AGENCIES, Purpose
from sarabanwatch.core.sending import throttle
from sarabanwatch.core.sending.pace import REMEMBERS, Past, RoundLoad, Watermark
from sarabanwatch.core.sending.put_off import Meanwhile
from sarabanwatch.core.sending.throttle import HostResponse, ResponseKind
from sarabanwatch.core.sending.timekeeping import SKEW
from sarabanwatch.store.rows import EVIDENCE, ask, ask_one, evidence, moment
from sarabanwatch.store.tx import Tx

# Who has read nothing yet begins before the first row that is young enough, not before the first of
# all. A row may be young and its neighbours old: what a mail said years ago is read again today.
# The unary plus has SQLite look at the young rows only, not at all in their order.
BEGINS = """
    SELECT coalesce((SELECT min(+id) - 1 FROM attempt WHERE at >= :since), max(id), 0),
           coalesce((SELECT min(+id) - 1 FROM evidence WHERE seen_at >= :since),
                    (SELECT max(id) FROM evidence), 0)
    FROM attempt
"""
ATTEMPTS = """
    SELECT a.id, l.host, a.picked_at, a.at, a.speaker, a.response, a.reply
    FROM attempt a JOIN letter l USING (serial) WHERE a.id > ? AND +a.at >= ? ORDER BY a.id
"""
# To a mail host a notice is a letter like any other. One in doubt has no outcome, and is not
# counted.
NOTICES = """
    SELECT o.id, n.host, o.at, o.speaker, o.response, o.reply
    FROM notice_outcome o JOIN notice n ON n.id = o.notice
    WHERE o.id > ? AND o.at >= ? AND o.event <> 'doubtful' AND n.host <> '' ORDER BY o.id
"""
# Windows that ended well, and what came back by mail under a token that we signed: nothing else
# moves the pace. Of one letter each kind of mail counts once, as it was first read. A report of
# failure that no host on our own path made (core.returns.trace) may be the agency's own work, so it
# counts once for each agency and round.
EARLIER = """
    SELECT 1 FROM evidence p JOIN letter o USING (serial)
    WHERE p.id < e.id AND p.kind = e.kind AND p.certainty = 'signed' AND p.mail <> ''
"""
FACTS = f"""
    WITH told AS (
        SELECT e.id, l.host, l.first_try, l.code AS agency, l.campaign, l.domain,
               e.mail = '' OR EXISTS (SELECT 1 FROM own_maker o
                                      WHERE o.maker = m.maker AND o.seen_at >= :since) AS proven,
               {', '.join('e.' + name for name in EVIDENCE.split(', '))}
        FROM evidence e JOIN letter l USING (serial) LEFT JOIN mail m ON m.digest = e.mail
        WHERE e.id > :after AND +e.seen_at >= :since AND l.first_try IS NOT NULL
          AND l.purpose <> 'canary'
          AND e.kind IN ('delivered', 'displayed', 'automatic', 'receipt', 'answered', 'quiet',
                         'bounced', 'delayed')
          AND (e.mail = ''
               OR e.certainty = 'signed' AND NOT EXISTS ({EARLIER} AND p.serial = e.serial)))
    SELECT id, host, first_try, proven, {EVIDENCE} FROM told e
    WHERE proven OR kind NOT IN ('bounced', 'delayed')
       OR NOT EXISTS ({EARLIER} AND o.code = e.agency AND o.campaign = e.campaign
                                AND o.domain = e.domain)
    ORDER BY id
"""
HOSTS = """
    SELECT host, count(*) FROM letter
    WHERE state IN ('drafted', 'deferred') AND due_at <= :now AND send_by > :now
      AND purpose NOT IN ('canary', 'catch_all')
    GROUP BY host ORDER BY min(priority), min(due_at), host
"""
# After a letter, but for those to some hosts.
NEXT_LETTERS = """
    SELECT due_at, serial, host FROM letter
    WHERE purpose = ? AND state IN ('drafted', 'deferred') AND (due_at, serial) > (?, ?)
      AND due_at <= ? AND send_by > ? {}
    ORDER BY due_at, serial LIMIT ?
"""
WAITING = """
    SELECT serial, host FROM letter
    WHERE purpose = :purpose AND state IN ('drafted', 'deferred') AND due_at <= :now
      AND send_by > :now
    ORDER BY due_at, serial
"""
WRITTEN = """
    SELECT host, count(*) FILTER (WHERE state IN ('drafted', 'deferred')),
           count(*) FILTER (WHERE drafted_at >= ? AND purpose = 'round')
    FROM letter WHERE campaign = ? AND purpose IN ('round', 'confirm') GROUP BY host
"""
HOUSES = """
    SELECT DISTINCT l.host, l.domain, d.mail_host
    FROM letter l LEFT JOIN domain d ON d.name = l.domain
    WHERE l.campaign = ? AND l.purpose IN ('round', 'confirm')
"""
REHOST = """
    UPDATE letter SET host = ?
    WHERE campaign = ? AND purpose IN ('round', 'confirm') AND host = ? AND domain = ?
"""
# Other letters that were accepted while one waited, and whether its own host refused us. What a
# relay answered is not a host's answer.
TAKEN = """
    SELECT DISTINCT substr(a.at, 1, 13) FROM attempt a JOIN letter l USING (serial)
    WHERE a.at >= ? AND a.event = 'taken' AND a.speaker = ''
      AND l.purpose NOT IN ('canary', 'catch_all')
"""
REFUSED_US = """
    SELECT 1 FROM attempt a JOIN letter l USING (serial)
    WHERE a.at >= ? AND a.response = 'blocked' AND a.speaker = ''
      AND l.host = (SELECT host FROM letter WHERE serial = ?)
"""

FULL_AT_MOST = 1000     # hosts that one question names
IN_TURN = tuple(purpose for purpose in Purpose if purpose in TO_AGENCIES)


class DueLetter(NamedTuple):
    """A letter to an agency that is due: since when, its serial, and the mail host it burdens."""

    purpose: Purpose
    due_at: str
    serial: int
    host: str


def hosts(tx: Tx, now: datetime) -> Mapping[str, int]:
    """Count the letters that are due by mail host, the host with the oldest letter first."""
    return dict(ask(tx, HOSTS, {"now": now}))


def due(tx: Tx, now: datetime, limit: int, after: DueLetter | None = None,
        full: Collection[str] = ()) -> list[DueLetter]:
    """Return at most `limit` letters to agencies that are due, in the order in which they leave.

    That is by their purposes' priority, then by when they were due. Those up to `after` are left
    out, and those to hosts that are `full`, of which no more than FULL_AT_MOST are heeded.
    """
    found, full = list[DueLetter](), tuple(full)[:FULL_AT_MOST]
    sql = NEXT_LETTERS.format(f"AND host NOT IN ({', '.join('?' * len(full))})" if full else "")
    for purpose in IN_TURN[IN_TURN.index(after.purpose) if after else 0:]:
        begins = (after.due_at, after.serial) if after and after.purpose is purpose else ("", 0)
        found += [DueLetter(purpose, *row) for row in ask(
            tx, sql, (purpose, *begins, now, now, *full, limit - len(found)))]
        if len(found) == limit:
            break
    return found


def waiting(tx: Tx, purpose: Purpose, besides: Collection[int],
            now: datetime) -> Sequence[tuple[int, str]]:
    """Return (serial, host) of letters of one purpose that may go now, but for those in hand."""
    return [(serial, host)
            for serial, host in ask(tx, WAITING, {"purpose": purpose, "now": now})
            if serial not in besides]


def meanwhile(tx: Tx, serial: int, since: datetime) -> Meanwhile:
    """Return how others fared, and how its own host answered, since a letter was put off."""
    hours = (moment(f"{hour}:00:00+00:00") for hour, in ask(tx, TAKEN, (since,)))
    days = frozenset(hour.astimezone(BANGKOK).date() for hour in hours)
    return Meanwhile(days, refused_us=ask_one(tx, REFUSED_US, (since, serial)) is not None)


def since(tx: Tx, watermark: Watermark, at: datetime) -> Past:
    """Return the tries and host responses after a watermark, as far back as the pace remembers.

    What lies in the future is left out.
    """
    back, left, responses, by = at - REMEMBERS, [], [], at + SKEW
    if watermark == Watermark():
        watermark = Watermark(*next(ask(tx, BEGINS, {"since": back})))
    attempts = ask(tx, ATTEMPTS, (watermark.attempt, back))
    for number, host, picked, over, speaker, kind, text in attempts:
        watermark = watermark._replace(attempt=number)
        left.append((host, moment(over)))
        if kind:
            responses.append(HostResponse(speaker or host, moment(over), moment(picked),
                                          ResponseKind(kind), text))
    for number, host, over, speaker, kind, text in ask(tx, NOTICES, (watermark.notice, back)):
        watermark = watermark._replace(notice=number)
        left.append((host, moment(over)))
        if kind:
            responses.append(HostResponse(speaker or host, moment(over), moment(over),
                                          ResponseKind(kind), text))
    facts = ask(tx, FACTS, {"after": watermark.evidence, "since": back})
    for number, host, picked, proven, *row in facts:
        watermark, fact = watermark._replace(evidence=number), evidence(row)
        if kind := throttle.of_evidence(fact):
            responses.append(HostResponse(host, fact.seen_at, moment(picked), ResponseKind(kind),
                                          fact.text, bool(proven)))
    left = [each for each in left if each[1] <= by]
    responses = [response for response in responses if response.at <= by]
    return Past(sorted(left, key=itemgetter(1)), sorted(responses, key=attrgetter("at")), watermark)


def load(tx: Tx, campaign: int, today: datetime) -> RoundLoad:
    """Return the letters of a round that wait, and that were written today, by mail host.

    `today` is the moment at which the day began.
    """
    written = list(ask(tx, WRITTEN, (today, campaign)))
    return RoundLoad(Counter({host: waiting for host, waiting, _ in written}),
                     Counter({host: new for host, _, new in written}))


def moved(tx: Tx, campaign: int,
          host_of: Callable[[str, str | None], str]) -> list[tuple[str, str, str]]:
    """Return (host now, host as written, domain) where a round's letters burden another host."""
    return [(host_of("@" + domain, mail_host), host, domain)
            for host, domain, mail_host in ask(tx, HOUSES, (campaign,))
            if host_of("@" + domain, mail_host) != host]


def rehost(tx: Tx, campaign: int, host_of: Callable[[str, str | None], str]) -> int:
    """Write down the hosts that a round's letters burden now; return how many domains moved."""
    found = moved(tx, campaign, host_of)
    tx.executemany(REHOST, [(new, campaign, old, domain) for new, old, domain in found])
    return len(found)
