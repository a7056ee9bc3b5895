from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.samples import (
    FORM,
    HOUR,
    KEY,
    MONDAY,
    RULES,
    agency,
    fact,
    letter,
    mint,
    register,
    unbound,
)
from sarabanwatch import store
from sarabanwatch.app.confirm_button import confirm, ours
from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.facts.token import Key
from sarabanwatch.core.judging import verdict
from sarabanwatch.core.judging.case import Case
from sarabanwatch.core.letters.wording import paper
from sarabanwatch.core.sending.canary import CanaryDraft, CanaryKind
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.store import FileLedger, Ledger

HOME = "probes@probe.test"
KEYS = {"a": KEY}


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """A ledger in which letter 1 has been taken by the relay."""
    with closing(FileLedger(tmp_path / "ledger.db")) as opened:
        await opened.write(store.register_table.replace, register(agency()), RULES, MONDAY)
        await opened.write(store.letters.draft, 0,
                           [Draft("1001", "saraban@one.go.th", MONDAY + 9 * HOUR, None)], unbound,
                           MONDAY)
        yield opened


async def sent(ledger: Ledger) -> None:
    await ledger.write(store.letters.pick, 1, MONDAY)
    await ledger.write(store.letters.outcome, 1, TryResult(Event.TAKEN, fact(FactKind.TAKEN)),
                       MONDAY, MONDAY + HOUR)


async def press(ledger: Ledger, mark: str, receipt: str = "", keys: dict[str, Key] = KEYS) -> bool:
    return await confirm(mark, receipt, ledger=ledger, clock=StoppedClock(MONDAY), keys=keys)


async def case(ledger: Ledger) -> Case:
    [found] = await ledger.read(store.judgements.unjudged, 9)
    return found


async def test_a_letter_that_is_confirmed_is_proven_and_its_agency_is_judged_anew(
    ledger: Ledger,
) -> None:
    await sent(ledger)
    assert await press(ledger, mint(1, KEY), "12/2569")
    [(_, seen)] = (await case(ledger)).letters
    assert verdict.rule_for(seen).verdict is verdict.Verdict.PROVEN
    assert [(e.kind, e.receipt, e.text, e.reporter) for e in seen] == [
        (FactKind.TAKEN, "", "", ""), (FactKind.CONFIRMED, "12/2569", "", "")]


async def test_pressing_again_changes_nothing_and_a_number_may_follow(ledger: Ledger) -> None:
    await sent(ledger)
    for receipt in ("", "", "12/2569", "12/2569", "", "3", "4", "5", "6"):
        assert await press(ledger, mint(1, KEY), receipt)
    [(_, seen)] = (await case(ledger)).letters
    assert [e.receipt for e in seen if e.kind is FactKind.CONFIRMED] == ["", "12/2569", "3"]


async def test_a_token_that_is_not_ours_confirms_nothing(ledger: Ledger) -> None:
    await sent(ledger)
    other, past = Key("a", b"another secret..",
                      date(2027, 12, 31)), {"a": replace(KEY, until=date(2025, 9, 1))}
    assert not await press(ledger, mint(1, other))
    assert not await press(ledger, mint(1, KEY), keys=past)
    assert not await press(ledger, mint(99, KEY))
    assert not await press(ledger, "nonsense")
    [(_, seen)] = (await case(ledger)).letters
    assert [e.kind for e in seen] == [FactKind.TAKEN]


async def test_a_letter_that_never_left_and_one_to_ourselves_cannot_be_confirmed(
    ledger: Ledger,
) -> None:
    assert not await press(ledger, mint(1, KEY))
    await ledger.write(store.canaries.launch,
                       CanaryDraft(CanaryKind.HOME, 0, lambda _: HOME, MONDAY + HOUR),
                       unbound, MONDAY)
    assert not await press(ledger, mint(2, KEY))
    await ledger.write(store.letters.pick, 2, MONDAY)
    await ledger.write(store.letters.outcome, 2, TryResult(Event.TAKEN, fact(FactKind.TAKEN)),
                       MONDAY, MONDAY + HOUR)
    assert not await press(ledger, mint(2, KEY))


def test_a_letter_carries_its_link_where_links_are_given_out() -> None:
    text = type(FORM.text)("$name\n\n$confirm")
    form = replace(FORM, text=text, confirm="https://page.test/r/")
    assert f"https://page.test/r/{letter().token} " in paper(letter(), form).body[1]
    assert len(paper(letter(), replace(form, confirm="")).body) == 1


@pytest.mark.parametrize(("mark", "signed"), [
    # of a letter that is not there: which there are is not told
    (mint(1, KEY), True), (mint(77, KEY), True),
    (mint(1, KEY).upper(), True), (mint(1, KEY)[:-1] + "7", False), (mint(1, KEY)[:-1], False),
    ("", False),
    (mint(1, replace(KEY, kid="z")), False), (mint(1, replace(KEY, secret=b"another")), False),
])
def test_a_link_is_held_to_be_ours_by_its_signature_alone(mark: str, *, signed: bool) -> None:
    assert (ours(mark, clock=StoppedClock(MONDAY), keys=KEYS) is not None) is signed


def test_a_link_whose_key_has_expired_is_not_ours_any_more() -> None:
    key = replace(KEY, until=date(2020, 1, 1))
    assert not ours(mint(1, key), clock=StoppedClock(MONDAY), keys={"a": key})
