"""What the ledger tells of the country by part, of falls, open incidents and transitions."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fakes.samples import MONDAY, RULES, agency, register
from sarabanwatch import store
from sarabanwatch.core.domain import NOTHING, Surveyed
from sarabanwatch.core.judging.breakdown import Breakdown, Fall, OpenIncident, Share, TransitionKind
from sarabanwatch.core.judging.case import Downgrade, Judgement
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin, Scope, Settlement
from sarabanwatch.core.judging.standing import Health, Standing
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.store import Ledger
from sarabanwatch.store.judgements import FoundGroup, record_transition

DAY = timedelta(days=1)
ONE = agency("saraban@one.go.th", "1001", superior="กระทรวงหนึ่ง", province="น่าน")
TWO = agency("saraban@two.go.th", "1002", superior="กระทรวงสอง", province="แพร่")


async def move(ledger: Ledger, code: str, *groups: Group, first: datetime = MONDAY) -> None:
    """Have an agency judged to be of these groups, a day after the other."""
    for days, group in enumerate(groups):
        found = FoundGroup(code, group, f"because {group}", "", None)
        await ledger.write(record_transition, found, first + days * DAY)


async def told(ledger: Ledger, at: datetime = MONDAY + 3 * DAY) -> Breakdown:
    return await ledger.read(store.breakdown.breakdown, at)


@pytest.fixture
async def country(ledger: Ledger) -> Ledger:
    """A ledger of two agencies, the mail host of the first known."""
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    await ledger.write(store.domains.record,
                       [Surveyed("one.go.th", NOTHING, ((10, "mx.test"),), "mx.test", 2)], MONDAY)
    return ledger


async def test_the_census_is_told_by_all_that_agencies_share(country: Ledger) -> None:
    await move(country, "1001", Group.A1)
    assert sorted((await told(country)).shares) == [
        Share(ONE.kind, "กระทรวงสอง", "แพร่", "", Group.UNKNOWN, 1),
        Share(ONE.kind, "กระทรวงหนึ่ง", "น่าน", "mx.test", Group.A1, 1)]
    assert await country.read(store.breakdown.every) == [
        ("1001", ONE.name, ONE.kind, "กระทรวงหนึ่ง", "น่าน", "mx.test", "A1"),
        ("1002", TWO.name, TWO.kind, "กระทรวงสอง", "แพร่", "", "unknown")]


async def test_who_counts_only_what_moved_since_finds_what_a_count_of_all_finds(
    country: Ledger,
) -> None:
    chance, kept = random.Random(1), Breakdown()
    elsewhere = agency("saraban@two.go.th", "1002", superior="กระทรวงหนึ่ง", province="ตาก")
    counted = 0
    for number in range(40):
        match chance.randrange(6):
            case 0:
                host = f"mx{chance.randrange(2)}.test"
                await country.write(store.domains.record, [Surveyed(
                    chance.choice(["one.go.th", "two.go.th"]), NOTHING, ((10, host),), host, 2)],
                    MONDAY)
            case 1:
                listed = replace(register(ONE, chance.choice([TWO, elsewhere])),
                                 digest=f"{number}")
                await country.write(store.register_table.replace, listed, RULES, MONDAY)
            case _:
                await move(country, chance.choice(["1001", "1002"]),
                           *chance.choices(list(Group), k=chance.randrange(3)))
        before, kept = kept, await country.read(store.breakdown.breakdown, MONDAY, kept)
        whole = await told(country, MONDAY)
        assert sorted(kept.shares) == sorted(whole.shares)
        assert (kept.moved, kept.falls) == (whole.moved, whole.falls)
        assert sum(kept.groups.values()) == 2
        counted += not kept.to.follows(before.to)
        assert (kept.shares is before.shares) == (kept.to == before.to)
    assert 0 < counted < 30


async def test_a_ledger_that_was_put_back_is_counted_anew(country: Ledger) -> None:
    await move(country, "1001", Group.A1)
    kept = await told(country)
    await country.write(lambda tx: tx.execute(
        "INSERT INTO epoch (number, first, began, why) VALUES (7, 1, 'x', 'x')"))
    assert (await country.read(store.breakdown.breakdown, MONDAY, kept)).shares is not kept.shares


@pytest.mark.parametrize(("groups", "fell", "mended"), [
    ((Group.A1, Group.D2), 1, None),
    ((Group.B1, Group.D1), 1, None),            # it was reached, if by a wrong name
    ((Group.A1, Group.D2, Group.D3), 1, None),  # still the same fall
    ((Group.A1, Group.D2, Group.A2), 1, 2),
    ((Group.A1, Group.D2, Group.A2, Group.D3), 3, None),
    ((Group.A1, Group.D2, Group.UNKNOWN), 1, None),     # not to know it mends nothing
    ((Group.D2,), None, None),                  # it was never reached: a first result is no fall
    ((Group.UNKNOWN, Group.D2), None, None),
    ((Group.A1, Group.B1), None, None),
    ((Group.A1, Group.E), None, None),
])
async def test_a_fall_is_from_where_mail_arrived_to_where_it_does_not(
    country: Ledger, groups: tuple[Group, ...], fell: int | None, mended: int | None,
) -> None:
    await move(country, "1001", *groups)
    expected = [] if fell is None else [Fall(
        "1001", ONE.name, "กระทรวงหนึ่ง", "น่าน", "mx.test", groups[fell],
        f"because {groups[fell]}", MONDAY + fell * DAY, mended and MONDAY + mended * DAY)]
    assert list((await told(country)).falls) == expected


async def test_a_fall_that_was_mended_a_week_ago_is_told_no_more(country: Ledger) -> None:
    await move(country, "1001", Group.A1, Group.D2, Group.A1)
    assert len((await told(country, MONDAY + 9 * DAY - timedelta(seconds=1))).falls) == 1
    assert (await told(country, MONDAY + 9 * DAY)).falls == []


async def test_an_open_incident_is_told_with_most_of_its_reasons(country: Ledger) -> None:
    await move(country, "1001", Group.A1)
    await move(country, "1002", Group.A1)
    feared = Standing(Health.BAD, Verdict.REFUSES)
    await country.write(store.judgements.record, [
        Judgement(case.agency.code, Group.D2, "refused", feared, {}, MONDAY, case.asked,
                  Downgrade(Group.D2, "refused", feared, True))
        for case in await country.read(store.judgements.unjudged, 9)])
    host = Kin(Scope.HOST, "mx.test")
    await country.write(store.incidents.settle,
                        Settlement({host: ["1001", "1002"]}, {}, (), ()), MONDAY)
    assert (await told(country)).incidents == [OpenIncident(1, host, "refused", 2)]
    await country.write(store.incidents.settle, Settlement({}, {}, (1,), ()), MONDAY)
    assert (await told(country)).incidents == []


async def test_how_agencies_ever_moved_is_counted(country: Ledger) -> None:
    await move(country, "1001", Group.A1, Group.D2)
    await move(country, "1002", Group.A1)
    assert (await told(country)).moved == {TransitionKind("", "A1", "because A1"): 2,
                                           TransitionKind("A1", "D2", "because D2"): 1}
