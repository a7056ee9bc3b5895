"""Mail of strangers and forgers: there is some, and none of it tells the truth."""

import email
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

from sarabanland import country
from sarabanland.body import Body
from sarabanland.letter import Letter
from sarabanland.strangers import Strangers

NOW = datetime(2026, 2, 17, 9, tzinfo=UTC)
TOKEN = "swaaaaaaaaahza3jt2ufmomoymn"
BODIES = country.settle(2000, 7)


def roused(bodies: list[Body]) -> list[tuple[Body, str, EmailMessage]]:
    """All that the first letters to these bodies would set off: who was written to, to whom it
    goes, the mail.
    """
    strangers, found = Strangers(bodies, 7), []
    for body in bodies:
        letter = Letter(f"probes+{TOKEN}@probe.test", body.address, b"Subject: x\r\n\r\n",
                        {"subject": "x"})
        for _, forge in strangers.roused_by(body):
            to, _, raw = forge(letter, NOW)
            found.append((body, to, email.message_from_bytes(raw, policy=default)))
    return found


FOUND = roused(BODIES)
BOUNCES = [(body, to, mail) for body, to, mail in FOUND
           if mail.get_content_type() == "multipart/report"]


def final_recipient(mail: EmailMessage) -> str:
    return next(str(part["Final-Recipient"]) for part in mail.walk()
                if part["Final-Recipient"]).removeprefix("rfc822; ")


def test_there_are_as_many_of_each_sort_as_the_share_says_and_none_in_a_small_country() -> None:
    assert len(FOUND) == 4 * 10
    assert len(roused(country.settle(50, 7))) == 4
    assert not roused(country.settle(49, 7))


def test_a_bounce_under_a_real_token_names_another_body() -> None:
    misdirected = [(body, mail) for body, to, mail in BOUNCES if TOKEN in to]
    assert len(misdirected) == 10
    assert all(final_recipient(mail) != body.address for body, mail in misdirected)


def test_a_bounce_that_names_its_own_body_has_a_token_of_our_form_that_nobody_made() -> None:
    made_up = [(body, to) for body, to, mail in BOUNCES if final_recipient(mail) == body.address]
    assert len(made_up) == 10
    assert all(len(to) == len(f"probes+{TOKEN}@probe.test") and TOKEN not in to
               for _, to in made_up)


def test_a_receipt_without_a_token_is_only_given_for_mailboxes_that_do_not_exist() -> None:
    absent = {body.address for body in BODIES if body.group == "D2"}
    weak = [mail for _, to, mail in FOUND if to == "probes@probe.test"
            and "เลขรับ" in mail["Subject"]]
    assert len(weak) == 10
    assert all(mail["From"].addresses[0].addr_spec in absent for mail in weak)
    assert not any(mail["In-Reply-To"] for mail in weak)


def test_only_letters_to_sound_bodies_rouse_them() -> None:
    assert all(body.group in {"A1", "A2"} and body.door == "open" for body, _, _ in FOUND)
