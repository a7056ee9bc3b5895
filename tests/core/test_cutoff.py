from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from fakes.census import labels
from fakes.samples import FORM, HOUR, MONDAY, RULES, agency, fact, raised
from sarabanwatch.core.facts.evidence import Evidence, Reason
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Scope
from sarabanwatch.core.papers.cutoff import (
    SCOPES,
    CorrelatedOutage,
    CutOffRules,
    PastTransition,
    RoundFigures,
    Stand,
    freeze,
    outage_trouble,
    own_troubles,
)
from sarabanwatch.core.papers.snapshot import Snapshot, Trouble, seal
from sarabanwatch.core.policy import ConfirmSection
from sarabanwatch.core.rounds import Timetable
from sarabanwatch.core.sending.canary import Canary, CanaryKind

DAY = timedelta(days=1)
AT = MONDAY + 9 * DAY
ROUND = Timetable(MONDAY.date(), 6).slot(MONDAY)
IN_FORCE = CutOffRules(RULES, labels(), {"groups": "g"}, ConfirmSection(), 2 * HOUR, FORM.numbered)
POST = RoundFigures(2, 1, 0, 0, 0, 1, 0, (), AT)
BOUNCE = Evidence(Fact.BOUNCED, MONDAY, 550, "5.1.1", "550 5.1.1 no such\r\nuser",
                  Reason.NO_MAILBOX)


def stand(*turns: tuple[Group, datetime], letters: Sequence[Sequence[Evidence]] = (),
          **fields: object) -> Stand:
    return Stand(
        agency(**fields), [PastTransition(group, at) for group, at in turns],
        list(enumerate(letters, start=1)),
    )  # type: ignore[arg-type]  # fields of an agency


def frozen(*stands: Stand, post: RoundFigures = POST, rules: CutOffRules = IN_FORCE) -> Snapshot:
    return freeze(AT, ROUND, stands, post, (), rules)


def test_the_group_is_the_one_that_was_published_last() -> None:
    told = frozen(stand((Group.A1, MONDAY), (Group.D2, MONDAY + DAY)), stand(code="2"))
    assert [r.group for r in told.rows] == ["D2", "unknown"]
    assert told.figures.buckets == {"ready": 0, "mend": 1, "raised": 0, "unknown": 1}
    assert seal(told)


def test_an_agency_is_to_mend_since_it_left_the_others() -> None:
    turns = ((Group.E, MONDAY), (Group.A1, MONDAY + DAY), (Group.D2, MONDAY + 2 * DAY),
             (Group.D3, MONDAY + 3 * DAY))
    [row] = frozen(stand(*turns)).rows
    assert (row.since, row.mending) == (date(2026, 1, 15), date(2026, 1, 14))
    assert frozen(stand(*turns[:2])).rows[0].mending is None


def test_what_came_back_is_quoted_once_and_only_to_those_to_mend() -> None:
    bad, good = stand((Group.D2, MONDAY), letters=[[BOUNCE]]), stand((Group.A1, MONDAY),
                                                                     letters=[[BOUNCE]], code="2")
    first, second = frozen(bad, good).rows
    [quote] = first.quotes
    assert (quote.on, quote.number, quote.text, quote.meaning) == (
        MONDAY.date(), "นร ๑๒๐๐/ท๑", "550 5.1.1 no such  user", "ไม่มีกล่องจดหมายนี้")
    assert second.quotes == ()


def test_a_letter_that_was_given_up_is_quoted_too() -> None:
    said = Evidence(Fact.GAVE_UP, MONDAY, 451, "4.3.0", "451 4.3.0 come back later",
                    Reason.TEMPORARY)
    [row] = frozen(stand((Group.D3, MONDAY), letters=[[said]])).rows
    assert [quote.text for quote in row.quotes] == ["451 4.3.0 come back later"]


def test_the_last_two_letters_that_failed_are_quoted() -> None:
    letters = [[replace(BOUNCE, seen_at=MONDAY + n * DAY)] for n in range(3)]
    [row] = frozen(stand((Group.D2, MONDAY), letters=letters)).rows
    assert [quote.number for quote in row.quotes] == ["นร ๑๒๐๐/ท๒", "นร ๑๒๐๐/ท๓"]


def test_troubles_stand_in_the_order_in_which_they_began() -> None:
    later, earlier = (Trouble(MONDAY + n * DAY, None, f"{n}", "") for n in (3, 1))
    told = freeze(AT, ROUND, (), POST, (later, earlier), IN_FORCE)
    assert [trouble.what for trouble in told.troubles] == ["1", "3"]


def test_the_basis_turns_with_the_facts_and_not_with_the_group() -> None:
    def basis(**fields: object) -> str:
        return frozen(stand((Group.D2, MONDAY), letters=[[BOUNCE]], **fields)).rows[0].basis

    same = frozen(stand((Group.B1, MONDAY), letters=[[BOUNCE]])).rows[0].basis
    assert basis() == same
    assert len({basis(), basis(cell="saraban@two.go.th"), basis(announcement=None),
                basis(status=raised().status)}) == 4
    assert basis() != frozen(stand((Group.D2, MONDAY),
                                   letters=[[fact(Fact.RECEIPT)]])).rows[0].basis


def test_an_alarm_that_was_taken_back_is_counted() -> None:
    fell = ((Group.A1, MONDAY), (Group.D2, MONDAY + DAY))
    health = frozen(stand(*fell), stand(*fell, (Group.A2, MONDAY + 2 * DAY), code="2"),
                    stand((Group.D1, MONDAY), code="3")).health
    assert (health.alarms, health.recovered) == (2, 1)


def test_an_alarm_counts_from_the_first_moment_of_the_round_on() -> None:
    def alarms(at: datetime) -> int:
        return frozen(stand((Group.A1, MONDAY - 99 * DAY), (Group.D2, at))).health.alarms

    assert (alarms(ROUND.starts), alarms(ROUND.starts - HOUR)) == (1, 0)


def test_standing_by_silence_alone_is_counted() -> None:
    quiet = [fact(Fact.TAKEN), fact(Fact.QUIET)]
    answered = [*quiet, fact(Fact.AUTOMATIC)]
    told = [stand((Group.A2, MONDAY), letters=[quiet]),
            stand((Group.A2, MONDAY), letters=[answered], code="2"),
            stand((Group.A1, MONDAY), letters=[quiet], code="3")]
    assert frozen(*told).health.silent == 1


def test_letters_to_ourselves_that_were_lost_make_a_trouble_until_one_comes_home() -> None:
    def made(hour: int, back: int | None) -> Canary:
        left = MONDAY + hour * HOUR
        return Canary(CanaryKind.HOME, left, left, left + back * HOUR if back is not None else None)

    canaries = (made(0, 0), made(4, None), made(8, 9), made(12, 1), made(16, None))
    first, second = own_troubles(canaries, AT, 2 * HOUR)
    assert (first.began, first.ended) == (MONDAY + 4 * HOUR, MONDAY + 13 * HOUR)
    assert (second.began, second.ended) == (MONDAY + 16 * HOUR, None)
    assert "๒ ฉบับ" in first.what
    told = frozen(stand(), post=replace(POST, canaries=canaries))
    assert (told.health.canaries, told.health.lost, len(told.troubles)) == (5, 3, 2)


def test_an_incident_is_told_with_what_became_of_those_it_held() -> None:
    mass = CorrelatedOutage(Scope.HOST, "mx.dla.go.th", MONDAY, None, 512, 500, 2)
    told = outage_trouble(mass)
    assert told.what == ("เครื่องแม่ข่ายอีเมล mx.dla.go.th "
                         "มีหน่วยงานที่ส่งหนังสือถึงไม่ได้พร้อมกัน ๕๑๒ หน่วยงาน")
    assert [n in told.meant for n in ("๕๐๐ หน่วยงานกลับมาใช้งานได้", "๒ หน่วยงานใช้งานไม่ได้จริง",
                                      "๑๐ หน่วยงานคงสถานะเดิม")] == [True] * 3
    assert outage_trouble(replace(mass, agencies=0, cleared=0,
                                changed=0)).meant == "ไม่มีหน่วยงานใดถูกปรับสถานะลง"
    taken_in = outage_trouble(replace(mass, scope=Scope.LIST, key="3"))
    assert taken_in.what.startswith("ทะเบียนที่นำเข้าครั้งที่ ๓ ")
    assert set(SCOPES) == set(Scope)


def test_what_is_still_to_leave_is_pending() -> None:
    assert frozen(stand(), post=replace(POST, planned=9, sent=4, doubtful=2,
                                        held=1)).health.pending == 2
