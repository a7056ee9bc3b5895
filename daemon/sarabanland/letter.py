"""The header fields of a letter, found without parsing the mail."""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import NamedTuple

FIELD = re.compile(rb"^([!-9;-~]+):[ \t]*((?:.|\n[ \t])*)$", re.MULTILINE)
ADDRESS = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")


class Letter(NamedTuple):
    """One letter on its way to one recipient."""

    sender: str
    recipient: str
    content: bytes
    fields: dict[str, str]      # name in small letters: unfolded raw value, the first of its name

    @property
    def subject(self) -> str:
        """The subject in plain text; as it stands where it cannot be decoded."""
        raw = self.fields.get("subject", "")
        try:
            return str(make_header(decode_header(raw)))
        except (LookupError, ValueError, HeaderParseError):
            return raw

    @property
    def answer_to(self) -> str:
        """Where an answer goes: Reply-To, else From."""
        found = ADDRESS.search(self.fields.get("reply-to", "") or self.fields.get("from", ""))
        return found[0] if found else self.sender


def head(content: bytes) -> bytes:
    """Return the header section, with its last line end."""
    return content.partition(b"\r\n\r\n")[0] + b"\r\n"


def fields(content: bytes) -> dict[str, str]:
    """Return the header fields of a mail, unfolded."""
    found: dict[str, str] = {}
    for name, value in FIELD.findall(head(content).replace(b"\r\n", b"\n")):
        found.setdefault(name.decode().lower(),
                         value.replace(b"\n", b"").decode("utf-8", "replace"))
    return found
