"""What becomes of a letter: by SMTP in, by IMAP out, for every door and desk of the land."""

import asyncio
import email.message
import json
from datetime import timedelta

from land.visit import RATE, Open, body
from sarabanland.bounce import Outcome
from sarabanland.clock import SHOWS
from sarabanland.relay import Tried

Mail = email.message.EmailMessage

REFUSED = {         # door: status of the bounce, a piece of its diagnostic
    "nxdomain": ("5.4.4", "Host not found"),
    "no-host": ("5.4.4", "no data record"),
    "nullmx": ("5.1.0", "nullMX"),
    "mx-nowhere": ("5.4.4", "Host not found"),
    "unknown": ("5.1.1", "550 5.1.1"),
    "disabled": ("5.2.1", "550 5.2.1"),
    "full": ("5.2.2", "552 5.2.2"),
    "content": ("5.7.1", "message content rejected"),
    "size": ("5.3.4", "552 5.3.4"),
    "late": ("5.1.1", "user does not exist"),
    "blocked": ("5.7.1", "blocked using rbl.test"),
}
GIVEN_UP = {
    "over-quota": ("4.2.2", "452 4.2.2"),
    "deferring": ("4.3.0", "451 4.3.0"),
    "refusing": ("4.4.1", "Connection refused"),
}


def status(mail: Mail) -> dict[str, str]:
    """The fields of a delivery status, in one table."""
    parts = [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]
    blocks = parts[0].get_payload() if parts else []
    return {name: str(value) for block in blocks
            for name, value in block.items()}      # type: ignore[union-attr]


async def test_every_final_refusal_comes_home_as_a_bounce_with_its_status(land: Open) -> None:
    bench = await land([body(door) for door in REFUSED])
    await asyncio.gather(*(bench.post(body(door).address, door) for door in REFUSED))
    mails = {str(mail["Delivered-To"]): mail for mail in await bench.mailbox.mails(len(REFUSED))}
    for door, (code, words) in REFUSED.items():
        told = status(mails[f"probes+{door}@probe.test"])
        assert (told["Action"], told["Status"]) == ("failed", code), door
        assert words in told["Diagnostic-Code"]
        assert told["Final-Recipient"] == f"rfc822; {body(door).address}"


async def test_a_bounce_carries_what_rfc_3464_asks_and_the_headers_of_the_letter(
    land: Open,
) -> None:
    bench = await land([body("unknown")])
    await bench.post(body("unknown").address, "mark12")
    [mail] = await bench.mailbox.mails(1)
    told = status(mail)
    assert mail["Return-Path"] == "<>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail.get_content_type() == "multipart/report"
    assert told["Reporting-MTA"] == "dns; relay.land.test"
    assert told["Original-Envelope-Id"] == "mark12"
    assert told["Original-Recipient"] == f"rfc822; {body('unknown').address}"
    assert told["Remote-MTA"].startswith("dns; ")
    assert "Message-ID: <mark12@probe.test>" in mail.get_payload()[2].get_payload()  # type: ignore[index, union-attr]


async def test_what_is_only_put_off_is_told_late_and_then_given_up(land: Open) -> None:
    bench = await land([body(door) for door in GIVEN_UP])
    await asyncio.gather(*(bench.post(body(door).address, door) for door in GIVEN_UP))
    mails = await bench.mailbox.mails(2 * len(GIVEN_UP))
    for door, (code, words) in GIVEN_UP.items():
        told = [status(mail) for mail in mails
                if mail["Delivered-To"] == f"probes+{door}@probe.test"]
        assert [(each["Action"], each["Status"]) for each in told] == [("delayed", code),
                                                                       ("failed", code)]
        assert words in told[1]["Diagnostic-Code"]


async def test_a_slow_or_shy_host_takes_the_letter_in_the_end(land: Open) -> None:
    doors = ("open", "greylist", "tarpit", "busy", "dropping")
    bench = await land([body(door, "ticket") for door in doors])
    await asyncio.gather(*(bench.post(body(door, "ticket").address, door) for door in doors))
    mails = await bench.mailbox.mails(len(doors))
    assert {str(mail["To"]) for mail in mails} == {f"probes+{door}@probe.test" for door in doors}
    assert all(str(mail["Subject"]).startswith("[Ticket#") for mail in mails)


async def test_the_blocklist_forgets_us_within_a_day_for_each_agency_apart(land: Open) -> None:
    one, other = body("blocked", "ticket"), body("blocked", "vacation")
    bench = await land([one, other])
    await bench.post(one.address)
    assert status((await bench.mailbox.mails(1))[0])["Status"] == "5.7.1"
    await asyncio.sleep(21 * 3600 / RATE)       # the land's own hours must pass
    await bench.post(one.address)
    assert str((await bench.mailbox.mails(2))[1]["Subject"]).startswith("[Ticket#")
    await bench.post(other.address)
    assert status((await bench.mailbox.mails(3))[2])["Status"] == "5.7.1"


async def test_a_machine_too_slow_for_its_clock_still_tries_again_before_it_gives_up(
    land: Open,
) -> None:
    # one attempt takes longer than a queue's life
    bench = await land([body("greylist", "ticket")], rate=500 * RATE)
    await bench.post(body("greylist", "ticket").address, notify="FAILURE")
    assert str((await bench.mailbox.mails(1))[0]["Subject"]).startswith("[Ticket#")


async def test_every_desk_answers_in_its_own_way(land: Open) -> None:
    desks = ("receipt", "reply", "vacation", "ticket", "mdn")
    bench = await land([body("open", desk) for desk in (*desks, "silent")])
    await asyncio.gather(*(bench.post(body("open", desk).address, desk)
                           for desk in (*desks, "silent")))
    came = await bench.mailbox.mails(len(desks))
    mails = {str(mail["To"]).removeprefix("probes+").removesuffix("@probe.test"): mail
             for mail in came}
    assert set(mails) == set(desks)
    assert all(mail["Delivered-To"] == f"probes+{desk}@probe.test" for desk, mail in mails.items())
    assert mails["mdn"].get_content_type() == "multipart/report"
    assert mails["ticket"]["Auto-Submitted"] == "auto-generated"
    assert mails["receipt"]["Auto-Submitted"] is None


async def test_notify_is_honoured(land: Open) -> None:
    bench = await land([body("unknown"), body("open")])
    await bench.post(body("open").address, "quiet", notify="")
    await bench.post(body("unknown").address, "never", notify="NEVER")
    await bench.post(body("open").address, "success", notify="SUCCESS")
    await bench.post(body("unknown").address, "unasked", notify="")
    mails = await bench.mailbox.mails(2)
    actions = {str(mail["Delivered-To"]): status(mail)["Action"] for mail in mails}
    assert actions == {"probes+success@probe.test": "relayed",
                       "probes+unasked@probe.test": "failed"}


async def test_a_letter_to_the_watch_itself_arrives_and_one_to_a_stranger_there_bounces(
    land: Open,
) -> None:
    bench = await land([body("open")])
    await bench.post("probes+canary@probe.test", "out")
    await bench.post("nobody@probe.test", "out")
    mails = {str(mail["Delivered-To"]): mail for mail in await bench.mailbox.mails(2)}
    assert mails["probes+canary@probe.test"].get_payload() == "line\r\n.dot\r\n"
    assert status(mails["probes+out@probe.test"])["Status"] == "5.1.1"


async def test_every_letter_taken_is_on_record_before_it_is_acknowledged(land: Open) -> None:
    bench = await land([body("open"), body("unknown")])
    for at, door in enumerate(("open", "unknown", "open")):
        await bench.post(body(door).address, f"m{at}")
        lines = [
            json.loads(line) for line in (bench.folder / "letters.jsonl").read_text().splitlines()
        ]
        assert len(lines) == at + 1
        assert (lines[at]["to"], lines[at]["envelope_from"]) == (body(door).address,
                                                                 f"probes+m{at}@probe.test")
        assert (lines[at]["message_id"], lines[at]["subject"]) == (f"<m{at}@probe.test>", "t 1")


def test_a_letter_is_not_given_up_before_a_host_that_was_away_has_answered_as_often_as_others() -> (
    None
):
    away, later, tried = (
        Outcome("4.4.1", "X-Postfix; Connection refused"),
        Outcome("4.7.1", "smtp; 450 4.7.1 Greylisted"),
        Tried(),
    )
    told = []
    for hour, outcome in enumerate((away, away, away, later, later, later)):
        tried.note(outcome, SHOWS + timedelta(hours=hour))
        told.append(tried.enough)
    assert told == [False, False, True, False, False, True]
    assert tried.first == SHOWS
