"""`agency show`: all that is known of one agency on one screen; `explain` has the reasons."""

import json
from pathlib import Path
from typing import Any

import apsw
import pytest

from cli.test_incidents import config as bare  # noqa: F401 - fixtures
from cli.test_incidents import held  # noqa: F401 - as above
from fakes.mailroom import RECEIPT, mailroom
from sarabanwatch.cli.looks import NEXT
from sarabanwatch.core.page.public import When

SCREEN = 40      # lines
RAISED = """รหัส,ชื่อหน่วยงาน,ประเภท,จังหวัด,อีเมล,สถานะ,รหัสเดิม
6100101,อบต.สอง,อบต.,,saraban@two.go.th,,
5100101,เทศบาลตำบลสอง,เทศบาลตำบล,,sarabun@two.go.th,ยกฐานะ,6100101
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """Two agencies, a letter sent to each, one of which gave a receipt number; the DNS of one
    asked.
    """
    path = mailroom(tmp_path, RECEIPT)
    with apsw.Connection(str(tmp_path / "ledger.db")) as db:
        db.execute(
            "INSERT INTO domain (name, mail_host, asked_at, known_at, resolvers) "
            "VALUES ('one.go.th', 'mx.two.go.th', "
            "'2026-01-12', '2026-01-12', 2)"
        )
        db.execute(
            "INSERT INTO domain (name, mail_host, asked_at, known_at, resolvers) "
            "VALUES ('two.go.th', 'MX.two.go.th', "
            "'2026-01-12', '2026-01-12', 2)"
        )
        db.execute("INSERT INTO finding VALUES ('one.go.th', 'no-spf', '2026-01-12', '2026-01-12')")
    return path


def test_a_machine_is_told_everything_once(run: Any, room: Path) -> None:
    code, out, _ = run("agency", "show", "1001", "--json", "-c", room)
    told = json.loads(out)
    assert code == 0
    assert (told["code"], told["name"], told["kind"], told["group"]) == ("1001", "กรมหนึ่ง", "กรม",
                                                                         "A1")
    assert (told["label"], told["since"][:10], told["status"],
            told["former"]) == ("พร้อมใช้งาน มีการตอบรับ", "2026-01-12", "", None)
    assert told["address"]["finding"] == "right"
    assert told["mail_host"] == {"host": "mx.two.go.th", "agencies": 2}
    assert [found["finding"] for found in told["domain"]["findings"]] == ["no-spf"]
    assert [(each["number"], each["verdict"])
            for each in told["letters"]] == [("นร ๑๒๐๐/ท๑", "proven")]
    assert "evidence" not in told["letters"][0]
    assert {each["thing"] for each in told["lines"]} == {"agency", "address", "announcement"}
    assert told["next"]["when"] in list(When)
    assert told["downgrade"] is None


def test_an_announcements_day_is_told_as_any_other_and_a_name_that_looks_like_one_is_a_name(
    run: Any, room: Path,
) -> None:
    heads = "รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล,ลิงก์ประกาศ,วันที่ประกาศ,อีเมลตามประกาศ"
    told = "กรม,saraban@one.go.th,https://info.go.th/1,13/08/2567,saraban@one.go.th"
    (room.parent / "given.csv").write_text(f"{heads}\n1001,2024-08-13 กรม,{told}\n", "utf-8")
    assert run("register", "import", room.parent / "given.csv", "--yes", "-c", room)[0] == 0
    code, out, _ = run("agency", "show", "1001", "-c", room)
    assert code == 0
    assert "ประกาศ: https://info.go.th/1 saraban@one.go.th 13 ส.ค. 2567 ตั้งแต่" in out
    assert "ชื่อ: 2024-08-13 กรม (กรม) ตั้งแต่" in out


def test_a_person_has_it_on_one_screen_in_thai_and_is_led_to_the_reasons(run: Any,
                                                                         room: Path) -> None:
    code, out, _ = run("agency", "show", "หนึ่ง", "-c", room)
    assert code == 0
    assert out.startswith("กรมหนึ่ง (1001)\n  กลุ่ม")
    assert len(out.splitlines()) < SCREEN
    for word in ("ตั้งแต่ 12 ม.ค. 2569", "'saraban@one.go.th' (ถูกต้อง)", "ให้เพิ่มระเบียนที่ระบุเครื่อง",
                 "mx.two.go.th  2 หน่วยงานใช้ร่วมกัน",
                 "ตอบรับแล้ว (มีการแจ้งเลขรับ)", "ตรวจครั้งต่อไป", "sarabanwatch explain 1001"):
        assert word in out
    english = run("agency", "show", "1001", "--lang", "en", "-c", room)[1]
    assert "mx.two.go.th  2 agencies on it" in english
    assert "looked at next" in english


def test_none_or_several_are_1_and_several_are_listed(run: Any, room: Path) -> None:
    code, _, err = run("agency", "show", "กรม", "-c", room)
    assert (code, "1001  กรมหนึ่ง\n  1002  กรมสอง" in err) == (1, True)
    code, _, err = run("agency", "show", "9999", "-c", room)
    assert (code, "`agencies` lists all" in err) == (1, True)


def test_a_raised_body_is_found_by_its_former_code_and_told_what_to_write(run: Any,
                                                                          config: Path) -> None:
    (config.parent / "r.csv").write_text(RAISED, encoding="utf-8")
    run("register", "import", config.parent / "r.csv", "-c", config)
    told = json.loads(run("agency", "show", "6100101", "--json", "-c", config)[1])
    assert (told["code"], told["status"], told["former"]) == ("5100101", "ยกฐานะ",
                                                              {"code": "6100101",
                                                               "name": "อบต.สอง"})
    assert told["address"]["write_instead"].startswith("saraban")
    assert (told["domain"], told["mail_host"], told["letters"], told["announcement"]) == (None,
                                                                                          None, [],
                                                                                          None)
    out = run("agency", "show", "5100101", "-c", config)[1]
    for word in ("6100101 อบต.สอง", "ยังไม่มีประกาศ", "= ให้เขียนว่า: saraban", "ยังไม่เคยตรวจโดเมน",
                 "ยังไม่เคยส่ง"):
        assert word in out


def test_the_incident_that_holds_an_agency_is_told(
    held: Path, capsys: pytest.CaptureFixture[str]  # noqa: F811
) -> None:
    from cli.test_incidents import verb

    assert verb("agency", "show", "1003", "--config", str(held)) == 0
    assert "คงกลุ่มเดิมไว้: เหตุการณ์ร่วม 1, โดเมนอีเมล shared.go.th, 10 หน่วยงาน" in capsys.readouterr().out


def test_every_moment_of_the_next_look_has_its_words() -> None:
    assert set(NEXT) == set(When)
