"""The country in sheets: by group, province, ministry, kind and first letter.

Each agency stands once in each of these cuts.

A sheet knows its agencies and its counts; how it is printed is the page's business.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.core.facts.provinces import BY_NAME, PROVINCES
from sarabanwatch.core.facts.thai_order import LEADING, thai_order
from sarabanwatch.core.judging.census import BUCKETS, Buckets, Census
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.page.public import Listing, slug

KINDS = {      # in English
    AgencyKind.MINISTRY: "ministry",
    AgencyKind.DEPARTMENT: "department",
    AgencyKind.PROVINCE: "province",
    AgencyKind.BANGKOK: "Bangkok",
    AgencyKind.STATE_ENTERPRISE: "state enterprise",
    AgencyKind.PUBLIC_ORGANISATION: "public organisation",
    AgencyKind.UNIVERSITY: "higher education",
    AgencyKind.PAO: "provincial administrative organisation",
    AgencyKind.CITY: "city municipality",
    AgencyKind.TOWN: "town municipality",
    AgencyKind.SUBDISTRICT: "subdistrict municipality",
    AgencyKind.SAO: "subdistrict administrative organisation",
    AgencyKind.PATTAYA: "Pattaya City",
    AgencyKind.OTHER: "other state agency",
}
CONSONANTS = "".join(chr(c) for c in range(0x0E01, 0x0E2F))
NOBODY = "-"
Place = tuple[str, str, str]     # slug, Thai, English


@dataclass(frozen=True, slots=True)
class IndexSheet:
    """Some agencies under one heading."""

    slug: str
    thai: str
    english: str
    listings: tuple[Listing, ...]
    census: Census


def site_index(listings: Iterable[Listing],
               buckets: Buckets = BUCKETS) -> dict[str, dict[str, IndexSheet]]:
    """Return the sheets, cut by cut, in the order in which people look for them."""
    all_ = list(listings)
    return {cut: _sheets(all_, place, order, buckets) for cut, (place, order) in CUTS.items()}


def tallied(listings: Iterable[Listing], buckets: Buckets = BUCKETS) -> Census:
    """Count agencies by group, in the buckets of an edition."""
    return Census(Counter(listing.group for listing in listings), buckets)


def _sheets(
    listings: list[Listing], place: Callable[[Listing], Place], order: Mapping[str, int],
    buckets: Buckets,
) -> dict[str, IndexSheet]:
    found: dict[Place, list[Listing]] = {}
    for listing in listings:
        found.setdefault(place(listing), []).append(listing)
    last = len(order)
    places = sorted(found, key=lambda p: (order.get(p[0], last), p[1] == NOBODY, thai_order(p[1])))
    return {p[0]: IndexSheet(*p, tuple(found[p]), tallied(found[p], buckets)) for p in places}


def of_group(listing: Listing) -> Place:
    """The sheet of a listing's group."""
    return listing.group.value, listing.group.value, listing.group.value


def of_province(listing: Listing) -> Place:
    """The sheet of a listing's province."""
    known = BY_NAME.get(listing.province.removeprefix("จังหวัด"))
    return (known.code, known.thai, known.english) if known else _named(listing.province)


def of_ministry(listing: Listing) -> Place:
    """The sheet of a listing's superior."""
    slug_, thai, english = _named(listing.superior)
    known = BY_NAME.get(thai.removeprefix("จังหวัด")) if thai.startswith("จังหวัด") else None
    return slug_, thai, f"{known.english} province" if known else english


def of_kind(listing: Listing) -> Place:
    """The sheet of a listing's kind."""
    english = KINDS.get(AgencyKind(listing.kind), listing.kind)
    return english.lower().replace(" ", "-"), listing.kind, english


def of_letter(listing: Listing) -> Place:
    """The sheet of the first consonant of a name, less the name of its kind and leading vowels."""
    first = listing.name.removeprefix(listing.kind).lstrip(LEADING + " .")[:1].upper()
    if first and first in CONSONANTS:
        return f"{ord(first) - 0x0E00:02d}", first, first
    return ("99", "อื่น ๆ", "other") if not ("A" <= first <= "Z") else (first, first, first)


def _named(text: str) -> Place:
    return (slug(text), text, text) if text.strip() else ("none", NOBODY, NOBODY)


BY_THAI_NAME = sorted(PROVINCES, key=lambda p: thai_order(p.thai))
CUTS: dict[str, tuple[Callable[[Listing], Place], Mapping[str, int]]] = {
    "group":    (of_group, {g.value: i for i, g in enumerate(Group)}),
    "province": (of_province, {p.code: i for i, p in enumerate(BY_THAI_NAME)}),
    "ministry": (of_ministry, {}),
    "kind":     (of_kind, {e.lower().replace(" ", "-"): i for i, e in enumerate(KINDS.values())}),
    "letter":   (of_letter, {}),
}
