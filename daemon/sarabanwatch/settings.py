"""TOML -> frozen, typed values. Every key stands in config/sarabanwatch.toml with its default and why.

An unknown key is refused by name, with the nearest known one; a wrong value by its place. Secrets are never keys: a key
names a file, looked for in systemd's $CREDENTIALS_DIRECTORY first, then beside the configuration.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from sarabanwatch.core.address import Rules
from sarabanwatch.core.token import Key

T = TypeVar("T")
Tls = Literal["none", "starttls", "implicit"]
SHIPPED = Path(__file__).parent / "config"
SECRET_OCTETS = 16
RESOLVERS_AT_MOST = 2
COUNTS = ("weeks", "window_office_hours", "fails_before_turning", "letters_at_most")   # of campaign: more than 0
LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|localhost")


class Misconfigured(Exception):  # noqa: N818 - said of the file
    """The configuration cannot be used; the message names file, key and remedy."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""


class Register(Section, frozen=True):
    """Where the list of agencies comes from; empty: it is imported by hand."""

    file: str = ""


class Sender(Section, frozen=True):
    """Who writes."""

    address: str
    name: str
    helo: str
    number: str = "นร 1200/ท"
    letter: str = ""


class Address(Section, frozen=True):
    """By which values an address is judged."""

    rules: str = ""


class Relay(Section, frozen=True):
    """The smarthost that takes our letters."""

    host: str
    port: int = 587
    tls: Tls = "starttls"
    user: str = ""
    password_file: str = ""
    connections: int = 10


class Inbox(Section, frozen=True):
    """The mailbox that answers come to."""

    host: str
    user: str
    password_file: str
    port: int = 993
    tls: Literal["none", "implicit"] = "implicit"
    mailbox: str = "INBOX"
    poll_seconds: float = 60
    authserv_id: str = ""


class Dns(Section, frozen=True):
    """Resolvers, as address:port, and how gently they are asked."""

    resolvers: tuple[str, ...] = ()
    survey_hours: float = 24
    timeout_seconds: float = 3
    tries: int = 3
    in_flight: int = 20
    per_second: float = 100


class Ledger(Section, frozen=True):
    """The file that remembers."""

    file: str = "ledger.db"


class Metrics(Section, frozen=True):
    """Where Prometheus scrapes."""

    host: str = "127.0.0.1"
    port: int = 9725


class Token(Section, frozen=True):
    """The keys that sign what letters carry out."""

    key_file: str = "token.keys"


class Campaign(Section, frozen=True):
    """The round of letters and the numbers that judgement turns on."""

    anchor: date
    weeks: int = 6
    window_office_hours: float = 16
    fails_before_turning: int = 2
    letters_at_most: int = 6
    holidays: str = ""


class Canary(Section, frozen=True):
    """Letters to ourselves, which prove our own path."""

    every_hours: float = 4
    patience_hours: float = 2
    must_bounce: str = ""


class Clock(Section, frozen=True):
    """Civil time, or an exercise's."""

    rate: float = 1
    began: datetime | None = None
    shows: datetime | None = None


class Settings(Section, frozen=True):
    """The whole file."""

    sender: Sender
    relay: Relay
    inbox: Inbox
    campaign: Campaign
    live: bool = False
    register: Register = Register()
    address: Address = Address()
    dns: Dns = Dns()
    ledger: Ledger = Ledger()
    metrics: Metrics = Metrics()
    token: Token = Token()
    canary: Canary = Canary()
    clock: Clock = Clock()


class AddressRules(Section, frozen=True):
    """config/address-rules.toml."""

    id: str
    valid_from: date
    official_suffixes: tuple[str, ...]
    free_mail: tuple[str, ...]
    placeholders: tuple[str, ...]
    local_government_hosts: tuple[str, ...]


class Holidays(Section, frozen=True):
    """config/holidays/extra.toml."""

    added: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()


class GroupWords(Section, frozen=True):
    """One group in words: Thai and English label, and what to mend."""

    bucket: str
    th: str
    en: str
    mend_th: str = ""
    mend_en: str = ""


class Groups(Section, frozen=True):
    """config/groups.toml."""

    id: str
    valid_from: date
    groups: dict[str, GroupWords]


def load(path: Path) -> Settings:
    """Read and check a configuration file; raise Misconfigured."""
    settings = read(path, Settings)
    for complaint in _complaints(settings):
        raise Misconfigured(f"{path}: {complaint}")
    return settings


def read(path: Path, shape: type[T]) -> T:
    """Read a TOML file into a shape; raise Misconfigured naming file, key, what is wrong and the remedy."""
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"{path}: {error.strerror}; name a configuration with --config FILE") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: not TOML: {error}") from None
    try:
        return msgspec.convert(plain, shape)
    except msgspec.ValidationError as error:
        raise Misconfigured(f"{path}: {_explained(str(error), shape)}") from None


def _explained(error: str, shape: Any) -> str:  # noqa: ANN401 - any shape msgspec knows
    """Say what msgspec found in the words of the file: `relay.prot`: no such key; did you mean `port`?"""
    what, _, place = error.partition(" - at `$")
    key = place.rstrip("`").lstrip(".")
    unknown = re.search(r"unknown field `(.*)`", what)
    if unknown is None:
        return f"{key}: {what}" if key else what
    near = difflib.get_close_matches(unknown[1], _keys(shape, key.split(".") if key else []), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "; see config/sarabanwatch.toml for all keys"
    return f"{'.'.join(filter(None, [key, unknown[1]]))}: no such key{hint}"


def _keys(shape: Any, place: list[str]) -> list[str]:  # noqa: ANN401 - any shape msgspec knows
    for name in place:
        shape = {field.name: field.type for field in msgspec.structs.fields(shape)}[name]
    return [field.name for field in msgspec.structs.fields(shape)]


def _complaints(s: Settings) -> Iterator[str]:
    """Yield what is wrong between keys; what a single key may be stands in its type."""
    exercise = s.clock.began is not None and s.clock.shows is not None
    local = LOOPBACK.fullmatch(s.relay.host) or s.relay.host.endswith(".test")
    counts = ((name, getattr(s.campaign, name)) for name in COUNTS)
    yield from (complaint for wrong, complaint in (
        (s.clock.rate != 1 and s.live,
         "clock.rate: a clock that runs fast is for exercises; take it out, or set live = false"),
        (s.clock.rate <= 0, "clock.rate: must be more than 0"),
        ((s.clock.rate != 1) != exercise, "clock: rate, began and shows go together"),
        (any(at is not None and at.tzinfo is None for at in (s.clock.began, s.clock.shows)),
         "clock: began and shows need a zone, as in 2026-02-17T08:30:00+07:00"),
        (s.canary.every_hours < 0, "canary.every_hours: must not be less than 0; 0 sends none"),
        (s.canary.patience_hours <= 0, "canary.patience_hours: must be more than 0"),
        ("@" not in s.sender.address, "sender.address: not an address; answers come back to it"),
        (not 1 <= s.relay.connections <= 100, "relay.connections: between 1 and 100"),
        (s.inbox.poll_seconds <= 0, "inbox.poll_seconds: must be more than 0"),
        *_of_dns(s.dns),
        *((value <= 0, f"campaign.{name}: must be more than 0") for name, value in counts),
        (not s.live and not local,
         f"relay.host: {s.relay.host} is not loopback, and live = false; set live = true when letters may go out for real"),
    ) if wrong)


def _of_dns(dns: Dns) -> Iterator[tuple[bool, str]]:
    yield len(dns.resolvers) > RESOLVERS_AT_MOST, "dns.resolvers: one, or two that must agree"
    for text in dns.resolvers:
        yield resolver(text) is None, f"dns.resolvers: {text!r} is not address:port, as in 127.0.0.1:53 or [::1]:53"
    yield not 1 <= dns.in_flight <= 100, "dns.in_flight: between 1 and 100"
    for name in ("survey_hours", "timeout_seconds", "tries", "per_second"):
        yield getattr(dns, name) <= 0, f"dns.{name}: must be more than 0"


def resolver(text: str) -> tuple[str, int] | None:
    """Return address and port of `address:port`; None where it is not one. A resolver has no name: who would resolve it?"""
    host, _, port = text.rpartition(":")
    try:
        return str(ip_address(host.removeprefix("[").removesuffix("]"))), int(port)
    except ValueError:
        return None


def secret(name: str, beside: Path, key: str) -> str:
    """Return a secret from its file; raise Misconfigured naming the key and where it was looked for, never the secret."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
    places = [Path(directory) / name for directory in (credentials, str(beside)) if directory]
    for place in places:
        try:
            return place.read_text(encoding="utf-8").rstrip("\n")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{key}: cannot read {place}: {error}") from None
    where = " or ".join(str(place.parent) for place in places)
    raise Misconfigured(f"{key}: no file {name!r} in {where}; put the secret there, mode 0600")


def keys(text: str, key: str) -> dict[str, Key]:
    """Read token keys, a line each: `ID SECRET-IN-HEX LAST-DAY`. The first signs; all verify, until their day."""
    found: dict[str, Key] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            kid, raw, until = line.split()
            found[kid] = Key(kid, bytes.fromhex(raw), date.fromisoformat(until))
        except ValueError:
            raise Misconfigured(f"{key}: line {number} is not `ID SECRET-IN-HEX YYYY-MM-DD`") from None
        if not re.fullmatch("[a-z2-7]", kid) or len(found[kid].secret) < SECRET_OCTETS:
            raise Misconfigured(
                f"{key}: line {number}: the id is one of a-z2-7, the secret at least {2 * SECRET_OCTETS} hex digits")
    if not found:
        raise Misconfigured(f'{key}: no key; make one with: echo "a $(openssl rand -hex 32) 2027-12-31"')
    return found


def address_rules(path: Path) -> Rules:
    """Read the values that addresses are judged by."""
    r = read(path, AddressRules)
    return Rules(r.id, r.valid_from, r.official_suffixes, frozenset(r.free_mail), frozenset(r.placeholders),
                 frozenset(r.local_government_hosts))


def shipped(name: str) -> Path:
    """Return a file of config/ as the product carries it: in the wheel, or in the checkout."""
    in_wheel = SHIPPED / name
    return in_wheel if in_wheel.exists() else Path(__file__).parents[2] / "config" / name
