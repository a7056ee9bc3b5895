"""A cell as typed -> as it was meant, undoing what typing and spreadsheets do to it.

Every function here is idempotent.
"""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from sarabanwatch.core.facts import local
from sarabanwatch.core.register.records import Note, Unreadable, quoted

ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
NOTHING = frozenset({"", "-", "--", "–", "—", "ไม่มี", "n/a", "na", "null", "none", "ไม่ระบุ"})
NONE_YET = re.compile(r"(?:ยังไม่|ไม่มี|ไม่ได้|ไม่พบ|ไม่ระบุ|อยู่ระหว่าง|รอ|none|no\b|not\b)",
                      re.IGNORECASE)
UNSEEN = re.compile(    # Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt)
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")
WIDTH = 7          # digits of a local government's code
MOST_LOST = 2      # leading zeros that a spreadsheet may have dropped
SHORT = 200        # characters of a text that is cached
_LONGEST_NUMBER = 24
_NUMBER = re.compile(r"\d+\.0+", re.ASCII)
_POWER = re.compile(r"(\d)(?:\.(\d+))?E\+?(\d{1,2})", re.ASCII | re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
_PARTED = re.compile(r"\d(?:[ ./-]?\d){6}", re.ASCII)


def storable(text: str) -> str:
    """Return a text without control characters and lone surrogates; its lines end with LF."""
    if text.isprintable():
        return text
    ended = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in ended if c in "\n\t"
                   or (unicodedata.category(c) not in {"Cc", "Cs"} and not _is_noncharacter(c)))


def without_invisible(text: str) -> str:
    """Return a text without its invisible characters; line ends stay."""
    return text if text.isascii() else UNSEEN.sub("", text)


def says_none(text: str) -> bool:
    """Say whether the words of a cell mean that there is nothing yet."""
    return bool(NONE_YET.match(tidy(text)))


def _is_noncharacter(c: str) -> bool:
    return ord(c) & 0xFFFE == 0xFFFE or "\ufdd0" <= c <= "\ufdef"


def tidy(text: str) -> str:
    """Return a text on one line, without invisible characters, each Thai vowel in one."""
    return _remembered(text) if len(text) < SHORT else _tidied(text)


def _tidied(text: str) -> str:
    if not text:
        return text
    if not text.isprintable():
        text = "".join(" " if c.isspace() else c for c in storable(text)
                       if unicodedata.category(c) != "Cf")
    if "\u0e4d" in text:
        text = SARA_AM.sub("\\1\u0e33", text)
    plain = " ".join(text.replace("เเ", "แ").split())
    return text if plain == text else plain     # one text for both, where a list is long


# the same cells come again and again: every row has a kind
_remembered = lru_cache(maxsize=4096)(_tidied)


def given(text: str) -> str:
    """Return a tidy text, or "" where it only means that there is nothing."""
    plain = tidy(text)
    return "" if plain.lower() in NOTHING else plain


def code(text: str, field: str) -> tuple[str, tuple[Note, ...]]:
    """Return a code and how it was read; raise Unreadable if a spreadsheet dropped digits."""
    typed = tidy(text).translate(ARABIC)
    plain = _undressed(typed.lstrip("'’`"), field)
    if len(plain) == WIDTH + 1 and plain[0] == "0" and local.parse(plain[1:]):
        plain = plain[1:]   # as in saraban_0CODE@
    return plain, () if plain == text.strip() else (read_as_note(field, plain, text),)


def read_as_note(field: str, read: str, text: str) -> Note:
    """Return the note that a cell was not read letter by letter."""
    return Note(field, f"read as {quoted(read)} from {quoted(text)}",
                f"อ่านเป็น {quoted(read)} จาก {quoted(text)}")


def _undressed(typed: str, field: str) -> str:
    if len(typed) > _LONGEST_NUMBER or (typed.isalnum() and "e" not in typed.lower()):
        return typed
    if _NUMBER.fullmatch(typed):
        return typed.partition(".")[0]
    if _THOUSANDS.fullmatch(typed):
        return typed.replace(",", "")
    if power := _POWER.fullmatch(typed):
        decimals, exponent = power[2] or "", int(power[3])
        if len(decimals.rstrip("0")) > exponent or len(decimals) < exponent:
            raise Unreadable(
                f"the code {quoted(typed)} has lost digits",
                "format the column as text and type the code again",
                f"รหัส {quoted(typed)} ถูกตัดหลักไป ให้ตั้งคอลัมน์เป็นข้อความแล้วพิมพ์รหัสใหม่", field,
            )
        return str(int(Decimal(typed)))
    parts = re.sub("[ ./-]", "", typed)
    return parts if _PARTED.fullmatch(typed) and local.parse(parts) else typed
