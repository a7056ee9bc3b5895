"""Names, dates and key of a certificate (X.509, RFC 5280), read from DER. Verifies nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

SEQUENCE, UTC_TIME, DNS_NAME, VERSION, EXTENSIONS = 0x30, 0x17, 0x82, 0xA0, 0xA3
ALT_NAMES = bytes.fromhex("551d11")      # 2.5.29.17, subjectAltName
LONGEST = 100_000                        # octets: no honest certificate is longer

Part = tuple[int, bytes, bytes]          # tag, content, the whole with its tag and length


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate: its octets, those of its key (SubjectPublicKeyInfo), dates, DNS names."""

    der: bytes
    key: bytes
    begins: datetime
    ends: datetime
    names: tuple[str, ...]

    def covers(self, host: str) -> bool:
        """Say whether it is for a host, by its subjectAltName only (RFC 6125 section 6.4).

        A wildcard stands for one whole label, the first.
        """
        host = host.lower().rstrip(".")
        return any(name == host or (name[:2] == "*." and name[1:] == host[host.find("."):])
                   for name in self.names)


def read(der: bytes) -> Certificate:
    """Read a certificate; raise ValueError where the octets are not one."""
    if len(der) > LONGEST:
        raise ValueError("too long for a certificate")
    try:
        fields = list(_parts(_first(_first(der))))
        fields = fields[fields[0][0] == VERSION:]
        begins, ends = (_moment(part) for part in _parts(fields[3][1]))
        return Certificate(der, fields[5][2], begins, ends, _names(fields[6:]))
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"not a certificate: {error}") from None


def _parts(octets: bytes) -> Iterator[Part]:
    """Yield the parts of DER one after another (X.690); tags have one octet, lengths any form."""
    at = 0
    while at < len(octets):
        length, start = octets[at + 1], at + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(octets[at + 2:start])
        if start + length > len(octets):
            raise IndexError("cut short")
        yield octets[at], octets[start:start + length], octets[at:start + length]
        at = start + length


def _first(octets: bytes) -> bytes:
    """Return the content of the first part; raise IndexError where there is none."""
    for _, content, _ in _parts(octets):
        return content
    raise IndexError("empty")


def _moment(part: Part) -> datetime:
    tag, text, _ = part
    digits = text.decode("ascii").removesuffix("Z")
    if tag == UTC_TIME:                  # RFC 5280 section 4.1.2.5.1
        digits = ("19" if digits >= "5" else "20") + digits
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _names(fields: list[Part]) -> tuple[str, ...]:
    extensions = [content for tag, content, _ in fields if tag == EXTENSIONS]
    for _, extension, _ in (part for each in extensions for part in _parts(_first(each))):
        parts = list(_parts(extension))
        if parts[0][1] == ALT_NAMES:
            names = _parts(_first(parts[-1][1]))
            return tuple(name.decode("ascii").lower() for tag, name, _ in names if tag == DNS_NAME)
    return ()
