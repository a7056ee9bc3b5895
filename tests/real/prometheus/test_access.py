"""The real daemon's metrics over TLS, for a real Prometheus that knows the password."""

import shutil
import signal
import sys
from pathlib import Path
from subprocess import Popen

import bcrypt
import pytest
import trustme
import yaml

from fakes.ports import free_port
from fakes.verbs import CONFIG
from real.prometheus import servers
from real.prometheus.servers import running, until
from real.prometheus.test_daemon import said

pytestmark = [pytest.mark.real,
              pytest.mark.skipif(not shutil.which("prometheus"), reason="no prometheus here")]


def secured(folder: Path, password: str) -> None:
    """Write a web configuration that asks for TLS and this password."""
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
    (folder / "web.yml").write_text(yaml.safe_dump({
        "tls_server_config": {"cert_file": "our.crt", "key_file": "our.key"},
        "basic_auth_users": {"prometheus": hashed}}))


def configured(folder: Path) -> Path:
    """Write a configuration, its secrets and its certificate, and return it."""
    ca = trustme.CA()
    ours = ca.issue_cert("127.0.0.1")
    ours.private_key_pem.write_to_path(folder / "our.key")
    ours.cert_chain_pems[0].write_to_path(folder / "our.crt")
    ca.cert_pem.write_to_path(folder / "ca.pem")
    (folder / "imap-password").write_text("secret\n")
    (folder / "token.keys").write_text(f"a {'0123456789abcdef' * 2} 2037-12-31\n")
    ports = {"relay": free_port(), "inbox": free_port(), "metrics": free_port()}
    file = folder / "sarabanwatch.toml"
    asked = CONFIG.format(**ports).replace("[metrics]", '[metrics]\nweb_config = "web.yml"')
    file.write_text(asked, encoding="utf-8")
    return file


def scrapes(folder: Path, target: int) -> Path:
    """Write a Prometheus configuration: one job for each password, and one without."""
    def job(name: str, **auth: object) -> dict[str, object]:
        return {"job_name": name, "scheme": "https", "tls_config": {"ca_file": "ca.pem"},
                "static_configs": [{"targets": [f"127.0.0.1:{target}"]}], **auth}

    def known(password: str) -> dict[str, object]:
        return {"basic_auth": {"username": "prometheus", "password": password}}

    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump({"global": {"scrape_interval": "1s"}, "scrape_configs": [
        job("first", **known("first")), job("second", **known("second")), job("nobody")]}))
    return file


def test_prometheus_scrapes_over_tls_with_the_password_of_the_moment_and_not_without(
    tmp_path: Path,
) -> None:
    secured(tmp_path, "first")
    config, log, port = configured(tmp_path), tmp_path / "watch.log", free_port()
    daemon = [sys.executable, "-m", "sarabanwatch", "run", "--config", str(config)]
    with log.open("w") as words, Popen(daemon, stdout=words, stderr=words) as watch:
        try:
            listening = said(log, '"listening"')
            assert "https://127.0.0.1:" in listening
            target = int(listening.split("https://127.0.0.1:")[1].partition("/")[0])
            scrapes(tmp_path, target)
            with running(tmp_path, "prometheus", "--config.file=prometheus.yml",
                         "--storage.tsdb.path=tsdb", f"--web.listen-address=127.0.0.1:{port}"):
                server = servers.Prometheus(port)
                until(lambda: _ready(port))
                until(lambda: _up(server) == {"first": 1, "second": 0, "nobody": 0})
                secured(tmp_path, "second")
                watch.send_signal(signal.SIGHUP)
                until(lambda: _up(server) == {"first": 0, "second": 1, "nobody": 0})
                (tmp_path / "web.yml").write_text("basic_auth_users: {prometheus: second}\n")
                watch.send_signal(signal.SIGHUP)
                refusal = said(log, '"reload refused"')
                assert "web.yml: line 1: basic_auth_users.prometheus: not a bcrypt" in refusal
                assert _up(server)["second"] == 1
        finally:
            watch.terminate()
            watch.wait(timeout=600)


def _ready(port: int) -> bool:
    try:
        return bool(servers.get(f"http://127.0.0.1:{port}/api/v1/query?query=1"))
    except OSError:
        return False


def _up(server: servers.Prometheus) -> dict[str, float]:
    return {each["metric"]["job"]: float(each["value"][1]) for each in server.query("up")}
