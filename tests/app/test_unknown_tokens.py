"""A token that we signed is believed for its own letter only.

A mail is never older than its letter.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from fakes.post import answer, bounce
from fakes.samples import FORM, RULES, mint, register
from fakes.watch import MONDAY, ONE, TWO, Watch
from sarabanwatch import store
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.sending.reply import Outgoing
from sarabanwatch.store import FileLedger

# of letter 1, as it was made before marks bound epoch and addressee
FIRST_EDITION = "swaaaaaaaabquxfzyaeima5pxxt"
UNKNOWN = ("sarabanwatch_refused_tokens_total", {"why": "unknown"})


@pytest.fixture
async def watch(tmp_path: Path) -> Iterator[Watch]:
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
        yield Watch(ledger)


def under(out: Outgoing, mark: str) -> Outgoing:
    """Return a letter as another ledger of ours would have sent it."""
    return replace(out, sender=FORM.return_path(mark), envid=mark,
                   raw=out.raw.replace(out.envid.encode(), mark.encode()))


@pytest.mark.parametrize("mark", [
    mint(1, epoch=99), mint(1, to="saraban@other.go.test"), mint(4711),
    mint(1, epoch=99, to=ONE.cell)])
@pytest.mark.parametrize("comes", [answer, bounce, lambda out: b"Return-Path: <>\r\n" + out.raw])
async def test_what_answers_a_letter_that_this_ledger_does_not_know_is_kept_and_proves_nothing(
    watch: Watch, mark: str, comes,
) -> None:
    one, _ = await watch.written()
    await watch.receive(comes(under(one, mark)))
    await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 2}
    assert watch.journal.registry.get_sample_value(*UNKNOWN) == 1
    assert await watch.ledger.read(store.rulings.kept) == 1


async def test_what_answers_a_letter_that_it_knows_is_believed(watch: Watch) -> None:
    one, _ = await watch.written()
    await watch.receive(answer(one))
    await watch.judge()
    assert await watch.groups() == {Group.A1: 1, Group.UNKNOWN: 1}
    assert watch.journal.registry.get_sample_value(*UNKNOWN) == 0


async def test_an_old_token_of_an_old_letter_of_this_ledger_is_believed(watch: Watch) -> None:
    one, _ = await watch.written()
    await watch.ledger.write(lambda db: db.execute("UPDATE letter SET token = ? WHERE serial = 1",
                                                   (FIRST_EDITION,)))
    await watch.receive(answer(under(one, FIRST_EDITION)))
    await watch.judge()
    assert await watch.groups() == {Group.A1: 1, Group.UNKNOWN: 1}


@pytest.mark.parametrize(("received", "about"), [
    ("Mon, 5 Jan 2026 10:00:00 +0700", None), ("no date", 1),
    ("Mon, 12 Jan 2026 11:00:00 +0700", 1)])
async def test_a_mail_that_is_older_than_a_letter_does_not_speak_of_it_whatever_number_it_names(
    watch: Watch, received: str, about: int | None,
) -> None:
    await watch.written()
    raw = (f"Received: from one.go.test by mx.probe.test id 1; {received}\r\n"
           f"From: {ONE.cell}\r\nTo: {FORM.sender.address}\r\nSubject: Re: {FORM.numbered(1)}\r\n"
           "Content-Type: text/plain; charset=utf-8\r\n\r\nได้รับหนังสือแล้ว\r\n").encode()
    await watch.receive(raw)
    assert (await watch.ledger.read(store.rulings.find,
                                    sha256(raw).hexdigest())).word.serial == about
