"""Agency, announcement and address as rows with dates: who is counted, who is written to."""

from dataclasses import replace

from fakes.samples import HOUR, MONDAY, RULES, agency, raised, register
from sarabanwatch import store
from sarabanwatch.core.facts.agency import Announcement, Status
from sarabanwatch.core.judging.case import Judgement
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.standing import Health, Standing
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.store import Ledger, dossiers, history, queries
from sarabanwatch.store.places import Place

OLD = agency("saraban_06100101@dla.go.th", "6100101")
NEW = replace(raised("saraban_05100101@dla.go.th"), code="5100101", former="6100101")


async def addresses(ledger: Ledger) -> list[tuple[str, str]]:
    return [(c.code, c.address) for c in await ledger.read(store.candidates.listed, 0)]


async def test_a_raised_body_is_counted_once_and_written_to_at_both_addresses(ledger: Ledger,
                                                                              place: Place) -> None:
    await ledger.write(store.register_table.replace, register(OLD), RULES, MONDAY)
    await ledger.write(store.register_table.replace, register(OLD, NEW, digest="d2"), RULES,
                       MONDAY + HOUR)
    assert await ledger.read(store.judgements.counts) == {Group.UNKNOWN: 1}
    both = [("5100101", "saraban_05100101@dla.go.th"), ("5100101", "saraban_06100101@dla.go.th")]
    assert await addresses(ledger) == both
    await ledger.write(
        # the former body is listed no more
        store.register_table.replace, register(NEW, digest="d3"), RULES, MONDAY + HOUR)
    assert await addresses(ledger) == both
    announced = replace(NEW, status=Status.NORMAL)
    await ledger.write(store.register_table.replace, register(announced, digest="d4"), RULES,
                       MONDAY + HOUR)
    assert await addresses(ledger) == both[:1]
    with queries.asking(place) as db:
        assert [found.code for found in queries.matching(db, "6100101")] == ["5100101"]


async def test_two_that_name_one_another_are_both_counted(ledger: Ledger) -> None:
    odd = agency(code="1", former="2"), agency(code="2", former="1"), agency(code="3", former="3")
    await ledger.write(store.register_table.replace, register(*odd), RULES, MONDAY)
    assert await ledger.read(store.judgements.counts) == {Group.UNKNOWN: 3}


async def test_one_announcement_may_cover_many(
    ledger: Ledger, place: Place,
) -> None:
    whole = Announcement("https://province.test", MONDAY.date(), "")
    await ledger.write(
        store.register_table.replace, register(*(agency(code=code, announcement=whole)
                                                 for code in "123")), RULES, MONDAY)
    with queries.asking(place) as db:
        assert db.execute("SELECT count(*) FROM announcement").get == 1
        assert db.execute("SELECT count(*) FROM announced WHERE announcement = 1").get == 3


async def test_a_line_ends_when_what_it_says_does_and_only_then(
    ledger: Ledger, place: Place,
) -> None:
    first, moved = agency(), replace(agency(), cell="saraban@new.go.th")
    for n, one in enumerate((first, first, moved, replace(moved, name="กรมใหม่"),
                             replace(moved, name="กรมใหม่", announcement=None))):
        await ledger.write(store.register_table.replace, register(one, digest=f"d{n}"), RULES,
                           MONDAY + n * HOUR)
    with queries.asking(place) as db:
        told = [(d.thing, d.value, d.since - MONDAY, d.until and d.until - MONDAY)
                for d in history.lines(db, "1001")]
    assert told == [
        ("agency", "กรมหนึ่ง (กรม)", 0 * HOUR, 3 * HOUR), ("agency", "กรมใหม่ (กรม)", 3 * HOUR, None),
        ("address", "saraban@one.go.th", 0 * HOUR, 2 * HOUR),
        ("address", "saraban@new.go.th", 2 * HOUR, None),
        ("announcement", "https://one.test/a saraban@one.go.th", 0 * HOUR, 4 * HOUR)]


async def test_what_stood_after_each_import_is_kept_row_by_row(
    ledger: Ledger, place: Place,
) -> None:
    lists = [register(agency(), OLD), register(agency(), NEW, digest="d2"),
             register(replace(agency(), name="ก"), digest="d3")]
    for one in lists:
        await ledger.write(store.register_table.replace, one, RULES, MONDAY)
    with queries.asking(place) as db:
        for number, one in enumerate(lists, start=1):
            stood = history.stood(db, number)
            assert {(e.raw, e.agency) for e in stood.entries} == {(e.raw, e.agency)
                                                                  for e in one.entries}
            assert stood.digest == one.digest


async def test_a_turn_is_kept_with_the_rules_of_its_day(
    ledger: Ledger, place: Place,
) -> None:
    for n, (rules, group) in enumerate((("r1 g1", Group.A2), ("r1 g1", Group.D2),
                                        ("r2 g1", Group.A2))):
        await ledger.write(store.register_table.replace, register(agency(), digest=f"d{n}"), RULES,
                           MONDAY + n * HOUR)
        (case,) = await ledger.read(store.judgements.unjudged, 9)
        stands = Standing(Health.GOOD, Verdict.ACCEPTS)
        await ledger.write(
            store.judgements.record, [Judgement("1001", group, "", stands, {}, MONDAY + n * HOUR,
                                                case.asked, rules=rules)])
    with queries.asking(place) as db:
        assert [(now, rules) for _, _, now, _, rules in dossiers.dossier(db, "1001").changes] == [
            ("A2", "r1 g1"), ("D2", "r1 g1"), ("A2", "r2 g1")]
