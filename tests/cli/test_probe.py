"""`probe --now --trace`: a letter that a person asked for, followed step by step."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from fakes.clock import StoppedClock
from fakes.mailroom import RULEBOOK, mail, mailroom, opened, take_in
from fakes.samples import MONDAY
from sarabanwatch import store
from sarabanwatch.app import life
from sarabanwatch.cli import group, probe
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.core.sending.tls import Seen
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import Ledger
from sarabanwatch.store.lock import keeping

LATE = MONDAY + timedelta(days=7)       # the windows of the round's own letters are over
SERIAL, HOST = 3, "mx.one.go.th"
Turn = Callable[[Ledger], Coroutine[None, None, None]]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = mailroom(tmp_path)
    path.write_text("live = true\nletter.unsigned_because = 'an exercise'\n" + path.read_text())
    clock = StoppedClock(LATE)
    works(tmp_path, lambda ledger: _close(ledger, clock))
    return path


async def _close(ledger: Ledger, clock: StoppedClock) -> None:
    await life.close(looked_at=LATE, ledger=ledger, clock=clock, rules=RULEBOOK,
                     journal=MetricJournal(clock))


def works(place: Path, turn: Turn) -> None:
    async def work() -> None:
        async with opened(place / "ledger.db") as ledger:
            await turn(ledger)

    asyncio.run(work())


def traced(config: Path, monkeypatch: pytest.MonkeyPatch, *turns: Turn) -> tuple[int, list[str]]:
    """Follow a letter while the daemon does these steps; return exit code and output."""
    left = iter(turns)
    monkeypatch.setattr(probe, "time", SimpleNamespace(
        monotonic=time.monotonic, sleep=lambda _: works(config.parent, next(left))))
    with keeping(config.parent / "ledger.db"):
        done = CliRunner().invoke(group, ["probe", "1001", "--now", "--trace", "--lang", "en", "-c",
                                          str(config)])
    return done.exit_code, [line.strip() for line in done.stdout.splitlines()]


def sends(event: Event, fact: Evidence, seen: Seen) -> Turn:
    async def turn(ledger: Ledger) -> None:
        await ledger.write(store.letters.pick, SERIAL, LATE)
        await ledger.write(store.letters.outcome, SERIAL, TryResult(event, fact), LATE,
                           LATE + timedelta(days=3))
        await ledger.write(store.hosts.note, seen, LATE)

    return turn


async def hears(ledger: Ledger) -> None:
    letter = await ledger.read(store.arrivals.letter, SERIAL)
    assert letter is not None
    await take_in(ledger, mail("ได้รับหนังสือแล้ว เลขรับ 9/2569",
                               to=f"probes+{letter.token}@probe.test"), at=LATE)


def test_an_answered_letter_is_followed_to_its_end(config: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    taken = Evidence(FactKind.TAKEN, LATE, 250, "2.0.0", "queued", reporter=HOST)
    code, said = traced(config, monkeypatch,
                        sends(Event.TAKEN, taken, Seen(HOST, "TLSv1.3", "AES", demand="MTA-STS")),
                        hears)
    at = f"{LATE.astimezone(BANGKOK):%Y-%m-%d %H:%M:%S} +07"
    told = ["state: drafted", f"encryption: {at} {HOST}: TLSv1.3 AES; MTA-STS kept",
            f"tried: {at} taken", f"seen: {at} taken 250 2.0.0 queued", "state: accepted"]
    assert (code, said[1:6]) == (0, told)
    assert said[6].startswith(f"seen: {at} receipt ")
    assert said[7:] == ["verdict: proven (a receipt number was given)",
                        "group: A1: ready, an answer was seen"]


def test_a_refused_one_ends_in_a_no_and_what_lacks_of_encryption_is_told(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Evidence(FactKind.REFUSED, LATE, 550, "5.1.1", "no such user", Reason.NO_MAILBOX,
                       reporter=HOST)
    code, said = traced(config, monkeypatch, sends(Event.REFUSAL, refused, Seen(HOST)))
    assert code == 1
    at = f"{LATE.astimezone(BANGKOK):%Y-%m-%d %H:%M:%S} +07"
    assert f"encryption: {at} {HOST}: no encryption" in said
    assert "verdict: refuses (the mailbox does not exist)" in said


def test_through_a_relay_without_encryption_that_is_told(config: Path,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text(config.read_text().replace("[relay]\n", '[relay]\nport = 25\ntls = "none"\n'))
    refused = Evidence(FactKind.REFUSED, LATE, 550, "5.1.1", "no such user", Reason.NO_MAILBOX,
                       reporter="127.0.0.1:25")
    said = traced(config, monkeypatch, sends(Event.REFUSAL, refused, Seen("elsewhere.test")))[1]
    assert [line for line in said if line.startswith("encryption")] == [
        "encryption: 127.0.0.1:25: no encryption (relay.tls)"
    ]


@pytest.mark.parametrize(("seen", "words"), [
    (Seen(HOST, "TLSv1.3", "AES"), "TLSv1.3 AES"), (Seen(HOST), "no encryption"),
    (Seen(HOST, "TLSv1.2", "AES", "self-signed"), "TLSv1.2 AES; its certificate: self-signed"),
    (Seen(HOST, "TLSv1.2", "AES", named=False), "TLSv1.2 AES; its certificate is for another name"),
    (Seen(HOST, "TLSv1.2", "AES", named=False, demand="DANE", judged=False),
     "TLSv1.2 AES; DANE kept"),
    (Seen(HOST, demand="MTA-STS", failed="it offers no STARTTLS"),
     "no encryption; MTA-STS not kept; it offers no STARTTLS"),
])
def test_encryption_is_told_in_a_few_words(seen: Seen, words: str) -> None:
    assert str(seen) == words
