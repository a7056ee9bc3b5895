"""SIGHUP: a configuration is taken as a whole, or refused as a whole."""

import asyncio
import re
from datetime import date
from pathlib import Path
from urllib.request import urlopen

import pytest

from fakes.starting import nobody, started
from fakes.wire import imap, smtp
from sarabanwatch.core.facts import token
from sarabanwatch.edge.status_client import ask
from sarabanwatch.wiring import Components
from sarabanwatch.wiring.reloading import renewed

SECRET = "0123456789abcdef" * 2


def change(config: Path, old: str, new: str) -> None:
    text = config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new), encoding="utf-8")


async def test_it_goes_on_by_the_new_configuration_in_one_process_and_tells_the_service_manager(
    config: Path,
) -> None:
    async with started(config, smtp([]), imap()) as life:
        await life.manager.hears("STATUS=", "watching")
        change(config, "[campaign]", "[pace]\na_minute = 7\n[campaign]\nletters_at_most = 5")
        life.hangup()
        await life.manager.hears("RELOADING=1")
        assert re.fullmatch(r"MONOTONIC_USEC=\d+", await life.manager.hears("MONOTONIC_USEC="))
        await life.manager.hears("READY=1")
        log = await life.stopped()
    assert [line["changed"] for line in log
            if line["event"] == "reloaded"] == [["campaign.letters_at_most", "pace.a_minute"]]
    assert [line["event"] for line in log].count("stopped") == 1


async def test_while_it_runs_it_tells_how_it_stands_and_leaves_no_socket_behind(
    config: Path,
) -> None:
    socket_file = config.parent / "status.sock"
    async with started(config, smtp([]), imap()) as life:
        await life.manager.hears("STATUS=", "round ")
        told = await asyncio.to_thread(ask, socket_file, 60.0)
        await life.stopped()
    assert told is not None
    assert told.running is not None
    assert told.running.ledger == str(config.parent / "ledger.db")
    assert not list(config.parent.glob(socket_file.name))


def test_token_keys_are_taken_and_those_that_were_there_before_still_verify(config: Path) -> None:
    old = Components(config)
    mark = old.rules.mint(7, epoch=1, to="x@y.go.th")
    keys = config.parent / "token.keys"
    keys.write_text(f"b {SECRET} 2099-12-31\n" + keys.read_text())
    fresh = renewed(old)
    assert (fresh.changed, fresh.restart) == ((), ())
    assert fresh.components.rules.mint(8, epoch=1, to="x@y.go.th").startswith("swb")
    assert token.read(mark, fresh.components.rules.keys, date(2026, 11, 28)) == 7


@pytest.mark.parametrize(("file", "octets", "why"), [
    ("x.toml", b"[relais]\n", "relais: no such key"),
    ("token.keys", b"nonsense\n", "line 1 is not"),
    ("letter.txt", b"$nmae", "no such name"),
])
async def test_a_wrong_file_is_refused_whole_told_and_the_old_one_goes_on(config: Path, file: str,
                                                                          octets: bytes,
                                                                          why: str) -> None:
    letter = config.parent / "letter.txt"
    letter.write_text("ทดสอบ\n")
    async with nobody() as metrics:
        pass
    more = f'[letter]\ntext = "{letter.name}"\n'
    async with started(config, smtp([]), imap(), more, metrics) as life:
        await life.manager.hears("STATUS=", "watching")
        right = (config.parent / file).read_bytes()
        change(config, "[campaign]", "[pace]\na_minute = 7\n[campaign]")
        (config.parent / file).write_bytes(octets)
        life.hangup()
        await life.manager.hears(
            "STATUS=", "(the new one is refused, and the old one stays in force: ", why)
        await life.manager.hears("READY=1")
        said = await asyncio.to_thread(
            lambda: urlopen(f"http://127.0.0.1:{metrics}/metrics").read().decode()
        )
        assert "sarabanwatch_configuration_refused 1.0" in said
        (config.parent / file).write_bytes(right)
        life.hangup()
        await life.manager.hears("STATUS=", "watching")
        log = await life.stopped()
    assert [line["event"] for line in log if "reload" in line["event"]] == ["reload refused",
                                                                            "reloaded"]


async def test_what_only_a_restart_takes_is_named_and_the_rest_is_taken(config: Path) -> None:
    async with started(config, smtp([]), imap()) as life:
        await life.manager.hears("STATUS=", "watching")
        change(config, "[metrics]\nport = 0",
               '[metrics]\nport = 9725\n[ledger]\nfile = "other.db"\nmail_days = 30')
        life.hangup()
        await life.manager.hears(
            "STATUS=",
            "restart (keys that only a restart takes have changed: ledger.file, metrics.port)"
        )
        await life.manager.hears("READY=1")
        log = await life.stopped()
    (told,) = [line for line in log if line["event"] == "reloaded"]
    assert (told["changed"], told["needs_restart"]) == (["ledger.mail_days"],
                                                        ["ledger.file", "metrics.port"])
    assert not (config.parent / "other.db").exists()


def test_the_clock_of_an_exercise_goes_on_until_a_restart(config: Path) -> None:
    """Another rate would have the same moments come twice."""
    old = Components(config)
    assert old.settings.clock.rate == 1
    change(config, "[campaign]", """[clock]
rate = 9
began = 2026-11-28T00:00:00+07:00
shows = 2026-03-02T00:00:00+07:00
[campaign]""")
    fresh = renewed(old)
    assert fresh.components.settings.clock == old.settings.clock
    assert set(fresh.restart) == {"clock.rate", "clock.began", "clock.shows"}


async def test_a_letter_in_hand_ends_before_the_new_configuration_begins(config: Path) -> None:
    heard, taken = list[bytes](), asyncio.Event()
    plain = smtp(heard)

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Play a relay that answers the final dot late."""
        write = writer.write

        def held(octets: bytes) -> None:
            if octets.startswith(b"250 2.0.0 taken"):
                asyncio.ensure_future(taken.wait()).add_done_callback(lambda _: write(octets))
            else:
                write(octets)

        writer.write = held  # type: ignore[method-assign]
        await plain(reader, writer)

    async with started(config, slow, imap()) as life:
        async with asyncio.timeout(600):
            while not any(line.endswith(b"\r\n.\r\n")  # noqa: ASYNC110 - a scene tells nobody
                          for line in heard):
                await asyncio.sleep(0.01)
        life.hangup()
        await life.manager.hears("RELOADING=1")
        taken.set()
        await life.manager.hears("READY=1")
        log = await life.stopped()
    assert {line["outcome"] for line in log if line["event"] == "sent"} == {"taken"}
    assert {line["half_sent"] for line in log if line["event"] == "started"} == {0}
