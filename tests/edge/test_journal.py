"""One event, one line, one counter: what an operator reads, and what Prometheus scrapes."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import product
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.samples import HOUR, MONDAY, fact
from fakes.scrape import moved, samples, told
from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.sending.ended import EndedLetter
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer, Stage
from sarabanwatch.core.sending.route import Route
from sarabanwatch.core.sending.tls import Seen
from sarabanwatch.edge.journal import MetricJournal

LISTED = tomllib.loads(
    (Path(__file__).parents[2] / "deploy/prometheus/metrics.toml").read_text(encoding="utf-8")
)
STARTS_OTHERWISE = {"sarabanwatch_step_timestamp_seconds",
                    "sarabanwatch_mailbox_read_timestamp_seconds"}   # the moment of the start
ENDED = EndedLetter(7, "1001", "round", "mx.test", 2, MONDAY, MONDAY, "accepted", 1, 1,
                    Verdict.REFUSES, "the mailbox does not exist")


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


def test_an_agencys_own_host_that_asks_for_another_try_is_counted_apart(
    journal: MetricJournal,
) -> None:
    before = samples(journal)
    for route, code in ((Route.DIRECT, 450), (Route.DIRECT, 0), (Route.RELAY, 450)):
        journal.sent(7, Event.LATER, Answer(Stage.RCPT, code, "4.2.0", "greylisted", route=route),
                     agency="1001")
    assert moved(journal, before) == {"sarabanwatch_letters_totalput off": 1,
                                      "sarabanwatch_letters_totallater": 2}


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
