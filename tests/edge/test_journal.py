"""One event, one line, one counter: what an operator reads, and what Prometheus scrapes."""

import json
import sys
import tomllib
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from fakes.clock import StoppedClock
from fakes.samples import HOUR, MONDAY, fact
from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.judging.census import BUCKETS, bucket_of, parted
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.sending.ended import EndedLetter
from sarabanwatch.core.sending.plan import Round
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer, Stage
from sarabanwatch.core.sending.route import Route
from sarabanwatch.core.sending.tls import Seen
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.journal.rules import RulesInForce

LISTED = tomllib.loads(
    (Path(__file__).parents[2] / "deploy/prometheus/metrics.toml").read_text(encoding="utf-8")
)
STARTS_OTHERWISE = {"sarabanwatch_step_timestamp_seconds",
                    "sarabanwatch_mailbox_read_timestamp_seconds"}   # the moment of the start
ENDED = EndedLetter(7, "1001", "round", "mx.test", 2, MONDAY, MONDAY, "accepted", 1, 1,
                    Verdict.REFUSES, "the mailbox does not exist")
Sample = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """Reads the log lines on stderr."""
    written = StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    return written


@pytest.fixture
def journal(log: StringIO) -> MetricJournal:
    return MetricJournal(StoppedClock(MONDAY))


def samples(journal: MetricJournal) -> dict[Sample, float]:
    """Return what a scrape shows, but for when a counter was made."""
    families = text_string_to_metric_families(generate_latest(journal.registry).decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value
            for family in families for s in family.samples
            if not s.name.endswith("_created") and s.name.startswith("sarabanwatch_")}


def moved(journal: MetricJournal, before: dict[Sample, float]) -> dict[str, float]:
    """Return what has changed since, moments aside."""
    now = samples(journal)
    return {f"{name}{'/'.join(value for _, value in labels)}": value
            for (name, labels), value in now.items()
            if not name.endswith("_timestamp_seconds") and before.get((name, labels)) != value}


def told(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize("name", [
    name for name, family in LISTED.items()
    if "labels" in family and all(family["labels"].values())])
def test_every_label_set_stands_from_the_first_scrape_on_and_starts_at_nought(
    journal: MetricJournal, name: str
) -> None:
    labels = LISTED[name]["labels"]
    shown = samples(journal)
    wanted = {(name, tuple(sorted(zip(labels, values, strict=True))))
              for values in product(*labels.values())}
    assert {key for key in shown if key[0] == name} == wanted
    assert name in STARTS_OTHERWISE or all(shown[key] == 0 for key in wanted)


def test_nothing_is_shown_that_operators_are_not_told_of(journal: MetricJournal) -> None:
    assert {name for name, _ in samples(journal)} <= set(LISTED)


def test_no_address_and_no_agency_is_ever_a_label(journal: MetricJournal) -> None:
    journal.changed_group(Transition(1, "1001", Group.A1, Group.D2, "because", MONDAY))
    journal.received(ReceivedMail(b"", "d" * 64, MONDAY,
                                  Arrival(Mail.ANSWER, "r", sender="saraban@one.go.th"), 7, None),
                     new=True, agency="")
    assert not [labels for _, labels in samples(journal) if "@" in str(labels)
                or "1001" in str(labels)]


@pytest.mark.parametrize(("event", "outcome"), [
    (Event.TAKEN, "taken"), (Event.LATER, "later"), (Event.REFUSAL, "refused"),
    (Event.LOST, "lost")])
def test_each_try_to_send_is_counted_by_its_outcome(
    journal: MetricJournal, event: Event, outcome: str, log: StringIO,
) -> None:
    before = samples(journal)
    journal.sent(7, event, Answer(Stage.DOT, 250, "2.0.0", "รับแล้ว", by="mx.test"),
                 agency="1001")
    assert moved(journal, before) == {f"sarabanwatch_letters_total{outcome}": 1}
    (line,) = told(log)
    assert line == {"event": "sent", "level": "info", "at": "2026-01-12T03:00:00.000+00:00",
                    "serial": 7, "agency": "1001", "outcome": outcome,
                    "stage": "final dot", "code": 250, "reply": "รับแล้ว", "by": "mx.test"}


def test_what_letters_wait_for_is_shown_and_hosts_that_changed_are_told_once(
    journal: MetricJournal, log: StringIO,
) -> None:
    waiting = {"pace": 5, "office hours": 0, "slowed": 2, "breaker open": 9}
    before = samples(journal)
    for _ in range(2):
        journal.paced(waiting, ["mx.test"], ["slow.test"], breaker_open=False)
    journal.paced(waiting, ["@relay"], [], breaker_open=False)
    first, second = told(log)
    assert (first["event"], first["all_wait"]) == ("mail hosts", False)
    assert (first["open"], first["slowed"]) == (["mx.test"], ["slow.test"])
    assert (second["open"], second["all_wait"]) == (["@relay"], True)
    assert moved(journal, before) == {
        "sarabanwatch_letters_waitingpace": 5, "sarabanwatch_letters_waitingslowed": 2,
        "sarabanwatch_letters_waitingbreaker open": 9,
        "sarabanwatch_mail_host_heldour relay/open": 1, "sarabanwatch_mail_hostsopen": 1,
        "sarabanwatch_breaker_open": 1}


@pytest.mark.parametrize("kind", Mail)
def test_each_new_mail_is_counted_by_its_kind_and_a_known_one_not(
    journal: MetricJournal, kind: Mail, log: StringIO,
) -> None:
    before = samples(journal)
    answered = fact(FactKind.ANSWERED)
    received = ReceivedMail(b"", "d" * 64, MONDAY, Arrival(kind, "a rule"), 7, answered)
    journal.received(received, new=False, agency="")
    assert (moved(journal, before), told(log)) == ({}, [])
    journal.received(received, new=True, agency="1001")
    assert moved(journal, before) == {f"sarabanwatch_arrivals_total{kind}": 1}
    (line,) = told(log)
    assert (line["kind"], line["serial"], line["mail"], line["evidence"]) == (kind, 7, "d" * 16,
                                                                              "answered")


@pytest.mark.parametrize(("kind", "counted"), [
    (Mail.FAILED, "bounce"), (Mail.RECEIPT, "receipt"), (Mail.ANSWER, "answer"),
    (Mail.AUTOMATIC, None)])
def test_how_long_it_took_until_something_came_back_is_counted_by_what_it_is(
    journal: MetricJournal, kind: Mail, counted: str | None,
) -> None:
    before = samples(journal)
    came = ReceivedMail(b"", "d" * 64, MONDAY, Arrival(kind, "a rule"), 7, None)
    journal.received(came, new=True, agency="1001", left=MONDAY - 3 * HOUR)
    within = {name.removeprefix("sarabanwatch_response_seconds"): value
              for name, value in moved(journal, before).items() if "response" in name}
    assert within == ({} if counted is None else {
        f"_count{counted}": 1, f"_sum{counted}": 3 * 3600,
        **{f"_bucket{counted}/{bound}": 1
           for bound in LISTED["sarabanwatch_response_seconds_bucket"]["labels"]["le"][3:]}})


def test_the_rules_in_force_are_named_and_when_their_edition_and_the_next_begin() -> None:
    rules = RulesInForce("address-7", "groups-3", date(2026, 1, 1), None)
    shown = samples(MetricJournal(StoppedClock(MONDAY), rules=lambda: rules))
    assert shown["sarabanwatch_rules_info", (("address_rules", "address-7"),
                                             ("groups", "groups-3"))] == 1
    day = "sarabanwatch_edition_timestamp_seconds"
    assert shown[day, (("edition", "in force"),)] == datetime(2025, 12, 31, 17,
                                                              tzinfo=UTC).timestamp()
    assert shown[day, (("edition", "next"),)] == 0


def test_when_the_inbox_must_show_another_certificate_is_shown(journal: MetricJournal) -> None:
    journal.mailbox.certified(MONDAY)
    assert samples(journal)["sarabanwatch_inbox_certificate_end_seconds",
                            ()] == MONDAY.timestamp()


@pytest.mark.parametrize(("why", "counted"), [
    ("forged", "forged"), ("unknown key 'z'", "forged"),
    ("key 'a' expired on 2026-01-01", "expired"),
    ("mismatch: it reports another recipient", "mismatch")])
def test_a_token_that_is_not_believed_is_counted_by_why(journal: MetricJournal, why: str,
                                                       counted: str) -> None:
    before = samples(journal)
    failed = Arrival(Mail.FAILED, "r")
    journal.received(ReceivedMail(b"", "d" * 64, MONDAY, failed, None, None, why),
                     new=True, agency="")
    assert moved(journal, before)[f"sarabanwatch_refused_tokens_total{counted}"] == 1


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


def test_an_agencys_own_host_that_asks_for_another_try_is_counted_apart(
    journal: MetricJournal,
) -> None:
    before = samples(journal)
    for route, code in ((Route.DIRECT, 450), (Route.DIRECT, 0), (Route.RELAY, 450)):
        journal.sent(7, Event.LATER, Answer(Stage.RCPT, code, "4.2.0", "greylisted", route=route),
                     agency="1001")
    assert moved(journal, before) == {"sarabanwatch_letters_totalput off": 1,
                                      "sarabanwatch_letters_totallater": 2}


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


def test_the_inbox_is_up_once_it_was_read_to_its_end_and_down_when_it_breaks(
    journal: MetricJournal, log: StringIO,
) -> None:
    up = ("sarabanwatch_mailbox_up", ())
    seen = [samples(journal)[up]]
    journal.looked()
    seen.append(samples(journal)[up])
    journal.mailbox.lost(ConnectionResetError("gone"))
    seen.append(samples(journal)[up])
    assert seen == [0, 1, 0]
    (line,) = told(log)
    assert (line["event"], line["level"], line["error"]) == ("mailbox lost", "warning",
                                                             "ConnectionResetError: gone")


@pytest.mark.parametrize("where", ["send", "receive", "job"])
def test_an_error_gone_on_from_is_counted_and_told(
    journal: MetricJournal, where: str, log: StringIO,
) -> None:
    before = samples(journal)
    journal.failed(where, ValueError("no"))
    assert moved(journal, before) == {f"sarabanwatch_errors_total{where}": 1}
    assert [(line["level"], line["where"], line["error"])
            for line in told(log)] == [("warning", where, "ValueError: no")]


def test_every_event_is_one_json_line_with_the_daemons_own_time(
    journal: MetricJournal, log: StringIO,
) -> None:
    journal.started(2)
    journal.listening("127.0.0.1", 9725)
    journal.imported(1, 0)
    journal.drafted(5, 1)
    journal.closed([ENDED])
    journal.stopped()
    lines = told(log)
    assert [line["event"] for line in lines] == ["started", "listening", "register", "drafted",
                                                 "closed", "stopped"]
    assert {datetime.fromisoformat(line["at"]) for line in lines} == {MONDAY}
    assert (lines[0]["half_sent"], lines[1]["metrics"]) == (2, "http://127.0.0.1:9725/metrics")


def test_a_letters_end_is_one_line_with_all_that_matters(journal: MetricJournal,
                                                         log: StringIO) -> None:
    journal.closed([ENDED, ENDED._replace(serial=8)])
    first, second = told(log)
    assert {name: first[name] for name in ("serial", "agency", "purpose", "host", "campaign",
                                           "became", "tries", "mails", "verdict", "because")} == {
        "serial": 7, "agency": "1001", "purpose": "round", "host": "mx.test", "campaign": 2,
        "became": "accepted", "tries": 1, "mails": 1, "verdict": "refuses",
        "because": "the mailbox does not exist"}
    assert second["serial"] == 8


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


def test_mail_that_waits_for_a_person_is_shown_by_number_and_age_and_is_nought_when_none_does(
    journal: MetricJournal,
) -> None:
    before = samples(journal)
    journal.awaited({Mail.CORRECTION: (4, MONDAY - timedelta(days=2)),
                     Mail.FAILED: (1, MONDAY - timedelta(hours=1)),
                     Mail.UNREAD: (2, MONDAY - timedelta(hours=3))})
    assert moved(journal, before) == {"sarabanwatch_mail_waits_secondscorrection": 2 * 86400,
                                      "sarabanwatch_mail_waits_secondsother": 3 * 3600,
                                      "sarabanwatch_mails_waitingcorrection": 4,
                                      "sarabanwatch_mails_waitingother": 3}
    journal.awaited({})
    assert moved(journal, before) == {}


def test_a_survey_is_told(journal: MetricJournal, log: StringIO) -> None:
    journal.surveyed(40, 2)
    (line,) = told(log)
    assert (line["event"], line["domains"], line["doubted"]) == ("surveyed", 40, 2)


def test_of_our_relays_certificates_the_one_that_ends_first_is_shown_and_those_of_others_are_not(
    journal: MetricJournal,
) -> None:
    name = "sarabanwatch_relay_certificate_end_seconds"
    ends = [datetime(2026, month, 1, tzinfo=UTC) for month in (5, 4, 3)]
    routes = (Route.RELAY, Route.RELAY, Route.DIRECT)
    for at, route, place in zip(ends, routes, "abc", strict=True):
        journal.sent(1, Event.TAKEN, Answer(Stage.DOT, 250, "", "", route, place,
                                            Seen(place, "TLSv1.3", ends=at)), agency="")
    assert samples(journal)[name, ()] == ends[1].timestamp()
    renewed = Seen("b", "TLSv1.3", ends=ends[0] + (ends[0] - ends[2]))
    journal.sent(1, Event.TAKEN, Answer(Stage.DOT, 250, "", "", by="b", tls=renewed),
                 agency="")
    assert samples(journal)[name, ()] == ends[0].timestamp()


def test_a_key_that_has_ended_is_told_once_and_again_when_another_has(
    capfd: pytest.CaptureFixture[str],
) -> None:
    waits = list[tuple[str, str]]()
    journal = MetricJournal(StoppedClock(MONDAY), waits=lambda *told: waits.append(told))
    for until in (MONDAY + HOUR, MONDAY, MONDAY, MONDAY + HOUR, MONDAY - HOUR):
        journal.signs_until(until)
        assert (
            journal.registry.get_sample_value("sarabanwatch_token_key_end_seconds")
            == until.timestamp()
        )
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("no token key", "error")] * 2
    assert [bool(why) for what, why in waits if what == "token key"] == [False, True, False, True]


def test_the_first_failure_is_due_to_be_told_until_none_waits(journal: MetricJournal) -> None:
    due, full = ("sarabanwatch_fall_due_timestamp_seconds", ()), ("sarabanwatch_mailbox_full_ratio",
                                                                  ())
    journal.suspected(1, datetime.now(UTC) + timedelta(days=3))
    journal.mailbox.filled(0.85)
    assert samples(journal)[due] > 0
    assert samples(journal)[full] == 0.85
    journal.suspected(0, None)
    assert samples(journal)[due] == 0
