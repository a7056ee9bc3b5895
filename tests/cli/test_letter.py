import json
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.mailroom import RECEIPT, mailroom
from sarabanwatch.cli import group
from sarabanwatch.papers import print as press


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mailroom(tmp_path, RECEIPT)


def preview(config: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["letter", "preview", *words, "--config", str(config)])


def test_the_last_letter_is_shown_as_it_went(config: Path) -> None:
    said = preview(config, "1001")
    assert said.exit_code == 0
    assert said.output.startswith("ถึง · to: saraban@one.go.th\n\nที่ นร ๑๒๐๐/ท๑\n")
    told = json.loads(preview(config, "กรมหนึ่ง", "--json").output)
    assert told["letter"]["number"] == "นร ๑๒๐๐/ท๑"
    assert told["letter"]["body"][1].startswith("ในการนี้ ขอความร่วมมือ")


def test_the_message_is_the_one_that_goes_out(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "it.eml"
    said = preview(config, "1001", "--eml", "--out", str(file))
    assert "written" in said.output
    message = message_from_bytes(file.read_bytes(), policy=SMTP)
    kinds = [part.get_content_type() for part in message.walk()]
    paper = ["multipart/mixed", "application/pdf"] if press.installed() else []
    assert kinds == [*paper[:1], "multipart/alternative", "text/plain", "text/html", *paper[1:]]
    assert message["Reply-To"].startswith("probes+")


def test_the_paper_is_a_pdf(config: Path) -> None:
    pytest.importorskip("typst", reason="the extra `reports` is not installed")
    assert preview(config, "1001", "--pdf").stdout_bytes.startswith(b"%PDF-")


def test_an_agency_that_is_not_one_is_named(config: Path) -> None:
    said = preview(config, "nobody")
    assert said.exit_code == 1
    assert "no agency has the code 'nobody'" in said.output


def test_the_letter_to_nobody_at_its_domain_is_shown_too(config: Path) -> None:
    said = preview(config, "1001", "--catch-all").output
    assert said.startswith("ถึง · to: no-such-name-")
    assert "เรียน  ผู้ดูแลระบบอีเมลของ one.go.th" in said
    assert "ไม่ต้องดำเนินการหรือตอบกลับ" in said
