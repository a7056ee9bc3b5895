import asyncio
import gzip
import socket
from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry, Counter

from sarabanwatch.core.errors import ConfigError
from sarabanwatch.core.judging.census import BUCKETS
from sarabanwatch.edge.journal.agencies import EveryAgency
from sarabanwatch.edge.metrics_endpoint import LOOKS, RegisterPage, app
from sarabanwatch.edge.web import listen, serve
from sarabanwatch.wiring.telling import LastScrape

Reply = tuple[int, bytes, bytes]


async def agencies() -> EveryAgency:
    """Return one agency's series."""
    return EveryAgency([("01", "อบต.ก", "อบต.", "สถ.", "แพร่", "mx.test", "A1")], BUCKETS)


@pytest.fixture
def scrape() -> LastScrape:
    """Records each scrape, as the daemon does."""
    return LastScrape()


@pytest.fixture
async def port(scrape: LastScrape) -> AsyncIterator[int]:
    """An endpoint over a registry with one counter, served for the length of a test."""
    registry = CollectorRegistry()
    Counter("letters", "sent" * 300, registry=registry).inc(3)      # long enough to be pressed
    listening = listen("127.0.0.1", 0, "metrics")
    metrics = app(lambda: registry, RegisterPage(agencies), scrape.now)
    serving = asyncio.create_task(serve(metrics, listening))
    yield listening.getsockname()[1]
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def ask(port: int, line: str, *headers: str) -> Reply:
    """Return status, head and body of the answer to a request line with these headers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        (f"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
         "Content-Length: 0\r\n" + "".join(f"{each}\r\n" for each in headers) + "\r\n").encode()
    )
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), head.lower(), body


async def test_metrics_are_given_in_prometheus_own_form(port: int) -> None:
    status, head, body = await ask(port, "GET /metrics")
    assert status == 200
    assert b"content-type: text/plain; version=" in head
    assert b"letters_total 3.0\n" in body


async def test_whoever_waits_for_a_scrape_hears_of_it_in_the_loop() -> None:
    heard = LastScrape()
    with listen("127.0.0.1", 0, "metrics") as listening:
        metrics = app(CollectorRegistry, RegisterPage(agencies), heard.now)
        serving = asyncio.create_task(serve(metrics, listening))
        status, _, _ = await ask(listening.getsockname()[1], "GET /metrics")
        serving.cancel()
    assert status == 200
    assert heard.ago is not None


async def test_each_agency_is_a_series_of_its_own_for_who_asks(port: int) -> None:
    status, _, body = await ask(port, "GET /metrics/agencies")
    assert status == 200
    assert ('sarabanwatch_agency{bucket="ready",code="01",group="A1",kind="อบต.",'
            'mail_host="mx.test",ministry="สถ.",name="อบต.ก",province="แพร่"} 1.0\n'
            ) in body.decode()


async def test_the_register_is_written_once_for_each_count_and_asked_meanwhile_the_one_before(
) -> None:
    written, counts, go_on = [], [1], asyncio.Event()

    async def counted() -> EveryAgency:
        written.append(counts[0])
        await go_on.wait()
        return EveryAgency([(str(counts[0]), "", "", "", "", "", "A1")], BUCKETS)

    async def shown() -> str:
        pressed, _ = await register.page("")
        return gzip.decompress(pressed).decode().partition('code="')[2].partition('"')[0]

    register = RegisterPage(counted, lambda: counts[0])
    go_on.set()
    assert [await shown() for _ in range(3)] == ["1"] * 3
    counts[0] = 2
    go_on.clear()
    assert [await shown() for _ in range(3)] == ["1"] * 3
    await asyncio.sleep(0)
    assert written == [1, 2]
    go_on.set()
    await asyncio.gather(*register._writing.values())
    assert await shown() == "2"
    assert written == [1, 2]


async def test_a_scraper_that_asks_gets_openmetrics_in_fewer_octets(port: int) -> None:
    status, head, body = await ask(port, "GET /metrics", "Accept: application/openmetrics-text",
                                   "Accept-Encoding: gzip")
    assert status == 200
    assert b"content-type: application/openmetrics-text" in head
    assert b"content-encoding: gzip" in head
    assert gzip.decompress(body).endswith(b"# EOF\n")


@pytest.mark.parametrize("line", ["GET /", "GET /metrics/", "GET /metrics/x", "GET /../metrics",
                                  "GET /favicon.ico"])
async def test_no_other_page_is_there(port: int, line: str) -> None:
    status, _, body = await ask(port, line)
    assert status in {307, 404}
    assert b"letters" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_nothing_but_reading_is_allowed(port: int, method: str) -> None:
    assert (await ask(port, f"{method} /metrics"))[0] == 405


async def test_a_port_in_use_is_named_with_the_remedy(port: int) -> None:
    told = (rf"metrics\.port: cannot listen on 127\.0\.0\.1:{port} \(Address already in use\); "
            "stop the program that listens there, or choose another port")
    with pytest.raises(ConfigError, match=told):
        listen("127.0.0.1", port, "metrics")


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(ConfigError, match="Cannot assign requested address"):
        listen("192.0.2.1", 0, "metrics")


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine knows no IPv6")
def test_loopback_may_be_ipv6() -> None:
    try:
        listening = listen("::1", 0, "metrics")
    except ConfigError as none:
        pytest.skip(f"no IPv6 loopback here: {none}")
    with listening:
        assert listening.family is socket.AF_INET6


async def test_when_it_ends_the_port_is_free_again() -> None:
    listening = listen("127.0.0.1", 0, "metrics")
    taken = listening.getsockname()[1]
    serving = asyncio.create_task(serve(app(CollectorRegistry, agencies), listening))
    assert (await ask(taken, "GET /metrics"))[0] == 200
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    listen("127.0.0.1", taken, "metrics").close()


async def test_that_they_were_fetched_is_noted_and_whoever_only_looks_is_not(
        port: int, scrape: LastScrape) -> None:
    assert (await ask(port, "GET /metrics", f"User-Agent: {LOOKS}"))[0] == 200
    assert scrape.ago is None
    assert (await ask(port, "GET /metrics"))[0] == 200
    assert scrape.ago is not None
    assert scrape.ago >= 0
