"""A link behind a cell's words: "click here" says nothing, its target does. No link is opened."""

from collections.abc import Mapping
from urllib.parse import unquote

from sarabanwatch.core.address import addresses_in
from sarabanwatch.core.register.records import Note, quoted

ADDRESSES = ("cell", "announced")


def followed(typed: dict[str, str], behind: Mapping[str, str]) -> list[Note]:
    """Replace words that only stand for a link by its target; return notes on it."""
    notes = []
    for field, target in behind.items():
        meant = _meant(field, target)
        if not meant or _same(field, typed[field], meant):
            continue
        if _is_one(field, typed[field]):
            notes.append(_contradiction(field, quoted(typed[field]), quoted(meant)))
        else:
            text = quoted(typed[field])
            notes.append(Note(field, f"{quoted(meant)} read, the link behind {text}",
                              f"อ่าน {quoted(meant)} จากลิงก์ของข้อความ {text}"))
            typed[field] = meant
    return notes


def _contradiction(field: str, text: str, target: str) -> Note:
    return Note(field, f"{text} stands there, but the link behind it leads to {target}",
                f"ข้อความคือ {text} แต่ลิงก์ชี้ไปที่ {target}")


def _meant(field: str, target: str) -> str:
    """Return the address or page that a link leads to; "" where the field holds neither."""
    scheme, _, rest = target.partition(":")
    if field in ADDRESSES:
        return unquote(rest.partition("?")[0]).strip() if scheme.lower() == "mailto" else ""
    return target.strip() if field == "link" and scheme.lower() in {"http", "https"} else ""


def _is_one(field: str, text: str) -> bool:
    """Say whether a cell's own words are already what its field holds: an address, or a link."""
    if field in ADDRESSES:
        return bool(addresses_in(text)) or "@" in text
    return "://" in text or text.startswith("www.")


def _same(field: str, text: str, meant: str) -> bool:
    if field in ADDRESSES:
        return meant.lower() in (each.lower() for each in addresses_in(text))
    return _is_one(field, text)     # a link that is written out is believed
