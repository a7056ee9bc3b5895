"""What is deleted of mails that were kept as long as they may be, and what stays."""

import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakes.clock import StoppedClock
from fakes.mailroom import (
    CAME,
    CONFIG,
    RECEIPT,
    RIDDLE,
    RULEBOOK,
    STRANGER,
    digest,
    opened,
    reading,
    take_in,
    write_to_both,
)
from fakes.postgres import REFUSED, by_hand
from sarabanwatch import store
from sarabanwatch.app import forgetting
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.app.ruling import rule
from sarabanwatch.cli import group
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.policy import LedgerSection
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.review import Ruling
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import Ledger, queries
from sarabanwatch.store.arrivals import LEVEL
from sarabanwatch.store.places import Place, Server

DAY = timedelta(days=1)


def keeping(days: float) -> Rulebook:
    """Keep mail so many days, and all else as long as the ledger."""
    kept = LedgerSection(mail_days=days, own_days=0, reply_days=0, settled_days=0, attempt_days=0)
    return replace(RULEBOOK, policy=replace(RULEBOOK.policy, ledger=kept))


RULEBOOK_30, KEEPING = keeping(30), keeping(0)


@pytest.fixture
async def ledger(bare: Ledger) -> Ledger:
    await write_to_both(bare)
    await take_in(bare, RECEIPT, RIDDLE, STRANGER)
    return bare


async def forget(ledger: Ledger, days: int) -> int:
    clock = StoppedClock(CAME + days * DAY)
    return await forgetting.forget(ledger=ledger, clock=clock, rules=RULEBOOK_30,
                             journal=MetricJournal(clock))


async def kept(ledger: Ledger) -> set[str]:
    return {mail.digest for mail in await ledger.read(store.rulings.page, "", 9, 1 << 20)}


async def test_words_go_when_their_time_is_over_but_for_those_that_wait_for_a_person(
    ledger: Ledger,
) -> None:
    assert await forget(ledger, 30) == 0
    assert await forget(ledger, 31) == 2
    assert await kept(ledger) == {digest(RIDDLE)}
    assert await ledger.read(store.rulings.kept) == 1
    assert await forget(ledger, 31) == 0


@pytest.mark.parametrize(("turn", "gone"), [(1, [1, 1, 0]), (9, [2, 0])])
async def test_a_turn_lets_go_page_after_page_and_leaves_the_rest_to_the_next(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, turn: int, gone: list[int],
) -> None:
    monkeypatch.setattr(forgetting, "PAGE", 1)
    monkeypatch.setattr(forgetting, "TURN", turn)
    assert [await forget(ledger, 31) for _ in gone] == gone


async def test_whether_one_waits_is_what_was_said_of_it_last(ledger: Ledger) -> None:
    async with reading() as reader:
        mail = await ledger.read(store.rulings.find, digest(RIDDLE))
        await rule(mail, Ruling(Mail.STRANGER, None, "สมชาย", ""), mail.word.serial, ledger=ledger,
                   reader=reader, clock=StoppedClock(CAME))
    assert await forget(ledger, 31) == 3
    assert await kept(ledger) == set()


async def test_without_a_limit_all_are_kept(ledger: Ledger) -> None:
    clock = StoppedClock(CAME + 9999 * DAY)
    assert await forgetting.forget(ledger=ledger, clock=clock, rules=KEEPING,
                             journal=MetricJournal(clock)) == 0
    assert len(await kept(ledger)) == 3


async def test_what_was_read_stays_and_the_words_are_gone_from_the_disk(ledger: Ledger,
                                                                        place: Place) -> None:
    with queries.asking(place) as db:
        before = queries.seen(db, 1)
    await forget(ledger, 31)
    mail = await ledger.read(store.rulings.find, digest(RECEIPT))
    assert (mail.raw, mail.forgotten_at, mail.word.kind) == (b"", CAME + 31 * DAY, Mail.RECEIPT)
    with queries.asking(place) as db:
        assert queries.seen(db, 1) == before
        assert (
            db.execute(
                "SELECT count(*) FROM mail WHERE forgotten_at IS NOT NULL "
                "AND (length(raw) > 0 OR sender <> '' OR subject <> '')"
            ).get
            == 0
        )
        with pytest.raises(RequestError, match="were kept until 2026-02-12"):
            queries.raw_mail(db, digest(RECEIPT))


async def test_no_octet_of_the_words_stays_in_any_file_of_the_ledger(file: Path) -> None:
    # on pages of its own
    long = STRANGER + b"".join(f"{n:x}\r\n".encode() for n in range(9_000))
    words = [zlib.compress(RECEIPT, LEVEL), zlib.compress(long, LEVEL), b"x@spam.test"]
    async with opened(file) as ledger:
        await write_to_both(ledger)
        await take_in(ledger, RECEIPT, long)
        assert [_part_of(each, file) for each in words] == [True] * 3
        assert await forget(ledger, 31) == 2
    assert [_part_of(each, file) for each in words] == [False] * 3


def _part_of(words: bytes, file: Path) -> bool:
    """Tell whether any part of these words stands in a file of the ledger."""
    whole = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    return any(words[n:n + 11] in whole for n in range(0, len(words) - 10, 11))


async def test_a_mail_that_is_fetched_again_is_known_and_stays_forgotten(ledger: Ledger) -> None:
    await forget(ledger, 31)
    await take_in(ledger, RECEIPT)
    assert (await ledger.read(store.rulings.find, digest(RECEIPT))).raw == b""


async def test_nobody_rules_on_words_that_nobody_can_read(ledger: Ledger) -> None:
    await forget(ledger, 31)
    mail = await ledger.read(store.rulings.find, digest(STRANGER))
    async with reading() as reader:
        with pytest.raises(RequestError, match="were kept until 2026-02-12"):
            await rule(mail, Ruling(Mail.ANSWER, None, "สมชาย", ""), 1, ledger=ledger,
                       reader=reader, clock=StoppedClock(CAME))


@pytest.mark.parametrize("change", [
    "UPDATE mail SET raw = x''", "UPDATE mail SET subject = 'other'", "DELETE FROM mail",
    "UPDATE mail SET raw = x'', forgotten_at = 'now', kind = 'answer'",
    "UPDATE mail SET forgotten_at = 'now'",
    "UPDATE mail SET raw = x'', forgotten_at = 'now', signed = 'one.go.th'",
    "UPDATE mail SET raw = x'', forgotten_at = 'now', maker = 'x'",
])
async def test_mail_changes_in_no_other_way(ledger: Ledger, place: Place, change: str) -> None:
    await forget(ledger, 0)
    with by_hand(place) as db, pytest.raises(REFUSED, match="append-only"):
        db.execute(change.replace("x''", "''") if isinstance(place, Server) else change)


@pytest.mark.parametrize("words", [["inbox", "show"], ["explain", "1001", "--raw"]])
async def test_people_are_told_until_when_it_was_kept(
    ledger: Ledger, file: Path, words: list[str],
) -> None:
    file.with_name("watch.toml").write_text(CONFIG, encoding="utf-8")
    await forget(ledger, 31)
    asked = [*words, digest(RECEIPT), "-c", str(file.with_name("watch.toml"))]
    done = CliRunner().invoke(group, asked)
    assert "were kept until 2026-02-12" in done.output
