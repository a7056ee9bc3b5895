"""What is told of the country: list, rounds, groups, incidents, domains."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest

from fakes.clock import StoppedClock
from fakes.samples import MONDAY
from fakes.scrape import moved, samples, told
from sarabanwatch.core.judging.census import BUCKETS, bucket_of, parted
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.sending.plan import Round
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.journal.rules import RulesInForce


def test_the_rules_in_force_are_named_and_when_their_edition_and_the_next_begin() -> None:
    rules = RulesInForce("address-7", "groups-3", date(2026, 1, 1), None)
    shown = samples(MetricJournal(StoppedClock(MONDAY), rules=lambda: rules))
    assert shown["sarabanwatch_rules_info", (("address_rules", "address-7"),
                                             ("groups", "groups-3"))] == 1
    day = "sarabanwatch_edition_timestamp_seconds"
    assert shown[day, (("edition", "in force"),)] == datetime(2025, 12, 31, 17,
                                                              tzinfo=UTC).timestamp()
    assert shown[day, (("edition", "next"),)] == 0


@pytest.mark.parametrize(("was", "now", "direction"), [
    (Group.A1, Group.D2, "regressed"), (Group.A2, Group.B1, "regressed"),
    (Group.D1, Group.A2, "improved"),
    (Group.E, Group.A1, "improved"), (None, Group.A1, "other"), (Group.A1, Group.A2, "other"),
    (Group.UNKNOWN, Group.D2, "other"),
    (Group.A1, Group.W, "other"), (Group.D1, Group.D2, "other")])
def test_a_transition_is_logged_as_an_officer_would_name_it(
    journal: MetricJournal, was: Group | None, now: Group, direction: str, log: StringIO,
) -> None:
    journal.changed_group(Transition(3, "1001", was, now, "because", MONDAY))
    (line,) = told(log)
    assert line["direction"] == direction
    assert (line["id"], line["agency"], line["was"], line["now"], line["because"]) == (3, "1001",
                                                                                       was, now,
                                                                                       "because")


def test_buckets_and_directions_are_those_of_todays_edition(
    capsys: pytest.CaptureFixture[str],
) -> None:
    moved = parted({g.value: "mend" if g is Group.A1 else bucket_of(g, BUCKETS) for g in Group})
    journal = MetricJournal(StoppedClock(MONDAY), lambda: moved)
    journal.published({Group.A1: 3, Group.A2: 1}, 3, Round(0, 0, 0, 0, 0, 0, 0, 0), 0)
    journal.changed_group(Transition(1, "1001", Group.A2, Group.A1, "x", MONDAY))
    shown = {name + "/".join(label for _, label in labels): value
             for (name, labels), value in samples(journal).items()}
    assert (shown["sarabanwatch_bucket_agenciesready"],
            shown["sarabanwatch_bucket_agenciesmend"]) == (1, 3)
    assert json.loads(capsys.readouterr().err)["direction"] == "regressed"


def test_what_is_published_is_shown_whole(journal: MetricJournal) -> None:
    counts = {Group.A1: 3, Group.D2: 2, Group.EXEMPT: 5}
    journal.published(counts, 3, Round(10, 4, 1, 2, 3, open=1, undrafted=0, unjudged=0), 0.25)
    shown = {f"{name}{'/'.join(v for _, v in labels)}": value
             for (name, labels), value in samples(journal).items()}
    assert {group: shown[f"sarabanwatch_agencies{group}"]
            for group in Group} == {g: counts.get(g, 0) for g in Group}
    assert [shown[f"sarabanwatch_bucket_agencies{b}"]
            for b in ("ready", "mend", "raised", "unknown")] == [3, 2, 0, 0]
    assert [shown[f"sarabanwatch_campaign_letters{s}"]
            for s in ("planned", "sent", "doubtful", "held", "pending")] == [
        10, 4, 1, 2, 3]
    assert (shown["sarabanwatch_campaign_done_ratio"],
            shown["sarabanwatch_campaign_elapsed_ratio"]) == (0.6, 0.25)
    assert shown["sarabanwatch_campaign3"] == 1


def test_a_round_is_done_when_its_whole_plan_is_not_only_what_is_written_yet(
    journal: MetricJournal,
) -> None:
    journal.published({}, 3, Round(10, 4, 1, 2, 3, open=1, undrafted=50, unjudged=0), 0.25)
    assert samples(journal)["sarabanwatch_campaign_done_ratio", ()] == 0.1
    assert samples(journal)["sarabanwatch_campaign_plan_letters", ()] == 60


def test_only_the_campaign_that_runs_is_named(journal: MetricJournal) -> None:
    for number in (3, 4):
        journal.published({}, number, Round(0, 0, 0, 0, 0, 0, 0, 0), 0)
    assert [labels for name, labels in samples(journal)
            if name == "sarabanwatch_campaign"] == [(("number", "4"),)]


def test_a_round_without_letters_is_not_done(journal: MetricJournal) -> None:
    journal.published({}, 0, Round(0, 0, 0, 0, 0, 0, 0, 0), 0)
    assert samples(journal)["sarabanwatch_campaign_done_ratio", ()] == 0


def test_the_register_is_shown_with_its_bad_rows(journal: MetricJournal) -> None:
    before = samples(journal)
    journal.imported(40, 2)
    assert moved(journal, before) == {"sarabanwatch_register_rowsgood": 40,
                                      "sarabanwatch_register_rowsbad": 2}


def test_domains_are_shown_by_finding_and_one_that_holds_no_longer_goes_back_to_nought(
    journal: MetricJournal,
) -> None:
    before = samples(journal)
    journal.found({"no-spf": 5, "not-known": 2})
    assert moved(journal, before) == {"sarabanwatch_domain_findingsno-spf": 5,
                                      "sarabanwatch_domain_findingsnot-known": 2}
    journal.found({})
    assert moved(journal, before) == {}


def test_an_incident_is_told_when_it_opens_and_when_it_ends_and_shown_meanwhile(
    journal: MetricJournal, log: StringIO
) -> None:
    before = samples(journal)
    host = Kin(Scope.HOST, "mx.big.test")
    for _ in range(2):
        journal.held({3: host}, 512)
    assert moved(journal, before) == {"sarabanwatch_incidentsmail host": 1,
                                      "sarabanwatch_held_turns": 512}
    journal.held({}, 0)
    assert moved(journal, before) == {}
    assert [(line["id"], line["scope"], line["key"], line["open"], line["held"])
            for line in told(log)] == [
        (3, "mail host", "mx.big.test", True, 512), (3, "mail host", "mx.big.test", False, 0)]


def test_a_survey_is_told(journal: MetricJournal, log: StringIO) -> None:
    journal.surveyed(40, 2)
    (line,) = told(log)
    assert (line["event"], line["domains"], line["doubted"]) == ("surveyed", 40, 2)


def test_the_first_failure_is_due_to_be_told_until_none_waits(journal: MetricJournal) -> None:
    due, full = ("sarabanwatch_fall_due_timestamp_seconds", ()), ("sarabanwatch_mailbox_full_ratio",
                                                                  ())
    journal.suspected(1, datetime.now(UTC) + timedelta(days=3))
    journal.mailbox.filled(0.85)
    assert samples(journal)[due] > 0
    assert samples(journal)[full] == 0.85
    journal.suspected(0, None)
    assert samples(journal)[due] == 0
