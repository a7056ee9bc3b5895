"""`drill` through a real Alertmanager with our routes: home, and on to whom it is for."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.ports import free_port
from real.prometheus import servers

pytestmark = [pytest.mark.real, pytest.mark.skipif(not shutil.which("prometheus-alertmanager"),
                                                   reason="Alertmanager is not installed")]


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[servers.Alertmanager]:
    with servers.alertmanager(tmp_path) as (alertmanager, port):
        servers.until(lambda: servers.answers(f"http://127.0.0.1:{port}/-/ready"))
        yield alertmanager


def drill(chain: servers.Alertmanager, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sarabanwatch", "drill", "--alertmanager",
         chain.url.removesuffix("/api/v2"), *more], capture_output=True, text=True, check=False)


def test_it_comes_home_marked_and_goes_on_to_whoever_is_on_call(
    chain: servers.Alertmanager,
) -> None:
    said = drill(chain, "--listen", f"127.0.0.1:{chain.drill}", "--within", "300", "--json")
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    assert 0 <= found["seconds"] < 300
    assert f"ซ้อมการแจ้งเตือน ({found['code']})" in chain.chatted("[แจ้งเตือน] Drill")
    assert {chain.told("Drill")["receiver"], chain.told("Drill")["receiver"]} == {"drill", "page"}


def test_where_it_does_not_come_home_it_says_so_and_where_to_look(
    chain: servers.Alertmanager,
) -> None:
    said = drill(chain, "--listen", f"127.0.0.1:{free_port()}", "--within", "1")
    assert said.returncode == 69
    assert "did not come home within 1 seconds" in said.stderr
    chain.url = f"http://127.0.0.1:{free_port()}"
    said = drill(chain)
    assert (said.returncode, "does not answer" in said.stderr) == (69, True)
