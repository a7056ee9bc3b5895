"""Letters straight to Postfix, Exim and OpenSMTPD, whatever their encryption.

Names are resolved by a validating resolver.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from fakes.ports import free_port
from fakes.samples import REFUSALS
from real.direct import scene
from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage, event, read
from sarabanwatch.core.sending.route import Route
from sarabanwatch.core.sending.tls import rules_for
from sarabanwatch.edge.chance import SystemChance
from sarabanwatch.edge.dns import DnsResolver
from sarabanwatch.edge.https import HttpsWeb
from sarabanwatch.edge.smtp import Contexts, Direct, DirectLine, MxLookup, Policies
from sarabanwatch.edge.smtp.direct import DirectTerms

pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")]
RAW = b"From: probes@probe.test\r\nSubject: test\r\n\r\nx\r\n"
FOUND = {"good": [], "expired": ["certificate-expired"], "wrong": ["certificate-wrong-name"],
         "untrusted": ["certificate-untrusted"], "none": ["no-tls"]}
DEMANDS = {"sts-good": "MTA-STS", "sts-bad": "MTA-STS", "dane-good": "DANE", "dane-bad": "DANE"}


@pytest.fixture(params=scene.NETS)
def server(request: pytest.FixtureRequest) -> str:
    """A kind of mail host that can be run here."""
    if why := scene.lacking(request.param):
        pytest.skip(why)
    return str(request.param)


@pytest.fixture
async def line(server: str, tmp_path: Path,
               monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DirectLine]:
    """A direct line to that host, by a validating resolver."""
    scene.open_up(tmp_path)
    papers = scene.Papers(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    port = free_port()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(scene.resolver(server, tmp_path, papers, port))
        policy_port = await stack.enter_async_context(scene.policies(papers))
        await stack.enter_async_context(scene.host(server, tmp_path))
        resolvers = [DnsResolver("127.0.0.1", port, DnsSection(timeout_seconds=5))
                     for _ in range(2)]
        mx_lookup, contexts = MxLookup(resolvers), Contexts()
        kept = Policies(resolvers[0].addresses, HttpsWeb(), policy_port)
        made = DirectLine(Direct(mx_lookup, kept, SystemChance(),
                                 DirectTerms("watch.probe.test", port=scene.PORT),
                                 contexts=contexts))
        stack.callback(mx_lookup.close)
        stack.push_async_callback(made.close)
        yield made
    # a host that takes its time over the end of TLS leaves a transport to be collected: here, not
    # elsewhere
    gc.collect()


async def sent(line: DirectLine, to: str) -> Answer:
    return await line.send(Outgoing("probes+sw1@probe.test", to, "sw1", RAW))


async def seen(line: DirectLine, domain: str) -> tuple[Answer, list[str]]:
    """Send a letter to a domain; return the answer and what it showed of the host's encryption."""
    answer = await sent(line, f"saraban@{domain}")
    return answer, [rule.finding.value
                    for rule in rules_for(answer.tls, scene.NOW)] if answer.tls else []


async def test_a_host_takes_letters_whatever_its_encryption_and_is_held_to_what_its_domain_asks(
    line: DirectLine, server: str,
) -> None:
    _, first = await seen(line, f"good.{server}.test")
    able = first != ["tls-fails"]
    # Debian 12's OpenSMTPD signs nothing that its OpenSSL takes: in clear, then
    assert able or server == "smtpd"
    for case, found in FOUND.items():
        answer, showed = await seen(line, f"{case}.{server}.test")
        assert (answer.stage, answer.code, answer.route) == (Stage.DOT, 250, Route.DIRECT), (case,
                                                                                             answer)
        # told once a connection
        assert showed in ([], found if able or case == "none" else ["tls-fails"]), (case, answer)
    for case, demand in DEMANDS.items():
        answer, _ = await seen(line, f"{case}.{server}.test")
        kept = case.endswith("bad") or not able
        assert (event(answer) is Event.LATER) is kept, (case, answer)
        assert not kept or demand in answer.text, (case, answer)
    # a promise that nobody vouches for binds nobody
    answer = await sent(line, f"saraban@{server}.plain.test")
    assert answer.stage is not Stage.CONNECT, answer


async def test_what_a_host_says_of_a_box_is_read_from_its_own_words(line: DirectLine,
                                                                    server: str) -> None:
    answer = await sent(line, f"nobody@good.{server}.test")
    happened, fact = read(answer, scene.NOW, REFUSALS)
    assert happened is Event.REFUSAL, answer
    assert fact is not None
    assert fact.reason is Reason.NO_MAILBOX, answer
    if server != "smtpd":       # it has no way to say "later" of one box
        assert event(await sent(line, f"grey@good.{server}.test")) is Event.LATER
    assert (await sent(line, f"saraban@good.{server}.test")).code == 250
