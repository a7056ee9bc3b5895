"""Container and compose file: what they promise stands in them, and names what there is."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import sarabanwatch
from sarabanwatch import settings

PLACE = Path(__file__).parents[2] / "deploy/container"
COMPOSE: dict[str, Any] = yaml.safe_load((PLACE / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if "build" in service}
TRY = {name for name, service in SERVICES.items() if service.get("profiles") == ["try"]}
CONTAINERFILES = [PLACE / "Containerfile", PLACE / "mail/Containerfile"]
ETC = "${SARABANWATCH_ETC:-/etc/sarabanwatch}"


def steps(file: Path) -> list[tuple[str, str]]:
    """Return the instructions of a Containerfile: the word, and what follows it."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", file.read_text(), flags=re.MULTILINE))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ")
                                                       for line in text.splitlines() if line)]


@pytest.mark.parametrize("file", CONTAINERFILES, ids=lambda file: file.parent.name)
def test_an_image_is_built_on_one_that_is_named_with_its_version(file: Path) -> None:
    assert [rest for word, rest in steps(file) if word == "ARG"] == [
        "BASE=docker.io/library/debian:13.2-slim"]
    assert {rest.partition(" ")[0] for word, rest in steps(file) if word == "FROM"} == {"${BASE}"}


@pytest.mark.parametrize("file", CONTAINERFILES, ids=lambda file: file.parent.name)
def test_an_image_says_as_whom_it_runs_and_how_it_is(file: Path) -> None:
    assert {"USER", "HEALTHCHECK", "ENTRYPOINT"} <= {word for word, _ in steps(file)}


def test_the_daemon_is_a_number_that_is_not_root_from_its_first_moment() -> None:
    words = [word for word, _ in steps(PLACE / "Containerfile")]
    assert ("USER", "10001:10001") in steps(PLACE / "Containerfile")
    assert words.index("USER") > max(at for at, word in enumerate(words) if word == "RUN")


def test_its_health_is_what_status_says() -> None:
    health = dict(steps(PLACE / "Containerfile"))["HEALTHCHECK"]
    assert "sarabanwatch status --line" in health


def test_no_secret_and_no_private_file_comes_into_an_image() -> None:
    ignored = (PLACE / "Containerfile.dockerignore").read_text().split()
    assert {".venv*", ".git", "demo"} <= set(ignored)
    assert [rest for word, rest in steps(PLACE / "Containerfile") if word == "COPY"] == [
        ". /srv/checkout", "--from=made /opt /opt"]


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_has_a_version_and_ours_is_this_one(name: str) -> None:
    tag = SERVICES[name]["image"].rpartition(":")[2]
    assert re.fullmatch(r"v?\d+\.\d+\.\d+", tag)
    assert name not in OURS or tag == sarabanwatch.__version__


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - TRY))
def test_what_stays_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "user"} & service.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_every_file_that_is_brought_is_there_and_only_brought_to_be_read(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.replace(ETC, "").split(":")[0]
        if source.startswith("."):
            assert (PLACE / source).exists(), volume
            assert volume.endswith(":ro")
        elif source:
            assert source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_secret_is_a_file_outside_the_checkout(name: str) -> None:
    for secret in SERVICES[name].get("secrets", []):
        assert COMPOSE["secrets"][secret]["file"] == f"{ETC}/credentials/{secret}"
    assert not re.search(r"password|secret", str(SERVICES[name].get("environment", "")).replace(
        "/run/secrets/grafana-password", "").replace("PASSWORD__FILE", ""), re.IGNORECASE)


def test_all_share_one_network_and_only_this_machine_sees_their_doors() -> None:
    assert {name for name, service in SERVICES.items()
            if service.get("network_mode") == "service:watch"} == SERVICES.keys() - {"watch"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["watch"]["ports"])


def test_the_configuration_of_the_try_can_be_used_and_names_the_secrets_that_are_brought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    for secret in ("imap-password", "token.keys"):
        (tmp_path / secret).write_text(f"a {'0123456789abcdef' * 2} 2028-12-31\n")
    config = tmp_path / "sarabanwatch.toml"
    config.write_bytes((PLACE / "sarabanwatch.toml").read_bytes())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    found = settings.load(config)
    assert not found.live
    assert {found.inbox.password_file, found.token.key_file} <= set(SERVICES["watch"]["secrets"])


def test_the_mail_server_of_the_try_has_no_way_out() -> None:
    """No `smtp` client stands in its master.cf: whatever it takes goes to Dovecot."""
    services = [line.split()[-1] for line in (PLACE / "mail/master.cf").read_text().splitlines()]
    assert not {"smtp", "relay", "pipe", "local", "virtual"} & set(services)
    main = (PLACE / "mail/main.cf").read_text()
    assert "default_transport = lmtp:inet:127.0.0.1:24" in main
    assert "inet_interfaces = loopback-only" in main
