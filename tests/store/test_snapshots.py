"""Snapshots, releases and notices are added and never changed; and how things stood at a moment."""

import zlib
from datetime import timedelta

import pytest

from fakes.census import CUT, row, snapshot
from fakes.mailroom import CAME, RECEIPT, take_in, write_to_both
from fakes.postgres import REFUSED, by_hand
from fakes.samples import HOUR, MONDAY, RULES, agency, register
from sarabanwatch import store
from sarabanwatch.core.errors import DataError, RequestError
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.papers.notice import Going
from sarabanwatch.core.papers.snapshot import seal
from sarabanwatch.store import Ledger, queries, snapshots
from sarabanwatch.store.places import Place
from sarabanwatch.store.tx import stamp

GOING = Going("1001", "saraban@one.go.th", "D2", "mx.go.th")
ONE, TWO = seal(snapshot(row("1"))), seal(snapshot(row("1", "D2"), as_of=CUT + HOUR))


async def test_the_same_content_is_kept_once(ledger: Ledger, place: Place) -> None:
    first = await ledger.write(store.snapshots.keep, *ONE, CUT, 0, MONDAY)
    assert await ledger.write(store.snapshots.keep, *ONE, CUT, 0, MONDAY + HOUR) == first
    second = await ledger.write(store.snapshots.keep, *TWO, CUT + HOUR, 0, MONDAY)
    with queries.asking(place) as db:
        assert [kept.id for kept in snapshots.listed(db)] == [first, second]
        assert snapshots.read(db, snapshots.find(db, str(first))).as_of == CUT
        assert [snapshots.find(db, wanted).id for wanted in ("", ONE[1], ONE[1][:8])] == [second,
                                                                                          first,
                                                                                          first]
        for wanted in ("9", "nothing", ONE[1][:3]):
            with pytest.raises(RequestError, match="report list"):
                snapshots.find(db, wanted)


async def test_a_release_is_made_once_and_by_name(ledger: Ledger, place: Place) -> None:
    number = await ledger.write(store.snapshots.keep, *ONE, CUT, 0, MONDAY)
    await ledger.write(store.snapshots.release, number, "สมชาย", "ตามมติ", MONDAY)
    with pytest.raises(RequestError, match="released by สมชาย"):
        await ledger.write(store.snapshots.release, number, "สมหญิง", "", MONDAY)
    with queries.asking(place) as db:
        kept = snapshots.find(db, str(number))
        assert (kept.released_by, kept.note) == ("สมชาย", "ตามมติ")


async def test_the_last_report_is_the_released_one_with_the_latest_cut_off(
    ledger: Ledger,
) -> None:
    first = await ledger.write(store.snapshots.keep, *ONE, CUT, 0, MONDAY)
    await ledger.write(store.snapshots.keep, *TWO, CUT + HOUR, 0, MONDAY)
    assert await ledger.read(store.snapshots.last_released) is None
    await ledger.write(store.snapshots.release, first, "x", "", MONDAY)
    kept = await ledger.read(store.snapshots.last_released)
    assert kept
    assert kept.id == first
    assert await ledger.read(store.snapshots.buckets, kept) == {"ready": 1}


async def test_what_is_compared_with_is_the_last_released_else_the_last(ledger: Ledger,
                                                                        place: Place) -> None:
    first = await ledger.write(store.snapshots.keep, *ONE, CUT, 0, MONDAY)
    await ledger.write(store.snapshots.keep, *TWO, CUT + HOUR, 0, MONDAY)
    with queries.asking(place) as db:
        assert [snapshots.followed(db, at) for at in (CUT, CUT + HOUR, CUT + 2 * HOUR)] == ["",
                                                                                            ONE[1],
                                                                                            TWO[1]]
    await ledger.write(store.snapshots.release, first, "x", "", MONDAY)
    with queries.asking(place) as db:
        assert snapshots.followed(db, CUT + 2 * HOUR) == ONE[1]


@pytest.mark.parametrize("table", ["snapshot", "release", "notice", "notice_outcome"])
async def test_nothing_that_was_issued_can_be_changed_or_taken_away(ledger: Ledger, place: Place,
                                                                    table: str) -> None:
    number = await ledger.write(store.snapshots.keep, *ONE, CUT, 0, MONDAY)
    await ledger.write(store.snapshots.release, number, "x", "", MONDAY)
    sent = await ledger.write(store.snapshots.intend, number,
                              Going("1", "a@b.test", "D2", "b.test"), "x", MONDAY)
    assert sent is not None
    await ledger.write(store.snapshots.became, sent, "taken", "250 ok", MONDAY)
    key = {"snapshot": "digest", "release": "by", "notice": "by", "notice_outcome": "reply"}[table]
    with by_hand(place) as db:
        for change in (f"UPDATE {table} SET {key} = 'other'", f"DELETE FROM {table}"):
            with pytest.raises(REFUSED, match="append-only"):
                db.execute(change)


@pytest.mark.parametrize("at", [0, 3, 40, -1])
async def test_a_snapshot_altered_on_disk_is_refused(ledger: Ledger, place: Place, at: int) -> None:
    number = await ledger.write(store.snapshots.keep, *ONE, CUT, 0, MONDAY)
    with by_hand(place) as db, db.as_it_was(["snapshot"]):
        content = bytearray(db.execute("SELECT content FROM snapshot").get)
        content[at] ^= 1
        db.execute("UPDATE snapshot SET content = ?", (bytes(content),))
    with queries.asking(place) as db, pytest.raises(DataError, match="altered"):
        snapshots.read(db, snapshots.find(db, str(number)))


async def test_a_figure_altered_under_the_seal_is_refused(ledger: Ledger, place: Place) -> None:
    await ledger.write(store.snapshots.keep, *ONE, CUT, 0, MONDAY)
    with by_hand(place) as db, db.as_it_was(["snapshot"]):
        db.execute("UPDATE snapshot SET content = ?",
                   (zlib.compress(ONE[0].replace(b'"total":1', b'"total":2')),))
    with queries.asking(place) as db, pytest.raises(DataError, match="sealed as"):
        snapshots.read(db, snapshots.find(db))


async def test_a_notice_is_written_down_before_it_goes_and_goes_once(ledger: Ledger,
                                                                     place: Place) -> None:
    await write_to_both(ledger)
    number = await ledger.write(store.snapshots.keep, *ONE, CUT, 0, MONDAY)
    first = await ledger.write(store.snapshots.intend, number, GOING, "สมชาย", MONDAY)
    assert first is not None
    assert await ledger.write(store.snapshots.intend, number, GOING, "สมหญิง", MONDAY) is None
    with queries.asking(place) as db:
        assert [(n.name, n.event, n.was, n.now)
                for n in snapshots.notices(db)] == [("กรมหนึ่ง", "doubtful", "D2", "unknown")]
    await ledger.write(store.snapshots.became, first, "later", "451 later", MONDAY)
    assert await ledger.write(store.snapshots.intend, number, GOING, "สมหญิง", MONDAY) == first
    assert await ledger.write(store.snapshots.intend, number, GOING, "สมหญิง", MONDAY) is None
    await ledger.write(store.snapshots.became, first, "taken", "250 ok", MONDAY)
    await take_in(ledger, RECEIPT)
    with queries.asking(place) as db:
        [sent] = snapshots.notices(db, number)
        assert (sent.event, sent.reply, sent.now) == ("taken", "250 ok", "A1")
        assert list(snapshots.notices(db, number + 1)) == []


async def test_an_incident_is_told_as_it_stood_at_the_cut_off(ledger: Ledger, place: Place) -> None:
    await write_to_both(ledger)
    with by_hand(place) as db:
        db.execute(
            "INSERT INTO incident (scope, key, opened_at, closed_at, outcome) "
            "VALUES ('province', 'แพร่', ?, ?, 'cleared')",
            (stamp(MONDAY), stamp(MONDAY + 4 * HOUR)),
        )
        db.executemany("INSERT INTO member VALUES (1, ?, ?, ?, 'cleared')", [
            (code, stamp(MONDAY + n * HOUR), stamp(MONDAY + 3 * HOUR))
            for n, code in enumerate(("1001", "1002"))])
    with queries.asking(place) as db:
        def told(since: int, at: int) -> list[tuple[bool, str]]:
            spans = snapshots.troubles(db, MONDAY + since * HOUR, MONDAY + at * HOUR)
            return [(t.ended is None, t.meant) for t in spans]

        assert told(-2, -1) == told(5, 6) == []
        assert told(-2, 0) == [(True, "๑ หน่วยงานคงสถานะเดิมไว้ระหว่างรอผล")]
        assert told(-2, 2) == [(True, "๒ หน่วยงานคงสถานะเดิมไว้ระหว่างรอผล")]
        assert told(-2, 5) == [(False, "๒ หน่วยงานกลับมาใช้งานได้ จึงไม่ถูกปรับสถานะลง")]


async def test_how_things_stood_at_a_moment(ledger: Ledger, place: Place) -> None:
    await write_to_both(ledger)
    await take_in(ledger, RECEIPT)
    with queries.asking(place) as db:
        early, late = ({s.agency.code: s for s in snapshots.stands(db, at)}
                       for at in (CAME - HOUR, CAME))
        assert (early["1001"].group, late["1001"].group, late["1002"].group) == (Group.UNKNOWN,
                                                                                 Group.A1,
                                                                                 Group.UNKNOWN)
        assert [len(seen) for _, seen in early["1001"].letters] == [1]
        assert [len(seen) for _, seen in late["1001"].letters] == [2]
        post = snapshots.round_figures(db, 0, MONDAY - HOUR, CAME)
        assert (post.planned, post.sent, post.doubtful, post.held, post.last_fact) == (2, 2, 0, 0,
                                                                                       CAME)
        assert snapshots.last_fact(db, MONDAY - timedelta(days=1)) is None
        with pytest.raises(RequestError, match="ask for that moment or later"):
            snapshots.stands(db, MONDAY - HOUR)


async def test_a_past_day_is_told_of_the_register_of_that_day_whatever_came_later(
    ledger: Ledger, place: Place
) -> None:
    await write_to_both(ledger)
    await take_in(ledger, RECEIPT)
    with queries.asking(place) as db:
        before = snapshots.stands(db, CAME + HOUR)
    moved = agency("saraban@new.go.th", name="กรมใหม่")
    await ledger.write(
        store.register_table.replace, register(moved, agency("saraban@three.go.th", "1003"),
                                               digest="d2"), RULES, CAME + 2 * HOUR)
    with queries.asking(place) as db:
        assert snapshots.stands(db, CAME + HOUR) == before
        after = {s.agency.code: s for s in snapshots.stands(db, CAME + 2 * HOUR)}
        # not judged anew yet
        assert (after["1001"].agency, after["1001"].letters, after["1001"].group) == (moved, [],
                                                                                      Group.A1)
        assert after.keys() == {"1001", "1003"}
        assert [s.agency for s in snapshots.published(db, CAME + 2 * HOUR)] == [
            s.agency for s in after.values()
        ]
    await ledger.write(store.register_table.restore, 1, RULES, CAME + 3 * HOUR)
    with queries.asking(place) as db:
        assert snapshots.stands(db, CAME + HOUR) == before
        assert [s.agency for s in snapshots.stands(db, CAME + 3 * HOUR)] == [s.agency
                                                                             for s in before]
        # its line goes on
        assert [s.letters for s in snapshots.stands(db, CAME + 3 * HOUR)] == [s.letters
                                                                              for s in before]


async def test_who_counts_on_a_past_day_is_who_counts_in_the_register(ledger: Ledger,
                                                                      place: Place) -> None:
    one, two, three = (agency(code=code, former=former)
                       for code, former in (("1", "2"), ("2", "1"), ("3", "4")))
    await ledger.write(store.register_table.replace, register(one, two, three, agency(code="4")),
                       RULES, MONDAY)
    with queries.asking(place) as db:
        counted = [row.code for row in queries.listed(db)]
        # 1 and 2: each other's
        assert [s.agency.code for s in snapshots.published(db, MONDAY)] == counted == ["1", "2",
                                                                                       "3"]


async def test_a_register_that_was_not_kept_is_said_so(ledger: Ledger, place: Place) -> None:
    await write_to_both(ledger)
    with by_hand(place) as db:
        db.execute("UPDATE import SET good = 7")
    with queries.asking(place) as db, pytest.raises(RequestError,
                                                   match="after import 1 is not kept"):
        snapshots.published(db, MONDAY)
