"""A failure is confirmed within days by letters of their own.

An agency that was lowered is tried again, and rises again.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.post import LOST, NO_USER, bounce
from fakes.samples import HOUR, MONDAY, RULES, agency, register
from fakes.watch import ADDRESS, BLOCKED, DAY, ONE, RULEBOOK, WEEK, Watch
from sarabanwatch import store
from sarabanwatch.app.asking import ask
from sarabanwatch.core.domain import DomainFinding, Surveyed
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.policy import ConfirmSection, IncidentSection
from sarabanwatch.core.sending.reply import Outgoing
from sarabanwatch.store import FileLedger, confirming, dossiers, queries
from sarabanwatch.store.public import LedgerArchive

SHIPPED = replace(RULEBOOK, policy=replace(RULEBOOK.policy, confirm=ConfirmSection(),
                                           incident=IncidentSection()))
KNOWN = ((10, "mx1.old.test"),)
MOVED = ((10, "mx1.new.test"),)


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A watch over one agency that took the letter of the last round, on the Monday of a new one.

    Nothing more came back, so it stands in A2.
    """
    watch = Watch(FileLedger(tmp_path / "ledger.db"), rules=SHIPPED)
    await watch.ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
    await watch.written()
    await watch.end()
    await watch.announce()
    watch.clock.at = MONDAY + 6 * WEEK
    yield watch
    await watch.reader.close()
    watch.ledger.close()


async def day(watch: Watch, *, gone: bool = True, days: int = 1) -> list[Outgoing]:
    """Send what is due, to a mailbox that exists or not; then run the steps until another day."""
    watch.relay.refuses = (ONE.cell,) if gone else ()
    sent = await watch.written()
    for hours in (1, 24 * days - 1):
        await watch.judge()
        await watch.close(watch.clock.now())
        watch.clock.pass_(timedelta(hours=hours))
    await watch.close(watch.clock.now())
    await watch.judge()
    return sent


async def group(watch: Watch) -> Group:
    (only,) = await watch.groups()
    return only


async def test_a_box_that_vanishes_is_a_suspect_that_day_and_has_fallen_on_the_third_working_day(
    watch: Watch,
) -> None:
    seen = []
    for _ in range(3):
        (out,) = await day(watch)
        suspects = await watch.ledger.read(store.confirming.suspects)
        untold = await watch.ledger.read(store.confirming.pending)
        seen.append((await group(watch), suspects, [each.code for each in untold], out.to))
    assert seen == [(Group.A2, 1, [ONE.code], ONE.cell), (Group.A2, 1, [ONE.code], ONE.cell),
                    (Group.D2, 0, [], ONE.cell)]
    assert watch.clock.now() - (MONDAY + 6 * WEEK) == 3 * DAY
    assert await watch.announce() == 1


async def test_over_a_week_end_it_takes_three_working_days_as_well(watch: Watch) -> None:
    watch.clock.at += 4 * DAY                                   # a Friday
    assert [len(await day(watch)) for _ in range(5)] == [1, 0, 0, 1, 1]
    assert await group(watch) == Group.D2


async def test_one_that_was_never_tried_is_not_known_until_it_is_confirmed(tmp_path: Path) -> None:
    watch = Watch(FileLedger(tmp_path / "ledger.db"), rules=SHIPPED)
    await watch.ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
    groups = [await group(watch) for _ in range(3) if await day(watch)]
    assert groups == [Group.UNKNOWN, Group.UNKNOWN, Group.D2]
    await watch.reader.close()
    watch.ledger.close()


async def test_a_letter_that_comes_back_by_mail_counts_as_one_that_was_refused(
    watch: Watch,
) -> None:
    for _ in range(3):
        (out,) = await watch.written()
        watch.clock.pass_(2 * HOUR)
        await watch.receive(bounce(out))
        await day(watch)
    assert await group(watch) == Group.D2


async def test_a_suspect_that_takes_its_next_letter_is_cleared_and_nobody_was_told(
    watch: Watch,
) -> None:
    await day(watch)
    assert len(await day(watch, gone=False, days=4)) == 1
    assert (await group(watch), await watch.ledger.read(store.confirming.suspects),
            await watch.announce()) == (Group.A2, 0, 0)
    assert await day(watch) == []                               # until the next round


async def test_while_a_letter_is_under_way_no_other_follows(watch: Watch) -> None:
    await day(watch)
    assert len(await day(watch, gone=False)) == 1               # taken: its window runs
    (each,) = await watch.ledger.read(store.confirming.failing)
    assert each.under_way
    assert await day(watch) == []


async def test_what_decides_nothing_neither_confirms_nor_clears(watch: Watch) -> None:
    await day(watch)
    watch.relay.says.append(BLOCKED)
    # it is waited for, as any that decides nothing
    assert [len(await day(watch)) for _ in range(3)] == [1, 0, 0]
    assert (await group(watch), await watch.ledger.read(store.confirming.suspects)) == (Group.A2, 1)
    while await watch.ledger.read(store.confirming.suspects):
        await day(watch)
    assert await group(watch) == Group.D2
    # last round's, the first, that one, and two more
    assert len(watch.relay.letters) == 1 + 1 + 1 + 2


async def fallen(watch: Watch) -> None:
    for _ in range(3):
        await day(watch)
    await watch.announce()


async def test_who_has_fallen_is_tried_again_so_that_it_is_ready_within_a_week_of_being_mended(
    watch: Watch,
) -> None:
    # the last letter went on a Wednesday
    await fallen(watch)
    # and the next on a Monday
    assert [len(await day(watch)) for _ in range(5)] == [0, 0, 0, 0, 1]
    # mended by the Tuesday
    assert [len(await day(watch, gone=False)) for _ in range(3)] == [0, 0, 1]
    assert await group(watch) == Group.D2
    await day(watch, gone=False, days=3)                        # a Monday
    assert (await group(watch), await watch.announce()) == (Group.A2, 1)


async def test_a_persons_word_has_a_letter_sent_at_once(watch: Watch) -> None:
    await fallen(watch)
    await ask(ONE.code, None, ledger=watch.ledger, clock=watch.clock, rules=SHIPPED)
    # Thursday to Monday: two working days
    assert len(await day(watch, gone=False, days=5)) == 1
    assert await group(watch) == Group.A2


async def test_a_domain_that_names_other_mail_hosts_stirs_and_the_same_ones_or_unknown_ones_do_not(
    watch: Watch,
) -> None:
    def seen(named: tuple[tuple[int, str], ...] | None) -> Surveyed:
        return Surveyed("one.go.test", dict.fromkeys(DomainFinding, False), named,
                        named[0][1] if named else None, 2)

    await watch.ledger.write(store.domains.record, [seen(KNOWN)], watch.clock.now())
    await fallen(watch)
    for named, letters in ((KNOWN, 0), (None, 0), (MOVED, 1), (MOVED, 0)):
        await watch.ledger.write(store.domains.record, [seen(named)], watch.clock.now())
        assert len(await day(watch)) == letters


async def test_who_asked_to_be_left_alone_gets_no_letter_that_confirms(watch: Watch) -> None:
    await day(watch)
    await watch.ledger.write(store.opt_outs.add, ONE.code, None, "สมชาย", "โทรศัพท์",
                             watch.clock.now())
    assert await watch.again() == 0
    assert await day(watch) == []


async def test_a_letter_that_was_written_and_not_sent_is_found_by_the_next_start(
    watch: Watch,
) -> None:
    await day(watch)
    assert (await watch.again(), await watch.again()) == (1, 0)
    (out,) = await watch.send()
    assert out.to == ONE.cell


async def test_those_who_run_the_watch_see_a_suspect_and_the_public_does_not(
    watch: Watch, tmp_path: Path
) -> None:
    await day(watch)
    file = tmp_path / "ledger.db"
    with queries.asking(file) as db:
        assert [each.agency.code for each in queries.held(db, suspect="yes")] == [ONE.code]
        assert confirming.suspects(db) == 1
        assert dossiers.dossier(db, ONE.code).downgrade
    archive = LedgerArchive(file, ADDRESS, str, "yes", SHIPPED.policy)
    account = archive.account(ONE.code)
    assert account
    assert [letter.rule.verdict for letter in account.letters] == ["accepts"]
    assert account.again is None
    for _ in range(2):
        await day(watch)
    shown = archive.account(ONE.code)
    assert shown
    assert len(shown.letters) == 4
    assert shown.again
    archive.close()


async def test_an_agency_whose_group_no_letter_can_worsen_gets_none_that_confirms(
    tmp_path: Path,
) -> None:
    watch = Watch(FileLedger(tmp_path / "ledger.db"), rules=SHIPPED)
    await watch.ledger.write(
        store.register_table.replace, register(agency("saraban@one.go.test", announcement=None)),
        RULES, MONDAY)
    watch.relay.says.append(NO_USER)
    assert len(await day(watch)) == 1
    assert (await group(watch), await day(watch),
            await watch.ledger.read(store.confirming.suspects)) == (Group.E, [], 0)
    await watch.reader.close()
    watch.ledger.close()


async def test_a_letter_in_doubt_that_comes_back_is_decided_too(watch: Watch) -> None:
    watch.relay.says.append(LOST)
    (out,) = await watch.written()
    watch.clock.pass_(2 * HOUR)
    await watch.receive(bounce(out))
    assert (await watch.ledger.read(
        store.confirming.decided, 9), await watch.judge(),
            await watch.ledger.read(store.confirming.decided, 9)) == ([], 1, [2])


async def test_a_round_waits_for_suspects_and_not_for_those_of_them_that_are_left_alone(
    watch: Watch,
) -> None:
    await day(watch)
    assert (await watch.ledger.read(store.letters.round_of, 1, 6)).unjudged == 1
    await watch.ledger.write(store.opt_outs.add, ONE.code, None, "สมชาย", "โทรศัพท์",
                             watch.clock.now())
    assert (await watch.ledger.read(store.letters.round_of, 1, 6)).over
