"""Access tokens by each grant from an endpoint on loopback; what its answers mean."""

import asyncio
import json
import ssl
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import jwt
import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fakes.tokens import AUTHORITY, Answer, Endpoint, granting, said
from sarabanwatch.core.errors import Barred, Unanswered
from sarabanwatch.edge.https import HttpsWeb
from sarabanwatch.edge.oauth.endpoint import AccessToken, asked
from sarabanwatch.edge.oauth.grants import (
    Application,
    ClientCredentials,
    RefreshToken,
    ServiceAccount,
)

SECRET = "s3cret-of-the-application"
KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
CERTIFICATE = (
    trustme.CA().cert_pem.bytes().decode()
)  # any will do: it names the key, and is not verified


def forms(sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> HttpsWeb:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return HttpsWeb(context, sleep)


def application(endpoint: Endpoint, **more: Any) -> Application:
    return Application(endpoint.url, "watch", "mail", **more)


# --- grants --------------------------------------------------------------------------------------


async def test_an_application_proves_itself_by_its_secret() -> None:
    async with granting(Endpoint(lasts=77)) as endpoint:
        token = await ClientCredentials(
            forms(), application(endpoint, secret=lambda: SECRET)
        ).fetch()
    assert token == AccessToken("token-1", 77.0)
    assert endpoint.asked == [
        {
            "grant_type": "client_credentials",
            "scope": "mail",
            "client_id": "watch",
            "client_secret": SECRET,
        }
    ]


async def test_an_application_proves_itself_by_a_certificate_as_microsoft_wants_it() -> None:
    async with granting(Endpoint()) as endpoint:
        client = application(endpoint, key=lambda: PEM, certificate=lambda: CERTIFICATE)
        await ClientCredentials(forms(), client).fetch()
    (form,) = endpoint.asked
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert "client_secret" not in form
    header = jwt.get_unverified_header(form["client_assertion"])
    digest = sha256(ssl.PEM_cert_to_DER_cert(CERTIFICATE)).digest()
    assert header == {
        "alg": "PS256",
        "typ": "JWT",
        "x5t#S256": urlsafe_b64encode(digest).rstrip(b"=").decode(),
    }
    claims = jwt.decode(
        form["client_assertion"], KEY.public_key(), ["PS256"], audience=endpoint.url
    )
    assert claims["iss"] == claims["sub"] == "watch"
    assert claims["jti"]
    assert 0 < claims["exp"] - claims["iat"] <= 600


async def test_an_application_proves_itself_by_a_key() -> None:
    async with granting(Endpoint()) as endpoint:
        await ClientCredentials(forms(), application(endpoint, key=lambda: PEM)).fetch()
    (form,) = endpoint.asked
    assert (
        jwt.decode(form["client_assertion"], KEY.public_key(), ["RS256"], audience=endpoint.url)[
            "sub"
        ]
        == "watch"
    )


async def test_a_refresh_token_is_used_and_the_one_that_replaces_it_is_kept() -> None:
    held, kept = ["first"], list[str]()
    async with granting(Endpoint(gives={"refresh_token": "second"})) as endpoint:
        grant = RefreshToken(forms(), application(endpoint), lambda: held[0], kept.append)
        await grant.fetch()
        held[0] = "second"
        await grant.fetch()
    assert [form["refresh_token"] for form in endpoint.asked] == ["first", "second"]
    assert endpoint.asked[0] == {
        "grant_type": "refresh_token",
        "refresh_token": "first",
        "scope": "mail",
        "client_id": "watch",
    }
    assert kept == ["second"]  # once: it is the same then


async def test_a_service_account_asks_in_the_name_of_the_mailbox_by_googles_file() -> None:
    async with granting(Endpoint()) as endpoint:
        file = json.dumps(
            {
                "type": "service_account",
                "client_email": "watch@project.test",
                "private_key": PEM,
                "private_key_id": "k1",
                "token_uri": endpoint.url,
            }
        )
        client = Application("", "", "https://mail.google.com/", key=lambda: file)
        await ServiceAccount(forms(), client, "probes@go.test").fetch()
    (form,) = endpoint.asked
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert jwt.get_unverified_header(form["assertion"]) == {
        "alg": "RS256",
        "typ": "JWT",
        "kid": "k1",
    }
    claims = jwt.decode(form["assertion"], KEY.public_key(), ["RS256"], audience=endpoint.url)
    assert {name: claims[name] for name in ("iss", "sub", "scope")} == {
        "iss": "watch@project.test",
        "sub": "probes@go.test",
        "scope": "https://mail.google.com/",
    }


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("no key", "the private key cannot sign: InvalidKeyError"),
        ("{", "not that of a service account"),
        ('{"private_key": "x"}', "not that of a service account: KeyError"),
        ("{}", "KeyError"),
    ],
)
async def test_a_key_that_is_none_needs_a_person(key: str, why: str) -> None:
    grant = ServiceAccount(
        forms(), Application("https://localhost:1/", "watch", "", key=lambda: key), "u"
    )
    with pytest.raises(Barred, match=why):
        await grant.fetch()


# --- answers of the endpoint ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        (
            said(
                400,
                error="invalid_client",
                error_description="AADSTS7000222: The secret has expired",
            ),
            Barred,
            "refuses a token: invalid_client: AADSTS7000222: The secret has expired",
        ),
        (said(401, error="invalid_grant"), Barred, "invalid_grant"),
        (said(403, error="unauthorized_client"), Barred, "unauthorized_client"),
        (said(200, error="invalid_scope"), Barred, "invalid_scope"),
        (
            said(
                400,
                error="invalid_request",
                error_description="the secret s" + "3" * 40 + " is wrong",
            ),
            Barred,
            r"\(hidden\) is wrong",
        ),
        (
            said(400, error="temporarily_unavailable"),
            Unanswered,
            "status 400 temporarily_unavailable",
        ),
        (said(500, error="invalid_grant"), Unanswered, "status 500"),
        (said(429, error="invalid_request"), Unanswered, "status 429"),
        ((503, b"<html>"), Unanswered, "status 503"),
        ((404, b""), Unanswered, "status 404"),
        ((302, b""), Unanswered, "status 302"),
        ((200, b"[]"), Unanswered, "without a token"),
        ((200, b"\xff"), Unanswered, "without a token"),
        (said(access_token=""), Unanswered, "without a token"),
        (said(access_token=7), Unanswered, "without a token"),
        (said(access_token="one two"), Unanswered, "without a token"),
        (said(access_token="one\r\nA1 LOGOUT"), Unanswered, "without a token"),
    ],
)
async def test_an_answer_without_a_token_is_typed(
    answer: Answer, error: type[Exception], why: str
) -> None:
    async with granting(Endpoint(says=iter([answer]))) as endpoint:
        with pytest.raises(error, match=why) as raised:
            await asked(forms(), endpoint.url, {"client_secret": SECRET})
    assert SECRET not in str(raised.value)
    assert endpoint.url in str(raised.value)


@pytest.mark.parametrize(
    ("lasts", "seconds"),
    [
        (3599, 3599.0),
        ("3599", 3599.0),
        (None, 300.0),
        (-1, 300.0),
        ("soon", 300.0),
        (1e99, 300.0),
        ([], 300.0),
    ],
)
async def test_how_long_a_token_lasts_is_believed_within_reason(
    lasts: object, seconds: float
) -> None:
    async with granting(Endpoint(lasts=lasts)) as endpoint:
        assert (await asked(forms(), endpoint.url, {})).seconds == seconds


async def test_an_endpoint_that_is_not_there_is_asked_again_later() -> None:
    async with granting(Endpoint()) as endpoint:
        pass
    waits = list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    with pytest.raises(Unanswered, match="Connect call failed"):
        await asked(forms(sleep), endpoint.url, {})
    assert len(waits) == 2      # three tries to connect; nothing was asked
