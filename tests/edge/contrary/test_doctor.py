"""Relays and inboxes that misbehave: what `doctor` finds of each, and that it ends."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from fakes.acts import hangs_up, octet_by_octet, silence
from fakes.host import Host, Turns, always
from fakes.verbs import CONFIG
from fakes.wire import Scene, imap, playing
from sarabanwatch.core.checkup import Finding, Grade, worst
from sarabanwatch.wiring.doctor import Check, examine, mail

FOLDERS = b'* LIST () "/" INBOX\r\n* LIST (\\Junk) "/" Spam\r\n'
CAN = b"* CAPABILITY IMAP4rev1 IDLE QUOTA LIST-EXTENDED SPECIAL-USE\r\n"
QUOTA = b'* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE %d 1000)\r\n'
OFFERS = (b"DSN", b"SIZE 10240000")
SECONDS = 5.0       # in which a check must have ended, whatever a server does


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "imap-password").write_text("s3cret\n")
    return tmp_path / "x.toml"


def written(config: Path, ports: Mapping[str, int]) -> None:
    config.write_text(CONFIG.format(**ports, metrics=0), encoding="utf-8")


async def seen(config: Path, section: str, scene: Scene) -> list[Finding]:
    """Return what the check of a section finds of a server that plays a scene."""
    async with playing(scene) as port:
        written(config, {"relay": 1, "inbox": 1, section: port})
        look = {"relay": mail.relay, "inbox": mail.inbox}[section]
        found = await examine(config, {section: Check(look, SECONDS)}, letter=False)
    return found[section]


@pytest.mark.parametrize(("answers", "grade", "words"), [
    ({"GETQUOTAROOT": QUOTA % 10}, Grade.OK, "1% of 1 MB are used"),
    ({"GETQUOTAROOT": QUOTA % 850}, Grade.WARN, "85% of 1 MB are used"),
    ({"GETQUOTAROOT": QUOTA % 990}, Grade.FAIL, "99% of 1 MB are used"),
    ({"GETQUOTAROOT": b"* QUOTA nonsense\r\n"}, Grade.OK, "logged in"),
    ({"LIST": b'* LIST () "/" INBOX\r\n'}, Grade.OK, "there is nothing more to read"),
    ({"LIST": b'* LIST () "/" INBOX\r\n* LIST () "/" "Mail/Junk E-mail"\r\n'}, Grade.WARN,
     "'Mail/Junk E-mail' is not read"),
    ({"CAPABILITY": CAN.replace(b" IDLE", b"")}, Grade.WARN, "no IDLE"),
    ({"SELECT": b""}, Grade.FAIL, "names no UIDVALIDITY"),
    ({"LOGIN": None}, Grade.FAIL, "inbox 127.0.0.1:"),
    ({"LIST": None}, Grade.FAIL, "inbox 127.0.0.1:"),
])
async def test_what_an_inbox_does_is_told(config: Path, answers: Mapping[str, bytes | None], grade,
                                          words) -> None:
    found = await seen(config, "inbox", imap(**{"CAPABILITY": CAN, "LIST": FOLDERS, **answers}))
    assert worst(found) is grade, found
    assert words in str(found)
    assert "s3cret" not in str(found)


@pytest.mark.parametrize(("says", "offers", "grade", "words"), [
    ({}, OFFERS, Grade.OK, "takes letters of probes@probe.test"),
    ({}, (b"SIZE 10240000",), Grade.WARN, "offers no DSN"),
    ({}, (b"DSN", b"SIZE 100000"), Grade.FAIL, "100,000 octets at most"),
    ({}, (b"DSN", b"SIZE 0"), Grade.OK, "reports of delivery"),
    ({}, (b"DSN", b"SIZE nonsense"), Grade.OK, "reports of delivery"),
    ({"MAIL": always(b"550 5.7.60 SendAsDenied")}, OFFERS, Grade.FAIL, "550 SendAsDenied"),
    ({"MAIL": always(b"451 4.3.0 later")}, OFFERS, Grade.FAIL, "451 later"),
    ({"BANNER": always(b"554 5.7.1 listed")}, OFFERS, Grade.FAIL, "refuses us"),
    ({"BANNER": always(silence)}, OFFERS, Grade.FAIL, "no answer within"),
    ({"EHLO": always(hangs_up())}, OFFERS, Grade.FAIL, "relay 127.0.0.1:"),
    ({"MAIL": always(octet_by_octet(b"250-on and on\r\n" * 99, pause=1.0))}, OFFERS, Grade.FAIL,
     "no answer within"),
])
async def test_what_a_relay_does_is_told_and_no_letter_leaves(
    config: Path, says: Mapping[str, Turns], offers: tuple[bytes, ...], grade, words,
) -> None:
    host = Host(says, offers)
    found = await seen(config, "relay", host.scene)
    assert worst(found) is grade, found
    assert words in str(found)
    assert host.letters == 0
    assert not [line for line in host.heard if line.upper().startswith((b"RCPT", b"DATA"))]
