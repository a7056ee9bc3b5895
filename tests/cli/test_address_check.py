"""`address check` on lists as offices send them, and on a corpus of invented cells whose writers
said what they meant.
"""

import contextlib
import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from sarabanwatch.cli import address, group
from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.core.register import Unreadable

CORPUS = Path(__file__).parents[1] / "corpus/addresses.csv"
SEEN = Path(__file__).parents[3] / "shared/data/addresses_seen.csv"


def check(given: str | bytes, *options: str) -> Result:
    return CliRunner().invoke(group, ["address", "check", *options], input=given)


def told(given: str | bytes) -> list[dict[str, object]]:
    done = check(given, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_invented_cell_is_judged_as_its_writer_meant() -> None:
    rows = list(csv.DictReader(io.StringIO(CORPUS.read_bytes().decode(), newline="")))
    answers = told(CORPUS.read_bytes())
    judged = [(a["cell"], a["finding"], " ".join(a["addresses"]).lower(), a["suggestion"] or "")
              for a in answers]
    meant = [(row["cell"], row["finding"], row["addresses"].lower(), row["suggestion"])
             for row in rows]
    assert [pair for pair in zip(meant, judged, strict=True) if pair[0] != pair[1]] == []
    assert len(rows) > 1500


def test_a_line_of_json_tells_cell_finding_addresses_rules_and_suggestion() -> None:
    rows = told(
        "agency,kind,cell,code\nอบต.หนึ่ง,tao,sarabun_06530199@dla.go.th,6530199\nกรมหนึ่ง,กรม,saraban@one.go.th,\n"
    )
    assert rows == [
        {"cell": "sarabun_06530199@dla.go.th", "finding": "wrong",
         "addresses": ["sarabun_06530199@dla.go.th"],
         "rules": ["whole-code", "begins-with-saraban"],
         "suggestion": "saraban_06530199@dla.go.th"},
        {"cell": "saraban@one.go.th", "finding": "right", "addresses": ["saraban@one.go.th"],
         "rules": [], "suggestion": None}]


@pytest.mark.parametrize("heading", [
    "agency,kind,cell", "\ufeffagency,kind,cell", "หน่วยงาน,ประเภท,อีเมล", "Agency , Kind , E-mail",
    "ชื่อหน่วยงาน,ประเภทหน่วยงาน,ไปรษณีย์อิเล็กทรอนิกส์"])
def test_headings_are_found_in_both_languages_with_or_without_a_mark(heading: str) -> None:
    assert [row["finding"] for row in told(f"{heading}\nกรมหนึ่ง,กรม,saraban@one.go.th\n")] == [
        "right"
    ]


def test_quoted_lines_and_commas_stay_in_their_cell_and_no_row_is_lost() -> None:
    rows = told('agency,kind,cell,note\r\nก,กรม,"a@one.go.th\nsaraban@one.go.th",x\r\n\r\n'
                'ข,,"",\r\nค,กรม\r\n'
                'ง,กรม,"a, ""b""\u2028c",\r\n')
    assert [row["cell"] for row in rows] == ["a@one.go.th\nsaraban@one.go.th", "", "",
                                             'a, "b"\u2028c']


def test_commas_that_nobody_quoted_belong_to_a_cell_that_stands_last() -> None:
    assert [
        row["cell"] for row in told("agency,kind,cell\nก,กรม,info@one.go.th, saraban@one.go.th\n")
    ] == ["info@one.go.th, saraban@one.go.th"]


@pytest.mark.parametrize(("given", "said"), [
    ("", "the list is empty"), ("\n \n", "the list is empty"),
    ("agency,kind\nก,กรม\n", "no column cell in the heading"),
    ("a,b,c\n", "no column agency, kind, cell in the heading"),
    (b"agency,kind,cell\n\xa1,\xa2,x\n", "line 2: not UTF-8; save the list as CSV UTF-8"),
    ('agency,kind,cell\nก,กรม,"saraban\n',
     "line 2: unexpected end of data; close every quotation mark"),
    ("agency,kind,cell,code\nก,กรม,a@b.go.th,c@d.go.th,6\n",
     "line 2: 5 cells under 4 headings; put cells with commas")])
def test_a_list_that_cannot_be_read_is_refused_in_one_line(given: str | bytes, said: str) -> None:
    done = check(given, "--json")
    assert (done.exit_code, done.stdout) == (65, "")
    error = json.loads(done.stderr)["error"]
    assert f"{error['en']}; {error['remedy_en']}".startswith(said)
    assert done.stderr.count("\n") == 1


def test_a_heading_alone_is_a_list_of_no_rows() -> None:
    assert told("agency,kind,cell\n") == []


def test_people_read_what_is_not_right_with_what_to_write_and_the_sums() -> None:
    said = check(
        "agency,kind,cell\nกรมหนึ่ง,กรม,saraban@one.go.th\nกรมสอง,กรม,sarabun@two.go.th\n\x1b[31mก,กรม,\n"
    ).stdout
    assert "กรมหนึ่ง" not in said
    assert (
        "อีเมลกลางต้องขึ้นต้นด้วย saraban · The central address begins with saraban. "
        "[begins-with-saraban;"
        in said
    )
    assert "= ให้เขียนว่า (write instead): saraban@two.go.th" in said
    assert "\x1b" not in said
    assert said.splitlines()[-1].endswith(
        "ถูกต้อง 1 (right), อ่านได้ แต่ต้องจัดให้เรียบร้อย 0 (odd), "
            "ไม่เป็นไปตามระเบียบ 1 (wrong), อ่านไม่ได้ 1 (unreadable)"
    )


def test_rules_of_ones_own_come_with_a_configuration(tmp_path: Path) -> None:
    missing = check("agency,kind,cell\n", "--config", str(tmp_path / "none.toml"))
    assert missing.exit_code == 78


@pytest.mark.parametrize(("label", "name", "kind"), [
    ("tao", "", AgencyKind.SAO), ("อบต.", "", AgencyKind.SAO),
    ("municipality_tambon", "", AgencyKind.SUBDISTRICT),
    ("องค์การมหาชน", "", AgencyKind.PUBLIC_ORGANISATION),
    ("raw_cell", "เทศบาลเมืองหนึ่ง", AgencyKind.TOWN), ("", "อบจ.หนึ่ง", AgencyKind.PAO),
    ("local_government", "หนึ่ง", AgencyKind.SAO),
    ("local government", "เทศบาล นครหนึ่ง", AgencyKind.CITY),
    ("hospital", "โรงพยาบาลหนึ่ง", AgencyKind.OTHER),
    ("x" * 999, "", AgencyKind.OTHER)])
def test_a_kind_is_known_by_its_label_or_by_how_the_name_begins(label: str, name: str,
                                                                kind: AgencyKind) -> None:
    assert address.kind_of(label, name) is kind


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=4), max_size=4))
@settings(max_examples=60)
def test_whatever_stands_in_a_list_no_row_is_lost(rows: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["agency", "kind", "cell", "code"], *rows])
    read = list(
        address.read(
            file.getvalue().encode(errors="surrogatepass").decode(errors="replace").encode()
        )
    )
    assert len(read) == len(rows)


@given(st.binary(max_size=200))
@settings(max_examples=60)
def test_any_octets_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(Unreadable):
        list(address.read(b"agency,kind,cell\n" + raw))


@pytest.mark.skipif(not SEEN.exists(),
                    reason="the list of addresses seen in public is not part of the project")
def test_of_addresses_seen_in_public_those_without_a_note_are_right_or_samples() -> None:
    with SEEN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    strange = [(row["cell"], answer)
               for row, answer in zip(rows, told(SEEN.read_bytes()), strict=True)
               if not row["note"] and row["kind"] != "placeholder" and answer["finding"] != "right"]
    assert strange == []
