"""Who wrote a reply, as far as it can be proved.

A proof is a DKIM signature that `edge.dkim` verified, or the Authentication-Results (RFC 8601) of
our own receiving host, the one named in `inbox.authserv_id`; no other host is believed. Domains are
compared by the alignment of RFC 7489 section 3.1. A missing proof says nothing against a mail,
because signatures break on the way.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from sarabanwatch.core.facts.evidence import Certainty, Evidence, FactKind
from sarabanwatch.core.returns.mime import HEADER, LONGEST_HEADER, head_of

# quoted strings and comments may hold anything
ASIDE = re.compile(r'"(?:[^"\\]|\\.){0,300}"|\((?:[^()"\\]|\\.){0,300}\)')
RESULT = re.compile(r"\s*(dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)\b([^;]*)", re.IGNORECASE)
DOMAIN = re.compile(r"\bheader\.(d|i|from)\s*=\s*(?:[^\s;@]{0,64}@)?([a-z0-9._-]{1,253})(?![^\s;])",
                    re.IGNORECASE)
# the properties in which each method names the domain that it checked
NAMES = {"dkim": ("d", "i"), "dmarc": ("from",)}


class Strength(StrEnum):
    """At which strength a reply counts, strongest first."""

    RULED = "a person's word"
    OWN = "authenticated from the declared domain"
    SIGNED = "our signed token, the sender not authenticated"
    NUMBERED = "an unsigned number of ours, the sender not authenticated"
    SENDER = "the sender's address only"


def strength(fact: Evidence) -> Strength:
    """Return at which strength a fact counts."""
    if fact.certainty is Certainty.RULED:
        return Strength.RULED
    if fact.authentic:
        return Strength.OWN
    by_certainty = {Certainty.SIGNED: Strength.SIGNED, Certainty.LIKELY: Strength.NUMBERED}
    return by_certainty.get(fact.certainty, Strength.SENDER)


def decides(fact: Evidence) -> bool:
    """Say whether a fact may decide a verdict.

    A person's ruling does, and so does a fact that our token ties to the letter. A fact that only a
    number, a sender or a subject ties to it does not, because anybody can write those; unless it is
    a reply that is proved to come from the declared domain.
    """
    if fact.certainty in (Certainty.RULED, Certainty.SIGNED):
        return True
    return bool(fact.authentic) and (fact.certainty is Certainty.LIKELY
                                     or fact.kind in (FactKind.RECEIPT, FactKind.ANSWERED,
                                                      FactKind.WAITS))


def is_certain(fact: Evidence) -> bool:
    """Say whether a reply outranks a refusal: a person ruled so, or it is authentic."""
    return fact.certainty is Certainty.RULED or bool(fact.authentic)


def proof(raw: bytes, sender: str, declared: str, signed: tuple[str, ...], authserv_id: str,
          shared: frozenset[str]) -> str:
    """Return what proves, in words, that a mail is of the office of the `declared` address, or "".

    `sender`: its author's address; `signed`: domains whose DKIM signature we verified;
    `authserv_id`: our receiving host, or ""; `shared`: domains of many owners, where only the
    declared address itself counts as the agency's.
    """
    if not is_from_office(sender, declared, shared):
        return ""
    home = _domain(declared)
    ours = next((f"DKIM of {domain}, verified by us" for domain in signed if aligned(domain, home)),
                "")
    return ours or next((f"{method} of {domain}, says {authserv_id}"
                         for method, domain in passed_results(raw, authserv_id)
                         if aligned(domain, home)), "")


def signed_by_our_domain(address: str, signed: Iterable[str]) -> bool:
    """Say whether a letter to ourselves was signed by our domain; `signed` are verified domains."""
    return any(aligned(domain, _domain(address)) for domain in signed)


def aligned(domain: str, home: str) -> bool:
    """Say whether two domains are equal, or one is a subdomain of the other, but of no suffix.

    `go.th` or `com` is a suffix: it is aligned with no other domain.
    """
    one, other = domain.lower().rstrip("."), home.lower().rstrip(".")
    short, long = sorted((one, other), key=len)
    return bool(short) and (short == long or (long.endswith("." + short) and not _is_suffix(short)))


def passed_results(raw: bytes, authserv_id: str) -> Iterator[tuple[str, str]]:
    """Yield (method, domain) of the checks that passed at our own receiving host.

    Each host writes its fields above those it received. So only the topmost unbroken run of fields
    under our host's name is looked at, and in it the first that names DKIM or DMARC or cannot be
    read: what stands below may be forged. Where DMARC failed, DKIM is not believed either.
    """
    fields = map(_results, _own_fields(raw, authserv_id))
    found = next((results for results in fields if results != []), None) or []
    failed = any(method == "dmarc" and result == "fail" for method, result, _ in found)
    for method, result, properties in found:
        if result == "pass" and not failed:
            yield from ((method, m[2].lower()) for m in DOMAIN.finditer(properties)
                        if m[1].lower() in NAMES[method])


def _results(value: str) -> list[tuple[str, str, str]] | None:
    """Return (method, result, properties) of DKIM and DMARC in a field; None if it is unclear."""
    bare = ASIDE.sub(" ", ASIDE.sub(" ", value))
    if any(sign in bare for sign in '"()\\') or bare.partition(";")[2].strip().lower() == "none":
        # `none`: no check was made (RFC 8601 section 2.2), so what stands below is not our host's
        return None
    matches = (RESULT.match(part) for part in bare.split(";")[1:])
    return [(m[1].lower(), m[2].lower(), m[3]) for m in matches if m]


def _own_fields(raw: bytes, authserv_id: str) -> Iterator[str]:
    """Yield the values of the topmost run of Authentication-Results fields of our host."""
    begun = False
    for field in HEADER.finditer(head_of(raw)):
        own = field[1].lower() == "authentication-results" and _is_by(field[2], authserv_id)
        if own:
            yield field[2][:LONGEST_HEADER].replace("\n", " ")
        elif begun:
            return
        begun = own


def _is_by(value: str, authserv_id: str) -> bool:
    named = value[:LONGEST_HEADER].partition(";")[0].split()
    return bool(authserv_id and named) and named[0].lower() == authserv_id.lower()


def is_from_office(sender: str, declared: str, shared: frozenset[str]) -> bool:
    """Say whether a sender belongs to the office of a declared address, by their domains.

    At a `shared` domain the whole address must be the same.
    """
    if "@" not in sender or "@" not in declared:
        return False
    same = sender.lower() == declared.lower()
    return same or (_domain(declared) not in shared and _domain(sender) not in shared
                    and aligned(_domain(sender), _domain(declared)))


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _is_suffix(domain: str) -> bool:
    """Say whether a domain is a suffix: one label, or up to three letters under a country."""
    *rest, last = domain.split(".")
    return not rest or (len(rest) == 1 and len(last) == 2 and len(rest[0]) <= 3)
