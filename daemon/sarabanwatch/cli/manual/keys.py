"""The keys of the configuration: what the settings allow, and what the sample says of each.

The sample (config/sarabanwatch.toml) is made of stanzas: a comment, and the key or keys below it
that it is about. Kind and default are those of the settings' types; whether a reload takes a key is
found by reloading a changed configuration.
"""

import re
import types
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec.structs import fields, replace

from sarabanwatch.settings import Settings, load, shipped
from sarabanwatch.wiring.reloading import differing, kept

SAMPLE = "sarabanwatch.toml"
SECTION = re.compile(r"\[([\w.]+)\]")
KEY = re.compile(r"(?:# )?(\w+) = .*")
KINDS = {bool: "true or false", str: "text", int: "whole number", float: "number", date: "day",
         datetime: "moment"}
PLURALS = {str: "texts", int: "whole numbers"}
UNITS = {        # by the last word of a number's name; what is not here is a count
    "weeks": "weeks", "days": "days", "hours": "hours", "minutes": "minutes", "seconds": "seconds",
    "share": "a share, 0 to 1", "spread": "a share, 0 to 1",
    "second": "a second", "minute": "a minute", "day": "a day", "up": "a day",
    "port": "a port", "rate": "times",
}


class ConfigKey(NamedTuple):
    """One key of the configuration."""

    name: str
    kind: str           # what it may be
    default: str        # as TOML; "" where it has none
    restart: bool       # a reload does not take it


class Stanza(NamedTuple):
    """A key or several, and the comment that is about them."""

    keys: tuple[ConfigKey, ...]
    says: str


class ManualSection(NamedTuple):
    """A table of the file; "" for what stands before the first."""

    name: str
    stanzas: tuple[Stanza, ...]


def sections() -> Iterator[ManualSection]:
    """Yield the tables of the sample in their order."""
    path = shipped(SAMPLE)
    waiting = set(_waiting(load(path)))
    name, lines = "", list[str]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), "[]"]:
        if line == "[]" or SECTION.fullmatch(line):
            yield ManualSection(name, tuple(_stanzas(name, lines, waiting)))
            name, lines = line.strip("[]"), []
        else:
            lines.append(line)


def _stanzas(section: str, lines: list[str], waiting: set[str]) -> Iterator[Stanza]:
    comment, keys = list[str](), list[ConfigKey]()
    for line in [*lines, "#"]:
        named = KEY.fullmatch(line)
        if named:
            keys.append(_key(f"{section}.{named[1]}".lstrip("."), waiting))
            continue
        if keys:
            yield Stanza(tuple(keys), " ".join(comment))
            comment, keys = [], []
        comment = [*comment, line.removeprefix("# ")] if line else []


def _key(place: str, waiting: set[str]) -> ConfigKey:
    shape: Any = Settings
    *outer, last = place.split(".")
    for name in outer:
        shape = {field.name: field.type for field in fields(shape)}[name]
    field = next(each for each in fields(shape) if each.name == last)
    return ConfigKey(last, _kind(field.type, last), _default(field),
                     place in waiting or f"{outer[0] if outer else ''}" in waiting)


def _kind(kind: Any, name: str) -> str:  # noqa: ANN401 - any type that a field has
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " or ".join(f'"{each}"' for each in args)
    if origin in (types.UnionType, Union):
        return _kind(next(each for each in args if each is not type(None)), name)
    if origin is tuple:
        return "tables" if _is_table(args[0]) else f"list of {PLURALS[args[0]]}"
    if origin is dict or _is_table(kind):
        return "tables, each by its name"
    unit = UNITS.get(_last_word(kind, name), "") if kind in (int, float) else ""
    return f"{KINDS[kind]}, {unit}" if unit else KINDS[kind]


def _is_table(kind: Any) -> bool:  # noqa: ANN401 - any type that a field has
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _last_word(kind: type, name: str) -> str:
    return "share" if kind is float and name.endswith("at_most") else name.rpartition("_")[2]


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return _toml(field.default_factory())
    return "" if field.default in (msgspec.NODEFAULT, None) else _toml(field.default)


def _toml(value: Any) -> str:  # noqa: ANN401 - any value that a key has
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "'" + value + "'" if "\\" in value else f'"{value}"'
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return "{}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _waiting(settings: Settings) -> Iterator[str]:
    """Yield the keys that a reload leaves as they were, as `section.key`.

    Every key is changed, to see which are kept.
    """
    changed = _changed(settings)
    yield from differing(changed, kept(changed, settings))


def _changed(table: Any) -> Any:  # noqa: ANN401 - any table
    values = {name: getattr(table, name) for name in table.__struct_fields__}
    return replace(table, **{
        name: _changed(value) if isinstance(value, msgspec.Struct) else object()
        for name, value in values.items()})
