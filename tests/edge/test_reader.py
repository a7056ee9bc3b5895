import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from fakes.samples import REFUSALS
from sarabanwatch.core.errors import NoReader
from sarabanwatch.core.returns.arrival import Arrival, MailKind, Ours
from sarabanwatch.edge import reader as edge_reader
from sarabanwatch.edge.reader import ReaderProcess

OURS = Ours("probes@probe.test", "นร 1200/ท")
MAIL = b"From: saraban@agency.test\r\nSubject: hello\r\n\r\nhello\r\n"


@pytest.fixture
async def patient() -> AsyncIterator[ReaderProcess]:
    reader = ReaderProcess(OURS, REFUSALS, seconds=30, small=10)
    yield reader
    await reader.close()


async def test_a_small_mail_is_read_at_once() -> None:
    reader = ReaderProcess(OURS, REFUSALS)
    assert (await reader.read(MAIL)).sender == "saraban@agency.test"
    await reader.close()


async def test_a_large_mail_is_read_the_same_in_the_child(patient: ReaderProcess) -> None:
    assert await patient.read(MAIL) == await ReaderProcess(OURS, REFUSALS).read(MAIL)
    assert (await patient.read(MAIL)).subject == "hello"


async def test_a_mail_that_takes_too_much_of_the_processor_is_unread_and_the_next_one_is_read() -> (
    None
):
    died = list[BaseException]()
    reader = ReaderProcess(OURS, REFUSALS, seconds=0.001, small=1000, failed=died.append)
    late = await reader.read(MAIL + "ได้รับแล้ว ".encode() * 200_000)
    assert (late.kind, late.rule, died) == (MailKind.UNREAD, "limit: not read within 0.001 seconds",
                                            [])
    assert (await reader.read(MAIL)).sender == "saraban@agency.test"
    await reader.close()


async def test_a_child_that_died_for_another_reason_is_replaced_and_reported_and_the_mail_is_read(
) -> None:
    died = list[BaseException]()
    reader = ReaderProcess(OURS, REFUSALS, small=10, failed=died.append)
    await reader.read(MAIL)
    assert reader._child is not None
    reader._child.kill()
    await reader._child.wait()
    assert (await reader.read(MAIL)).sender == "saraban@agency.test"
    assert [str(error) for error in died] == [
        "the process that read a large mail was ended by signal 9"
    ]
    await reader.close()


async def test_a_mail_that_two_children_die_of_is_unread_and_both_are_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def killed(child: asyncio.subprocess.Process, _raw: bytes) -> Arrival:
        child.kill()
        raise asyncio.IncompleteReadError(b"", 8)

    died = list[BaseException]()
    reader = ReaderProcess(OURS, REFUSALS, small=10, failed=died.append)
    monkeypatch.setattr(edge_reader, "_exchange", killed)
    read = await reader.read(MAIL)
    assert (read.kind, read.rule, len(died)) == (MailKind.UNREAD,
                                                 "limit: the reading process died of it", 2)


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/python"])
async def test_a_child_that_cannot_be_had_is_no_fault_of_the_mail(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = ReaderProcess(OURS, REFUSALS, small=10)
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(NoReader, match=r"cannot be started .* no mail is passed over"):
        await reader.read(MAIL)
    monkeypatch.undo()
    assert (await reader.read(MAIL)).sender == "saraban@agency.test"
    await reader.close()


async def test_a_bug_of_ours_makes_a_mail_unread_and_no_more() -> None:
    read = await ReaderProcess(OURS, REFUSALS).read(_Broken(MAIL))
    assert (read.kind, read.rule) == (MailKind.UNREAD, "our own fault: ValueError('broken')")


class _Broken(bytes):
    """Octets that raise when they are sliced."""

    def __getitem__(self, key: object) -> bytes:  # type: ignore[override]
        raise ValueError("broken")
