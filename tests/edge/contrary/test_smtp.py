"""Relays and mail hosts that misbehave: what happens to the letter, its slot, log and metrics.

Each row is played to the daemon's own sending loop with one line. A second letter follows the first
on the same line; by then the server behaves and takes it, so that a slot which was not released
would be noticed.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from fakes import direct as directly
from fakes.acts import cuts_off, hangs_up, octet_by_octet, says, silence
from fakes.host import Host, Turns, always, first
from fakes.hurried import hurried
from fakes.names import Zone
from fakes.post import Password
from fakes.sending import Became, Telling, became
from fakes.wire import playing
from sarabanwatch.app.outbox import SENDS_WITHIN
from sarabanwatch.edge.smtp import RelayLine, Relays, RelayServer, direct
from sarabanwatch.edge.smtp.wire import Patience

ZONE: Zone = {(f"{name}.go.test", kind): [f"10 mx.{name}.go.test."] if kind == "MX"
              else ["127.0.0.1"] for name in ("one", "mx.one", "two", "mx.two")
              for kind in (["A"] if "mx" in name else ["MX"])}
THAI = "ไม่พบผู้ใช้".encode("cp874")
ENDLESS = b"".join(b"250-word %d\r\n" % n for n in range(20_000))
MEGABYTE = b"550 5.1.1 " + b"x" * 2**20
SLOWLY = octet_by_octet(b"250-this goes on and on\r\n" * 1000, pause=1.0)
TAKEN, DEFERRED, REFUSED, DOUBTFUL = "accepted", "deferred", "refused", "doubtful"
LATER = {"letters_total": ("later", 1)}


@dataclass(frozen=True)
class Row:
    """A behaviour, and what is expected of the first letter: its state and last fact.

    A fact is kind, code, status and words. `told`: words of each trouble with a relay in the log,
    in order. `tried`: the outcome by which its try is counted. `never`: the server never behaves;
    the letter stays as it is.
    """

    name: str
    says: Mapping[str, Turns] = field(default_factory=dict)
    state: str = TAKEN
    last: tuple[object, ...] | None = ("taken", 250, "2.0.0", "taken")
    told: tuple[str, ...] = ()
    offers: tuple[bytes, ...] = ()
    tls: str = "none"
    user: str = ""
    never: bool = False

    @property
    def tried(self) -> str:
        """The outcome by which its try is counted."""
        return {TAKEN: "taken", DEFERRED: "later", REFUSED: "refused",
                DOUBTFUL: "lost"}.get(self.state, "")


def put_off(name: str, says_: Mapping[str, Turns]) -> Row:
    """Return a row in which a relay makes the letter wait.

    That says nothing of the agency, so no fact is kept.
    """
    return Row(name, says_, DEFERRED, None)


def refused(name: str, says_: Mapping[str, Turns], code: int, status: str, said: str) -> Row:
    """Return a row in which the letter is refused for good."""
    return Row(name, says_, REFUSED, ("refused", code, status, said))


def in_doubt(name: str, says_: Mapping[str, Turns], said: str, code: int = 0) -> Row:
    """Return a row in which nobody knows whether the letter was taken."""
    return Row(name, says_, DOUBTFUL, ("lost", code, "", said))


def host_puts_off(name: str, says_: Mapping[str, Turns], code: int, status: str, said: str) -> Row:
    """Return a row in which the agency's own host puts the letter off; its words are kept."""
    return Row(name, says_, DEFERRED, ("put off", code, status, said))


AUTH = (b"AUTH PLAIN",)

RELAY = (
    # the connection: no letter is in anybody's hands yet, so none is harmed, and each trouble is
    # told
    Row("it is busy, twice", {"BANNER": first(b"421 4.3.2 busy", b"421 4.3.2 busy")},
        told=("421 4.3.2 busy",) * 2),
    Row("it refuses us in its greeting, for a while", {"BANNER": first(b"554 5.7.1 listed")},
        told=("refuses us: 554 5.7.1 listed",)),
    Row("its greeting is in the Thai code page", {"BANNER": first(b"554 5.7.1 " + THAI)},
        told=("554 5.7.1 ไม่พบผู้ใช้",)),
    Row("it says nothing", {"BANNER": first(silence)},
        told=("Timed out waiting for server ready message",)),
    Row("it hangs up before a word", {"BANNER": first(hangs_up())},
        told=("Unexpected EOF received",)),
    Row("it resets the connection before a word", {"BANNER": first(cuts_off())},
        told=("Connection lost",)),
    Row("it is no mail server", {"BANNER": first(b"HTTP/1.1 400 Bad Request\r\n")},
        told=("Malformed SMTP response line: HTTP/1.1",)),
    Row("it says its greeting one octet at a time",
        {"BANNER": first(octet_by_octet(b"220 mx.test\r\n"))}),
    Row("its greeting never ends", {"BANNER": first(says(ENDLESS))}, told=("Response too long",)),
    Row("its greeting is a megabyte", {"BANNER": first(b"220 " + b"x" * 2**20)},
        told=("Response too long",)),
    Row("its greeting comes one octet a second and never ends", {"BANNER": first(SLOWLY)},
        told=("Timed out",)),
    Row("it knows no EHLO", {"EHLO": first(b"502 5.5.1 what?")}),
    Row("it is busy at EHLO", {"EHLO": first(b"421 4.3.2 busy")}, told=("421 4.3.2 busy",)),
    Row("it hangs up at EHLO", {"EHLO": first(hangs_up(b"250-mx.test\r\n"))},
        told=("Unexpected EOF",)),
    Row("what it offers never ends", {"EHLO": first(says(ENDLESS))}, told=("Response too long",)),
    Row("it offers eight-bit words",
        {"EHLO": always(b"250-\xff\xfe\r\n250-" + THAI + b"\r\n250 SIZE x")}),
    Row("it puts off STARTTLS", {"STARTTLS": always(b"454 4.7.0 no certificate now")}, "drafted",
        None,
        ("454 4.7.0 no certificate now",), (b"STARTTLS",), "starttls", never=True),
    Row("it offers no STARTTLS", {}, "drafted", None, ("offers no STARTTLS",), tls="starttls",
        never=True),
    Row("it begins TLS and speaks on in clear", {"STARTTLS": always((b"220 go", b"250 hello"))},
        "drafted", None,
        ("relay 127.0.0.1",), (b"STARTTLS",), "starttls", never=True),
    # the log-in
    # Postfix, Dovecot
    Row("its directory of passwords is away",
        {"AUTH": first(b"454 4.7.0 Temporary authentication failure")},
        told=("454 4.7.0 Temporary authentication failure",), offers=AUTH, user="watch"),
    # RFC 4954 section 6
    Row("it wants us later", {"AUTH": first(b"432 4.7.12 a password transition")},
        told=("432 4.7.12",), offers=AUTH, user="watch"),
    Row("it has too many of us", {"AUTH": first((b"421 4.7.0 too many", hangs_up()))},
        told=("421 4.7.0",), offers=AUTH, user="watch"),
    Row("it hangs up at the log-in", {"AUTH": first(hangs_up())}, told=("Unexpected EOF",),
        offers=AUTH, user="watch"),
    Row("it says of its own fault that we are refused", {"AUTH": first(b"535 4.7.8 try again")},
        told=("535 4.7.8",), offers=AUTH, user="watch"),
    Row("it refuses the log-in for good", {"AUTH": always(b"535 5.7.8 wrong")}, "drafted", None,
        ("535 5.7.8 wrong",), AUTH,
        user="watch", never=True),
    Row("it hangs up after the log-in", {"MAIL": first(hangs_up())}, DEFERRED, None,
        told=("hangs up before it takes a letter",), offers=AUTH, user="watch"),
    # MAIL
    Row("it parts from us at MAIL", {"MAIL": first((b"421 4.3.2 shutting down", hangs_up()))},
        DEFERRED, None,
        ("hangs up before it takes a letter: shutting down",)),
    put_off("it has too many senders at once",
            {"MAIL": first(b"432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded")}),
    put_off("its disk is full", {"MAIL": first(b"452 4.3.1 insufficient storage")}),
    refused("it will not have our sender",
            {"MAIL": first(b"550 5.7.60 SMTP; Client does not have permissions to send as")},
            # Exchange Online
            550, "5.7.60", "SMTP; Client does not have permissions to send as"),
    Row("it is silent at MAIL", {"MAIL": first(silence)}, DEFERRED, None,
        ("hangs up before it takes a letter: Timed out",)),
    # RCPT
    put_off("it greylists", {"RCPT": first(b"450 4.2.0 greylisted")}),
    put_off("it parts from us at RCPT", {"RCPT": first((b"421 4.4.2 bye", hangs_up()))}),
    put_off("it hangs up at RCPT", {"RCPT": first(hangs_up())}),
    put_off("it resets the connection at RCPT", {"RCPT": first(cuts_off())}),
    put_off("it is silent at RCPT", {"RCPT": first(silence)}),
    put_off("its answer to RCPT is a megabyte", {"RCPT": first(MEGABYTE)}),
    put_off("its answer to RCPT never ends", {"RCPT": first(says(ENDLESS))}),
    put_off("its answer to RCPT comes one octet a second and never ends", {"RCPT": first(SLOWLY)}),
    put_off("its answer to RCPT is no reply", {"RCPT": first(b"\xff\xfe\x00")}),
    put_off("its answer to RCPT has a code of no standard", {"RCPT": first(b"999 5.1.1 go away")}),
    put_off("it answers RCPT as if it were DATA", {"RCPT": first(b"354 go on")}),
    refused("it refuses in the Thai code page", {"RCPT": first(b"550 5.1.1 " + THAI)}, 550, "5.1.1",
            "ไม่พบผู้ใช้"),
    refused("it refuses in a code page of nobody",
            {"RCPT": first(b"550 5.1.1 \xff\xfe\x00\x1b[31m")},
            550, "5.1.1", "\\xff\\xfe[31m"),
    refused("it refuses in many lines",
            {"RCPT": first(b"550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.1 user")},
            550, "5.1.1", "no\n5.1.1 such\n5.1.1 user"),
    refused("it refuses with an empty text", {"RCPT": first(b"550")}, 550, "", ""),
    refused("it refuses, and does not clear up",
            {"RCPT": first(b"550 5.1.1 no"), "RSET": first(hangs_up())}, 550, "5.1.1", "no"),
    refused("it refuses, and is silent at RSET",
            {"RCPT": first(b"550 5.1.1 no"), "RSET": first(silence)}, 550, "5.1.1", "no"),
    put_off("it answers twice", {"MAIL": first(b"250 2.1.0 OK\r\n550 5.1.1 of another letter")}),
    # DATA
    put_off("it puts off DATA", {"DATA": first(b"451 4.3.0 later")}),
    put_off("it parts from us at DATA", {"DATA": first((b"421 4.3.2 bye", hangs_up()))}),
    put_off("it hangs up at DATA", {"DATA": first(hangs_up())}),
    put_off("it says yes to DATA where it should say go on", {"DATA": first(b"250 2.0.0 OK")}),
    refused("it refuses at DATA", {"DATA": first(b"554 5.5.1 no valid recipients")}, 554, "5.5.1",
            "no valid recipients"),
    # the dot: what is not surely refused or put off may have been taken, and is never sent again
    put_off("it puts the letter off at the dot", {"DOT": first(b"451 4.7.1 later")}),
    put_off("it is busy at the dot", {"DOT": first((b"421 4.3.2 busy", hangs_up()))}),
    put_off("it limits us at the dot",
            {"DOT": first(b"432 4.3.2 concurrent connections exceeded")}),
    refused("it refuses the letter at the dot", {"DOT": first(b"552 5.2.3 " + THAI)}, 552, "5.2.3",
            "ไม่พบผู้ใช้"),
    in_doubt("it hangs up at the dot", {"DOT": first(hangs_up())}, "Unexpected EOF received"),
    in_doubt("it resets the connection at the dot", {"DOT": first(cuts_off())}, "Connection lost"),
    in_doubt("it is silent at the dot", {"DOT": first(silence)},
             "Timed out waiting for server response"),
    in_doubt("its answer at the dot is no reply", {"DOT": first(b"taken")},
             "Malformed SMTP response line: taken"),
    in_doubt("it says go on at the dot", {"DOT": first(b"354 go on")}, "go on", 354),
    in_doubt("its answer at the dot is a megabyte", {"DOT": first(MEGABYTE)}, "Response too long"),
    in_doubt("its answer at the dot comes one octet a second and never ends",
             {"DOT": first(SLOWLY)},
             "Timed out waiting for server response"),
    put_off("it says yes before it was given the letter",
            {"DATA": first(b"354 go on\r\n250 2.0.0 taken already")}),
    Row("it takes the letter one octet at a time",
        {"DOT": first(octet_by_octet(b"250 2.0.0 taken\r\n"))}),
    Row("it takes one letter a connection", {"DOT": first((b"250 2.0.0 taken", hangs_up()))}),
    Row("it takes it, and never says goodbye", {"QUIT": always(silence)}),
)

DIRECT = (
    # the connection: there is no other host, so that the letter waits
    host_puts_off("it is busy", {"BANNER": first(b"421 4.3.2 busy")}, 421, "4.3.2", "busy"),
    refused("it will not have us", {"BANNER": first(b"554 5.7.1 " + THAI)}, 554, "5.7.1",
            "ไม่พบผู้ใช้"),
    host_puts_off("it says nothing", {"BANNER": first(silence)}, 0, "",
                  "Timed out waiting for server ready message"),
    host_puts_off("it hangs up before a word", {"BANNER": first(hangs_up())}, 0, "",
                  "Unexpected EOF"),
    host_puts_off("it resets the connection before a word", {"BANNER": first(cuts_off())}, 0, "",
                  "Connection lost"),
    host_puts_off("it is no mail server", {"BANNER": first(b"SSH-2.0-OpenSSH_9.2")}, 0, "",
                  "Malformed SMTP response line"),
    host_puts_off("its greeting never ends", {"BANNER": first(says(ENDLESS))}, 0, "",
                  "Response too long"),
    host_puts_off("its greeting comes one octet a second and never ends", {"BANNER": first(SLOWLY)},
                  0, "", "Timed out"),
    Row("it knows no EHLO", {"EHLO": first(b"500 5.5.1 what?")}),
    refused("it refuses our name", {"EHLO": first(b"550 5.7.1 bad HELO")}, 550, "5.7.1",
            "bad HELO"),
    host_puts_off("it hangs up at EHLO", {"EHLO": first(hangs_up())}, 0, "", "Unexpected EOF"),
    Row("it offers STARTTLS and puts it off", {}, offers=(b"STARTTLS",)),
    Row("it offers STARTTLS and speaks on in clear", {"STARTTLS": first((b"220 go", b"250 hello"))},
        offers=(b"STARTTLS",)),
    Row("it offers STARTTLS and hangs up", {"STARTTLS": first(hangs_up(b"220 go\r\n"))},
        offers=(b"STARTTLS",)),
    # MAIL, RCPT, DATA
    host_puts_off("it parts from us at MAIL", {"MAIL": first((b"421 4.3.2 bye", hangs_up()))}, 421,
                  "4.3.2", "bye"),
    host_puts_off("it is silent at MAIL", {"MAIL": first(silence)}, 0, "", "Timed out"),
    host_puts_off("it greylists", {"RCPT": first(b"451 4.7.1 greylisted")}, 451, "4.7.1",
                  "greylisted"),
    host_puts_off("it resets the connection at RCPT", {"RCPT": first(cuts_off())}, 0, "",
                  "Connection lost"),
    host_puts_off("its answer to RCPT is a megabyte", {"RCPT": first(MEGABYTE)}, 0, "",
                  "Response too long"),
    host_puts_off("its answer to RCPT comes one octet a second and never ends",
                  {"RCPT": first(SLOWLY)}, 0, "", "Timed out"),
    host_puts_off("it answers twice", {"MAIL": first(b"250 OK\r\n550 5.1.1 no")}, 0, "",
                  "it sent a reply that nobody waited for: 550 5.1.1"),
    refused("it knows nobody, in the Thai code page", {"RCPT": first(b"550 5.1.1 " + THAI)}, 550,
            "5.1.1", "ไม่พบผู้ใช้"),
    host_puts_off("it says yes to DATA where it should say go on", {"DATA": first(b"250 OK")}, 250,
                  "", "OK"),
    # the dot
    host_puts_off("it puts the letter off at the dot", {"DOT": first(b"451 4.7.1 later")}, 451,
                  "4.7.1", "later"),
    in_doubt("it hangs up at the dot", {"DOT": first(hangs_up())}, "Unexpected EOF received"),
    in_doubt("its answer at the dot comes one octet a second and never ends",
             {"DOT": first(SLOWLY)}, "Timed out"),
    in_doubt("its answer at the dot is no reply", {"DOT": first(b"\x16\x03\x01")},
             "Malformed SMTP response line"),
    Row("it takes it, and never says goodbye", {"QUIT": always(silence)}),
)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait seconds where the daemon waits minutes."""
    monkeypatch.setattr(direct, "CONNECT_WITHIN", 6.0)
    monkeypatch.setattr(direct, "PATIENCE", Patience(6.0, 6.0, 6.0))


async def relayed(row: Row, journal: Telling, file: Path) -> Became:
    """Play a row to a line to a relay."""
    host = Host(row.says, row.offers)
    async with playing(host.scene) as port:
        relay = RelayServer("127.0.0.1", port, row.tls, row.user, Password("secret"), timeout=6)
        line = RelayLine(Relays([relay], journal.relay_lost,
                                stands=lambda up: journal.relay(up=up)))
        return await became(line, journal, file, tries=0 if row.never else 2,
                            troubles=len(row.told))


async def directed(row: Row, journal: Telling, file: Path) -> Became:
    """Play a row to a line that goes straight to mail hosts."""
    host = Host(row.says, row.offers)
    async with playing(host.scene) as port, directly.line(ZONE, port) as line:
        return await became(line, journal, file)


def log(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Return the lines of the log."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def holds(row: Row, found: Became, told: list[str], later: str = "later") -> None:
    """Compare what happened with the row; `later` is the outcome of an answer to try later."""
    assert found.states == [row.state, "drafted" if row.never else TAKEN]
    assert (
        found.last == row.last if row.last is None
        else found.last[:3] == row.last[:3] and row.last[3] in found.last[3]
    )
    assert found.in_hand == (1 if row.never else 0)      # the other one waits its turn
    assert len(told) == len(row.told)
    assert all(words in line for words, line in zip(row.told, told, strict=True)), told
    assert found.metric("set_aside_total", what="letter") == 0
    tried = later if row.tried == "later" and row.last and row.last[1] else row.tried
    outcomes = [tried, "taken"] if not row.never else []
    for outcome in ("taken", "later", "put off", "refused", "lost"):
        assert found.metric("letters_total", outcome=outcome) == outcomes.count(outcome), outcome


AT_ONCE = tuple(replace(row, name=f"in one go: {row.name}", offers=(*row.offers, b"PIPELINING"))
                for row in RELAY if row.says.keys() & {"MAIL", "RCPT", "DATA", "DOT"})


@pytest.mark.parametrize("row", [*RELAY, *AT_ONCE], ids=lambda row: row.name)
def test_a_relay_that_misbehaves(row: Row, tmp_path: Path,
                                 capsys: pytest.CaptureFixture[str]) -> None:
    found = hurried(relayed(row, Telling(), tmp_path / "ledger.db"))
    told = [str(line["error"]) for line in log(capsys) if line["event"] == "failed"]
    holds(row, found, told)
    assert found.metric("relay_up") == (0 if row.never else 1)
    assert found.metric("errors_total", where="send") == len(row.told)


@pytest.mark.parametrize("row", DIRECT, ids=lambda row: row.name)
def test_a_mail_host_that_misbehaves(row: Row, tmp_path: Path,
                                     capsys: pytest.CaptureFixture[str]) -> None:
    found = hurried(directed(row, Telling(), tmp_path / "ledger.db"))
    failed = [str(line["error"]) for line in log(capsys) if line["event"] == "failed"]
    holds(row, found, failed, later="put off")


@pytest.mark.parametrize("verb", ["BANNER", "EHLO", "MAIL", "RCPT", "DATA", "DOT"])
def test_a_host_that_says_one_octet_a_second_ends_before_the_watchdog_does(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()      # the daemon's own patience

    async def story() -> float:
        slowly = Host({verb: always(octet_by_octet(b"250-on and on\r\n" * 1000, pause=1.0))})
        async with playing(slowly.scene) as port, directly.line(ZONE, port) as line:
            now = asyncio.get_running_loop().time
            began = now()
            await line.send(directly.OUT)
            return now() - began

    assert hurried(story()) < SENDS_WITHIN
