"""How to log in to the accounts of inbox and relay: secrets, tokens, trusted authorities.

All of it is read once at the start, so that what is missing is found then, and again for every
log-in: whoever renews a file need not tell the daemon.
"""

import os
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple, TypeVar

from sarabanwatch import settings as config
from sarabanwatch.core.errors import Barred
from sarabanwatch.edge.https import HttpsWeb, place
from sarabanwatch.edge.oauth import Tokens, grants
from sarabanwatch.edge.oauth.command import Command
from sarabanwatch.edge.oauth.grants import (
    Application,
    ClientCredentials,
    RefreshToken,
    ServiceAccount,
)
from sarabanwatch.ports import Secret
from sarabanwatch.settings import Misconfigured
from sarabanwatch.settings.accounts import InboxSection, OAuthSection, Smarthost

T = TypeVar("T")
Read = Callable[[], str]


class Login(NamedTuple):
    """How an account is logged in to; `remedy` says what to look at when that is refused."""

    secret: Secret
    auth: str
    trusted: Callable[[], ssl.SSLContext]
    remedy: str


@dataclass(slots=True)
class FileSecret:
    """A secret in a file; the Secret port."""

    read: Read = field(repr=False)
    _given: str = field(default="", init=False, repr=False)

    async def get(self) -> str:
        """Return what stands in the file now."""
        self._given = self.read()
        return self._given

    def refused(self) -> bool:
        """Say whether the file was renewed meanwhile."""
        with suppress(Barred):
            return self.read() != self._given
        return False


def login(account: Smarthost | InboxSection, key: str, beside: Path) -> Login:
    """Return how an account is logged in to.

    Raise Misconfigured where a file is missing, or wrong.
    """
    trusted = _trusted(account.ca_file, f"{key}.ca_file", beside)
    if account.oauth.grant == "none":
        read = _reader(account.password_file, f"{key}.password_file", beside) or str
        return Login(FileSecret(read), account.auth, trusted,
                     f"see {key}.user and {key}.password_file")
    auth = "bearer" if account.auth == "auto" else account.auth
    secret = _token(account.oauth, account.user, f"{key}.oauth", beside)
    return Login(secret, auth, trusted, f"see {key}.user and {key}.oauth")


def _token(oauth: OAuthSection, user: str, key: str, beside: Path) -> Secret:
    if oauth.grant == "command":
        return Command(oauth.command)
    client = _application(oauth, key, beside)
    forms = HttpsWeb(_trusted(oauth.ca_file, f"{key}.ca_file", beside)())
    match oauth.grant:
        case "service_account":
            return Tokens(ServiceAccount(forms, client, user).fetch)
        case "refresh_token":
            held = RenewedToken(beside / oauth.refresh_token_file, f"{key}.refresh_token_file")
            _now_or_never(held.read)
            return Tokens(RefreshToken(forms, client, held.read, held.keep).fetch)
    return Tokens(ClientCredentials(forms, client).fetch)


def _application(oauth: OAuthSection, key: str, beside: Path) -> Application:
    """Return the client that asks for tokens; raise Misconfigured where its key cannot sign."""
    read = {name: _reader(getattr(oauth, name), f"{key}.{name}", beside)
            for name in ("client_secret_file", "key_file", "certificate_file")}
    client = Application(oauth.token_url, oauth.client_id, oauth.scope, *read.values())
    try:
        place(_now_or_never(partial(grants.endpoint, client)))
        _now_or_never(partial(grants.check, client))
    except (Misconfigured, ValueError) as error:
        raise Misconfigured(f"{key}: {error}") from None
    return client


def _now_or_never(do: Callable[[], T]) -> T:
    """Do something at the start, where an error that needs a person is a Misconfigured."""
    try:
        return do()
    except Barred as error:
        raise Misconfigured(str(error)) from None


def _reader(name: str, key: str, beside: Path) -> Read | None:
    """Return a function that reads a secret's file each time, or None where none is named.

    The file is read once here.
    """
    if not name:
        return None
    config.secret(name, beside, key)

    def read() -> str:
        try:
            return config.secret(name, beside, key)
        except Misconfigured as error:
            raise Barred(str(error)) from None
    return read


def _trusted(name: str, key: str, beside: Path) -> Callable[[], ssl.SSLContext]:
    """Return a maker of TLS contexts, by the authority of a file or those of the system."""
    if not name:
        return ssl.create_default_context

    def made() -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=beside / name)
        except OSError as error:    # of which ssl.SSLError is one
            raise Barred(f"{key}: {beside / name}: {error.strerror or error}") from None
    _now_or_never(made)
    return made


class RenewedToken:
    """A refresh token in a file that we write; one that cannot be written is kept in memory."""

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._key = path, key
        self._replaced = self._newest = ""

    def read(self) -> str:
        """Return the token.

        Raise Barred where there is none, or where another could not be kept.
        """
        try:
            held = self._path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Barred(f"{self._key}: cannot read {self._path}: {error}") from None
        if not os.access(self._path.parent, os.W_OK):
            where = (
                "it is written when the endpoint renews it; name a place that the daemon may write"
            )
            raise Barred(f"{self._key}: {self._path.parent}: {where}")
        return self._newest if self._newest and held == self._replaced else held

    def keep(self, token: str) -> None:
        """Write down the token that replaces the one in the file, whole or not at all."""
        with suppress(OSError, Barred):
            self._replaced, self._newest = self.read(), token
            # mode 0600
            with NamedTemporaryFile("w", dir=self._path.parent, delete=False) as file:
                file.write(token)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(self._path)
            self._newest = ""
