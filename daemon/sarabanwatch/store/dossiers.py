"""Everything that the ledger knows of one agency, for `explain` and `agency show`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.register import Note
from sarabanwatch.core.register.history import PastValue
from sarabanwatch.core.sending.probe import State
from sarabanwatch.store import history, opt_outs
from sarabanwatch.store.catch_all_probes import stands_weakly
from sarabanwatch.store.incidents import IncidentSummary, Pending, listed, pending
from sarabanwatch.store.letters import seen
from sarabanwatch.store.opt_outs import OptOut
from sarabanwatch.store.register_table import find
from sarabanwatch.store.rows import ask, ask_one, moment
from sarabanwatch.store.rulings import DatedWord, about
from sarabanwatch.store.tx import Tx

CHANGES = """
    SELECT at, was, now, because,
           coalesce((SELECT rules FROM rulebook WHERE since <= at ORDER BY since DESC LIMIT 1), '')
    FROM transition WHERE code = ? ORDER BY id
"""
SOURCE = "SELECT i.source, a.line FROM agency a JOIN import i ON i.id = a.import WHERE a.code = ?"
LETTERS = """
    SELECT l.serial, l.address, l.state, l.drafted_at, l.window_end, l.replaces,
           l.address = a.address AND l.drafted_at >= a.began
    FROM letter l JOIN agency a USING (code) WHERE code = ? ORDER BY l.serial
"""


@dataclass(frozen=True, slots=True)
class SentLetter:
    """One letter as it was sent, with its evidence."""

    serial: int
    address: str
    state: State
    drafted_at: datetime
    window_end: datetime | None
    replaces: int | None
    evidence: list[Evidence]
    present: bool        # whether the standing rests on it: to the present address, since declared
    readings: list[DatedWord]   # every reading of every mail ever held to be about it, mail by mail


@dataclass(frozen=True, slots=True)
class Dossier:
    """All about one agency: the register's row, the judgement, every letter and transition."""

    agency: Agency
    source: str
    line: int
    group: Group
    because: str
    since: str
    letters: list[SentLetter]
    changes: list[tuple[str, str | None, str, str, str]]    # when, from, to, why, under which rules
    lines: list[PastValue]   # name and kind, address, announcement, each since when and until when
    notes: tuple[Note, ...] = ()    # what had to be interpreted to read its row
    downgrade: Pending | None = None     # a downgrade that has not taken effect
    held_by: IncidentSummary | None = None     # the incident that holds it
    opt_out: OptOut | None = None        # it asked to be left alone
    weak: bool = False   # it stands by a letter that was accepted where any name is accepted


def dossier(tx: Tx, code: str) -> Dossier:
    """Gather everything about a listed agency; raise KeyError where there is none."""
    agency = find(tx, code)
    if agency is None:
        raise KeyError(code)
    source, line = ask_one(tx, SOURCE, (code,)) or ("", 0)
    judged = ask_one(tx, "SELECT grp, because, since FROM judgement WHERE code = ?", (code,))
    group, because, since = judged or ("unknown", "not judged yet", "")
    changes = [(at, was, now, why, rules) for at, was, now, why, rules in ask(tx, CHANGES, (code,))]
    downgrade = pending(tx, code)
    held_by = next(listed(tx, downgrade.incident)) if downgrade and downgrade.incident else None
    return Dossier(agency, source, line, Group(group), because, since, list(_letters(tx, code)),
                   changes, history.lines(tx, code), history.notes_of(tx, code), downgrade, held_by,
                   opt_outs.of(tx, code), stands_weakly(tx, code))


def _letters(tx: Tx, code: str) -> Iterator[SentLetter]:
    rows = list(ask(tx, LETTERS, (code,)))
    for serial, address, state, drafted_at, window_end, replaces, present in rows:
        yield SentLetter(serial, address, State(state), moment(drafted_at),
                   moment(window_end) if window_end else None, replaces,
                   seen(tx, serial), bool(present), about(tx, serial))
