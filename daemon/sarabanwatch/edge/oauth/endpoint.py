"""Asks a token endpoint, and reads its answer (RFC 6749 sections 5.1 and 5.2)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sarabanwatch.core.errors import Barred, Unanswered
from sarabanwatch.core.facts import foreign
from sarabanwatch.core.facts.web import WebPage
from sarabanwatch.core.sending import bearer
from sarabanwatch.ports import Forms

SECONDS = 300.0             # for which a token is valid whose end is not told
ANSWER_AT_MOST = 256 * 1024     # octets
ANSWER_WITHIN = 30.0        # wall seconds
OK = 200
WORDS = 300                 # characters of an explanation that are kept
# Errors that pass by themselves. All others say that something is wrong with what we ask, or may.
TEMPORARY = frozenset({"temporarily_unavailable", "server_error", "slow_down", "internal_failure"})
SECRET = re.compile(r"[A-Za-z0-9_.~+/=-]{40,}")     # what looks like one, in other people's words


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token, its seconds of life, and the refresh token that came with it, or ""."""

    words: str = field(repr=False)
    seconds: float = SECONDS
    refresh: str = field(default="", repr=False)


async def asked(forms: Forms, url: str, form: Mapping[str, str]) -> AccessToken:
    """Ask for a token; raise Barred where we are refused, Unanswered where it may be had later."""
    page = await forms.post(url, form, seconds=ANSWER_WITHIN, octets=ANSWER_AT_MOST)
    fields = _object(page)
    if page.status != OK or "error" in fields:
        raise _refusal(url, page.status, fields)
    token = fields.get("access_token")
    if not isinstance(token, str) or not bearer.is_token(token):
        raise Unanswered(f"{url}: an answer without a token")
    refresh = fields.get("refresh_token")
    return AccessToken(token, _seconds(fields.get("expires_in")),
                       refresh if isinstance(refresh, str) else "")


def _object(page: WebPage) -> dict[str, Any]:
    try:
        fields = json.loads(page.body)
    except ValueError:      # no UTF-8, no JSON
        return {}
    return fields if isinstance(fields, dict) else {}


def _refusal(url: str, status: int, fields: Mapping[str, Any]) -> Exception:
    """Return the error for an answer without a token; one without an OAuth error is their fault."""
    error = fields.get("error")
    if not isinstance(error, str) or error in TEMPORARY or status == 429 or status >= 500:
        return Unanswered(f"{url}: status {status} {_words(fields)}".rstrip())
    return Barred(f"{url} refuses a token: {_words(fields)}")


def _words(fields: Mapping[str, Any]) -> str:
    """Return the words of a refusal, without anything that might be a secret."""
    words = ": ".join(str(fields[key]) for key in ("error", "error_description") if fields.get(key))
    return SECRET.sub("(hidden)", foreign.clean(words, WORDS)).replace("\n", " ")


def _seconds(given: object) -> float:
    """Return for how many seconds a token is valid; some endpoints write it as text."""
    try:
        seconds = float(given) if isinstance(given, int | float | str) else SECONDS
    except ValueError:
        return SECONDS
    return seconds if 0 < seconds < 10**7 else SECONDS
