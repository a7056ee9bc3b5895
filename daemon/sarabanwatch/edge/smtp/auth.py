"""Logging in to a relay (RFC 4954), so that a wrong password costs one refusal and is told to nobody.

aiosmtplib's own `login` tries every mechanism that is offered when one is refused: a wrong password counts three times
towards a locked account. Here another mechanism is tried only where the first was refused as such.
"""

import base64
from collections.abc import Sequence

import aiosmtplib

BEST_FIRST = ("cram-md5", "plain", "login")
NOT_THIS_WAY = (504, 534, 538)      # of the mechanism, not of the password (RFC 4954 section 6)


async def log_in(client: aiosmtplib.SMTP, auth: str, user: str, secret: str) -> None:
    """Log in by the mechanism that is set, or by the best that is offered (`auto`).

    Raise SMTPAuthenticationError with the server's words, in which the secret is hidden, should it say it back.
    """
    ways = [auth] if auth != "auto" else _offered(client)
    for last, way in ((way is ways[-1], way) for way in ways):
        try:
            await getattr(client, f"auth_{way.replace('-', '')}")(user, secret)
        except aiosmtplib.SMTPAuthenticationError as refused:
            if last or refused.code not in NOT_THIS_WAY:
                raise aiosmtplib.SMTPAuthenticationError(refused.code, hidden(refused.message, user, secret)) from None
        else:
            return


def _offered(client: aiosmtplib.SMTP) -> Sequence[str]:
    ways = [way for way in BEST_FIRST if way in client.server_auth_methods]
    if not ways:
        offers = " ".join(client.server_auth_methods).upper() or "none"
        raise aiosmtplib.SMTPException(f"it offers no way to log in that we know: {offers}; see relay.auth and relay.tls")
    return ways


def hidden(words: str, user: str, secret: str) -> str:
    """Return a text without the secret, as it is or as it goes over the wire."""
    for spoken in (secret, f"\0{user}\0{secret}", f"user={user}\1auth=Bearer {secret}\1\1"):
        for form in (spoken, base64.b64encode(spoken.encode()).decode()):
            words = words.replace(form, "(hidden)") if secret else words
    return words
