"""What the rules say of a domain: official, free mail, a sample, mistyped, a known office's.

Nothing is looked up.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from sarabanwatch.core.address.rules import Rules, under
from sarabanwatch.core.address.slip import one_slip

GENERIC = frozenset({"com", "net", "org", "edu", "info", "biz"})
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)      # RFC 1035 section 2.3.1
X_SAMPLE = re.compile(r"x{3,}", re.IGNORECASE)
REMEMBERED = 10_000   # domains; there are fewer agencies


class Domain(NamedTuple):
    """What the rules say of a domain by itself."""

    name: tuple[str, ...]      # labels before the official suffix; all of them where there is none
    suffix: str                # the official suffix, or ""
    formed: bool               # whether every label may be one
    meant: str                 # the domain that was probably meant, if this one is mistyped, or ""
    sample: bool               # a placeholder
    free: bool                 # free mail
    trade: bool                # under a commercial suffix
    coded: bool                # the host where local governments are named by their code
    shared: bool               # a host of many offices
    former: bool               # a host of addresses that were replaced
    owner: tuple[str, ...]     # its owner's name has one of these words; () if not known


@lru_cache(maxsize=REMEMBERED)
def described(domain: str, rules: Rules) -> Domain:
    """Return what the rules say of a domain, which is in small letters."""
    name, suffix = name_and_suffix(domain, rules)
    return Domain(
        name=tuple(name), suffix=suffix, formed=all(map(LABEL.fullmatch, domain.split("."))),
        meant=probably_meant(domain, rules), sample=_sample(domain, rules), free=rules.free(domain),
        trade=suffix in rules.commercial_suffixes, coded=domain in rules.local_government_hosts,
        shared=domain in rules.shared_hosts, former=under(domain, rules.former_hosts),
        owner=rules.owner(domain))


def _sample(domain: str, rules: Rules) -> bool:
    name, suffix = name_and_suffix(domain, rules)
    plain = [label for label in name if label != "mail"] if suffix else name[:-1]
    return domain in rules.placeholders or "xx" in plain or any(
        label in rules.placeholder_words or X_SAMPLE.fullmatch(label) for label in plain[-1:])


def name_and_suffix(domain: str, rules: Rules) -> tuple[list[str], str]:
    """Return the labels before the official suffix, and the suffix ("" where there is none)."""
    suffix = rules.suffix(domain)
    before = domain.removesuffix(suffix).rstrip(".") if suffix else domain
    return (before.split(".") if before else []), suffix


def probably_meant(domain: str, rules: Rules) -> str:
    """Return the domain that was probably meant, or "" where this one does not look mistyped."""
    if rules.free(domain) or domain in rules.placeholders:
        return ""
    name, suffix = name_and_suffix(domain, rules)
    return next((found for slip in (OFFICIAL if suffix else STRANGE)
                 for found in slip(name, suffix, rules)), "")


def coded_host(domain: str, rules: Rules) -> str:
    """Return the host of local governments that a domain was probably meant to be, or ""."""
    first = domain.partition(".")[0]
    near = (host for host in rules.local_government_hosts
            if domain != host and (one_slip(domain, host) or first == host.partition(".")[0]))
    return next(near, "")


def _web(name: list[str], suffix: str, _: Rules) -> Iterator[str]:
    if name[:1] == ["www"]:
        yield ".".join((*name[1:], suffix))


def _ending(labels: list[str], _: str, rules: Rules) -> Iterator[str]:
    """`one.gp.th`, `one.goth`, `one.g.o.th`: a suffix that is one slip from an official one.

    Swapped letters come before missing ones.
    """
    for count in (3, 2, 1):
        name, ending = labels[:-count], ".".join(labels[-count:])
        if (name or count == 2) and GENERIC.isdisjoint(labels[-count:]):
            near = sorted((s for s in rules.official_suffixes if one_slip(ending, s)),
                          key=lambda s: sorted(s) != sorted(ending))
            yield from (".".join((*name, s)) for s in near)


def _cut_off(labels: list[str], _: str, rules: Rules) -> Iterator[str]:
    """`one.go`: the country is missing."""
    yield from (".".join((*labels[:-1], s)) for s in rules.official_suffixes if labels[1:]
                and s.partition(".")[0] == labels[-1])


def _twice(name: list[str], suffix: str, rules: Rules) -> Iterator[str]:
    """`one.go.th.go.th`, `one.go.go.th`: a suffix after a suffix."""
    if len(name) < 2:
        return
    ends = {label for s in rules.official_suffixes for label in s.split(".")}
    if name[-1] in ends:
        yield ".".join((*(label for label in name if label not in ends), suffix))


def _mail(name: list[str], suffix: str, rules: Rules) -> Iterator[str]:
    """`one.mial.go.th`, `onemail.go.th`: one slip from a host that many agencies share."""
    host = f"mail.{suffix}"
    if host not in rules.shared_hosts:
        return
    if len(name) > 1 and one_slip(name[-1], "mail"):
        yield ".".join((*name[:-1], host))
    if len(name) == 1 and len(name[0]) > len("email") and name[0].endswith("mail"):
        yield f"{name[0].removesuffix('mail')}.{host}"


Slip = Callable[[list[str], str, Rules], Iterator[str]]
OFFICIAL: tuple[Slip, ...] = (_web, _twice, _mail)   # under an official suffix
STRANGE: tuple[Slip, ...] = (_ending, _cut_off)
