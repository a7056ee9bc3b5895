"""Pending downgrades and incidents in the ledger.

What is held does not take effect; what takes effect is a transition like any other.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from fakes.samples import HOUR, MONDAY, POLICY, RULES, agency, fact, register, unbound
from sarabanwatch import store
from sarabanwatch.core.domain import NOTHING, Surveyed
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.judging.case import Downgrade, Judgement
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import COUNTRY, Kin, PendingDowngrade, Scope, Settlement
from sarabanwatch.core.judging.standing import Health, Standing
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.page.public import Hold
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.store import Ledger, incidents, queries
from sarabanwatch.store.places import Place
from sarabanwatch.store.public import LedgerArchive

LATER, WEEK = MONDAY + HOUR, timedelta(days=7)
HOST = Kin(Scope.DOMAIN, "shared.go.th")
ALL = [agency(f"saraban_{n}@shared.go.th" if n < 2 else "saraban@own.go.th", f"100{n}",
              superior="กระทรวงหนึ่ง", province="น่าน")
       for n in range(3)]
CODES = [a.code for a in ALL]


async def refused(ledger: Ledger, *agencies: Agency, at: datetime = MONDAY) -> Sequence[int]:
    """Write to agencies; each letter is refused, and its window ends after an hour."""
    drafts = [Draft(a.code, a.cell, at + WEEK, None) for a in agencies]
    serials = await ledger.write(store.letters.draft, 0, drafts, unbound, at)
    for serial in serials:
        await ledger.write(store.letters.pick, serial, at)
        await ledger.write(store.letters.outcome, serial,
                           TryResult(Event.REFUSAL, fact(Fact.REFUSED, Reason.NO_MAILBOX)), at,
                           at + HOUR)
    await ledger.write(store.letters.close, [(serial, None) for serial in serials], at + HOUR)
    return serials


async def judged(
    ledger: Ledger, group: Group, at: datetime = MONDAY, *, falls: bool = False,
    confirmed: bool = True,
) -> None:
    """Judge whatever is unjudged to be of one group."""
    verdict, health = (Verdict.REFUSES, Health.BAD) if falls else (Verdict.ACCEPTS, Health.GOOD)
    pending = Downgrade(group, "because", Standing(health, verdict), confirmed) if falls else None
    await ledger.write(store.judgements.record, [
        Judgement(case.agency.code, group, "because", Standing(health, verdict),
                  {s: verdict for s, _ in case.letters}, at,
                  case.asked, pending) for case in await ledger.read(store.judgements.unjudged, 9)])


@pytest.fixture
async def fallen(ledger: Ledger) -> Ledger:
    """Three good agencies, two of them on one host, whose letters are refused: they would fall."""
    await ledger.write(store.register_table.replace, register(*ALL), RULES, MONDAY)
    await judged(ledger, Group.A2)
    await ledger.write(store.judgements.reported, [1, 2, 3], MONDAY)
    await refused(ledger, *ALL)
    await judged(ledger, Group.D2, LATER, falls=True)
    return ledger


def settlement(
    opened: dict[Kin, list[str]] | None = None, joined: dict[int, list[str]] | None = None,
    over: Sequence[int] = (), turned: Sequence[str] = (),
) -> Settlement:
    return Settlement(opened or {}, joined or {}, over, turned)


async def changes(ledger: Ledger) -> list[tuple[str, Group | None, Group]]:
    return [(c.code, c.was, c.now) for c in await ledger.read(store.judgements.unreported, 9)]


async def test_a_pending_downgrade_changes_no_group_and_reports_nothing(fallen: Ledger) -> None:
    assert await fallen.read(store.judgements.counts) == {Group.A2: 3}
    assert await changes(fallen) == []
    # the round is not over while falls wait
    assert (await fallen.read(store.letters.round_of, 0, 6)).unjudged == 3


async def test_falls_tell_whose_kin_they_are_and_how_many_of_each_there_are(fallen: Ledger) -> None:
    pending = await fallen.read(store.incidents.pending_downgrades, MONDAY)
    own, rest = Kin(Scope.DOMAIN, "own.go.th"), (Kin(Scope.SUPERIOR, "กระทรวงหนึ่ง"),
                                                 Kin(Scope.PROVINCE, "น่าน"), COUNTRY)
    assert pending.downgrades == [
        PendingDowngrade(code, (host, *rest), LATER)
        for code, host in zip(CODES, (HOST, HOST, own), strict=True)]
    assert pending.sizes == {HOST: 2, own: 1, **dict.fromkeys(rest, 3)}


async def test_domains_of_one_mail_host_are_one_kin_once_the_survey_has_shown_it(
    fallen: Ledger,
) -> None:
    seen = [Surveyed(name, NOTHING, ((10, "mx.hosting.test"),), "mx.hosting.test", 2)
            for name in ("shared.go.th", "own.go.th")]
    await fallen.write(store.domains.record, seen, LATER)
    sizes = (await fallen.read(store.incidents.pending_downgrades, MONDAY)).sizes
    assert (sizes[Kin(Scope.HOST, "mx.hosting.test")], sizes[HOST]) == (3, 2)


async def test_those_written_to_lately_count_among_their_kin_and_those_long_ago_do_not(
    fallen: Ledger,
) -> None:
    await fallen.write(store.incidents.settle, settlement(turned=["1001"]), LATER)
    assert (await fallen.read(store.incidents.pending_downgrades, MONDAY)).sizes[HOST] == 2
    assert (await fallen.read(store.incidents.pending_downgrades, LATER + HOUR)).sizes[HOST] == 1


async def test_a_settled_fall_turns_once_and_is_a_change_like_any_other(fallen: Ledger) -> None:
    for _ in range(2):
        await fallen.write(store.incidents.settle, settlement(turned=["1000"]), LATER)
    assert await changes(fallen) == [("1000", Group.A2, Group.D2)]
    assert await fallen.read(store.judgements.counts) == {Group.A2: 2, Group.D2: 1}


async def test_an_agency_held_by_an_open_incident_changes_no_group(fallen: Ledger) -> None:
    await fallen.write(store.incidents.settle, settlement(opened={HOST: ["1000"]}), LATER)
    await fallen.write(store.incidents.settle, settlement(turned=["1000"]), LATER)
    assert await changes(fallen) == []
    assert await fallen.read(store.incidents.held) == ({1: HOST}, 1)


async def test_whom_an_incident_holds_is_told_to_the_public(fallen: Ledger, place: Place) -> None:
    await fallen.write(store.incidents.settle, settlement(opened={HOST: ["1000"]}), LATER)
    with closing(LedgerArchive(place, RULES, str, "yes", POLICY)) as archive:
        assert archive.country().holds == (Hold(1, HOST, LATER, {"1000": Group.D2}),)


async def test_two_that_open_the_same_incident_open_one(fallen: Ledger, place: Place) -> None:
    for code in ("1000", "1001"):
        await fallen.write(store.incidents.settle, settlement(opened={HOST: [code]}), LATER)
    with queries.asking(place) as db:
        (told,) = incidents.listed(db)
    assert (told.scope, told.key, told.agencies, told.held) == ("mail domain", "shared.go.th", 2, 2)


async def test_only_a_letter_written_after_it_was_held_proves_a_fall_afresh(fallen: Ledger) -> None:
    await fallen.write(store.incidents.settle, settlement(opened={HOST: ["1000", "1001"]}), LATER)
    pending = await fallen.read(store.incidents.pending_downgrades, MONDAY)
    assert [each.failed_again for each in pending.downgrades] == [False, False, False]
    await refused(fallen, ALL[0], at=LATER + HOUR)
    await judged(fallen, Group.D2, LATER + 2 * HOUR, falls=True)
    pending = await fallen.read(store.incidents.pending_downgrades, MONDAY)
    assert [each.failed_again for each in pending.downgrades] == [True, False, False]
    assert [each.found_at for each in pending.downgrades] == [LATER] * 3


async def test_one_that_is_found_good_leaves_its_incident_in_silence(fallen: Ledger,
                                                                     place: Place) -> None:
    await fallen.write(store.incidents.settle, settlement(opened={HOST: ["1000", "1001"]}), LATER)
    await refused(fallen, ALL[0], at=LATER + HOUR)
    await judged(fallen, Group.A2, LATER + 2 * HOUR)
    (incident,) = (await fallen.read(store.incidents.pending_downgrades, MONDAY)).incidents
    assert (incident.open, incident.cleared) == (True, 1)
    assert await changes(fallen) == []
    with queries.asking(place) as db:
        assert [(m.code, m.outcome, m.group)
                for m in incidents.members(db, 1)] == [("1000", "cleared", "A2"),
                                                       ("1001", "", "D2")]
        assert incidents.pending(db, "1000") is None


async def test_one_that_was_cleared_and_fails_again_is_held_again(fallen: Ledger,
                                                                  place: Place) -> None:
    await fallen.write(store.incidents.settle, settlement(opened={HOST: ["1000"]}), LATER)
    await refused(fallen, ALL[0], at=LATER + HOUR)
    await judged(fallen, Group.A2, LATER + 2 * HOUR)
    await refused(fallen, ALL[0], at=LATER + 3 * HOUR)
    await judged(fallen, Group.D2, LATER + 4 * HOUR, falls=True)
    await fallen.write(store.incidents.settle, settlement(joined={1: ["1000"]}), LATER + 5 * HOUR)
    with queries.asking(place) as db:
        assert [(m.code, m.outcome, m.group) for m in incidents.members(db, 1)] == [
            ("1000", "", "D2")]
    (incident,) = (await fallen.read(store.incidents.pending_downgrades, MONDAY)).incidents
    assert incident.cleared == 0


async def test_after_an_incident_the_really_bad_are_downgraded_and_the_rest_stays_held(
    fallen: Ledger,
) -> None:
    await fallen.write(store.incidents.settle, settlement(opened={HOST: ["1000", "1001"]}), LATER)
    await fallen.write(store.incidents.settle, settlement(over=[1], turned=["1001"]), LATER)
    assert await changes(fallen) == [("1001", Group.A2, Group.D2)]
    assert await fallen.read(store.incidents.held) == ({}, 1)
    assert [(i.id, i.open) for i in (await fallen.read(store.incidents.pending_downgrades,
                                                       MONDAY)).incidents] == [(1, False)]


async def test_a_person_releases_an_incident_by_name_and_all_it_holds_are_downgraded(
    fallen: Ledger, place: Place,
) -> None:
    await fallen.write(store.incidents.settle, settlement(opened={HOST: ["1000", "1001"]}), LATER)
    assert await fallen.write(store.incidents.release, 1, "สมชาย", "โทรถามแล้ว", LATER) == 2
    assert [code for code, *_ in await changes(fallen)] == ["1000", "1001"]
    with queries.asking(place) as db:
        (told,) = incidents.listed(db)
    assert (told.outcome, told.by, told.note, told.changed, told.held) == ("released", "สมชาย",
                                                                      "โทรถามแล้ว", 2, 0)
    with pytest.raises(KeyError):
        await fallen.write(store.incidents.release, 1, "สมหญิง", "", LATER)
    with pytest.raises(KeyError):
        await fallen.write(store.incidents.release, 2, "สมหญิง", "", LATER)


async def test_an_agency_that_is_listed_no_more_is_not_held(fallen: Ledger) -> None:
    await fallen.write(store.incidents.settle, settlement(opened={HOST: ["1000", "1001"]}), LATER)
    await fallen.write(store.register_table.replace, register(*ALL[1:], digest="d2"), RULES, LATER)
    pending = await fallen.read(store.incidents.pending_downgrades, MONDAY)
    assert [each.code for each in pending.downgrades] == ["1001", "1002"]
    assert (await fallen.read(store.incidents.held))[1] == 1
