from dataclasses import replace
from string import Template

import pytest

from fakes.census import DRAFT, FINAL, OFFICE, of_the_letter, office, row, snapshot
from sarabanwatch.core.page.section import PageSection
from sarabanwatch.core.papers.circular import circular, joined, lacking, sentences
from sarabanwatch.core.papers.infographic import infographic
from sarabanwatch.core.papers.snapshot import misprints
from sarabanwatch.settings import shipped

TEXT = Template(shipped("letters/circular.txt").read_text(encoding="utf-8"))


def body(*groups: str) -> list[str]:
    said = circular(snapshot(*(row(str(i), g) for i, g in enumerate(groups))), OFFICE, FINAL,
                    TEXT)["body"]
    assert isinstance(said, list)
    return said


def test_the_circular_says_the_right_figures_word_for_word() -> None:
    said = " ".join(sentences(circular(of_the_letter(), OFFICE, FINAL, TEXT)))
    assert "ของหน่วยงานของรัฐทั้งหมด จำนวน ๘,๒๘๖ หน่วยงาน" in said
    assert "จำนวน ๖,๕๓๖ หน่วยงาน คิดเป็นร้อยละ ๗๘.๙ (กลุ่ม A1 และ A2)" in said
    assert "จำนวน ๑,๔๕๔ หน่วยงาน คิดเป็นร้อยละ ๑๗.๕ (กลุ่ม B1 B2 B3 C D1 D2 D3 และ E)" in said
    assert "จำนวน ๒๙๖ หน่วยงาน คิดเป็นร้อยละ ๓.๖ (กลุ่ม W)" in said
    assert "๒๘๖" not in said.replace("๘,๒๘๖", "")


def test_only_a_paper_that_bears_a_qr_code_speaks_of_it() -> None:
    for link, spoken in ((OFFICE.link, True), ("", False)):
        told_by = replace(OFFICE, page=PageSection(short=link))
        papers = (circular(of_the_letter(), told_by, FINAL, TEXT),
                  infographic(of_the_letter(), told_by, FINAL))
        assert [("QR" in " ".join(sentences(paper))) for paper in papers] == [spoken, spoken]
    assert OFFICE.link


def test_the_infographic_says_the_same_in_the_offices_order() -> None:
    facts = infographic(of_the_letter(), OFFICE, FINAL)
    boxes = facts["boxes"]
    assert isinstance(boxes, list)
    assert [(b["share"], b["count"], b["groups"]) for b in boxes] == [
        ("3.6%", "296 แห่ง", "กลุ่ม W"), ("17.5%", "1,454 แห่ง", "กลุ่ม B1, B2, B3, C, D1, D2, D3 และ E"),
        ("78.9%", "6,536 แห่ง", "กลุ่ม A1 และ A2")]
    assert list(misprints(of_the_letter().figures, {"infographic": sentences(facts)})) == []


def test_what_is_not_known_gets_a_paragraph_of_its_own_and_only_then() -> None:
    assert not any(p.startswith("๔.") for p in body("A1"))
    assert [p for p in body("A1", "unknown") if p.startswith("๔.")] == [
        "๔. หน่วยงานที่ยังไม่ทราบผลการตรวจสอบ จำนวน ๑ หน่วยงาน คิดเป็นร้อยละ ๕๐.๐"]


@pytest.mark.parametrize(("issue", "date", "mark"),
                         [(FINAL, "๒๓ ธันวาคม ๒๕๖๘", ""), (DRAFT, "ธันวาคม ๒๕๖๘", "ร่าง")])
def test_a_draft_is_marked_and_its_day_left_open(issue: object, date: str, mark: str) -> None:
    facts = circular(of_the_letter(), OFFICE, issue, TEXT)   # type: ignore[arg-type]  # an Issue
    assert (str(facts["date"]).strip(), facts["stamp"]) == (date, mark)


def test_number_and_telephone_stand_in_thai_digits_and_links_do_not() -> None:
    facts = circular(of_the_letter(), office(telephone="0 2356 9999"), FINAL, TEXT)
    assert facts["number"] == "นร ๑๒๐๐/ว๗๕"
    assert facts["contact"] == ["กองขับเคลื่อน", "โทร. ๐ ๒๓๕๖ ๙๙๙๙",
                                "ไปรษณีย์อิเล็กทรอนิกส์ saraban@opdc.go.th"]
    assert facts["link"] == "https://eoffice.test/U1"


@pytest.mark.parametrize(("fields", "keys"), [
    ({}, []), ({"number": "นร ๑๒๐๐/๗๕"}, []), ({"number": ""}, ["report.number"]),
    ({"number": "นร 1200/ว"}, ["report.number"]), ({"number": "75"}, ["report.number"]),
    ({"signature": ()}, ["report.signature"]), ({"signature": ("เลขาธิการ",)}, ["report.signature"]),
    ({"office": ("",)}, ["report.office"]),
    ({"number": "", "signature": (), "office": ()}, ["report.office", "report.number",
                                                     "report.signature"]),
])
def test_what_a_paper_of_the_offices_lacks_is_named_key_by_key(fields: dict[str, object],
                                                               keys: list[str]) -> None:
    assert [line.partition(":")[0] for line in lacking(office(**fields))] == keys


def test_a_list_in_thai() -> None:
    assert (joined(["W"]), joined(["A1", "A2"]), joined(["B", "C", "E"], ", ")) == ("W",
                                                                                    "A1 และ A2",
                                                                                    "B, C และ E")


def test_an_edition_that_leaves_a_bucket_empty_is_told_as_it_counts() -> None:
    told = snapshot(row("1", "W"), row("2", "A1"), moved={"W": "mend"})
    said = " ".join(sentences(circular(told, OFFICE, FINAL, TEXT)))
    assert "จำนวน ๑ หน่วยงาน คิดเป็นร้อยละ ๕๐.๐ (กลุ่ม B1 B2 B3 C D1 D2 D3 E และ W)" in said
    assert "จำนวน ๐ หน่วยงาน คิดเป็นร้อยละ ๐.๐ (กลุ่ม –)" in said
    papers = {"circular": [said], "infographic": sentences(infographic(told, OFFICE, FINAL))}
    assert not list(misprints(told.figures, papers))
