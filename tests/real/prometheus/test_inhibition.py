"""A real Alertmanager holds back what the tree of causes says, and nothing else."""

import json
import shutil
import urllib.request
from collections.abc import Iterator

import pytest

from deploy.test_tree import SENT, TREE
from real.prometheus import servers

pytestmark = [pytest.mark.real, pytest.mark.skipif(not shutil.which("prometheus-alertmanager"),
                                                   reason="Alertmanager is not installed")]
LONG_AGO, LATER = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
FOLLOWS = [alert for alert in SENT if alert not in TREE]        # and holds nothing back itself


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of its API; nobody is told before the test is over."""
    config = servers.hurried_routes(1, 1, 1)
    for route in (config["route"], *config["route"]["routes"]):
        route["group_wait"] = "1d"
    with servers.routing(tmp_path_factory.mktemp("chain"), config) as port:
        servers.until(lambda: servers.answers(f"http://127.0.0.1:{port}/-/ready"))
        yield f"http://127.0.0.1:{port}/api/v2/alerts"


def fire(chain: str, alerts: list[str], ends: str = LATER) -> None:
    """Let alerts begin, or end: `told` is the name by which a variant is known."""
    sent = [{"labels": SENT[alert] | {"told": alert}, "startsAt": LONG_AGO, "endsAt": ends}
            for alert in alerts]
    urllib.request.urlopen(urllib.request.Request(
        chain, json.dumps(sent).encode(), {"Content-Type": "application/json"}),
        timeout=60).close()


def held(chain: str) -> set[str]:
    """Return which of the alerts that fire are held back."""
    return {alert["labels"]["told"]
            for alert in servers.get(f"{chain}?active=true&inhibited=true")
            if alert["status"]["inhibitedBy"]}


@pytest.fixture
def cause(chain: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A cause that fires beside all that is none itself, until the test ends."""
    fire(chain, [request.param, *FOLLOWS])
    yield request.param
    fire(chain, [request.param, *FOLLOWS], ends=LONG_AGO)
    servers.until(lambda: not firing(chain))


@pytest.mark.parametrize("cause", TREE, indirect=True)
def test_it_holds_back_what_follows_from_a_cause_and_nothing_else(
    chain: str, cause: str,
) -> None:
    expected = set(TREE[cause]) & set(FOLLOWS)
    servers.until(lambda: held(chain) == expected)


@pytest.mark.soak
@pytest.mark.parametrize("cause", TREE, indirect=True)
def test_of_the_other_causes_it_holds_back_those_that_follow_from_it(
    chain: str, cause: str,
) -> None:
    """One at a time, for each would hold back others."""
    for other in set(TREE) - {cause}:
        fire(chain, [other])
        servers.until(lambda other=other: (other in held(chain)) == (other in TREE[cause]))
        fire(chain, [other], ends=LONG_AGO)
        servers.until(lambda other=other: other not in firing(chain))


def firing(chain: str) -> set[str]:
    """Return the alerts that have not ended."""
    return {alert["labels"]["told"] for alert in servers.get(chain)}
