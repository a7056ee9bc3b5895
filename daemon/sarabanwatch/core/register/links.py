"""A link behind a cell's words: "click here" says nothing, what it leads to does. No link is ever followed."""

from collections.abc import Mapping
from urllib.parse import unquote

from sarabanwatch.core.address import addresses_in
from sarabanwatch.core.register.records import Note, quoted

ADDRESSES = ("cell", "announced")


def followed(typed: dict[str, str], behind: Mapping[str, str]) -> list[Note]:
    """Put what links lead to in the place of words that only stand for it; tell that, and where the two disagree."""
    notes = []
    for field, target in behind.items():
        meant = _meant(field, target)
        if not meant or _same(field, typed[field], meant):
            continue
        if _is_one(field, typed[field]):
            notes.append(
                Note(
                    field,
                    f"{quoted(typed[field])} stands there, but the link behind it leads to {quoted(meant)}",
                    f"ข้อความคือ {quoted(typed[field])} แต่ลิงก์ชี้ไปที่ {quoted(meant)}",
                )
            )
        else:
            notes.append(Note(field, f"{quoted(meant)} read, the link behind {quoted(typed[field])}",
                              f"อ่าน {quoted(meant)} จากลิงก์ของข้อความ {quoted(typed[field])}"))
            typed[field] = meant
    return notes


def _meant(field: str, target: str) -> str:
    """Return the address, or the page, that a link leads to; "" where it is none of what the field holds."""
    scheme, _, rest = target.partition(":")
    if field in ADDRESSES:
        return unquote(rest.partition("?")[0]).strip() if scheme.lower() == "mailto" else ""
    return target.strip() if field == "link" and scheme.lower() in {"http", "https"} else ""


def _is_one(field: str, text: str) -> bool:
    return (
        bool(addresses_in(text)) or "@" in text if field in ADDRESSES
        else "://" in text or text.startswith("www.")
    )


def _same(field: str, text: str, meant: str) -> bool:
    if field in ADDRESSES:
        return meant.lower() in (each.lower() for each in addresses_in(text))
    return _is_one(field, text)     # a link's own words are believed
