"""The button behind a letter's link: what is written down when a person presses it.

A request that only opens the link, as scanners do, never reaches this module.
"""

from collections.abc import Mapping
from datetime import datetime

from sarabanwatch import store
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.facts import token
from sarabanwatch.core.facts.evidence import Certainty, Evidence, FactKind, MatchedBy
from sarabanwatch.core.facts.token import BadToken, Key
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger


def ours(signed: str, *, clock: Clock, keys: Mapping[str, Key]) -> int | None:
    """Return the serial in a token that we signed and that has not expired, else None.

    The ledger is not asked.
    """
    return _serial(signed, clock.now(), keys)


async def confirm(signed: str, receipt: str, *, ledger: Ledger, clock: Clock,
                  keys: Mapping[str, Key]) -> bool:
    """Write down that the letter of a token was received; return False where the token is not ours.

    Pressing twice changes nothing. Only the moment and the receipt number are kept, nothing about
    the person who pressed the button.
    """
    now = clock.now()
    serial = _serial(signed, now, keys)
    if serial is None:
        return False
    fact = Evidence(FactKind.CONFIRMED, now, receipt=receipt, matched_by=MatchedBy.LINK,
                    certainty=Certainty.SIGNED)
    return await ledger.write(store.letters.confirm, serial, signed.lower(), fact)


def _serial(signed: str, now: datetime, keys: Mapping[str, Key]) -> int | None:
    try:
        return token.read(signed, keys, now.astimezone(BANGKOK).date())
    except BadToken:
        return None
