"""How one raw mail is read: what it is, which letter it is about, what it proves, who wrote it.

Mail that comes in and mail that is read again take this same path; it reads the ledger and writes
nothing. A mail that is read again is read as of the day on which it came: with the letters that had
been sent then, and the keys that were valid then.
"""

from collections.abc import Awaitable, Callable, Mapping
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
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.returns.review import Reading
from sarabanwatch.core.returns.testimony import AttributedMail
from sarabanwatch.ports import Reader, SignatureVerifier
from sarabanwatch.store import Ledger

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


async def read(raw: bytes, at: datetime, ledger: Ledger, reader: Reader, marks: Marks,
               verified: Verified) -> ReceivedMail:
    """Read a raw mail that came `at` that moment.

    Signatures are verified only where the mail belongs to a letter of ours, or asks for a
    correction, as answers to notices do.
    """
    what, digest = await reader.read(raw), sha256(raw).hexdigest()
    claim = attribution.attribute(what, marks.keys, at.astimezone(BANGKOK).date())
    if isinstance(claim, attribution.Refused):
        return ReceivedMail(raw, digest, at, what, None, None, claim.why)
    letter, routable = (None, None) if claim is None else await _letter_of(claim, raw, ledger, at)
    if isinstance(letter, attribution.Refused):
        return ReceivedMail(raw, digest, at, what, None, None, letter.why)
    if claim is None or letter is None:
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
        routable if what.reports else None)
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


async def _letter_of(
    claim: attribution.Attribution, raw: bytes, ledger: Ledger, at: datetime,
) -> tuple[Letter | attribution.Refused | None, Known]:
    """Return the letter that a mail is about, Refused where the claim does not hold.

    And whether mail to the letter's domain can be routed.
    """
    letter, routable = await ledger.read(store.arrivals.claimed, claim.serial, claim.value, at)
    received = min(at, trace.received_at(raw) or at)
    return attribution.claimed_letter(claim, letter, received), routable


async def confirmed(fact: Evidence | None, address: str, ledger: Ledger) -> Evidence | None:
    """Return what our relay said of an address, as far as our own resolvers confirm it.

    That the domain takes no mail at all is believed only where they found so too.
    """
    if fact is None or fact.reason not in testimony.ROUTELESS:
        return fact
    routable = await ledger.read(store.domains.routable, address.rpartition("@")[2])
    reason, rule = testimony.as_resolvers_agree(fact.reason, fact.rule, routable)
    return replace(fact, reason=reason, rule=rule)
