"""One relay: where it is, how we log in to it, and what a failure to connect means.

Nothing that a relay says while we connect is permanent but its refusal of our log-in. Which relay
is used, and when one is tried again, is decided in `relay.py`.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

import aiosmtplib

from sarabanwatch.core.errors import Barred, Unanswered
from sarabanwatch.core.sending.route import Route
from sarabanwatch.edge.smtp import tls
from sarabanwatch.edge.smtp.auth import log_in
from sarabanwatch.edge.smtp.wire import SURPRISES, Patience, Wire, hello, parsed, words_of
from sarabanwatch.ports import Secret

# times as long as for other answers a relay is waited for at the dot (RFC 5321, 4.5.3.2.6: 10
# minutes)
AT_THE_DOT = 10


class NoSecret:
    """The Secret port where no log-in is configured."""

    async def get(self) -> str:
        """Return nothing."""
        return ""

    def refused(self) -> bool:
        """Return False: there is no other secret."""
        return False


@dataclass(frozen=True, slots=True)
class RelayServer:
    """Where a relay is and how we speak with it.

    `tls` is none, starttls or implicit; the certificate is verified, unless none, by what `trusted`
    returns. `secret` gives the password for every log-in, or the token
    where `auth` is xoauth2, oauthbearer or bearer (either of them); else `auth` is auto, plain or
    login. `remedy`: what to look at when the log-in is refused. `success_reports`: ask to be told
    when a letter was delivered, too. `sender`: in whose name it is asked, by a knock, whether it
    would take a letter.
    """

    host: str
    port: int
    tls: str
    user: str
    secret: Secret = field(default=NoSecret(), repr=False, compare=False)
    helo: str = "localhost"
    timeout: float = 60.0
    auth: str = "auto"
    success_reports: bool = True
    trusted: Callable[[], ssl.SSLContext] = ssl.create_default_context
    remedy: str = "see relay.user and relay.password_file"
    sender: str = ""

    @property
    def place(self) -> str:
        """Its name in logs and evidence."""
        return f"{self.host}:{self.port}"


class Troubled(aiosmtplib.SMTPException):
    """A relay cannot be used now.

    The message names it, quotes its words, and says what to do where that is known.
    """


async def connected(relay: RelayServer) -> Wire:
    """Connect once: greet, start TLS, log in.

    Raise Barred, or Troubled for all else that a relay may do.
    """
    client = aiosmtplib.SMTP(
        hostname=relay.host, port=relay.port, timeout=relay.timeout, local_hostname=relay.helo,
        use_tls=relay.tls == "implicit", start_tls=relay.tls == "starttls",
        tls_context=relay.trusted() if relay.tls != "none" else None,
    )
    try:
        await client.connect()
        await hello(client)
        if relay.user:
            await log_in(client, relay.auth, relay.user, await _secret(relay))
        shown = tls.seen(client, relay.host) if relay.tls != "none" else None
        patience = Patience(relay.timeout, 3 * relay.timeout, AT_THE_DOT * relay.timeout)
        return Wire(client, Route.RELAY, relay.place, shown, success=relay.success_reports,
                    patience=patience)
    except (*SURPRISES, ValueError) as error:     # ValueError: a name that no host can have
        client.close()
        raise _trouble(error, relay) from None
    except BaseException:
        client.close()
        raise


async def _secret(relay: RelayServer) -> str:
    """Return the secret for the log-in.

    Raise Barred, or Troubled where it cannot be had now.
    """
    try:
        return await relay.secret.get()
    except Unanswered as error:
        raise Troubled(f"relay {relay.place}: no log-in: {error}") from error
    except Barred as error:
        raise Barred(f"relay {relay.place}: no log-in: {error}") from error


def _trouble(error: BaseException, relay: RelayServer) -> Exception:
    """Return the error to raise for an error while connecting.

    Only a log-in that is refused for good bars us (RFC 4954 section 6).
    """
    # under implicit TLS aiosmtplib wraps it
    if isinstance(error.__cause__, ssl.SSLCertVerificationError):
        error = error.__cause__
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        code, status, _ = parsed(error.code, error.message)
        another = relay.secret.refused()
        lasts = code // 100 == 5 and not status.startswith("4") and not another
        why = f"refuses the log-in of {relay.user!r}: {words_of(error)}; {relay.remedy}"
        return (Barred if lasts else Troubled)(f"relay {relay.place} {why}")
    if isinstance(error, ssl.SSLCertVerificationError):
        remedy = "mend it, or name the host it is for; see relay.ca_file"
        why = f" shows a certificate that cannot be verified: {error.verify_message}; {remedy}"
    elif isinstance(error, aiosmtplib.SMTPResponseException) and error.code // 100 == 5:
        why = f" refuses us: {words_of(error)}; ask its postmaster to let {relay.helo} relay"
    elif isinstance(error, aiosmtplib.SMTPException) and "STARTTLS" in str(error):
        why = " offers no STARTTLS; set relay.tls to what it offers"
    else:
        why = f": {words_of(error)}"
    return Troubled(f"relay {relay.place}{why}")
