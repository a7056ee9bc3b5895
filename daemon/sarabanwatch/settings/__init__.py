"""TOML -> frozen, typed values.

Every key stands in config/sarabanwatch.toml with its default and why.

An unknown key is refused by name, with the nearest known one; a wrong value by its place. Secrets
are never keys: a key names a file, looked for among the service manager's credentials first, then
in `credentials` beside the configuration, then beside it.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from sarabanwatch.core.address import Rules
from sarabanwatch.core.address.thai import encoded
from sarabanwatch.core.errors import ConfigError
from sarabanwatch.core.facts.token import Key
from sarabanwatch.core.judging.census import BUCKETS
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.register.dates import BUDDHIST, FIRST_BUDDHIST_YEAR
from sarabanwatch.core.returns.refusals import Refusals, RefusalTable
from sarabanwatch.settings import refusals as books
from sarabanwatch.settings.complaints import RESOLVERS_AT_MOST, complaints, resolver
from sarabanwatch.settings.named import files_named, secrets_named
from sarabanwatch.settings.shapes import Groups, Holidays, Settings
from sarabanwatch.settings.unfilled import PLACEHOLDER, unfilled

__all__ = ["RESOLVERS_AT_MOST", "Groups", "Holidays", "Settings", "files_named",
           "resolver", "secrets_named"]

T = TypeVar("T")
SHIPPED = Path(__file__).parents[1] / "config"
SECRET_OCTETS = 16
PICTURES = {".svg": "svg", ".png": "png", ".jpg": "jpg", ".jpeg": "jpg"}
# where the unit keeps its files, and the copies of secrets that it was handed (systemd.exec(5))
UNIT_FILES = Path("/etc/sarabanwatch")
UNIT_RUNTIME = Path("/run/sarabanwatch")
UNIT_CREDENTIALS = Path("/run/credentials/sarabanwatch.service")
AS_ROOT = "you may not read it: run this as root, or with the unit's identity (systemd/README.md)"
CREDENTIALS = "credentials"     # the folder beside the configuration that only root may enter


class Misconfigured(ConfigError):  # noqa: N818 - said of the file
    """The configuration cannot be used; the message names file, key and remedy."""


def load(path: Path) -> Settings:
    """Read and check a configuration file; raise Misconfigured, which lists all to be filled in."""
    octets = _octets(path, "name a configuration with --config FILE")
    if left := list(unfilled(octets.decode(errors="replace"))):
        raise Misconfigured("\n  ".join((f"{path}: {PLACEHOLDER}: still to be filled in:", *left)))
    settings = read(path, Settings)
    for complaint in complaints(settings):
        raise Misconfigured(f"{path}: {complaint}")
    return settings


def read(path: Path, shape: type[T]) -> T:
    """Read a TOML file into a shape.

    Raise Misconfigured naming file, key, what is wrong and the remedy.
    """
    octets = _octets(path, "name a file that is there, and that this user may read")
    try:
        plain = tomllib.loads(octets.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: not TOML: {error}{_line(str(error), octets)}") from None
    try:
        converted = msgspec.convert(plain, shape)
    except msgspec.ValidationError as error:
        raise Misconfigured(f"{path}: {_explained(str(error), shape)}") from None
    for key, day in _days(msgspec.to_builtins(converted, builtin_types=(date, datetime))):
        if day.year >= FIRST_BUDDHIST_YEAR:
            why = f"{day.year} is a Buddhist year; here years are A.D."
            raise Misconfigured(f"{path}: {key}: {why}: write {_christian(day)}")
    return converted


def _line(error: str, octets: bytes) -> str:
    """Return the key of the line that an error of the TOML reader names; never a value."""
    number = re.search(r"at line (\d+)", error)
    if number is None:
        return ""
    text = octets.decode("utf-8", "replace").split("\n")[int(number[1]) - 1]
    return f"; look at {text.partition('=')[0].strip()!r}" if "=" in text else ""


def _octets(path: Path, remedy: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path}: {error.strerror}; {remedy}") from None


def _days(value: object, key: str = "") -> Iterator[tuple[str, date]]:
    """Yield every day and moment of a file, with its key."""
    if isinstance(value, date):
        yield key, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _days(each, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _days(each, key)


def _christian(day: date) -> str:
    return f"{day.year - BUDDHIST}{day.isoformat()[4:]}"


def text(path: Path, key: str) -> str:
    """Read a text that a key names; raise Misconfigured naming file, key and remedy."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise Misconfigured(
            f"{key}: cannot read {path}: {why}; name a text file in UTF-8 that the daemon may read"
        ) from None


def picture(path: Path, key: str) -> dict[str, object]:
    """Read a picture that a key names: its octets and format, as templates take them.

    Raise Misconfigured naming file, key and remedy.
    """
    form = PICTURES.get(path.suffix.lower())
    if form is None:
        raise Misconfigured(f"{key}: {path} is no {', '.join(PICTURES)} file")
    try:
        return {"bytes": list(path.read_bytes()), "format": form}
    except OSError as error:
        raise Misconfigured(f"{key}: cannot read {path}: {error.strerror}") from None


# what msgspec calls a value -> what the file has
KINDS = {"int": "a whole number", "float": "a number", "str": "a text in quotes",
         "bool": "true or false", "array": "a list in [ ]", "object": "a table of keys",
         "date": "a day, as 2026-12-31",
         "datetime": "a day and a time, as 2026-12-31T08:30:00+07:00"}


def _explained(error: str, shape: Any) -> str:  # noqa: ANN401 - any shape msgspec knows
    """Return msgspec's error in the words of the file.

    For example `relay.prot`: no such key. Did you mean `port`?
    """
    what, _, place = error.partition(" - at `$")
    key = place.rstrip("`").lstrip(".")
    unknown = re.search(r"unknown field `(.*)`", what)
    if kinds := re.match(r"Expected `(\w+).*`, got `(\w+)`", what):
        wanted, got = (KINDS.get(kind, kind) for kind in kinds.groups())
        what = f"it takes {wanted}, and has {got}"
    if unknown is None:
        return f"{key}: {what}" if key else what
    near = difflib.get_close_matches(unknown[1], _keys(shape, key.split(".") if key else []), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "; see config/sarabanwatch.toml for all keys"
    return f"{'.'.join(filter(None, [key, unknown[1]]))}: no such key{hint}"


def _keys(shape: Any, place: list[str]) -> list[str]:  # noqa: ANN401 - any shape msgspec knows
    for name in place:
        inner = {field.name: field.type
                 for field in msgspec.structs.fields(shape)}[name.partition("[")[0]]
        shape = next(iter(get_args(inner)), inner)     # of a list of tables, what each is
    return [field.name for field in msgspec.structs.fields(shape)]


def secret(name: str, beside: Path, key: str) -> str:
    """Return a secret from its file.

    Raise Misconfigured naming the key and where it belongs, never the secret.
    """
    for place in _places(name, beside):
        try:
            found = place.read_text(encoding="utf-8").rstrip("\r\n")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{key}: cannot read {place}: {error}") from None
        if not found:
            raise Misconfigured(f"{key}: {place} is empty; write the secret into it")
        return found
    remedy = "put the secret there, mode 0600"
    if beside == UNIT_FILES and os.geteuid():
        remedy = AS_ROOT
    raise Misconfigured(f"{key}: no file {name!r} in {beside / CREDENTIALS} or {beside}; {remedy}")


def where(name: str, beside: Path) -> Path | None:
    """Return the file of a secret, or None where there is none."""
    return next((place for place in _places(name, beside) if place.is_file()), None)


def _places(name: str, beside: Path) -> Iterator[Path]:
    """Yield where a secret may be, in the order of search.

    What a reload brought; what the service manager handed over; the folder of the file; and, for a
    verb that is run beside the unit, the unit's own copies.
    """
    if brought := os.environ.get("RUNTIME_DIRECTORY"):
        yield Path(brought) / name
    if handed := os.environ.get("CREDENTIALS_DIRECTORY"):
        # systemd.exec(5), LoadCredential= of a folder
        yield from (Path(handed) / name, Path(handed) / f"secret_{name}")
    # the daemon may not enter it: it is handed copies
    if os.access(beside / CREDENTIALS, os.X_OK):
        yield beside / CREDENTIALS / name
    yield beside / name
    if beside == UNIT_FILES and not handed:     # a verb by hand: what the running unit was handed
        yield from (place for place in (UNIT_RUNTIME / name, UNIT_CREDENTIALS / f"secret_{name}",
                                        UNIT_CREDENTIALS / name) if os.access(place, os.R_OK))


def keys(text: str, key: str) -> dict[str, Key]:
    """Read token keys, a line each: `ID SECRET-IN-HEX LAST-DAY`.

    The first that has not ended signs (`core.facts.token`).
    """
    found: dict[str, Key] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            kid, raw, until = line.split()
            found[kid] = Key(kid, bytes.fromhex(raw), date.fromisoformat(until))
        except ValueError:
            raise Misconfigured(
                f"{key}: line {number} is not `ID SECRET-IN-HEX YYYY-MM-DD`"
            ) from None
        if (last := found[kid].until).year >= FIRST_BUDDHIST_YEAR:
            raise Misconfigured(
                f"{key}: line {number}: {last.year} is a Buddhist year; write {_christian(last)}"
            )
        if not re.fullmatch("[a-z2-7]", kid) or len(found[kid].secret) < SECRET_OCTETS:
            digits = 2 * SECRET_OCTETS
            raise Misconfigured(f"{key}: line {number}: the id is one of a-z2-7, "
                                f"the secret at least {digits} hex digits")
    if not found:
        raise Misconfigured(
            f'{key}: no key; make one with: echo "a $(openssl rand -hex 32) 2027-12-31"'
        )
    return found


def address_rules(path: Path) -> Rules:
    """Read the values that addresses are judged by."""
    rules = read(path, Rules)
    return msgspec.structs.replace(
        rules, official_suffixes=tuple(map(encoded, rules.official_suffixes)),
        commercial_suffixes=frozenset(map(encoded, rules.commercial_suffixes)))


def refusals(own: Sequence[Path] = ()) -> Refusals:
    """Read a site's own refusal tables and the shipped ones; the site's rows are asked first."""
    return Refusals([*map(_book, own), *_shipped_books()]) if own else _as_shipped()


@cache
def _as_shipped() -> Refusals:
    return Refusals(_shipped_books())


@cache
def _shipped_books() -> tuple[RefusalTable, ...]:
    """Read the shipped tables, which change with the program only."""
    return tuple(map(_book, sorted(shipped("refusals").glob("*.toml"))))


def _book(path: Path) -> RefusalTable:
    try:
        return books.book(read(path, books.File))
    except ValueError as error:
        raise Misconfigured(f"{path}: {error}") from None


def editions(paths: Sequence[Path]) -> tuple[Groups, ...]:
    """Read editions of the groups, oldest first.

    Raise Misconfigured where one lacks a group, or two begin on one day.
    """
    found: dict[date, Groups] = {}
    for path in paths:
        edition = read(path, Groups)
        if edition.valid_from in found:
            raise Misconfigured(
                f"{path}: valid_from: another edition holds from {edition.valid_from} on; "
                "give it a day of its own"
            )
        if edition.id in {each.id for each in found.values()}:
            raise Misconfigured(
                f"{path}: id: another edition is called {edition.id!r}; "
                "snapshots tell them apart by it"
            )
        if set(edition.groups) != set(Group):
            differ = ", ".join(sorted(set(edition.groups) ^ set(Group)))
            raise Misconfigured(
                f"{path}: groups: {differ}: lacking, or unknown; name each of {', '.join(Group)}"
            )
        if wrong := {each.bucket for each in edition.groups.values()} - {*BUCKETS, ""}:
            raise Misconfigured(
                f"{path}: bucket: {wrong.pop()!r} is none; use one of {', '.join(BUCKETS)}"
            )
        if odd := [name for name, each in edition.groups.items()
                   if (each.bucket == "") is not (name == Group.EXEMPT)]:
            raise Misconfigured(
                f"{path}: bucket of {', '.join(odd)}: only {Group.EXEMPT} stands beside the total, "
                "and it does"
            )
        found[edition.valid_from] = edition
    return tuple(found[day] for day in sorted(found))


def shipped(name: str) -> Path:
    """Return a file of config/ as the product carries it: in the wheel, or in the checkout."""
    in_wheel = SHIPPED / name
    return in_wheel if in_wheel.exists() else Path(__file__).parents[3] / "config" / name
