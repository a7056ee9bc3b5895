"""Log-ins from the configuration: what is found before any connection is made."""

import base64
import json
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from edge.test_oauth import CERTIFICATE, PEM
from fakes.tokens import Endpoint, granting, said, trust
from sarabanwatch.core.errors import Barred
from sarabanwatch.edge.imap import Mailbox
from sarabanwatch.edge.oauth import Tokens
from sarabanwatch.edge.oauth.command import Command
from sarabanwatch.settings import Misconfigured
from sarabanwatch.wiring.components import Components
from sarabanwatch.wiring.edges import Edges

BARE = """
[sender]
address = "probes@probe.test"
name = "ระบบทดสอบ"
helo = "watch.probe.test"
[relay]
host = "127.0.0.1"
{relay}
[inbox]
host = "127.0.0.1"
user = "probes"
{inbox}
[campaign]
anchor = 2026-01-06
"""
ENDPOINT = 'token_url = "https://localhost:1/token"\nclient_id = "watch"\n'


def edges(folder: Path, inbox: str = 'password_file = "password"',
          relay: str = "") -> Edges:
    (folder / "watch.toml").write_text(BARE.format(inbox=inbox, relay=relay), encoding="utf-8")
    return Edges(Components(folder / "watch.toml"))


def granted(folder: Path, grant: str, **files: str) -> Mailbox:
    """Return the mailbox of a configuration with a grant."""
    for name, text in files.items():
        (folder / name).write_text(text)
    return edges(folder, f"[inbox.oauth]\n{grant}").mailbox


async def test_a_password_is_read_anew_and_one_that_was_renewed_may_do(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("first\r\n")  # as an editor of Windows leaves it
    box = edges(tmp_path).mailbox
    assert (await box.secret.get(), box.auth) == ("first", "auto")
    assert not box.secret.refused()
    (tmp_path / "password").write_text("second")
    assert box.secret.refused()
    assert await box.secret.get() == "second"
    (tmp_path / "password").unlink()
    assert not box.secret.refused()
    with pytest.raises(Barred, match=r"inbox\.password_file: no file 'password'"):
        await box.secret.get()


async def test_the_application_of_the_configuration_gets_a_token(tmp_path: Path) -> None:
    async with granting(Endpoint()) as endpoint:
        grant = (
            f'grant = "client_credentials"\ntoken_url = "{endpoint.url}"\n'
            'client_id = "watch"\nscope = "mail"\n'
            f'client_secret_file = "secret"\nca_file = "{trust(tmp_path)}"\n'
        )
        box = granted(tmp_path, grant, secret="s3cret\n")
        assert await box.secret.get() == "token-1"
    assert (box.auth, box.remedy) == ("bearer", "see inbox.user and inbox.oauth")
    assert endpoint.asked[0]["client_secret"] == "s3cret"


async def test_a_fallback_relay_has_a_grant_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("x")
    oauth = '{grant = "command", command = ["echo", "tok"]}'
    fallback = f'fallback = [{{host = "127.0.0.1", port = 2, user = "watch", oauth = {oauth}}}]'
    first, second = edges(tmp_path, relay=fallback).relays
    assert (first.auth, await first.secret.get()) == ("auto", "")
    assert (second.auth, await second.secret.get()) == ("bearer", "tok")
    assert second.remedy == "see relay.fallback.user and relay.fallback.oauth"


async def test_a_refresh_token_that_is_replaced_is_written_down(tmp_path: Path) -> None:
    async with granting(Endpoint(gives={"refresh_token": "second"})) as endpoint:
        grant = (
            f'grant = "refresh_token"\ntoken_url = "{endpoint.url}"\nclient_id = "watch"\n'
            f'refresh_token_file = "refresh"\nca_file = "{trust(tmp_path)}"\n'
        )
        box = granted(tmp_path, grant, refresh="first")
        assert await box.secret.get() == "token-1"
        assert (tmp_path / "refresh").read_text() == "second"
        assert (tmp_path / "refresh").stat().st_mode & 0o777 == 0o600
        box.secret.refused()
        await box.secret.get()
    assert [form["refresh_token"] for form in endpoint.asked] == ["first", "second"]
    assert names(tmp_path) == ["authority.pem", "refresh", "watch.toml"]


async def test_one_that_cannot_be_written_down_is_kept_in_mind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with granting(Endpoint(gives={"refresh_token": "second"})) as endpoint:
        grant = (
            f'grant = "refresh_token"\ntoken_url = "{endpoint.url}"\nclient_id = "watch"\n'
            f'refresh_token_file = "refresh"\nca_file = "{trust(tmp_path)}"\n'
        )
        box = granted(tmp_path, grant, refresh="first")
        with monkeypatch.context() as full:
            full.setattr(Path, "replace", _full)
            await box.secret.get()
        assert (tmp_path / "refresh").read_text() == "first"
        box.secret.refused()
        await box.secret.get()
    assert [form["refresh_token"] for form in endpoint.asked] == ["first", "second"]


def names(folder: Path) -> list[str]:
    """Return the names in a folder, so that a half-written file would be seen."""
    return sorted(path.name for path in folder.iterdir())


def _full(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def test_the_other_grants_are_made_as_the_configuration_has_them(tmp_path: Path) -> None:
    google = json.dumps(
        {"client_email": "w@p.test", "private_key": PEM, "token_uri": "https://localhost:1/token"}
    )
    assert isinstance(
        granted(
            tmp_path, 'grant = "service_account"\nkey_file = "k"\nscope = "m"\n', k=google
        ).secret,
        Tokens,
    )
    signed = f'grant = "client_credentials"\n{ENDPOINT}key_file = "k"\ncertificate_file = "c"\n'
    assert isinstance(granted(tmp_path, signed, k=PEM, c=CERTIFICATE).secret, Tokens)
    assert isinstance(granted(tmp_path, 'grant = "command"\ncommand = ["token"]\n').secret, Command)


@pytest.mark.parametrize(
    ("grant", "why"),
    [
        (
            f'grant = "client_credentials"\n{ENDPOINT}client_secret_file = "none"\n',
            r"inbox\.oauth\.client_secret_file: no file 'none'",
        ),
        (
            f'grant = "client_credentials"\n{ENDPOINT}key_file = "bad"\n',
            "inbox.oauth: the private key cannot sign",
        ),
        (
            f'grant = "client_credentials"\n{ENDPOINT}key_file = "key"\ncertificate_file = "bad"\n',
            "inbox.oauth: the certificate of the key",
        ),
        (
            'grant = "service_account"\nscope = "m"\nkey_file = "key"\n',
            "inbox.oauth: '' is no https URL",
        ),
        (
            f'grant = "refresh_token"\n{ENDPOINT}refresh_token_file = "none"\n',
            r"inbox\.oauth\.refresh_token_file: cannot read",
        ),
        (
            (f'grant = "client_credentials"\n{ENDPOINT}client_secret_file = "bad"\n'
             'ca_file = "bad"\n'),
            r"inbox\.oauth\.ca_file: ",
        ),
        (
            (f'grant = "client_credentials"\n{ENDPOINT}client_secret_file = "bad"\n'
             'ca_file = "none"\n'),
            "No such file",
        ),
    ],
)
def test_what_is_wrong_with_a_grant_is_told_at_the_start(
    grant: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(Misconfigured, match=why) as told:
        granted(tmp_path, grant, bad="no key at all", key=PEM)
    assert "no key at all" not in str(told.value)


@pytest.mark.parametrize("table", ["relay", "inbox"])
def test_a_private_authority_is_named_by_a_file(table: str, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    (tmp_path / "password").write_text("x")
    keys: dict[str, str] = {"relay": "", "inbox": 'password_file = "password"\n'}
    keys[table] += 'ca_file = "ca.pem"\n'
    made = edges(tmp_path, keys["inbox"], keys["relay"])
    trusted = {"relay": made.relays[0].trusted, "inbox": made.mailbox.trusted}
    assert len(trusted.pop(table)().get_ca_certs()) == 1
    assert trusted.popitem()[1] is ssl.create_default_context
    (tmp_path / "ca.pem").write_text("none")
    with pytest.raises(Misconfigured, match=rf"{table}\.ca_file: .*ca\.pem"):
        edges(tmp_path, keys["inbox"], keys["relay"]).__getattribute__(
            {"relay": "relays", "inbox": "mailbox"}[table]
        )


async def test_a_secret_is_in_no_message(tmp_path: Path) -> None:
    async with granting(
        Endpoint(says=iter([said(400, error="invalid_client", error_description="s" * 50)]))
    ) as endpoint:
        grant = (
            f'grant = "client_credentials"\ntoken_url = "{endpoint.url}"\nclient_id = "watch"\n'
            f'client_secret_file = "secret"\nca_file = "{trust(tmp_path)}"\n'
        )
        box = granted(tmp_path, grant, secret="s" * 50)
        with pytest.raises(Barred, match=r"invalid_client: \(hidden\)") as barred:
            await box.secret.get()
    assert "s" * 50 not in f"{barred.value!r}{box!r}"


@pytest.mark.parametrize(("rate", "poll"), [(1, 60), (20, 3), (1000, 0.5)])
def test_the_inbox_is_asked_as_often_as_the_clock_runs_but_not_without_a_rest(
    tmp_path: Path, rate: int, poll: float,
) -> None:
    (tmp_path / "password").write_text("first")
    clock = f"""[clock]
rate = {rate}
began = 2026-11-28T00:00:00+07:00
shows = 2026-03-02T00:00:00+07:00"""
    found = edges(tmp_path, f'password_file = "password"\npoll_seconds = 60\n{clock}').mailbox
    assert found.poll_seconds == poll


def test_a_signing_domain_is_the_same_in_capitals(tmp_path: Path) -> None:
    """Receivers name it in small letters, and our own key would be reported as not published."""
    pytest.importorskip("dkim")
    (tmp_path / "dkim.key").write_text(base64.b64encode(bytes(32)).decode())
    key = '[dkim]\nkey_file = "dkim.key"\nselector = "a"\ndomain = "Probe.TEST"'
    found = edges(tmp_path, f'password_file = "password"\n{key}').signer
    assert found is not None
    assert found.domain == "probe.test"
