"""What a server's NO means: whether it may pass by itself (RFC 3501 section 7.1, RFC 5530).

Only wrong credentials, and a mailbox that does not exist, need a person. Everything else is
*unavailable*, and is asked again with growing pauses. Where code and words disagree the milder
reading is taken, because servers say AUTHENTICATIONFAILED when their directory is down, too:
`[AUTHENTICATIONFAILED] Temporary authentication failure`.
"""

import re
from typing import NamedTuple

from sarabanwatch.core.errors import Barred
from sarabanwatch.core.facts import foreign

LONGEST = 500       # characters of a server's words that are kept

# The codes of RFC 5530 section 3 that say that a refusal passes by itself, or is mended without us.
TEMPORARY = frozenset({
    "UNAVAILABLE",      # a part of the server is down, such as the directory of passwords
    "INUSE",            # somebody else holds what we need
    "LIMIT",            # too many connections, commands or octets
    "SERVERBUG", "CORRUPTION", "CLIENTBUG", "OVERQUOTA", "CANNOT", "EXPUNGEISSUED",
    "THROTTLED",        # Exchange's own
})
# Words of servers that give no code, or the wrong one: limits, and faults of theirs.
FOR_NOW = re.compile(
    r"temporar|again|later|too many|simultaneous|exceed|rate limit|limit (is )?(hit|reached)"
    r"|throttl|unavailable|not available|busy|overload|time(d )?[ -]?out|not connected"
    r"|maintenance|internal|server error|shutting down"
    r"|ชั่วคราว|ภายหลัง|อีกครั้ง|ไม่ว่าง"
    r"|ปรับปรุงระบบ|มากเกินไป", re.IGNORECASE)
CODE = re.compile(rb"\[([^] ]+)[^]]*\]")


class Unavailable(ConnectionError):  # noqa: N818 - said of the server
    """The server cannot serve us now, or will not. The message holds its words."""


class ResponseText(NamedTuple):
    """What stands behind OK, NO, BAD or BYE: the response code, if any, and all words, clean."""

    code: str
    words: str


def response_text(octets: bytes) -> ResponseText:
    """Read what stands behind OK, NO, BAD or BYE."""
    found = CODE.match(octets)
    code = found[1].decode("ascii", "replace").upper() if found else ""
    words = foreign.text(octets.strip(), LONGEST).replace("\n", " ")
    return ResponseText(code, words or "without a word")


def for_now(result: str, answer: ResponseText) -> bool:
    """Whether a refusal may pass by itself; BAD says nothing about our account."""
    return result != "NO" or answer.code in TEMPORARY or bool(FOR_NOW.search(answer.words))


def of_log_in(
    where: str, user: str, result: str, answer: ResponseText, remedy: str, *, another: bool,
) -> Exception:
    """Return the error for a refused log-in; `another`: another secret may be accepted."""
    if another or for_now(result, answer):
        return Unavailable(f"{where} refuses the log-in of {user!r} for now: {answer.words}")
    return Barred(f"{where} refuses the log-in of {user!r}: {answer.words}; {remedy}")


def of_question(where: str, asked: str, result: str, answer: ResponseText) -> Unavailable:
    """Return the error for a refusal of anything else: the answer is not known."""
    return Unavailable(f"{where} answers {asked} with {result} {answer.words}")
