"""Domains in Thai letters, under .ไทย: as people write them, and as A-labels (RFC 5890)."""

import re
from contextlib import suppress

TOP = "xn--o3cw4h"      # .ไทย, delegated in 2010
WRITTEN = re.compile(r"(?<=@)(?:[a-z0-9\u0e01-\u0e4e-]{1,63}\.){1,8}ไทย(?![\u0e01-\u0e4e.@-])",
                     re.IGNORECASE)
SARA_AM = re.compile("\u0e4d\u0e32")     # two characters in the DNS, one in a text
LETTERS = re.compile(r"[a-z0-9\u0e01-\u0e4e-]+", re.ASCII)


def in_ascii(text: str) -> str:
    """Return a text with the Thai domains of its addresses as A-labels; all else is unchanged."""
    return WRITTEN.sub(lambda found: encoded(found[0]), text) if "ไทย" in text else text


def encoded(domain: str) -> str:
    """Return a domain in A-labels; unchanged where it cannot be a domain."""
    with suppress(UnicodeError):
        return domain.encode("idna").decode("ascii").lower()
    return domain


def in_thai(address: str) -> str:
    """Return an address as people write it: a domain under .ไทย in Thai letters."""
    local, at, domain = address.rpartition("@")
    if not is_thai(domain):
        return address
    read = (label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
            for label in domain.split("."))
    return f"{local}{at}{SARA_AM.sub(chr(0xe33), '.'.join(read))}"


def is_thai(domain: str) -> bool:
    """Say whether a domain in A-labels is under .ไทย and has Thai letters only, or plain ASCII."""
    labels = domain.split(".")
    return labels[-1] == TOP and all(_thai(label) for label in labels)


def _thai(label: str) -> bool:
    if not label.startswith("xn--"):
        return True
    try:
        return LETTERS.fullmatch(label[4:].encode("ascii").decode("punycode")) is not None
    except UnicodeError:
        return False
