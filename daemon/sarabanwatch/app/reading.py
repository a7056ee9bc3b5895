"""How one raw mail is read: what it is, whose letter it is about, what it testifies, and who proves to have written it.

The one path, for mail that comes in and for mail that is read again; it reads the ledger and writes nothing. A mail read
again is read as of the day it came: by letters that had left us then, by keys that held then.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sarabanwatch import store
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.token import Key
from sarabanwatch.core.returns import attribution, authenticity, review, testimony, trace
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.returns.kept import Received
from sarabanwatch.core.returns.review import Reading
from sarabanwatch.core.returns.testimony import Hearing
from sarabanwatch.ports import Reader
from sarabanwatch.store import Ledger

Verified = Callable[[bytes], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Marks:
    """By what a mail is known to be ours, and its sender to be who they say.

    `keys` of our tokens; `authserv_id` of our receiving host, "" for none; `shared`: mail domains of many owners.
    """

    keys: Mapping[str, Key]
    authserv_id: str
    shared: frozenset[str]


async def read(raw: bytes, at: datetime, ledger: Ledger, reader: Reader, marks: Marks,
               verified: Verified) -> Received:
    """Read a raw mail that came `at`.

    Signatures are asked for only where it belongs to a letter of ours, or tells a correction: answers to notices do.
    """
    what, digest = await reader.read(raw), sha256(raw).hexdigest()
    claim = attribution.attribute(what, marks.keys, at.astimezone(BANGKOK).date())
    if isinstance(claim, attribution.Refused):
        return Received(raw, digest, at, what, None, None, claim.why)
    letter = None if claim is None else await _borne(claim, raw, ledger, at)
    if isinstance(letter, attribution.Refused):
        return Received(raw, digest, at, what, None, None, letter.why)
    if claim is None or letter is None:
        signed = await verified(raw) if what.kind is MailKind.CORRECTION else ()
        nobodys = await _settled(review.known(Reading(what, None, None), own=False), None, at,
                                 digest, ledger)
        return Received(raw, digest, at, nobodys.arrival, None, None, "", signed,
                        alike=nobodys.alike, taught=nobodys.taught)
    serial, address = letter.serial, letter.address
    signed = await verified(raw)
    heard = Hearing(
        what, claim, authenticity.speaks_for(what.sender, address, marks.shared),
        authenticity.proof(raw, what.sender, address, signed, marks.authserv_id, marks.shared),
        await ledger.read(store.domains.routable, address.rpartition("@")[2]) if what.reports
        else None)
    told = await _settled(review.hear(heard, serial, address, at, digest), heard, at, digest,
                          ledger)
    maker = trace.maker(raw) if what.reports else ""
    makers = trace.makers(raw) if what.kind is MailKind.CANARY else (maker,) if maker else ()
    return Received(raw, digest, at, told.arrival, serial, told.fact, told.refused, signed, maker,
                    makers, told.alike, told.taught)


async def _settled(reading: Reading, heard: Hearing | None, at: datetime, digest: str,
                   ledger: Ledger) -> Reading:
    """Return a reading as a person's ruling on a mail of its like settles it, if there is one."""
    lesson = await ledger.read(store.rulings.lesson, reading.alike) if reading.alike else None
    return reading if lesson is None else review.taught(reading, heard, lesson, at, digest)


async def _borne(
    claim: attribution.Attribution, raw: bytes, ledger: Ledger, at: datetime,
) -> Letter | attribution.Refused | None:
    """Return the letter that a mail is about."""
    serial = (
        claim.serial if claim.serial is not None
        else await ledger.read(store.arrivals.last_letter_to, claim.value, at)
    )
    letter = None if serial is None else await ledger.read(store.arrivals.letter, serial)
    return attribution.borne(claim, letter, min(at, trace.came(raw) or at))


async def confirmed(fact: Evidence | None, address: str, ledger: Ledger) -> Evidence | None:
    """Return what our relay said of an address; that its domain takes no mail only where our own resolvers found so too."""
    if fact is None or fact.reason not in testimony.ROUTELESS:
        return fact
    routable = await ledger.read(store.domains.routable, address.rpartition("@")[2])
    reason, rule = testimony.confirmed(fact.reason, fact.rule, routable)
    return replace(fact, reason=reason, rule=rule)
