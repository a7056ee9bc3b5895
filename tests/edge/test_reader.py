from collections.abc import AsyncIterator

import pytest

from fakes.samples import REFUSALS
from sarabanwatch.core.arrival import Kind, Ours
from sarabanwatch.edge.reader import Reader

OURS = Ours("probes@probe.test", "นร 1200/ท")
MAIL = b"From: saraban@agency.test\r\nSubject: hello\r\n\r\nhello\r\n"


@pytest.fixture
async def patient() -> AsyncIterator[Reader]:
    reader = Reader(OURS, REFUSALS, seconds=30, small=10)
    yield reader
    await reader.close()


async def test_a_small_mail_is_read_at_once() -> None:
    reader = Reader(OURS, REFUSALS)
    assert (await reader.read(MAIL)).sender == "saraban@agency.test"
    await reader.close()


async def test_a_large_mail_is_read_the_same_in_the_child(patient: Reader) -> None:
    assert await patient.read(MAIL) == await Reader(OURS, REFUSALS).read(MAIL)
    assert (await patient.read(MAIL)).subject == "hello"


async def test_a_mail_that_takes_too_long_is_unread_and_the_next_one_is_read() -> None:
    reader = Reader(OURS, REFUSALS, seconds=0, small=10)
    late = await reader.read(MAIL)
    await reader.close()
    assert late.kind is Kind.UNREAD
    assert "seconds" in late.rule


async def test_a_child_that_died_is_replaced(patient: Reader) -> None:
    await patient.read(MAIL)
    assert patient._child is not None
    patient._child.kill()
    await patient._child.wait()
    assert (await patient.read(MAIL)).kind is Kind.UNREAD
    assert (await patient.read(MAIL)).sender == "saraban@agency.test"


async def test_a_bug_of_ours_makes_a_mail_unread_and_no_more() -> None:
    read = await Reader(OURS, REFUSALS).read(_Broken(MAIL))
    assert (read.kind, read.rule) == (Kind.UNREAD, "our own fault: ValueError('broken')")


class _Broken(bytes):
    """Octets that can't be cut."""

    def __getitem__(self, key: object) -> bytes:  # type: ignore[override]
        raise ValueError("broken")
