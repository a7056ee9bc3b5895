r"""Octets and texts from other people's servers -> text that can be stored, logged and shown.

A server may send anything: a refusal in TIS-620, a NUL, a colour code, a megabyte. Every adapter
passes what it receives through here before it reaches the ledger, the log or a person. `text` takes
octets and guesses their encoding as a Thai mail administrator would: UTF-8, else the Thai code page
where the result is spelt like Thai, else visible escapes (`\xe9`). `clean` takes decoded text.
Both remove control characters and limit the length.

    text(b"\xe4\xc1\xe8\xbe\xba\xbc\xd9\xe9\xe3\xaa\xe9")  ->  "ไม่พบผู้ใช้"
    text(b"caf\xe9")                                   ->  "caf\\xe9"
"""

import re

LONGEST = 2000      # characters: a long reply of a large mail house, with its links, has about 600

# U+0E01-0E2E are consonants, E40-E44 vowels that stand before one, E31/E34-E3A/E47-E4E marks above
# and below one, E30/E32/E33/E45 vowels behind one.
_COMBINING = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_MISSPELT = re.compile(
    f"(?<![\u0e01-\u0e2e{_COMBINING}])[{_COMBINING}]"             # a mark on nothing
    "|[\u0e40-\u0e44](?![\u0e01-\u0e2e\u0e40])"         # a leading vowel before nothing but E40
    "|(?<![\u0e01-\u0e4e])[\u0e30\u0e32\u0e33\u0e45]"   # a following vowel behind nothing
    "|(?<![^a-z])[\u0e01-\u0e2e](?![^A-Za-z])"          # one letter inside a Latin word
    "|[\u0080-\u00ff\ufffd]", re.IGNORECASE)            # nothing that the code page knows
_THAI = re.compile("[\u0e01-\u0e2e]")
# Thai in UTF-8 that has a fault elsewhere
_DAMAGED_UTF_8 = re.compile(rb"(?:\xe0[\xb8\xb9][\x80-\xbf]){2}")
# other than CRLF; an alternation would be ten times as slow
_LINE_ENDS = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls but line feed and tab, lone surrogates, and the characters that change the direction of
# writing ("Trojan source").
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def text(octets: bytes, longest: int = LONGEST) -> str:
    """Return octets as clean text of at most `longest` characters; never raises."""
    octets = octets[:4 * longest + 4]       # no character has more octets in UTF-8
    return clean(_decoded(octets), longest)


def clean(words: str, longest: int = LONGEST) -> str:
    """Return a text without controls and lone surrogates, cut to `longest` characters with "…".

    Its lines end with line feeds.
    """
    if len(words) <= longest and words.replace("\n", "").replace("\t", "").isprintable():
        return words    # as nearly all are
    words = words[:2 * longest].replace("\r\n", "\n")
    words = _NO_TEXT.sub("", _LINE_ENDS.sub("\n", words))
    return words if len(words) <= longest else words[:longest - 1] + "…"


def thai(octets: bytes) -> str:
    """Return octets, which are not UTF-8, decoded by the Thai code page; "" if that is not Thai."""
    found = octets.decode("cp874", "replace")
    spelt = (
        _THAI.search(found) and not _MISSPELT.search(found) and not _DAMAGED_UTF_8.search(octets)
    )
    return found if spelt else ""


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return thai(octets) or octets.decode("utf-8", "backslashreplace")
