"""What to write instead: the first address that might have been meant and that would be right.

It is a suggestion; nothing is corrected. Each function in `DERIVATIONS` derives addresses in one
way; a later one is asked only where the earlier ones give no right address. Every suggestion is
judged before it is returned, so a suggestion is always judged right.
"""

import re
from collections.abc import Callable, Iterator

from sarabanwatch.core.address.cell import LONGEST, MENDINGS, ReadAddress, read, visible
from sarabanwatch.core.address.domain import GENERIC, coded_host, name_and_suffix, probably_meant
from sarabanwatch.core.address.judging import JudgedCell, is_right, judge, likeliest_first
from sarabanwatch.core.address.requirements import WORD, CellFinding, latin
from sarabanwatch.core.address.rules import Rules
from sarabanwatch.core.address.slip import one_slip
from sarabanwatch.core.address.thai import in_thai
from sarabanwatch.core.facts import local
from sarabanwatch.core.facts.agency import Agency, AgencyKind
from sarabanwatch.core.facts.provinces import PROVINCES

LIKE = re.compile(r"[a-z0-9][\w.+-]*@[a-z0-9][a-z0-9.-]*", re.IGNORECASE | re.ASCII)
WITHOUT_AT = re.compile(
    r"(saraban(?:_\d{8})?)(?:\s+at\s+|[\s.#*]*)([a-z0-9-]+(?:\.mail)?)\.(?=[a-z])",
    re.IGNORECASE | re.ASCII,
)
CODE = re.compile(r"0?([2-6]\d{6})$", re.ASCII)
LIKE_DIGITS = str.maketrans("ol", "01")
# the word saraban as somebody spells it who only heard it
SPELT = re.compile(r"[sz][ae]?[rl]+[aeiou]*h?[bpv]h?[aeou]*[rh]?[nm]*", re.ASCII)
LOOSE_CODE = re.compile(r"(?<=saraban)[ _.-]?0([2-6]\d{6})(?!\d)", re.ASCII)
EACH = 6             # addresses of a cell that are considered; a cell with more is a list
OWN_HEADS = ("กระทรวง", "สำนักงานปลัดกระทรวง", "กรุงเทพมหานคร")


def suggestion(agency: Agency, rules: Rules, judged: JudgedCell | None = None) -> str:
    """Return the address that an agency should declare instead of its cell, or "".

    It is "" where the cell is right, or no address can be derived. `judged`: the judgement on the
    cell, where it is known already.
    """
    if (judged or judge(agency, rules)).finding is CellFinding.RIGHT:
        return ""
    seen: set[str] = set()
    for derive in DERIVATIONS:
        for address in derive(agency, rules):
            if address not in seen and is_right(address, agency, rules):
                return in_thai(address)
            seen.add(address)
    return ""


def _likely(agency: Agency, rules: Rules) -> list[ReadAddress]:
    found = likeliest_first(read(agency.cell), agency, rules)[:EACH]
    like = LIKE.findall(_mended(agency.cell))[:EACH]
    return found or [ReadAddress(word.lower()) for word in like]


def _mended(text: str) -> str:
    part = visible(text[:LONGEST])
    for _, mend in MENDINGS:
        part = mend(part)
    return part


def _spelt(agency: Agency, rules: Rules) -> Iterator[str]:
    """An address in the cell by itself, with typing slips in its domain and its word mended."""
    for each in _likely(agency, rules):
        for domain in _domains(each, rules):
            for part in _locals(each.local.lower(), rules):
                yield f"{part}@{domain}"


def _domains(each: ReadAddress, rules: Rules) -> Iterator[str]:
    domain = each.domain.strip(".-")
    yield domain
    yield from filter(None, (CODE.search(each.local) and coded_host(domain, rules),
                             probably_meant(domain, rules)))
    labels = domain.split(".")
    if not rules.suffix(domain):
        yield from (found for s in rules.official_suffixes for found in _with_suffix(labels, s))


def _with_suffix(labels: list[str], suffix: str) -> Iterator[str]:
    """`onego.th`, `one-go.th`, `one.g`: a domain brought under an official suffix."""
    head, _, country = suffix.partition(".")
    rest, last = labels[:-2], labels[-2:]
    if len(last) < 2:
        return
    name, end = last
    if end == country and name.endswith(head) and len(name) > len(head) + 1:
        yield ".".join((*rest, name.removesuffix(head).rstrip("-"), suffix))
    if end and head.startswith(end) and end not in GENERIC:
        yield ".".join((*rest, name, suffix))


def _locals(part: str, rules: Rules) -> Iterator[str]:
    first, *rest = re.split(f"([{re.escape(rules.separators)}])", part.strip(rules.separators),
                            maxsplit=1)
    tidy = re.sub(r"\.{2,}", ".", "".join((first, *rest)))
    yield tidy
    if SPELT.fullmatch(first) or one_slip(first, WORD):
        yield "".join((WORD, *rest))
    stripped = tidy.translate(LIKE_DIGITS) if tidy.startswith(WORD[:3]) else tidy
    if code := CODE.search(stripped.removeprefix(WORD)):
        yield f"{WORD}_0{code[1]}"


def _without_at(agency: Agency, rules: Rules) -> Iterator[str]:
    """`saraban at one.go.th`, `sarabanone.go.th`, a code without its host."""
    text = visible(agency.cell).lower()
    for loose in LOOSE_CODE.finditer(text) if agency.kind.local else ():
        yield from filter(None, (local.expected_address(loose[1], host)
                                 for host in rules.local_government_hosts))
    for found in WITHOUT_AT.finditer(text) if "@" not in text else ():
        yield from (f"{found[1]}@{found[2]}.{s}" for s in rules.official_suffixes
                    if text.startswith(s, found.end()))


def _own_code(agency: Agency, rules: Rules) -> Iterator[str]:
    """The address that goes with a local government's code."""
    if agency.kind.local or local.parse(agency.code):
        yield from filter(None, (local.expected_address(agency.code, host)
                                 for host in sorted(rules.local_government_hosts)))


def _own_domain(agency: Agency, rules: Rules) -> Iterator[str]:
    """The word saraban on the agency's present domain, where that is its own."""
    for each in _likely(agency, rules):
        for domain in (*_domains(each, rules), *_of_state(each.domain, rules)):
            yield from _after_former(each, domain, rules)
            if domain not in rules.shared_hosts or agency.name.startswith(OWN_HEADS):
                yield f"{WORD}@{domain}"


def _of_state(domain: str, rules: Rules) -> Iterator[str]:
    """`one.co.th` of a department, `one.org.th`: the same name under an official suffix."""
    name, suffix = name_and_suffix(domain, rules)
    if suffix in rules.commercial_suffixes and name and not rules.free(domain):
        yield ".".join((*name, rules.official_suffixes[0]))
    if not suffix and len(name) > 2:
        yield from (".".join((*name[:-2], s)) for s in rules.official_suffixes
                    if one_slip(".".join(name[-2:]), s))


def _own_province(agency: Agency, rules: Rules) -> Iterator[str]:
    """The address that goes with a province's name."""
    if agency.kind is not AgencyKind.PROVINCE:
        return
    for province in [p for p in PROVINCES if p.thai in agency.name][:1]:
        yield from (f"{WORD}_{latin(province)}@{host}" for host in sorted(rules.province_hosts))


def _after_former(each: ReadAddress, domain: str, rules: Rules) -> Iterator[str]:
    """`one0200@saraban.mail.go.th` became saraban@one.mail.go.th."""
    name = re.sub(r"^saraban[._-]|[\d._-]+$", "", each.local.lower())
    for host in rules.former_hosts:
        if domain == host and len(name) > 1 and name.isalnum() and name != WORD:
            yield f"{WORD}@{name}.{host.partition('.')[2]}"


DERIVATIONS: tuple[Callable[[Agency, Rules], Iterator[str]], ...] = (
    _spelt, _without_at, _own_code, _own_domain, _own_province)
