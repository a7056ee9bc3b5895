"""What a letter is for stands beside it: who it goes to, which goes first."""


import pytest

from fakes.books import ONE, TWO, draft
from fakes.postgres import REFUSED
from fakes.samples import HOUR, MONDAY, RULES, register, unbound
from sarabanwatch import store
from sarabanwatch.core.facts.purpose import TO_AGENCIES, Purpose
from sarabanwatch.core.sending.canary import CanaryKind
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.store import Ledger

MINT = unbound
WRITE = """
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at,
                        send_by, purpose, canary_kind)
    VALUES (:serial, :token, :code, '', 'a@one.go.th', 0, 'drafted', '', '', '', :purpose, :kind)
"""


def code_of(purpose: Purpose) -> str:
    return "1001" if purpose in TO_AGENCIES else ""


def kind_of(purpose: Purpose) -> str:
    return CanaryKind.HOME if purpose is Purpose.CANARY else ""


async def put(ledger: Ledger, serial: int, code: str, purpose: str, kind: str) -> None:
    await ledger.write(lambda db: db.execute(WRITE, {
        "serial": serial, "token": str(serial), "code": code, "purpose": purpose, "kind": kind}))


async def test_every_purpose_can_be_written_down_and_they_go_in_the_order_in_which_they_stand(
    ledger: Ledger,
) -> None:
    for serial, purpose in enumerate(Purpose):
        await put(ledger, serial, code_of(purpose), purpose, kind_of(purpose))
    rows = await ledger.read(
        lambda db: list(db.execute("SELECT purpose, priority FROM letter ORDER BY priority"))
    )
    assert rows == [(purpose, place) for place, purpose in enumerate(Purpose)]


@pytest.mark.parametrize(("code", "purpose", "kind"), [
    ("1001", "other", ""), *(("1001", purpose, "")
                             for purpose in sorted(set(Purpose) - TO_AGENCIES)),
    *(("", purpose, "") for purpose in sorted(TO_AGENCIES)), ("1001", "round", "home"),
    ("", "canary", "other"),
])
async def test_a_letter_of_another_purpose_or_to_the_wrong_party_cannot_be_written_down(
    ledger: Ledger, code: str, purpose: str, kind: str,
) -> None:
    with pytest.raises(REFUSED):
        await put(ledger, 1, code, purpose, kind)


async def test_what_was_asked_for_goes_first_however_old_the_others_are(ledger: Ledger) -> None:
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    await draft(ledger, TWO)
    await ledger.write(store.letters.ask_for, 0, Draft(ONE.code, ONE.cell, MONDAY + 9 * HOUR, None),
                       MINT, MONDAY + HOUR)
    now = MONDAY + 2 * HOUR
    assert [each.serial for each in await ledger.read(store.pacing.due, now, 9)] == [2, 1]
    assert [serial for serial, _ in await ledger.read(store.pacing.waiting, Purpose.ASKED, (),
                                                      now)] == [2]
