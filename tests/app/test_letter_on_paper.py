"""A letter and its PDF: enclosed where it can be printed, else sent without."""

from collections.abc import AsyncIterator
from datetime import UTC
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.mailroom import RULEBOOK
from fakes.post import Relay
from fakes.samples import MONDAY, RULES, agency, register
from sarabanwatch import store
from sarabanwatch.app import life, rounds
from sarabanwatch.app.life import Outlet
from sarabanwatch.core.letters.wording import Paper
from sarabanwatch.edge.chance import SystemChance
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.papers import print as press
from sarabanwatch.papers.print import TypstPress
from sarabanwatch.settings import shipped
from sarabanwatch.store import FileLedger, Ledger

GARUDA = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    opened = FileLedger(tmp_path / "ledger.db")
    await opened.write(store.register_table.replace, register(agency("saraban@one.go.test")), RULES,
                       MONDAY)
    yield opened
    opened.close()


async def sent(ledger: Ledger, printer: TypstPress) -> list[str]:
    """Send the one letter; return the kinds of its parts."""
    clock, relay = StoppedClock(MONDAY), Relay()
    journal = MetricJournal(clock)
    parts = {"ledger": ledger, "clock": clock, "rules": RULEBOOK, "journal": journal}
    await rounds.turn(**parts)
    await life.draft(**parts)
    await life.send(1, Outlet(relay, SystemChance(), printer), ledger=ledger, clock=clock,
                    rules=RULEBOOK, journal=journal)
    message = message_from_bytes(relay.letters[0].raw, policy=SMTP)
    return [part.get_content_type() for part in message.walk() if not part.is_multipart()]


async def test_a_letter_goes_out_with_its_paper(ledger: Ledger) -> None:
    pytest.importorskip("typst", reason="the extra `reports` is not installed")
    failures: list[BaseException] = []
    printer = TypstPress(shipped("print/letter.typ"), failures.append)
    assert await sent(ledger, printer) == ["text/plain", "text/html", "application/pdf"]
    assert failures == []


async def test_what_cannot_be_printed_goes_out_without_and_is_told(ledger: Ledger,
                                                                   tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="the extra `reports` is not installed")
    (tmp_path / "broken.typ").write_text("#no-such-word()")
    failures: list[BaseException] = []
    assert await sent(ledger, TypstPress(tmp_path / "broken.typ",
                                         failures.append)) == ["text/plain", "text/html"]
    assert "no-such-word" in str(failures[0])


async def test_the_press_prints_what_the_letter_says() -> None:
    pytest.importorskip("typst", reason="the extra `reports` is not installed")
    said = Paper("นร ๑", ("สำนักงาน",), "๑ มกราคม ๒๕๖๙", "เรื่อง", "ผู้รับ", ("ก", "ข"), ("ผู้ส่ง",), ())
    failures: list[BaseException] = []
    at = MONDAY.astimezone(UTC)
    template, bird = shipped("print/letter.typ"), {"format": "svg", "bytes": list(GARUDA)}
    pdf = await TypstPress(template, failures.append, bird).pdf(said, at)
    assert (pdf, failures) == (press.pages(template, press.letter(said, bird), at, "pdf")[0], [])
    assert pdf != await TypstPress(template, failures.append).pdf(said, at)
