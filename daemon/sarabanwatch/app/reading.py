"""How raw mail is read: what it is, which letter it is about, what it proves, who wrote it.

Mail that comes in and mail that is read again take this same path; it reads the ledger and writes
nothing. A mail that is read again is read as of the day on which it came: with the letters that had
been sent then, and the keys that were valid then.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sarabanwatch import store
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.domain import Known
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.token import Key
from sarabanwatch.core.returns import attribution, authenticity, review, testimony, trace
from sarabanwatch.core.returns.arrival import Arrival, MailKind
from sarabanwatch.core.returns.attribution import Attribution, Refused
from sarabanwatch.core.returns.kept import RawMail, ReceivedMail
from sarabanwatch.core.returns.review import Reading
from sarabanwatch.core.returns.testimony import AttributedMail
from sarabanwatch.ports import Reader, SignatureVerifier
from sarabanwatch.store import Ledger
from sarabanwatch.store.arrivals import LetterClaim

Verified = Callable[[bytes], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Readers:
    """What reads mail, and what verifies its signatures."""

    reader: Reader
    verifier: SignatureVerifier


@dataclass(frozen=True, slots=True)
class Marks:
    """What proves a mail to belong to a letter of ours, and its sender to be who they say.

    `keys` are those of our tokens, `authserv_id` names our receiving host in Authentication-Results
    (RFC 8601; "" for none), and `shared` are mail domains that many owners share.
    """

    keys: Mapping[str, Key]
    authserv_id: str
    shared: frozenset[str]


async def read(mails: Sequence[RawMail], ledger: Ledger, reader: Reader, marks: Marks,
               verified: Verified) -> list[ReceivedMail]:
    """Read raw mails; the ledger is asked for the letters of all of them in one question.

    Signatures are verified only where the mail belongs to a letter of ours, or asks for a
    correction, as answers to notices do.
    """
    arrivals = [await reader.read(mail.raw) for mail in mails]
    claims = [attribution.attribute(what, marks.keys, mail.at.astimezone(BANGKOK).date())
              for mail, what in zip(mails, arrivals, strict=True)]
    letters = await ledger.read(store.arrivals.claimed, list(map(_asked, claims, mails)))
    seen = map(_seen, mails, arrivals, claims, letters)
    return [await _received(each, ledger, marks, verified) for each in seen]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A raw mail, what it is, what it claims, and the letter that this is true of.

    `routable`: whether mail to the letter's domain can be routed.
    """

    raw: bytes
    at: datetime
    what: Arrival
    claim: Attribution | Refused | None
    letter: Letter | Refused | None
    routable: Known


def _asked(claim: Attribution | Refused | None, mail: RawMail) -> LetterClaim | None:
    if not isinstance(claim, Attribution):
        return None
    return LetterClaim(claim.serial, claim.value, mail.at)


def _seen(mail: RawMail, what: Arrival, claim: Attribution | Refused | None,
          found: tuple[Letter | None, Known]) -> _Seen:
    letter, routable = found
    if not isinstance(claim, Attribution):
        return _Seen(*mail, what, claim, claim, routable)
    received = min(mail.at, trace.received_at(mail.raw) or mail.at)
    return _Seen(*mail, what, claim, attribution.claimed_letter(claim, letter, received), routable)


async def _received(mail: _Seen, ledger: Ledger, marks: Marks, verified: Verified) -> ReceivedMail:
    raw, at, what, claim, letter = mail.raw, mail.at, mail.what, mail.claim, mail.letter
    digest = sha256(raw).hexdigest()
    if isinstance(letter, Refused):
        return ReceivedMail(raw, digest, at, what, None, None, letter.why)
    if letter is None or not isinstance(claim, Attribution):
        signed = await verified(raw) if what.kind is MailKind.CORRECTION else ()
        alone = review.with_likeness(Reading(what, None, None), own=False)
        nobodys = await _settled(alone, None, at, digest, ledger)
        return ReceivedMail(raw, digest, at, nobodys.arrival, None, None, "", signed,
                            alike=nobodys.alike, taught=nobodys.taught)
    serial, address = letter.serial, letter.address
    signed = await verified(raw)
    heard = AttributedMail(
        what, claim, authenticity.is_from_office(what.sender, address, marks.shared),
        authenticity.proof(raw, what.sender, address, signed, marks.authserv_id, marks.shared),
        mail.routable if what.reports else None)
    found = review.read_for_letter(heard, serial, address, at, digest)
    settled = await _settled(found, heard, at, digest, ledger)
    maker = trace.maker(raw) if what.reports else ""
    makers = trace.makers(raw) if what.kind is MailKind.CANARY else (maker,) if maker else ()
    return ReceivedMail(raw, digest, at, settled.arrival, serial, settled.fact, settled.refused,
                        signed, maker, makers, settled.alike, settled.taught)


async def _settled(reading: Reading, heard: AttributedMail | None, at: datetime, digest: str,
                   ledger: Ledger) -> Reading:
    """Return a reading as a person's ruling on a similar mail settles it, if there is one."""
    lesson = await ledger.read(store.rulings.lesson, reading.alike) if reading.alike else None
    return reading if lesson is None else review.by_lesson(reading, heard, lesson, at, digest)


async def confirmed(fact: Evidence | None, address: str, ledger: Ledger) -> Evidence | None:
    """Return what our relay said of an address, as far as our own resolvers confirm it.

    That the domain takes no mail at all is believed only where they found so too.
    """
    if fact is None or fact.reason not in testimony.ROUTELESS:
        return fact
    routable = await ledger.read(store.domains.routable, address.rpartition("@")[2])
    reason, rule = testimony.as_resolvers_agree(fact.reason, fact.rule, routable)
    return replace(fact, reason=reason, rule=rule)
