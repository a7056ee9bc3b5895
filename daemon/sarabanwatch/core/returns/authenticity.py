"""Who wrote a reply, as far as it can be proved: by a signature that we verified, or by the word of our own receiving host.

Knows RFC 8601 (Authentication-Results) and the alignment of RFC 7489 section 3.1. Refuses to verify signatures itself
(`edge.dkim` does) and to believe any host but the one that is named in `inbox.authserv_id`. That a proof is missing says
nothing against a mail: signatures break on the way.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from sarabanwatch.core.facts.evidence import Certainty, Evidence, FactKind
from sarabanwatch.core.returns.mime import HEADER, LONGEST_HEADER, MOST_HEAD

# quoted strings and comments may hold anything
ASIDE = re.compile(r'"(?:[^"\\]|\\.){0,300}"|\((?:[^()"\\]|\\.){0,300}\)')
RESULT = re.compile(r"\s*(dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)\b([^;]*)", re.IGNORECASE)
DOMAIN = re.compile(r"\bheader\.(d|i|from)\s*=\s*(?:[^\s;@]{0,64}@)?([a-z0-9._-]{1,253})(?![^\s;])",
                    re.IGNORECASE)
# the property by which each method names whom it vouches for
NAMES = {"dkim": ("d", "i"), "dmarc": ("from",)}


class Strength(StrEnum):
    """At which strength a reply counts, strongest first."""

    RULED = "a person's word"
    OWN = "authenticated from the declared domain"
    MARKED = "our signed mark, the sender not authenticated"
    NUMBERED = "an unsigned number of ours, the sender not authenticated"
    SENDER = "the sender's address only"


def strength(fact: Evidence) -> Strength:
    """Return at which strength a fact counts."""
    if fact.sure is Certainty.RULED:
        return Strength.RULED
    if fact.authentic:
        return Strength.OWN
    return {Certainty.SIGNED: Strength.MARKED, Certainty.LIKELY: Strength.NUMBERED}.get(fact.sure,
                                                                                        Strength.SENDER)


def decides(fact: Evidence) -> bool:
    """Tell whether a fact may decide.

    A person's word does, and a fact that our signed mark ties to the letter. What only a number, a sender or a subject ties
    to it decides nothing, for a number is no credential: unless it is a reply that the declared domain proves to have written.
    """
    if fact.sure in (Certainty.RULED, Certainty.SIGNED):
        return True
    return bool(fact.authentic) and (fact.sure is Certainty.LIKELY
                                     or fact.kind in (FactKind.RECEIPT, FactKind.ANSWERED,
                                                      FactKind.WAITS))


def is_certain(fact: Evidence) -> bool:
    """Tell whether a reply stands above a refusal: a person says so, or the declared domain proves to have written it."""
    return fact.sure is Certainty.RULED or bool(fact.authentic)


def proof(raw: bytes, sender: str, declared: str, signed: tuple[str, ...], authserv_id: str,
          shared: frozenset[str]) -> str:
    """Return in words what proves that a mail by `sender` comes from the domain of the `declared` address, or "".

    `signed`: domains whose DKIM signature we verified ourselves; `authserv_id`: our receiving host, "" for none; `shared`:
    domains of many owners, at which only the declared address itself speaks for the agency.
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
    """Tell whether a mail of our own came home under a signature of our domain: `signed` are the domains whose signature held."""
    return any(aligned(domain, _domain(address)) for domain in signed)


def aligned(domain: str, home: str) -> bool:
    """Tell whether one domain is the other, or lies above or beneath it; a bare suffix (`go.th`, `com`) speaks for nobody."""
    one, other = domain.lower().rstrip("."), home.lower().rstrip(".")
    short, long = sorted((one, other), key=len)
    return bool(short) and (short == long or (long.endswith("." + short) and not _is_suffix(short)))


def passed_results(raw: bytes, authserv_id: str) -> Iterator[tuple[str, str]]:
    """Yield (method, domain) that our own receiving host found to pass.

    Hosts write on top of what they receive, so only the topmost unbroken run of fields under our host's name is looked at,
    and in it the first that speaks of DKIM or DMARC at all, or cannot be read: whatever stands beneath may be a stranger's.
    Where it tells of a failed DMARC, no DKIM in it is believed.
    """
    found = next(filter(lambda told: told != [], map(_results, _own_fields(raw, authserv_id))),
                 None) or []
    failed = any(method == "dmarc" and said == "fail" for method, said, _ in found)
    for method, said, properties in found:
        if said == "pass" and not failed:
            yield from ((method, m[2].lower()) for m in DOMAIN.finditer(properties)
                        if m[1].lower() in NAMES[method])


def _results(value: str) -> list[tuple[str, str, str]] | None:
    """Return (method, result, properties) of DKIM and DMARC in one field; None where it cannot be read for sure."""
    bare = ASIDE.sub(" ", ASIDE.sub(" ", value))
    if any(mark in bare for mark in '"()\\') or bare.partition(";")[2].strip().lower() == "none":
        # `none`: it looked at nothing (RFC 8601 section 2.2), so nothing beneath is of its making
        return None
    matches = (RESULT.match(part) for part in bare.split(";")[1:])
    return [(m[1].lower(), m[2].lower(), m[3]) for m in matches if m]


def _own_fields(raw: bytes, authserv_id: str) -> Iterator[str]:
    """Yield the values of the topmost run of Authentication-Results fields of our host."""
    head = raw[:MOST_HEAD].decode("latin-1").replace("\r\n", "\n").lstrip("\n").partition("\n\n")[0]
    begun = False
    for field in HEADER.finditer(head):
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
    """Tell whether a sender is of the office of a declared address, by their domains; at a `shared` one, by the whole address."""
    if "@" not in sender or "@" not in declared:
        return False
    same = sender.lower() == declared.lower()
    return same or (_domain(declared) not in shared and _domain(sender) not in shared
                    and aligned(_domain(sender), _domain(declared)))


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _is_suffix(domain: str) -> bool:
    """Tell whether a domain is a bare suffix: one label, or a two-letter country's second level of up to three letters."""
    *rest, last = domain.split(".")
    return not rest or (len(rest) == 1 and len(last) == 2 and len(rest[0]) <= 3)
