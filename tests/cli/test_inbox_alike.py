"""Mails that are alike stand on one line of the inbox; one ruling settles them all, and those still
to come.
"""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakes.mailroom import digest, mail, mailroom, opened, take_in
from fakes.samples import mint
from sarabanwatch.cli import group


def held(number: int, code: int = 1) -> bytes:
    """Return a gateway's notice about the letter of one of two agencies."""
    at = ("one", "two")[code - 1]
    return mail(f"Your message {number} to saraban@{at}.go.th has been held by the gateway.",
                to=f"probes+{mint(code)}@probe.test",
                sender=f"gateway@{at}.go.th", subject=f"held {number}")


FIRST, SECOND, OTHER, LATER = held(1), held(2, 2), mail("We moved to another house.",
                                                        subject="not in use any more"), held(33)


def take(config: Path, raw: bytes) -> None:
    """Take one more mail in."""
    async def later() -> None:
        async with opened(config.parent / "ledger.db") as ledger:
            await take_in(ledger, raw)

    asyncio.run(later())


def run(config: Path, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(group, [*words, "--config", str(config)])
    assert result.exit_code == code, result.output
    return result.output


def verdict(config: Path, agency: str) -> str:
    return json.loads(run(config, "explain", agency, "--json"))["letters"][0]["verdict"]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mailroom(tmp_path, FIRST, SECOND, OTHER)


def test_alike_mails_stand_on_one_line_and_each_on_its_own_for_machines(config: Path) -> None:
    lines = run(config, "inbox", "list").splitlines()
    shown = [("×2: teach --alike" in line, line[:12]) for line in lines]
    assert shown == [(True, digest(FIRST)[:12]), (False, digest(OTHER)[:12])]
    assert len(run(config, "inbox", "list", "--json").splitlines()) == 3


def test_one_ruling_settles_all_that_are_alike_and_those_that_come_later(config: Path) -> None:
    assert verdict(config, "1002") == "unsettled"
    said = run(config, "inbox", "teach", digest(FIRST), "--kind", "failed", "--reason",
               "policy about us", "--by", "สมศรี", "--alike")
    assert "2 alike are settled; 0 left" in said
    assert verdict(config, "1002") == "blocks us"
    assert [line[:12] for line in run(config, "inbox", "list").splitlines()] == [digest(OTHER)[:12]]
    take(config, LATER)
    assert digest(LATER)[:12] not in run(config, "inbox", "list")
    shown = json.loads(run(config, "inbox", "show", digest(LATER), "--json"))["readings"][0]
    rule = f"as สมศรี ruled on {digest(FIRST)[:12]}"
    assert (shown["kind"], shown["rule"], shown["reason"]) == ("failed", rule, "policy about us")


def test_a_row_is_kept_by_name_and_ended_by_name(config: Path) -> None:
    run(config, "inbox", "teach", digest(FIRST), "--kind", "bulk", "--by", "สมศรี", "--note",
        "gateway", "--alike")
    row = json.loads(run(config, "inbox", "taught", "--json"))
    assert (row["lesson"]["kind"], row["lesson"]["by"], row["lesson"]["mail"], row["ended_at"]) == (
        "bulk", "สมศรี", digest(FIRST), None)
    assert "--by" in run(config, "inbox", "taught", "--end", "1", "--by", " ", code=2)
    run(config, "inbox", "taught", "--end", "1", "--by", "สมชาย")
    assert "ended" in run(config, "inbox", "taught")
    assert "no row 1 stands" in run(config, "inbox", "taught", "--end", "1", "--by", "สมชาย",
                                    code=1)
    take(config, LATER)
    assert digest(LATER)[:12] in run(config, "inbox", "list")
    assert verdict(config, "1002") == "pending"        # what it settled stays as it is


@pytest.mark.parametrize(("words", "why", "code"), [
    (("--kind", "bulk", "--agency", "1001"), "each mail is about its own letter", 2),
    (("--kind", "failed"), "--reason", 1),
])
def test_a_ruling_on_all_that_are_alike_names_no_letter_and_is_checked_as_any(
    config: Path, words: tuple[str, ...], why: str, code: int,
) -> None:
    assert why in run(config, "inbox", "teach", digest(FIRST), "--by", "S", "--alike", *words,
                      code=code)


def test_what_waits_no_more_has_no_like(config: Path) -> None:
    run(config, "inbox", "teach", digest(OTHER), "--kind", "correction", "--by", "S")
    assert "rule on it alone" in run(config, "inbox", "teach", digest(OTHER), "--kind", "bulk",
                                     "--by", "S", "--alike", code=1)


@pytest.mark.parametrize(("kind", "kept"), [("opt-out", "opt-out"), ("complaint", "feedback")])
def test_a_mail_may_be_ruled_an_opt_out_or_a_complaint_with_what_to_do_then(config: Path,
                                                                               kind: str,
                                                                               kept: str) -> None:
    said = run(config, "inbox", "teach", digest(OTHER), "--kind", kind, "--by", "S")
    assert f" · {kept}" in said
    assert "opt-outs add" in said


def test_an_answer_beside_a_refusal_waits_until_a_person_has_read_it(tmp_path: Path) -> None:
    receipt = mail("เลขรับ 5/2569", sender="saraban@one.go.th")
    refusal = mail(
        "Your message could not be delivered.\r\n\r\n"
        "<saraban@one.go.th>: 550 5.1.1 User unknown\r\n",
        sender="MAILER-DAEMON@relay.test", subject="Undelivered Mail Returned to Sender",
    )
    config = mailroom(tmp_path, receipt, refusal)
    assert verdict(config, "1001") == "unsettled"
    assert "contradict each other" in run(config, "inbox", "list")
    run(config, "inbox", "teach", digest(receipt), "--kind", "receipt", "--by", "สมศรี")
    assert verdict(config, "1001") == "proven"
    assert "no mail waits" in run(config, "inbox", "list")
