"""Letters with one fixed envelope sender: what comes back is matched by Message-ID, envelope id,
header or number."""

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest

from fakes.samples import FORM, MONDAY, RULES, register
from fakes.watch import DAY, ONE, RULEBOOK, TWO, Watch, evidence
from sarabanwatch import store
from sarabanwatch.app import own_path
from sarabanwatch.core.facts.evidence import Certainty, Evidence, FactKind, MatchedBy
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.policy import CanarySection
from sarabanwatch.core.sending.reply import Outgoing
from sarabanwatch.store import FileLedger

BOX = FORM.sender.address.encode()
FIXED = replace(RULEBOOK, form=replace(FORM, fixed=True))


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A watch over two agencies, whose relay accepts only one envelope sender."""
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
        yield Watch(ledger, rules=FIXED)


def head(out: Outgoing) -> bytes:
    """Return a letter's header, as a report brings it back."""
    return out.raw.partition(b"\r\n\r\n")[0] + b"\r\n"


def report(out: Outgoing, original: bytes, status: bytes = b"") -> bytes:
    """Return a report of failure (RFC 3464) that comes to the one address."""
    return b"\r\n".join(
        (
            b"Return-Path: <>", b"From: MAILER-DAEMON@relay.test", b"To: " + BOX,
            b"Subject: Undelivered", b"MIME-Version: 1.0",
            b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', b"",
            b"--b", b"Content-Type: text/plain", b"", b"it was not delivered", b"--b",
            b"Content-Type: message/delivery-status", b"", b"Reporting-MTA: dns; relay.test",
            status, b"", b"Final-Recipient: rfc822; " + out.to.encode(), b"Action: failed",
            b"Status: 5.1.1", b"Diagnostic-Code: smtp; 550 5.1.1 no such user", b"", b"--b",
            b"Content-Type: text/rfc822-headers", b"", original, b"--b--", b"",
        )
    )


def reply(out: Outgoing, *fields: bytes) -> bytes:
    """Return what a clerk answers."""
    return b"\r\n".join((
        b"From: " + out.to.encode(), b"To: " + BOX, *fields, b"MIME-Version: 1.0",
        b"Content-Type: text/plain; charset=utf-8", b"", "ได้รับหนังสือแล้ว เลขรับ 123/2569".encode(),
        b""))


def field(out: Outgoing, name: str) -> bytes:
    return str(message_from_bytes(out.raw)[name]).encode()


async def last(watch: Watch) -> Evidence:
    return (await evidence(watch))[-1]


async def test_every_letter_has_the_one_address_in_envelope_and_reply_to_and_its_token_elsewhere(
    watch: Watch,
) -> None:
    one, two = await watch.written()
    assert [out.sender for out in (one, two)] == [FORM.sender.address] * 2
    assert [field(out, "Reply-To").decode() for out in (one, two)] == [FORM.sender.address] * 2
    assert one.envid != two.envid
    assert one.envid.encode() in field(one, "Message-ID")
    assert field(one, "X-Saraban-Letter").decode() == one.envid


@pytest.mark.parametrize(("brings", "how"), [
    (lambda out: report(out, head(out)), MatchedBy.MESSAGE_ID),
    (lambda out: report(out, b"Subject: only this", b"Original-Envelope-Id: " + out.envid.encode()),
     MatchedBy.ENVID),
    (lambda out: report(out, b"X-Saraban-Letter: " + out.envid.encode()), MatchedBy.HEADER)],
                         ids=["the letter's header", "the envelope id", "our own header alone"])
async def test_a_bounce_is_known_by_what_it_brings_back(watch: Watch, brings,
                                                        how: MatchedBy) -> None:
    one, _ = await watch.written()
    await watch.receive(brings(one))
    fact = await last(watch)
    assert (fact.kind, fact.matched_by, fact.certainty) == (FactKind.BOUNCED, how, Certainty.SIGNED)
    await watch.judge()
    assert (await watch.groups()).get(Group.D2) == 1


async def test_a_bounce_that_brings_back_the_number_alone_accuses_nobody(watch: Watch) -> None:
    one, _ = await watch.written()
    await watch.receive(report(one, b"Subject: " + field(one, "Subject")))
    await watch.judge()
    assert Group.D2 not in await watch.groups()


@pytest.mark.parametrize("fields", [(b"In-Reply-To: ", b"Subject: Re: test"),
                                    (b"References: <x@y.test> ", b"Subject: Re: test")],
                         ids=["In-Reply-To", "References"])
async def test_an_answer_in_the_letters_thread_is_known_by_it(watch: Watch,
                                                              fields: tuple[bytes, bytes]) -> None:
    one, _ = await watch.written()
    await watch.receive(reply(one, fields[0] + field(one, "Message-ID"), fields[1]))
    fact = await last(watch)
    assert (fact.kind, fact.matched_by, fact.certainty) == (FactKind.RECEIPT, MatchedBy.MESSAGE_ID,
                                                Certainty.SIGNED)


async def test_an_answer_outside_the_thread_is_known_by_the_number_alone_unsigned(
    watch: Watch,
) -> None:
    one, _ = await watch.written()
    await watch.receive(reply(one, b"Subject: " + field(one, "Subject")))
    fact = await last(watch)
    assert (fact.matched_by, fact.certainty) == (MatchedBy.NUMBER, Certainty.LIKELY)


async def test_a_letter_to_ourselves_goes_to_the_one_address_and_is_known_when_it_comes_home(
    watch: Watch,
) -> None:
    rules = replace(FIXED, policy=replace(FIXED.policy, canary=CanarySection()))
    path = {"ledger": watch.ledger, "clock": watch.clock, "rules": rules, "journal": watch.journal}
    assert await own_path.canary(**path)
    (out,) = await watch.send()
    assert (out.sender, out.to) == (FORM.sender.address, FORM.sender.address)
    await watch.receive(b"Delivered-To: " + BOX + b"\r\n" + out.raw)
    (home,) = await watch.ledger.read(store.canaries.written_since, MONDAY - DAY)
    assert home.back_at is not None
