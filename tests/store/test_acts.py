"""What a person does is written down by itself, in a chain that shows what was changed later."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from fakes.books import ONE, TWO, draft
from fakes.samples import MONDAY, RULES, register
from sarabanwatch import store
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.act import ACTING, Actor, canonical
from sarabanwatch.core.sending.pausing import Reach
from sarabanwatch.store import Ledger, acts
from sarabanwatch.store.pauses import Wanted
from sarabanwatch.store.places import Place
from store.conftest import opened

SOMCHAI = Actor("somchai", "สมชาย", "opt-outs add", '{"agency":"1001"}', "telephone")


@pytest.fixture
def acting() -> Iterator[None]:
    token = ACTING.set(lambda: SOMCHAI)
    yield
    ACTING.reset(token)


@pytest.fixture
def acted(place: Place, acting: None) -> Iterator[Ledger]:
    assert acting is None
    with opened(place, at=MONDAY) as ledger:
        yield ledger


async def opt_out(ledger: Ledger, code: str = "1001") -> None:
    await ledger.write(store.opt_outs.add, code, None, "สมชาย", "telephone", MONDAY)


async def test_an_act_says_who_did_what_why_and_what_it_changed(acted: Ledger) -> None:
    await opt_out(acted)
    (act,) = await acted.read(lambda tx: list(acts.listed(tx)))
    assert (act.number, act.actor, act.previous) == (1, SOMCHAI, "")
    assert act.at.startswith(f"{MONDAY:%Y-%m-%d}")
    assert json.loads(act.before) == {}
    (row,) = json.loads(act.after)["opt_out"]
    assert (row["code"], row["why"], row["ended_at"]) == ("1001", "telephone", None)
    await acted.write(store.opt_outs.end, "1001", "สมชาย", "wanted again", MONDAY)
    ended = (await acted.read(lambda tx: list(acts.listed(tx))))[1]
    assert ended.previous == act.digest
    assert json.loads(ended.before)["opt_out"][0]["ended_why"] == ""
    assert json.loads(ended.after)["opt_out"][0]["ended_why"] == "wanted again"


async def test_what_is_refused_or_changes_nothing_is_no_act(acted: Ledger) -> None:
    with pytest.raises(RequestError):
        await acted.write(store.opt_outs.end, "1001", "สมชาย", "nothing there", MONDAY)
    await acted.rehearse(store.opt_outs.add, "1001", None, "สมชาย", "only tried", MONDAY)
    await acted.write(lambda _: None)
    assert await acted.read(acts.head) == (0, "")


async def test_of_many_rows_it_is_said_how_many(acted: Ledger,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    await acted.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    monkeypatch.setattr(acts, "SHOWN", 1)
    await draft(acted, ONE, TWO)
    last = (await acted.read(lambda tx: list(acts.listed(tx))))[-1]
    assert json.loads(last.after)["letter"] == 2


async def test_what_is_numbered_has_its_own_number_though_all_that_changes_is_watched(
    acted: Ledger,
) -> None:
    await acted.write(store.register_table.replace, register(ONE), RULES, MONDAY)
    for number, code in enumerate(("1001", "1002"), 1):
        paused = await acted.write(store.pauses.add, Wanted(
            Reach.AGENCY, code, MONDAY, None, None, "สมชาย", "it moves"), MONDAY)
        assert (paused.number, paused.key) == (number, code)
    longer = replace(register(ONE, TWO), digest="another")
    await acted.write(store.register_table.replace, longer, RULES, MONDAY)
    assert await acted.read(lambda tx: list(tx.execute(
        "SELECT code, since FROM declared ORDER BY code"))) == [("1001", 1), ("1002", 2)]


async def test_the_daemon_acts_by_its_rules_and_writes_none(ledger: Ledger) -> None:
    await opt_out(ledger)
    assert await ledger.read(acts.head) == (0, "")


async def test_words_of_people_who_wrote_to_us_are_not_repeated(acted: Ledger,
                                                                file: Path) -> None:
    assert file.name            # what is written here is SQLite's
    await acted.write(lambda tx: tx.execute(
        "INSERT INTO mail VALUES ('d', 1, '2026', 'answer', 'x@y.test', 'secret', '', '', NULL, "
        "x'00')"))
    (act,) = await acted.read(lambda tx: list(acts.listed(tx)))
    assert "secret" not in act.after
    assert "x@y.test" not in act.after
    assert json.loads(act.after)["mail"][0]["digest"] == "d"


FORGED = {
    "UPDATE act SET why = 'other' WHERE id = 2": (2, "changed"),
    "UPDATE act SET before = '{}', named = '' WHERE id = 3": (3, "changed"),
    "UPDATE act SET at = '2027' WHERE id = 1": (1, "changed"),
    "DELETE FROM act WHERE id = 2": (2, "missing"),
    "DELETE FROM act WHERE id = 1": (1, "missing"),
    "DELETE FROM act WHERE id = 2; UPDATE act SET id = 2 WHERE id = 3": (2, "does not follow"),
    "UPDATE act SET id = 9 WHERE id = 2; UPDATE act SET id = 2 WHERE id = 3; "
    "UPDATE act SET id = 3 WHERE id = 9": (2, "does not follow"),
}


@pytest.mark.parametrize("by", FORGED)
async def test_the_first_broken_link_is_found(acted: Ledger, file: Path, by: str) -> None:
    for code in ("1001", "1002", "1003"):
        await opt_out(acted, code)
    assert await acted.read(acts.verified) is None
    with closing(apsw.Connection(str(file))) as db:
        with pytest.raises(apsw.ConstraintError, match="append-only"):
            db.execute(by)
        db.execute("DROP TRIGGER act_stays; DROP TRIGGER act_kept")
        db.execute(by)
    found = await acted.read(acts.verified)
    assert found is not None
    number, why = FORGED[by]
    assert (found.number, why in found.why) == (number, True)


async def test_a_chain_that_was_rewritten_to_its_end_lacks_a_head_that_was_seen(
    acted: Ledger, file: Path,
) -> None:
    await opt_out(acted)
    _, seen = await acted.read(acts.head)
    with closing(apsw.Connection(str(file))) as db:
        db.execute("DROP TRIGGER act_kept; DELETE FROM act")
    await opt_out(acted, "1002")
    assert await acted.read(acts.verified) is None
    found = await acted.read(acts.verified, seen)
    assert found is not None
    assert "rewritten" in found.why


def test_a_digest_is_taken_over_one_and_the_same_writing_of_what_was_said() -> None:
    """Another order of keys or other spaces would break every chain that was written before."""
    assert canonical({"b": 1, "a": "ก"}) == '{"a":"ก","b":1}'
