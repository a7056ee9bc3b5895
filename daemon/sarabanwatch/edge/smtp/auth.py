"""Logging in to a relay (RFC 4954): a wrong password costs one refusal, and never stands in a log.

aiosmtplib's own `login` tries every mechanism that is offered when one is refused: a wrong password
counts three times towards a locked account. Here another mechanism is tried only where the first
was refused as such.
"""

import base64
from collections.abc import Sequence

import aiosmtplib

from sarabanwatch.core.sending import bearer

# the best first
CHOICES = {"auto": ("cram-md5", "plain", "login"), "bearer": ("xoauth2", "oauthbearer")}
EXPLAINS, WELCOME = 334, 235
# refuse the mechanism, not the password (RFC 4954 section 6)
NOT_THIS_MECHANISM = (504, 534, 538)


async def log_in(client: aiosmtplib.SMTP, auth: str, user: str, secret: str) -> None:
    """Log in by the mechanism named, or by the best that is offered (`auto`, or `bearer`: a token).

    Raise SMTPAuthenticationError with the server's words; a secret that stands in them is hidden.
    """
    mechanisms = _offered(client, CHOICES[auth]) if auth in CHOICES else [auth]
    for last, mechanism in ((mechanism is mechanisms[-1], mechanism) for mechanism in mechanisms):
        try:
            await _by(client, mechanism, user, secret)
        except aiosmtplib.SMTPAuthenticationError as refused:
            if last or refused.code not in NOT_THIS_MECHANISM:
                raise aiosmtplib.SMTPAuthenticationError(refused.code, hidden(refused.message, user,
                                                                              secret)) from None
        else:
            return


async def _by(client: aiosmtplib.SMTP, mechanism: str, user: str, secret: str) -> None:
    """Log in by one mechanism; aiosmtplib knows all but OAUTHBEARER."""
    if mechanism != "oauthbearer":
        await getattr(client, f"auth_{mechanism.replace('-', '')}")(user, secret)
        return
    port = int(client.port or 0)
    response = bearer.introduction(bearer.OAUTHBEARER, user, secret, client.hostname or "", port)
    reply = await client.execute_command(b"AUTH", b"OAUTHBEARER", response)
    if reply.code == EXPLAINS:
        reply = await client.execute_command(bearer.CLOSING[bearer.OAUTHBEARER])
    if reply.code != WELCOME:
        raise aiosmtplib.SMTPAuthenticationError(reply.code, reply.message)


def _offered(client: aiosmtplib.SMTP, known: Sequence[str]) -> Sequence[str]:
    mechanisms = [mechanism for mechanism in known if mechanism in client.server_auth_methods]
    if not mechanisms:
        offers = " ".join(client.server_auth_methods).upper() or "none"
        raise aiosmtplib.SMTPException(
            f"it offers no way to log in that we know: {offers}; see relay.auth and relay.tls"
        )
    return mechanisms


def hidden(words: str, user: str, secret: str) -> str:
    """Return a text without the secret, as it is or as it goes over the wire."""
    for spoken in (secret, f"\0{user}\0{secret}", f"user={user}\1auth=Bearer {secret}\1\1"):
        for form in (spoken, base64.b64encode(spoken.encode()).decode()):
            words = words.replace(form, "(hidden)") if secret else words
    return words
