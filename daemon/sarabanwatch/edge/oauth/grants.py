"""The grants by which a token is got: what each sends to the token endpoint.

- *client credentials* (RFC 6749 section 4.4): the application itself, which proves itself by a
  secret, or by a key (`private_key_jwt`, RFC 7523 section 2.2): Microsoft 365.
- *refresh token* (RFC 6749 section 6): somebody consented once, in a browser.
- *service account* (RFC 7523 section 2.1): a signed request that names the mailbox: Google.

Secrets are read anew each time: whoever renews them need not tell us.
"""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from ssl import PEM_cert_to_DER_cert
from typing import Any

from sarabanwatch.core.errors import Barred
from sarabanwatch.edge.oauth.endpoint import AccessToken, asked
from sarabanwatch.ports import Forms

Read = Callable[[], str]
SIGNED_FOR = 300        # seconds for which a signed request is valid
SKEW = 30               # seconds that our clock may be ahead of theirs
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Application:
    """Who asks for a token: at which endpoint, as which client, for what scope, and by which proof.

    A reader that is None is not used. `key` reads a private key as PEM, or Google's JSON file of a
    service account; `certificate` reads the key's certificate as PEM, by which Microsoft knows it.
    """

    token_url: str
    client_id: str
    scope: str
    secret: Read | None = None
    key: Read | None = None
    certificate: Read | None = None


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """The grant for the application itself."""

    forms: Forms
    application: Application

    async def fetch(self) -> AccessToken:
        """Get a token."""
        form = {"grant_type": "client_credentials", **_scope(self.application)}
        return await asked(self.forms, self.application.token_url, form | _proof(self.application))


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """The grant by a refresh token, which somebody consented to once.

    `keep` is given the refresh token that replaces the one used.
    """

    forms: Forms
    application: Application
    read: Read
    keep: Callable[[str], None]

    async def fetch(self) -> AccessToken:
        """Get a token, and keep the new refresh token with it: some are valid only once."""
        held = self.read()
        form = {"grant_type": "refresh_token", "refresh_token": held, **_scope(self.application)}
        token = await asked(self.forms, self.application.token_url, form | _proof(self.application))
        if token.refresh and token.refresh != held:
            self.keep(token.refresh)
        return token


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A signed request in the name of a mailbox, `user`."""

    forms: Forms
    application: Application
    user: str

    async def fetch(self) -> AccessToken:
        """Get a token."""
        key = _key(self.application)
        url = self.application.token_url or key.url
        claims = {"iss": self.application.client_id or key.client, "sub": self.user,
                  "scope": self.application.scope, "aud": url}
        headers = {"kid": key.kid} if key.kid else {}
        form = {"grant_type": JWT_BEARER, "assertion": _signed(claims, key.pem, "RS256", headers)}
        return await asked(self.forms, url, form)


def endpoint(application: Application) -> str:
    """Return the token endpoint; a service account's own file names it.

    Raise Barred where it is none.
    """
    return application.token_url or _key(application).url


def check(application: Application) -> None:
    """Sign once, so that an unusable key is found at the start; raise Barred."""
    if application.key is not None:
        _signed({}, _key(application).pem, "RS256", {})
    if application.certificate is not None:
        _thumbprint(application.certificate())


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """A private key, and what Google's file says beside it."""

    pem: str
    client: str = ""
    kid: str = ""
    url: str = ""


def _key(application: Application) -> ServiceKey:
    text = application.key() if application.key else ""
    if not text.lstrip().startswith("{"):
        return ServiceKey(text)
    try:
        fields = json.loads(text)
        return ServiceKey(fields["private_key"], fields["client_email"],
                          fields.get("private_key_id", ""), fields["token_uri"])
    except (ValueError, KeyError, TypeError) as error:
        raise Barred(f"the key file is not that of a service account: {error!r}") from None


def _scope(application: Application) -> dict[str, str]:
    return {"scope": application.scope} if application.scope else {}


def _proof(application: Application) -> dict[str, str]:
    """Return the fields that say who we are and prove it."""
    client = {"client_id": application.client_id}
    if application.key is None:
        secret = application.secret() if application.secret else ""
        return client | ({"client_secret": secret} if secret else {})
    claims = {"iss": application.client_id, "sub": application.client_id,
              "aud": application.token_url, "jti": token_urlsafe(16)}
    certificate = application.certificate() if application.certificate else ""
    headers = {"x5t#S256": _thumbprint(certificate)} if certificate else {}
    algorithm = "PS256" if certificate else "RS256"     # for Microsoft; for all others
    signed = _signed(claims, _key(application).pem, algorithm, headers)
    return client | {"client_assertion_type": CLIENT_ASSERTION, "client_assertion": signed}


def _thumbprint(certificate: str) -> str:
    try:
        digest = sha256(PEM_cert_to_DER_cert(certificate.strip())).digest()
    except ValueError as error:
        raise Barred(f"the certificate of the key cannot be read: {error}") from None
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _signed(claims: dict[str, Any], pem: str, algorithm: str, headers: dict[str, str]) -> str:
    """Sign claims (RFC 7515); raise Barred where the key is none.

    The message never holds the key.
    """
    try:
        import jwt
    except ImportError:
        raise Barred(
            "a signed log-in needs the extra `oauth`: pip install 'sarabanwatch[oauth]'"
        ) from None
    now = int(time.time()) - SKEW  # noqa: TID251 - theirs, whatever an exercise's clock shows
    claims = {**claims, "iat": now, "exp": now + SIGNED_FOR}
    try:
        return jwt.encode(claims, pem, algorithm=algorithm, headers=headers)
    except (ValueError, TypeError, jwt.PyJWTError) as error:
        raise Barred(f"the private key cannot sign: {type(error).__name__}") from None
