"""From an agency that fell, and from a dead daemon, to a notice.

By the real servers and our files.
"""

import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from real.prometheus.servers import DEPLOY, until

if TYPE_CHECKING:
    from real.prometheus.conftest import Watched

pytestmark = pytest.mark.real
FELL = ('sarabanwatch_agency_out_of_reach{{code="{0}",name="อบต.{0}",ministry="สถ.",'
        'province="แพร่",mail_host="mx.test",group="D2",reason="the mailbox does not exist",'
        'reason_th="ไม่มีกล่องจดหมายนี้"}}')
BY = 'sarabanwatch_agencies_by{{by="{}",name="one",group="D2",bucket="mend"}}'
DIMENSIONS = ("kind", "ministry", "province", "mail host")
# what prometheus-client tells of a process
PROCESS = ("process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds",
           "process_max_fds")
MOMENTS = ("round_next", "relay_accepted", "letters_held_up", "canary_due")
INCIDENT = ('sarabanwatch_incident{id="7",scope="mail host",name="mx.test",'
            'reason="the domain takes no mail",reason_th="โดเมนนี้ไม่รับอีเมล"}')
PANELS = [panel for file in sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
          for panel in json.loads(file.read_text())["panels"]]


def stock(watched: "Watched", agencies: int) -> None:
    """So many agencies are in A2, and so among the ready."""
    for series in ('sarabanwatch_agencies{group="A2"}',
                   'sarabanwatch_bucket_agencies{bucket="ready"}'):
        watched.exporter.add(series, agencies)


def test_falls_are_told_by_name_an_incident_outshouts_them_and_a_dead_daemon_outshouts_both(
    watched: "Watched",
) -> None:
    stock(watched, 1000)
    fell = time.time() - 3600
    watched.exporter.values |= {FELL.format(code): fell for code in (1001, 1002, 1003)}
    notice = watched.alertmanager.told("AgencyRegressed")
    assert notice["receiver"] == "mail"
    assert notice["commonLabels"]["told"].endswith(" UTC")
    told = {alert["labels"]["code"]: alert["annotations"] for alert in notice["alerts"]}
    assert set(told) == {"1001", "1002", "1003"}
    assert told["1002"]["summary"].startswith("อบต.1002 (1002; สถ., แพร่) is out of reach since 2")
    assert told["1002"]["summary"].endswith("Bangkok time. D2: the mailbox does not exist.")
    assert told["1002"]["page"] == "agency/1002.html"
    to, words = watched.alertmanager.mailed("[แจ้งเตือน] AgencyRegressed (3)")
    assert to == "saraban-watch@ops.test"
    for code in (1001, 1002, 1003):
        assert f"อบต.{code} ({code} สถ. จังหวัดแพร่) รับหนังสือทางอีเมลไม่ได้ ตั้งแต่ 2" in words
        assert f"หน้าเว็บ · Page: https://page.example.test/agency/{code}.html\n" in words
        assert f"ดูเพิ่มเติม · Look closer: sarabanwatch explain {code}\n" in words
    assert words.count("Board: https://grafana.example.test/d/sarabanwatch-agencies") == 1
    assert words.count("Runbook: https://runbooks.example.test/AgencyRegressed.md") == 1

    watched.exporter.values[INCIDENT] = 164
    notice = watched.alertmanager.told("IncidentOpen")
    assert notice["receiver"] == "page"
    assert notice["commonAnnotations"]["summary"] == (
        "164 agencies fail together: mail host mx.test, the domain takes no mail. "
        "None of them has changed its group.")
    words = watched.alertmanager.chatted("[แจ้งเตือน] IncidentOpen")
    assert "หน่วยงาน 164 แห่งที่มีสาเหตุร่วมกัน (mail host mx.test)" in words
    assert "Look closer: sarabanwatch incidents show 7\n" in words
    assert until(lambda: watched.alertmanager.hushed_by("AgencyRegressed") == {"IncidentOpen"})

    watched.exporter.fail = True
    assert watched.alertmanager.told("DaemonDown")["receiver"] == "page"
    assert until(lambda: "DaemonDown" in watched.alertmanager.hushed_by("AgencyRegressed"))

    watched.exporter.fail = False
    watched.alertmanager.told("DaemonDown", status="resolved")


def test_a_relay_that_lets_nobody_in_is_told_and_what_follows_from_it_is_not_told_besides(
    watched: "Watched",
) -> None:
    now = time.time()
    watched.exporter.values["sarabanwatch_relay_up"] = 0
    assert watched.alertmanager.told("RelayDown")["receiver"] == "page"
    # Only now: in one breath, Alertmanager (which has no group_wait here) may tell what follows
    # before it knows the cause.
    watched.exporter.values |= {"sarabanwatch_canary_due_timestamp_seconds": now - 7200,
                                "sarabanwatch_letters_held_up_timestamp_seconds": now - 7200}
    for follows in ("CanaryOverdue", "LettersStuck"):
        assert until(
            lambda follows=follows: watched.alertmanager.hushed_by(follows) == {"RelayDown"}
        )
    watched.exporter.values["sarabanwatch_relay_up"] = 1
    # Debian 13's Alertmanager tells the second first.
    told = watched.alertmanager.told_of(("RelayDown", "resolved"), ("CanaryOverdue", "firing"))
    assert "overdue by 2h" in told["CanaryOverdue", "firing"]["commonAnnotations"]["summary"]


def test_a_daemon_that_starts_anew_again_and_again_is_told(watched: "Watched") -> None:
    for _ in range(3):
        watched.exporter.add("process_start_time_seconds", 60)
        watched.exporter.wait_scraped(2)
    assert watched.alertmanager.told("RestartsOften")["receiver"] == "page"


def test_a_healthy_daemon_rings_only_the_bell_that_always_rings(watched: "Watched") -> None:
    stock(watched, 6536)
    watched.alertmanager.told("AlertingAlive")
    watched.exporter.wait_scraped(3)
    alerts = watched.prometheus.query('ALERTS{service="sarabanwatch"}')
    assert [alert["metric"]["alertname"] for alert in alerts] == ["AlertingAlive"]


def test_every_panel_shows_what_it_is_for_once_that_has_happened(watched: "Watched") -> None:
    stock(watched, 6536)
    now = time.time()
    watched.exporter.values |= {
        FELL.format(1001): now, FELL.format(1002): now, INCIDENT: 164,
        'sarabanwatch_agency_mended_timestamp_seconds{code="1002"}': now,
        "sarabanwatch_backup_timestamp_seconds": now,
        "sarabanwatch_register_source_timestamp_seconds": now,
        'sarabanwatch_report_timestamp_seconds{step="due"}': now,
        "sarabanwatch_token_key_end_seconds": now + 1e7,
        "sarabanwatch_relay_certificate_end_seconds": now + 1e7,
        'sarabanwatch_arrivals_total{kind="answer"}': 5,
        'sarabanwatch_response_seconds_count{kind="answer"}': 5,
        'sarabanwatch_response_seconds_sum{kind="answer"}': 300,
        **{line: 5 for line in watched.exporter.values if '_bucket{kind="answer"' in line},
        'sarabanwatch_report_bucket_agencies{bucket="ready"}': 6000,
        "sarabanwatch_inbox_certificate_end_seconds": now + 1e7,
        'sarabanwatch_mail_host_held{mail_host="mx.test",state="open"}': 1,
        "sarabanwatch_campaign_plan_letters": 8000,
        'sarabanwatch_edition_timestamp_seconds{edition="in force"}': now,
        'sarabanwatch_edition_timestamp_seconds{edition="next"}': now + 1e7,
        'sarabanwatch_canary_seconds{kind="home"}': 60,
        'sarabanwatch_canary_back_timestamp_seconds{kind="home"}': now,
        **{f"sarabanwatch_{moment}_timestamp_seconds": now for moment in MOMENTS},
        **dict.fromkeys(PROCESS, 1.0), **{BY.format(by): 21 for by in DIMENSIONS}}
    watched.exporter.wait_scraped(3)
    watched.alertmanager.told("IncidentOpen")
    empty = []
    for panel in PANELS:
        for target in panel["targets"]:
            expr = re.sub(r"\$\w+", ".*", target["expr"].replace("$target", "100"))
            # nothing has stood for a week here
            if "offset 7d" not in expr and not watched.prometheus.query(expr):
                empty.append((panel["title"], expr))
    assert [expr for _, expr in empty] == []
