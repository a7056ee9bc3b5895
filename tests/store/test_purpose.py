"""What a letter is for stands beside it: who it goes to, which goes first; and what older ledgers said by other marks."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import apsw
import pytest

from fakes.books import ONE, TWO, draft
from fakes.samples import HOUR, MONDAY, RULES, register, unbound
from sarabanwatch import store
from sarabanwatch.core.facts.purpose import TO_AGENCIES, Purpose
from sarabanwatch.core.sending.canary import Errand
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.store import Ledger
from sarabanwatch.store.catch_all_probes import taking_anything
from sarabanwatch.store.schema import MIGRATIONS

MINT = unbound
BEFORE = next(number for number, script in enumerate(MIGRATIONS) if "ADD COLUMN purpose" in script)
WRITE = """
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at, send_by, purpose, errand)
    VALUES (?1, ?1, ?2, '', 'a@one.go.th', 0, 'drafted', '', '', '', ?3, ?4)
"""


def code_of(purpose: Purpose) -> str:
    return "1001" if purpose in TO_AGENCIES else ""


def errand_of(purpose: Purpose) -> str:
    return Errand.HOME if purpose is Purpose.CANARY else ""


async def test_every_purpose_can_be_written_down_and_they_go_in_the_order_in_which_they_stand(ledger: Ledger) -> None:
    for serial, purpose in enumerate(Purpose):
        await ledger.write(lambda db, *row: db.execute(WRITE, row), serial, code_of(purpose), purpose, errand_of(purpose))
    rows = await ledger.read(lambda db: list(db.execute("SELECT purpose, priority FROM letter ORDER BY priority")))
    assert rows == [(purpose, place) for place, purpose in enumerate(Purpose)]


@pytest.mark.parametrize(("code", "purpose", "errand"), [
    ("1001", "other", ""), *(("1001", purpose, "") for purpose in sorted(set(Purpose) - TO_AGENCIES)),
    *(("", purpose, "") for purpose in sorted(TO_AGENCIES)), ("1001", "round", "home"), ("", "canary", "other"),
])
async def test_a_letter_of_another_purpose_or_to_the_wrong_party_cannot_be_written_down(
    ledger: Ledger, code: str, purpose: str, errand: str,
) -> None:
    with pytest.raises(apsw.ConstraintError):
        await ledger.write(lambda db: db.execute(WRITE, (1, code, purpose, errand)))


async def test_what_was_asked_for_goes_first_however_old_the_others_are(ledger: Ledger) -> None:
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    await draft(ledger, TWO)
    await ledger.write(store.letters.ask_for, 0, Draft(ONE.code, ONE.cell, MONDAY + 9 * HOUR, None), MINT, MONDAY + HOUR)
    now = MONDAY + 2 * HOUR
    assert await ledger.read(store.pacing.due, now, await ledger.read(store.pacing.hosts, now), (), 9) == [(2, ""), (1, "")]
    assert [serial for serial, _ in await ledger.read(store.pacing.waiting, Purpose.ASKED, (), now)] == [2]


OLD = """
    INSERT INTO import (id, at, source, digest, good, bad) VALUES (1, '2026-01-01', 'a.csv', 'd1', 1, 0);
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at, send_by, host) VALUES
      (1, 't1', '@home', '', 'p@probe.test', -1000000, 'closed', '2026-01-06', '2026-01-06', '2026-01-07', ''),
      (2, 't2', '1001', 'n', 'a@one.go.th', 3, 'closed', '2026-01-06', '2026-01-06', '2026-01-07', 'h'),
      (3, 't3', '*@one.go.th', 'one.go.th', 'no-such-name-x@one.go.th', -1000000, 'closed',
       '2026-01-08', '2026-01-08', '2026-01-09', 'h'),
      (4, 't4', '1001', 'n', 'a@one.go.th', -999999, 'drafted', '2026-01-09', '2025-01-09', '2026-01-16', 'h'),
      (5, 't5', '1001', 'n', 'a@one.go.th', 4, 'drafted', '2026-02-20', '2026-02-20', '2026-02-27', 'h'),
      (6, 't6', '@bounce', '', 'nobody@void.test', -1000000, 'drafted', '2026-02-20', '2026-02-20', '2026-02-27', '');
    INSERT INTO evidence (serial, kind, seen_at, code, status, said, reason, rule, reporter, receipt, how, sure, mail) VALUES
      (3, 'quiet', '2026-01-12T00:00:00+00:00', 0, '', '', NULL, '', '', '', 'seen on our own connection', 'signed', '');
    INSERT INTO unjudged VALUES ('*@one.go.th', 2), ('1001', 1);
"""
NEW = [
    (1, "", "canary", "home", 3, "2026-01-06"), (2, "1001", "round", "", 3, "2026-01-06"),
    (3, "", "catch_all", "", 3, "2026-01-08"), (4, "1001", "asked", "", 3, "2026-01-09"),
    (5, "1001", "round", "", 4, "2026-02-20"), (6, "", "canary", "bounce", 4, "2026-02-20"),
]


async def test_what_an_older_ledger_said_by_codes_numbers_and_dates_stands_as_purposes(file: Path) -> None:
    with closing(apsw.Connection(str(file))) as db:
        for number, script in enumerate(MIGRATIONS[:BEFORE], start=1):
            db.execute(script)
            db.pragma("user_version", number)
        db.execute(OLD)
    with closing(Ledger(file)) as ledger:
        rows = await ledger.read(lambda db: list(
            db.execute("SELECT serial, code, purpose, errand, campaign, due_at FROM letter ORDER BY serial")))
        assert rows == NEW
        assert [(each.domain, len(each.strays), each.asked) for each in await ledger.read(
            store.catch_all_probes.unjudged)] == [("one.go.th", 1, 2)]
        assert await ledger.read(lambda db: list(db.execute("SELECT code FROM unjudged"))) == [("1001",)]
        late = datetime.fromisoformat("2026-02-21T00:00:00+00:00")
        assert await ledger.read(lambda db: list(taking_anything(db, late))) == ["one.go.th"]
