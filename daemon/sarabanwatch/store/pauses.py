"""Pauses: for whom no letters leave, by whose decision, from when and until when.

`core.sending.pausing` says what a pause does. A row is ended, never deleted: how long silence must
last after a letter depends on the pauses that have been.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.sending import pausing
from sarabanwatch.core.sending.pausing import NOBODY, Pause, Paused, Reach, Subject, Waits
from sarabanwatch.core.sending.weekly import Span, Weekly
from sarabanwatch.store.rows import ask, ask_one, moment
from sarabanwatch.store.tx import Tx

ALL = """
    SELECT id, level, key, at, since, until, every, by, why, ended_at, ended_by, ended_why
    FROM pause
"""
ADD = """
    INSERT INTO pause (level, key, at, since, until, every, by, why)
    VALUES (:level, :key, :at, :since, :until, :every, :by, :why) RETURNING id
"""
END = """
    UPDATE pause SET ended_at = ?, ended_by = ?, ended_why = ? WHERE id = ? AND ended_at IS NULL
"""
EXPIRE = """
    UPDATE pause SET ended_at = until, ended_why = 'its time was over'
    WHERE ended_at IS NULL AND until <= ?
"""
# The agencies of a level, by its name; of the register as it stands.
OF_LEVEL = {
    Reach.MINISTRY: "SELECT code FROM entry WHERE until IS NULL AND :key IN (superior, name)",
    Reach.PROVINCE: "SELECT code FROM entry WHERE until IS NULL AND province = :key",
    Reach.AGENCY:   "SELECT code FROM entry WHERE until IS NULL AND code = :key",
}
# Those of a mail host; of a provider with many hosts, by the end of their names.
OF_HOST = """
    SELECT p.code FROM probed p LEFT JOIN domain d ON d.name = p.domain
    WHERE '.' || lower(coalesce(d.mail_host, p.domain)) LIKE '%.' || :key
"""
NAMES = {
    Reach.MINISTRY: "SELECT DISTINCT superior FROM agency WHERE listed AND superior <> ''"
                    " UNION SELECT name FROM agency WHERE listed AND kind = 'กระทรวง'",
    Reach.PROVINCE: "SELECT DISTINCT province FROM agency WHERE listed AND province <> ''",
}
BELOW = """
    SELECT count(*) FROM agency
    WHERE listed AND :key NOT IN (superior, name)
      AND superior IN (SELECT name FROM entry WHERE until IS NULL AND superior = :key)
"""
HOSTS = """
    SELECT p.domain, d.mail_host FROM probed p LEFT JOIN domain d ON d.name = p.domain
"""
DECLARED = "SELECT domain, code FROM declared WHERE until IS NULL AND address <> ''"
DUE = """
    SELECT serial, purpose, code, domain, host FROM letter
    WHERE state IN ('drafted', 'deferred') AND purpose <> 'canary' AND due_at <= :now
      AND send_by > :now
"""
UNFINISHED = """
    SELECT code, host FROM letter
    WHERE campaign = ? AND purpose = 'round' AND state <> 'closed'
"""
SUBJECT = """
    SELECT l.purpose, l.host, e.code, e.superior, e.name, e.province
    FROM letter l LEFT JOIN entry e ON e.code = l.code AND e.until IS NULL
    WHERE l.serial = ?
"""
SHARING = """
    SELECT e.code, e.superior, e.name, e.province
    FROM letter l JOIN declared d ON d.domain = l.domain AND d.until IS NULL
         JOIN entry e ON e.code = d.code AND e.until IS NULL
    WHERE l.serial = ?
"""


HostOf = Callable[[str, str | None], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pause as a person asks for it."""

    level: Reach
    key: str
    since: datetime
    until: datetime | None
    every: Weekly | None
    by: str
    why: str


def add(tx: Tx, wanted: Wanted, at: datetime) -> Pause:
    """Write a pause down; raise RequestError where the same one stands, or it would be over."""
    if wanted.until and wanted.until <= max(wanted.since, at):
        raise RequestError("it would be over before it begins: give a later --until")
    for each in standing(tx):
        if (each.level, each.key, each.every) == (wanted.level, wanted.key, wanted.every) and (
            each.every or each.until is None or each.until > wanted.since):
            raise RequestError(f"pause {each.number} stands for the same already; "
                               f"`resume {each.number}` ends it")
    number = tx.execute(ADD, {
        "level": wanted.level, "key": wanted.key, "at": at, "since": wanted.since,
        "until": wanted.until, "every": str(wanted.every or ""), "by": wanted.by,
        "why": wanted.why}).get
    return next(_rows(tx, "WHERE id = ?", (number,)))


def end(tx: Tx, number: int, by: str, why: str, at: datetime) -> Pause:
    """End a pause in a person's name, and return it; raise RequestError where none stands."""
    tx.execute(END, (at, by, why, number))
    if not tx.changes():
        raise RequestError(f"no pause {number} stands; `pause list` lists those that do")
    return next(_rows(tx, "WHERE id = ?", (number,)))


def expire(tx: Tx, at: datetime) -> list[Pause]:
    """End the pauses whose time is over, and return them."""
    over = [each for each in standing(tx) if each.over(at)]
    tx.execute(EXPIRE, (at,))
    return over


def standing(tx: Tx) -> list[Pause]:
    """Return the pauses that have not ended, the oldest first; some may not be in force now."""
    return list(_rows(tx, "WHERE ended_at IS NULL"))


def in_force(tx: Tx, now: datetime) -> list[Pause]:
    """Return what is paused at a moment, the oldest first: what `status` and the page show.

    Each says its level and name (`level`, `key`), why and by whom, and until when it lasts without
    a break (`rests_until(now)`; None: until a person ends it).
    """
    return pausing.in_force(standing(tx), now)


def listed(tx: Tx, *, ended: bool = False) -> Iterator[Pause]:
    """Yield the pauses that stand, or all there ever were, the oldest first."""
    return _rows(tx, "" if ended else "WHERE ended_at IS NULL")


def known(tx: Tx, level: Reach) -> list[str]:
    """Return the names that a level can have, of the register as it stands; [] for the others."""
    return sorted(name for name, in ask(tx, NAMES[level])) if level in NAMES else []


def hosts(tx: Tx, host_of: HostOf) -> Counter[str]:
    """Count the listed agencies that are written to by the mail host that a letter would burden."""
    return Counter(host_of("@" + domain, host) for domain, host in ask(tx, HOSTS))


def codes(tx: Tx, pause: Pause) -> frozenset[str]:
    """Return the codes that a pause is for, those of a mail host by its name; none: for all."""
    sql = OF_LEVEL.get(pause.level) or (OF_HOST if pause.level is Reach.HOST else "")
    return frozenset(code for code, in ask(tx, sql, {"key": pause.key})) if sql else frozenset()


def agencies(tx: Tx, pause: Pause, host_of: HostOf) -> int:
    """Count the listed agencies that a pause is for."""
    if pause.level is Reach.HOST:
        return hosts(tx, host_of)[pause.key]
    of = f"code IN ({OF_LEVEL[pause.level]})" if pause.level in OF_LEVEL else "TRUE"
    named = {"key": pause.key} if pause.level in OF_LEVEL else {}
    return int(tx.execute(f"SELECT count(*) FROM agency WHERE listed AND {of}", named).get)


def below(tx: Tx, pause: Pause) -> int:
    """Count the listed agencies under those of a ministry's pause that it is not for."""
    return int(next(ask(tx, BELOW, {"key": pause.key}))[0]) if (
        pause.level is Reach.MINISTRY) else 0


def paused(tx: Tx, now: datetime) -> Paused:
    """Return who is paused at a moment."""
    return _paused(tx, in_force(tx, now))


def _paused(tx: Tx, pauses: Sequence[Pause]) -> Paused:
    found = defaultdict[Reach, set[str]](set)
    for pause in pauses:
        found[pause.level].add(pause.key)
    if not found:
        return NOBODY
    codes = frozenset(code for level, sql in OF_LEVEL.items() for key in found[level]
                      for code, in ask(tx, sql, {"key": key}))
    domains = frozenset(domain for domain, code in ask(tx, DECLARED) if code in codes)
    return Paused(pausing.without_name(pause.level for pause in pauses),
                  frozenset(found[Reach.HOST]), codes, domains)


def waits(tx: Tx, now: datetime) -> Waits:
    """Return the letters that are due and may not go for a pause."""
    who = paused(tx, now)
    if who == NOBODY:
        return Waits()
    letters, probes = dict[int, str](), dict[int, str]()
    for serial, purpose, code, domain, host in ask(tx, DUE, {"now": now}):
        if purpose != Purpose.CATCH_ALL and who.agency(code, host):
            letters[serial] = host
        elif purpose == Purpose.CATCH_ALL and who.domain(domain, host):
            probes[serial] = host
    return Waits(letters, probes)


def unfinished(tx: Tx, campaign: int, now: datetime) -> int:
    """Count the letters of a round that have not ended, of agencies that are paused."""
    who = paused(tx, now)
    return 0 if who == NOBODY else sum(who.agency(code, host)
                                       for code, host in ask(tx, UNFINISHED, (campaign,)))


def stops(tx: Tx, serial: int, now: datetime) -> bool:
    """Say whether a pause stops a letter now."""
    pauses = in_force(tx, now)
    whom = subject(tx, serial) if pauses else None
    return whom is not None and any(pause.covers(whom) for pause in pauses)


def spans(tx: Tx, letters: Mapping[int, datetime],
          until: datetime) -> Mapping[int, list[Span]]:
    """Return when pauses were in force for letters, each from its moment until `until`.

    Letters that none concerned are left out.
    """
    since = min(letters.values(), default=until)
    pauses = [pause for pause in _rows(tx, "WHERE since < ?", (until,))
              if any(pause.spans(since, until))]
    found = {serial: pausing.spans_of(pauses, subject(tx, serial), begins, until)
             for serial, begins in letters.items()} if pauses else {}
    return {serial: spans for serial, spans in found.items() if spans}


def drafted_at(tx: Tx, serial: int) -> datetime:
    """Return when a letter was written down."""
    return moment(tx.execute("SELECT drafted_at FROM letter WHERE serial = ?", (serial,)).get)


def extend(tx: Tx, ends: Mapping[int, datetime]) -> None:
    """Let windows run until later, because they were paused."""
    tx.executemany("UPDATE letter SET window_end = ? WHERE serial = ?",
                   [(end, serial) for serial, end in ends.items()])


def own_spans(tx: Tx, since: datetime, until: datetime) -> list[Span]:
    """Return when nothing at all left us and the inbox was left alone, between two moments."""
    own = Subject(frozenset(), frozenset(), frozenset(), own=True)
    return pausing.spans_of(_rows(tx, "WHERE level = 'all'"), own, since, until)


def subject(tx: Tx, serial: int) -> Subject:
    """Return whom a letter concerns, by the register as it stands."""
    row = ask_one(tx, SUBJECT, (serial,))
    if row is None or row[0] == Purpose.CANARY:
        return Subject(frozenset(), frozenset(), frozenset(), own=True)
    purpose, host, *agency = row
    whose = list(ask(tx, SHARING, (serial,))) if purpose == Purpose.CATCH_ALL else [agency]
    return Subject(frozenset(code for code, *_ in whose if code),
                   frozenset(name for _, superior, own, _ in whose for name in (superior, own)
                             if name),
                   frozenset(province for *_, province in whose if province), host)


def _rows(tx: Tx, where: str, args: tuple[Any, ...] = ()) -> Iterator[Pause]:
    for (number, level, key, at, since, until, every, by, why, ended_at, ended_by,
         ended_why) in ask(tx, f"{ALL} {where} ORDER BY id", args):
        yield Pause(number, Reach(level), key, moment(at), moment(since), _maybe(until),
                    Weekly.read(every) if every else None, by, why, _maybe(ended_at), ended_by,
                    ended_why)


def _maybe(text: str | None) -> datetime | None:
    return moment(text) if text else None
