"""MTA-STS (RFC 8461): the policy of a domain about encrypted delivery to it. Fetches nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MAX_AGE = 31_557_600      # seconds: the longest that the RFC knows (section 3.2)
ID = re.compile(r"\bid\s*=\s*([A-Za-z0-9]{1,32})\s*(?:;|$)")
LINE = re.compile(r"\s*([A-Za-z0-9_.-]{1,32})\s*:\s*(.*?)\s*")


class Mode(StrEnum):
    """What a sender is asked to do where the policy is not met (RFC 8461 section 5)."""

    ENFORCE = "enforce"
    TESTING = "testing"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class StsPolicy:
    """One policy: its mode, patterns of mail hosts' names, and for how many seconds it is valid."""

    mode: Mode
    hosts: tuple[str, ...]
    max_age: int

    def names(self, host: str) -> bool:
        """Say whether the policy names a mail host; `*.` is one whole label (section 4.1)."""
        host = host.lower().rstrip(".")
        return host in self.hosts or "*" + host[host.find("."):] in self.hosts


def version(records: Sequence[str] | None) -> str | None:
    """Return the id of a domain's policy (section 3.1).

    "" where the domain has none, None where that is not known.
    """
    if records is None:
        return None
    found = ID.search(records[0]) if len(records) == 1 else None
    return found[1] if found else ""


def read(text: str) -> StsPolicy:
    """Read a policy file (section 3.2); raise ValueError with what is wrong."""
    pairs = [found.groups() for line in text.splitlines() if (found := LINE.fullmatch(line))]
    # of a key given twice, the first counts
    fields = {key.lower(): value for key, value in reversed(pairs)}
    hosts = tuple(value.lower().rstrip(".") for key, value in pairs if key.lower() == "mx")
    if fields.get("version") != "STSv1":
        raise ValueError("version is not STSv1")
    if fields.get("mode") not in list(Mode):
        raise ValueError("mode is not enforce, testing or none")
    if not fields.get("max_age", "").isdecimal():
        raise ValueError("max_age is not a number")
    if not hosts and fields["mode"] != Mode.NONE:
        raise ValueError("no mx is named")
    return StsPolicy(Mode(fields["mode"]), hosts, min(int(fields["max_age"]), MAX_AGE))
