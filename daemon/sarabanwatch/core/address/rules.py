"""The values by which addresses are judged, with the day from which they hold (configuration)."""

from collections.abc import Container
from datetime import date
from functools import cache

import msgspec

from sarabanwatch.core.section import Section

SHORT = 4   # letters of a brand that is not looked for: offices may be called `mail` or `live` too


# compared by identity, because what is known of a domain is cached for each configuration
class Rules(Section, frozen=True, eq=False):
    """config/address-rules.toml: host names in small letters, suffixes in ASCII (RFC 5890).

    `offices` maps a domain to words that stand in its owner's name.
    """

    id: str
    valid_from: date
    official_suffixes: tuple[str, ...]
    free_mail: frozenset[str]
    placeholders: frozenset[str]
    local_government_hosts: frozenset[str]
    commercial_suffixes: frozenset[str] = frozenset()
    placeholder_words: frozenset[str] = frozenset()
    shared_hosts: frozenset[str] = frozenset()
    former_hosts: frozenset[str] = frozenset()
    province_hosts: frozenset[str] = frozenset()
    separators: str = "._-"
    offices: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)

    def suffix(self, domain: str) -> str:
        """Return the official suffix of a domain, or ""."""
        while domain and domain not in self.official_suffixes:
            _, _, domain = domain.partition(".")
        return domain

    def free(self, domain: str) -> bool:
        """Say whether a domain is free mail: a known host, or one with its name (`gmail.co.th`)."""
        return under(domain, self.free_mail) or domain.partition(".")[0] in _brands(self.free_mail)

    def owner(self, domain: str) -> tuple[str, ...]:
        """Return words of which one stands in the name of a domain's owner; () if not known.

        `one.mail.go.th` has the same owner as `one.go.th`.
        """
        return self.offices.get(domain.replace(".mail.", "."), ())


@cache
def _brands(free_mail: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in (host.partition(".")[0] for host in free_mail)
                     if len(name) > SHORT)


def under(domain: str, names: Container[str]) -> bool:
    """Say whether a domain is one of these names, or stands under one."""
    while domain and domain not in names:
        _, _, domain = domain.partition(".")
    return bool(domain)
