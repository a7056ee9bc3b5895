from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import SMTP
from random import Random
from string import Template
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.census import CUT, DRAFT, FINAL, HEALTH, OFFICE, of_the_letter, office, row, snapshot
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.page.public import slug
from sarabanwatch.core.page.section import PageSection
from sarabanwatch.core.papers.circular import sentences
from sarabanwatch.core.papers.estimate import at_most
from sarabanwatch.core.papers.notice import (
    BECAUSE,
    by_mail,
    findings,
    mail,
    notice,
    notices,
    plain,
    sender,
    steps,
)
from sarabanwatch.core.papers.report import (
    annex,
    cabinet,
    care,
    clipped,
    letters,
    longest,
    most_mended,
    places,
)
from sarabanwatch.core.papers.snapshot import Snapshot, Trouble, misprints
from sarabanwatch.settings import shipped

TEXT = Template(shipped("letters/notice.txt").read_text(encoding="utf-8"))
BEFORE = snapshot(row("1", "D2"), row("2", "A1"), row("3", "A1"), as_of=CUT - timedelta(weeks=6))
NOW = snapshot(row("1", "A1"), row("2", "D3"), row("4", "A1", province="แพร่"))


def test_the_report_says_the_letters_figures_and_leaves_none_out() -> None:
    facts = cabinet(of_the_letter(), None, OFFICE, DRAFT)
    assert list(misprints(of_the_letter().figures, {"report": sentences(facts)})) == []
    buckets = facts["buckets"]
    assert isinstance(buckets, list)
    assert [(b["count"], b["share"]) for b in buckets] == [(6536, "78.9"), (1454, "17.5"),
                                                           (296, "3.6"), (8286, "100.0")]


def test_the_change_since_the_last_is_told_by_kind() -> None:
    facts = cabinet(NOW, BEFORE, OFFICE, FINAL)
    assert {m["label"].split()[0]: m["count"]
            for m in facts["moves"]} == {   # type: ignore[attr-defined]  # a list of facts
        "ดีขึ้น": 1, "แย่ลง": 1, "หน่วยงานใหม่ในทะเบียน": 1, "พ้นจากทะเบียน": 1, "คงเดิม": 0}
    assert [(w["code"], w["was"], w["now"]) for w in facts["worsened"]] == [("2", "A1",
                                             "D3")]   # type: ignore[attr-defined]  # as above
    assert facts["mended"] == [{"name": "กรุงเทพมหานคร", "count": 1}]
    assert "หน่วยงานที่พร้อมใช้งานมีจำนวนเท่าเดิม" in " ".join(facts["summary"])  # type: ignore[arg-type]  # as above


def test_the_first_report_tells_no_change() -> None:
    facts = cabinet(NOW, None, OFFICE, FINAL)
    assert (facts["before"], facts["moves"], facts["mended"]) == ("", [], [])
    assert most_mended([]) == []


def test_places_count_every_agency_under_the_act_once() -> None:
    told = snapshot(row("1"), row("2", "D1", province=""), row("3", "unknown"), row("4", "exempt"))
    assert sum(int(str(p["total"])) for p in places(told,
                                                    lambda r: r.province)) == told.figures.total
    assert places(told, lambda r: r.ministry) == [
        {"name": "กระทรวงหนึ่ง", "total": 3, "ready": 1, "mend": 1, "raised": 0, "unknown": 1,
         "share": "33.4"}]


def test_the_longest_failing_are_those_that_letters_do_not_reach() -> None:
    told = snapshot(row("1", "D2", mending=date(2025, 11, 1)),
                    row("2", "D1", mending=date(2025, 10, 1)), row("3", "E"))
    assert [r["code"] for r in longest(told)] == ["2", "1"]


def test_the_annex_names_every_agency_to_mend() -> None:
    assert [(r["no"], r["code"], r["group"])
            for r in annex(snapshot(row("2", "E"), row("1", "D2"), row("3")))] == [
        (1, "1", "D2"), (2, "2", "E")]


def test_every_group_is_told_in_the_bucket_of_its_days_edition() -> None:
    told = snapshot(row("1", "W"), row("2", "D3"), row("3", "exempt"),
                    moved={"W": "mend", "D3": "unknown"})
    facts = cabinet(told, BEFORE, OFFICE, DRAFT)
    rows = facts["groups"]
    assert isinstance(rows, list)
    assert [(r["code"], r["count"]) for r in rows if r["bucket"] in {"mend", "unknown"}
            and r["count"]] == [("W", 1), ("D3", 1)]
    assert len(rows) == len(set(Group) - {Group.UNKNOWN, Group.EXEMPT})
    assert not list(misprints(told.figures, {"report": sentences(facts)}))
    assert [(p["mend"], p["unknown"], p["raised"])
            for p in places(told, lambda r: r.province)] == [(1, 1, 0)]
    assert findings(told.rows[0], told)[1]["text"] == BECAUSE["W"]
    assert set(BECAUSE) >= set(Group) - {Group.EXEMPT}


def test_letters_are_accounted_for() -> None:
    whole, *rest = letters(HEALTH)
    assert whole["count"] == sum(int(str(line["count"])) for line in rest if line["part"])


def test_an_estimate_is_called_one_and_says_of_how_many() -> None:
    false_alarm, miss, path, silence = care(HEALTH, 40)
    assert false_alarm["seen"].startswith("๒ จาก ๑๐ (ไม่เกินร้อยละ ๕๑.๐")
    assert miss["seen"].startswith("๑ จาก ๘๐")
    assert path["seen"].startswith("๑ จาก ๔๘")
    assert silence["seen"].startswith("๔๐ จาก ๔๐")
    assert care(replace(HEALTH, alarms=0), 40)[0]["seen"] == "ยังไม่มีกรณีให้ประเมิน"


@pytest.mark.parametrize(("seen", "trials", "bound"),
                         [(0, 0, 100.0), (0, 48, 7.4), (1, 1, 100.0), (5, 10, 76.3)])
def test_wilsons_bound(seen: int, trials: int, bound: float) -> None:
    assert at_most(seen, trials) == bound


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bound_is_never_below_what_was_seen(case: tuple[int, int]) -> None:
    assert 100 * case[0] / case[1] - 0.06 <= at_most(*case) <= 100


def test_an_incident_is_told_with_what_it_meant() -> None:
    trouble = Trouble(CUT - timedelta(days=3), None, "เหตุ", "ไม่มีผล")
    assert cabinet(replace(NOW, troubles=(trouble,)), None, OFFICE, DRAFT)["troubles"] == [
        {"when": "๑๙ ธันวาคม ๒๕๖๘ – ยังไม่สิ้นสุด", "what": "เหตุ", "meant": "ไม่มีผล"}]


def test_long_and_unruly_names_are_one_bounded_line() -> None:
    assert clipped("กข" * 2000, 160) == "กข" * 79 + "ก…"
    assert clipped("ก" * 2000, 20) == "\u200b".join(["ก" * 8, "ก" * 8, "ก" * 3 + "…"])
    assert clipped("WX" * 25, 80).split("\u200b") == ["WX" * 15, "WX" * 10]
    assert clipped("saraban_06460402@a-long-name.go.test",
                   80) == "saraban_06460402@a-long-name.go.test"
    assert clipped("a\u202eb\r\nc", 160) == "ab  c"


# --- notices --------------------------------------------------------------------------------------


def test_a_notice_quotes_what_came_back_and_says_what_to_do_until_when() -> None:
    told = snapshot(row("7", "D2"))
    facts = notice(told.rows[0], told, OFFICE, FINAL, TEXT, {})
    assert facts["quotes"] == [
        {"head": "หนังสือที่ นร ๑๒๐๐/ท๗ เมื่อวันที่ ๑ ธันวาคม ๒๕๖๘: ไม่มีกล่องจดหมายนี้",
         "text": "550 5.1.1 no such user"}]
    assert findings(told.rows[0], told)[0] == {"label": "กลุ่ม", "text": "D2 ไม่มีกล่องจดหมายนี้"}
    assert "ผลการตรวจสอบ:" not in plain(facts)      # it would say the group's name again
    assert "ให้ผู้ดูแลระบบอีเมลสร้างหรือเปิดกล่องจดหมายนี้" in steps(told.rows[0], told, OFFICE)
    assert "ภายในวันที่ ๒๒ มกราคม ๒๕๖๙" in plain(facts)
    assert "“550 5.1.1 no such user”" in plain(facts)
    assert facts["link"] == OFFICE.link


def test_a_finding_that_says_more_than_the_group_is_told_beside_it() -> None:
    told = snapshot(row("7", "B3"))
    assert {"label": "ผลการตรวจสอบ", "text": BECAUSE["B3"]} in findings(told.rows[0], told)


def test_a_notice_leads_to_its_agencys_own_page_where_there_is_one() -> None:
    facts = notice(row("7/ก", "E"), snapshot(row("7/ก", "E")),
                   replace(OFFICE, page=PageSection(base="https://watch.test")), FINAL, TEXT, {})
    assert facts["link"] == f"https://watch.test/agency/{slug('7/ก')}.html"
    assert str(facts["link"]) in plain(facts)


def test_a_notice_addresses_whom_the_letters_address() -> None:
    told = snapshot(row("7", "E", name="กรมหนึ่ง"))
    facts = notice(told.rows[0], told, OFFICE, FINAL, TEXT, {"กรมหนึ่ง": "เลขาธิการกรมหนึ่ง"})
    assert facts["to"] == "เลขาธิการกรมหนึ่ง"


def test_what_is_to_be_done_is_said_once() -> None:
    told = snapshot(row("7", "E"), row("8", "D2"))
    assert [sum("info.go.th" in step for step in steps(each, told, OFFICE))
            for each in told.rows] == [1, 1]


def test_each_agency_to_mend_gets_one_and_nobody_else() -> None:
    told = snapshot(*(row(g, g) for g in ("A1", "B1", "C", "D1", "E", "W", "unknown", "exempt")))
    made = notices(told, OFFICE, DRAFT, TEXT, {})
    assert [facts["code"] for facts in made] == ["B1", "C", "D1", "E"]


def test_only_those_whom_letters_reach_get_it_by_mail() -> None:
    assert [by_mail(row("1", g)) for g in ("B1", "E", "D1", "D2", "D3")] == [True, True, False,
                                                                             False, False]
    assert not by_mail(row("1", "E", address=""))


def test_a_notice_by_mail_is_ascii_and_a_draft_says_so() -> None:
    told = snapshot(row("7", "E", name="กรม\r\nBcc: all@x.test"))
    raw = mail(notice(told.rows[0], told, OFFICE, DRAFT, TEXT, {}), told.rows[0],
               sender(OFFICE, "probes@watch.opdc.go.th", fixed=False), CUT)
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert raw.isascii()
    assert b"\r\nBcc:" not in raw
    assert b"\r\nReply-To: probes@watch.opdc.go.th\r\n" in head
    assert b"\r\n <saraban@opdc.go.th>\r\n" in head
    assert b"X-Saraban-Letter" not in head
    assert plain(notice(told.rows[0], told, OFFICE, DRAFT, TEXT,
                        {})).count("เรียน  อธิบดีกรม  Bcc: all@x.test") == 1


@pytest.mark.parametrize(("box", "fixed", "address"), [
    ("probes@opdc.go.th", False, "saraban@opdc.go.th"),
    ("probes@watch.opdc.go.th", False, "saraban@opdc.go.th"),
    ("probes@watch.opdc.go.th", True, "probes@watch.opdc.go.th"),
    ("probes@other.go.th", False, "probes@other.go.th"),
    ("probes@go.th", False, "probes@go.th"),
])
def test_a_notice_is_from_the_office_where_the_domain_is_its_own_and_answers_go_to_the_watched_box(
    box: str, address: str, *, fixed: bool,
) -> None:
    assert sender(OFFICE, box, fixed=fixed) == ("สำนักงาน ก.พ.ร.", address, box)
    assert sender(office(email=""), box, fixed=fixed).address == box


def test_a_notice_encloses_the_official_form() -> None:
    told = snapshot(row("7", "E"))
    raw = mail(notice(told.rows[0], told, OFFICE, FINAL, TEXT, {}), told.rows[0],
               sender(OFFICE, "probes@probe.test", fixed=False), CUT, b"%PDF-1.7 \r\n.\r\n")
    message = message_from_bytes(raw, policy=SMTP)
    [sheet] = message.iter_attachments()
    assert (sheet.get_content_type(), sheet.get_filename()) == ("application/pdf", "notice.pdf")
    words = message.get_body(("plain",)).get_content()
    for part in ("ที่ นร ๑๒๐๐/ว๗๕", "สำนักงาน ก.พ.ร.", "เรียน  อธิบดีกรม 7", "จึงเรียนมาเพื่อ", "(ผู้ลงนาม)"):
        assert part in words


def test_no_step_is_said_twice() -> None:
    told = snapshot(row("7", "E", advice=("ทำ ก", "ทำ ก")))
    said = steps(told.rows[0], told, OFFICE)
    assert len(said) == len(set(said))


# --- a country of a thousand, counted once more by other hands ------------------------------------


READY, MEND, PROVINCES, MINISTRIES = ("A1", "A2"), ("B1", "B2", "B3", "C", "D1", "D2", "D3",
                                                    "E"), ("แพร่", "ตาก", "เลย"), ("ก", "ข")


def country(seed: int, codes: range, **fields: object) -> Snapshot:
    drawn = Random(seed)
    return snapshot(*(row(str(code), drawn.choice([*READY, *MEND, "W", "unknown", "exempt"]),
                          basis=drawn.choice("xy"), province=PROVINCES[code % 3],
                          superior=MINISTRIES[code % 2]) for code in codes), **fields)


@pytest.mark.parametrize("rules", [{"groups": "g1", "addresses": "a1", "sarabanwatch": "1"},
                                   {"groups": "g2"}])
def test_a_second_snapshot_is_compared_as_a_person_with_two_lists_would(rules: dict[str,
                                                                                    str]) -> None:
    before, after = (
        country(1, range(1000, 2000), as_of=CUT - timedelta(weeks=6)),
        country(2, range(1010, 2010), rules=rules),
    )
    was, now = ({r.code: r for r in s.rows if r.group != "exempt"} for s in (before, after))
    both = [(was[code], now[code]) for code in was if code in now]
    by_rules = [(a, b) for a, b in both if a.group != b.group and a.basis == b.basis
                and before.rules != after.rules]
    by_facts = [pair for pair in both if pair not in by_rules]
    mended = [b for a, b in by_facts if b.group in READY and a.group in (*MEND, "W")]
    counted = {
        "ดีขึ้น": len(mended), "แย่ลง": sum(a.group in READY and b.group in MEND
                                            for a, b in by_facts), "จัดกลุ่มใหม่": len(by_rules),
        "ทราบผลแล้ว": sum(a.group == "unknown" != b.group for a, b in by_facts),
        "หน่วยงานใหม่": len(now.keys() - was.keys()),
        "พ้นจากทะเบียน": len(was.keys() - now.keys())}
    facts: dict[str, Any] = cabinet(after, before, OFFICE, DRAFT)
    told = {name: sum(m["count"] for m in facts["moves"] if m["label"].startswith(name))
            for name in counted}
    assert told == counted
    assert sum(m["count"] for m in facts["moves"]) == len(was.keys() | now.keys())
    assert {m["name"]: m["count"] for m in facts["mended"]} == Counter(r.province for r in mended)
    for names, place in (("provinces", "province"), ("ministries", "superior")):
        assert {p["name"]: (p["total"], p["ready"], p["mend"]) for p in facts[names]} == {
            name: tuple(sum(getattr(r, place) == name and r.group in groups for r in now.values())
                        for groups in ((*READY, *MEND, "W", "unknown"), READY, MEND))
            for name in {getattr(r, place) for r in now.values()}}
