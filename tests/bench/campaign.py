"""How fast letters leave us and how much memory a round takes.

    python tests/bench/campaign.py [--json] [--letters 2000] [--rounds 5]
                                   [--memory 8286 --memory 100000]

Letters of 60 kB over ten connections through the real send step (ledger, composer, SMTP) by each
route: a relay (over thirty too), and straight to the hosts of as many domains, 24 of them, each
domain asked of a resolver. Into Postfix's smtp-sink, beside Postfix's smtp-source into the same
sink, turn by turn; medians. Then by each route under TLS, into hosts of our own. Then each part of
the step by itself; and how much of a letter's octets was encoded anew, of those that were sent.
Then the daemon's peak memory in a round of so many agencies, with a relay and an inbox that only
take.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import far
from scene import SEED, Desk, Took, drafted, imapd, lay_out, median, peak_mb, sink, watching

from sarabanland import country
from sarabanwatch import store
from sarabanwatch.app.outbox import Outbox
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.letters import compose
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.core.sending.reply import Outgoing
from sarabanwatch.edge.chance import SystemChance
from sarabanwatch.edge.dns import DnsResolver
from sarabanwatch.edge.https import HttpsWeb
from sarabanwatch.edge.smtp import (
    Contexts,
    Direct,
    DirectLine,
    MxLookup,
    Policies,
    RelayLine,
    Relays,
)
from sarabanwatch.edge.smtp.direct import DirectTerms
from sarabanwatch.ports import Line
from sarabanwatch.store import letters, queries
from sarabanwatch.wiring import Components
from sarabanwatch.wiring.edges import Edges

OCTETS = 60_000
LINES = 10
LOOK = 1.0


class Way(NamedTuple):
    """A route.

    The port it leads to, the resolver's where it is direct, whether it is under TLS, and over how
    many connections.
    """

    port: int
    resolver: int = 0
    tls: bool = False
    lines: int = LINES


def source(port: int, mails: int) -> Took:
    """Postfix's own generator: as many letters, as large, over as many connections, each kept."""
    command = ("smtp-source", "-s", str(LINES), "-l", str(OCTETS), "-m", str(mails), "-d",
               f"127.0.0.1:{port}")
    before = os.times()
    with watching(mails) as watch:
        subprocess.run(command, check=True)
    after = os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return Took(mails, watch.took.seconds, cpu)


async def ours(folder: Path, way: Way, mails: int) -> Took:
    """The real send step, from a drafted letter on disk to its outcome on disk."""
    components = lay_out(folder, mails, way.port, 1, letter=OCTETS)
    async with drafted(components) as (desk, serials), lines_of(way, components) as lines:
        with watching(len(serials)) as watch:
            await _all_sent(desk, lines, serials)
        assert (await desk.ledger.read(store.letters.round_of, 0, 6)).sent == len(serials)
    return watch.took


async def _all_sent(desk: Desk, lines: Sequence[Line], serials: Sequence[int]) -> None:
    """Have the daemon's own sending loops send letters that were chosen."""
    nobody: Any = None      # a loop that sends has no inbox, and asks for no halt
    parts = ServiceParts(desk.ledger, desk.components.clock, SystemChance(), desk.journal, nobody,
                         nobody, nobody, lines, desk.rules)
    outbox = Outbox(parts, nobody, nobody, asyncio.Event(), nobody)
    for serial in serials:
        outbox.in_hand[serial] = ""
        outbox._handing.put(serial)
    sending = asyncio.gather(*(outbox.send(line, str(n)) for n, line in enumerate(lines)))
    while outbox.in_hand:  # noqa: ASYNC110 - nothing tells that the last one ended
        await asyncio.sleep(0.01)
    outbox.close()
    await sending


@asynccontextmanager
async def lines_of(way: Way, components: Components) -> AsyncIterator[list[Line]]:
    """Yield lines of a route; they are closed behind."""
    if way.resolver:
        resolvers = [DnsResolver("127.0.0.1", way.resolver, DnsSection(per_second=1e6))
                     for _ in range(2)]
        mx_lookup, contexts = MxLookup(resolvers), Contexts()
        policies = Policies(resolvers[0].addresses, HttpsWeb())
        shared = Direct(mx_lookup, policies, SystemChance(),
                        DirectTerms("bench.test", port=way.port), contexts=contexts)
        lines: list[Line] = [DirectLine(shared) for _ in range(way.lines)]
    else:
        relays = Relays([replace(relay, tls="starttls" if way.tls else "none", host="127.0.0.1")
                         for relay in Edges(components).relays])
        lines = [RelayLine(relays) for _ in range(way.lines)]
    try:
        yield lines
    finally:
        await asyncio.gather(*(line.close() for line in lines))
        if way.resolver:
            mx_lookup.close()


async def parts(folder: Path, port: int, mails: int) -> tuple[dict[str, Took], float]:
    """The same letters, but each part of the step by itself.

    And the share of their octets that was encoded anew.
    """
    components = lay_out(folder, mails, port, 1, letter=OCTETS)
    async with drafted(components) as (desk, serials), lines_of(Way(port), components) as lines:
        now, written = components.clock.now(), []

        async def keep(_: Line, serial: int) -> None:
            picked = await desk.ledger.sharing(store.letters.picks, (serial, now))
            assert picked
            written.append(picked[0])
            fact = Evidence(FactKind.TAKEN, now, 250, "2.0.0", "Ok")
            await desk.ledger.sharing(store.letters.outcomes, store.letters.Outcome(
                serial, TryResult(Event.TAKEN, fact), now, now))

        with watching(len(serials)) as ledger:
            await _by_lines(lines, serials, keep)
        with watching(len(serials)) as composing:
            sent = [_outgoing(facts, desk) for facts in written]

        async def wire(line: Line, at: int) -> None:
            await line.ready()
            assert (await line.send(sent[at])).code == 250

        with watching(len(serials)) as smtp:
            await _by_lines(lines, range(len(sent)), wire)
        share = anew(written, desk)
    return {"compose": composing.took, "ledger": ledger.took, "wire": smtp.took}, share


def _outgoing(facts: Letter, desk: Desk) -> Outgoing:
    sender = desk.rules.form.return_path(facts.token)
    return Outgoing(sender, facts.address, facts.token, compose.compose(facts, desk.rules.form))


async def _by_lines(lines: Sequence[Line], serials: Sequence[int],
                    step: Callable[[Line, int], Awaitable[None]]) -> None:
    """Each line takes the next serial as soon as it is free."""
    left = iter(serials)

    async def work(line: Line) -> None:
        for serial in left:
            await step(line, serial)

    await asyncio.gather(*map(work, lines))


def memory(folder: Path, agencies: int, patience: float) -> dict[str, Any]:
    """Run the daemon through a round in which every letter is taken and nobody answers.

    Its peak memory.
    """
    password = "toy"
    with sink() as relay, imapd(password) as inbox, (folder / "daemon.log").open("wb") as log:
        components = lay_out(folder, agencies, relay, inbox)
        (folder / "imap-password").write_text(password)
        began = time.monotonic()
        command = (sys.executable, "-m", "sarabanwatch", "run", "--config", str(components.path))
        with subprocess.Popen(command, stderr=log) as daemon:
            try:
                over = _wait_over(components.ledger_file, daemon, began + patience)
                peak = peak_mb(daemon.pid)
            finally:
                daemon.terminate()
    return {"agencies": agencies, "peak_mb": peak, "round_over": over,
            "seconds": round(time.monotonic() - began)}


def _wait_over(ledger: Path, daemon: subprocess.Popen[bytes], until: float) -> bool:
    while time.monotonic() < until:
        assert daemon.poll() is None, "the daemon ended; see its log"
        time.sleep(LOOK)
        with contextlib.suppress(queries.NoLedger), queries.asking(ledger) as db:
            if letters.round_of(db, 0, 6).over:
                return True
    return False


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, action="append", default=[], metavar="AGENCIES")
    parser.add_argument("--patience", type=float, default=900,
                        help="seconds for a round of the memory run")
    parser.add_argument("--json", action="store_true", help="one JSON object, nothing else")
    given = parser.parse_args()
    if not shutil.which("smtp-sink"):
        parser.exit(2, "smtp-sink is not here; it comes with Postfix\n")
    with (
        Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere),
        TemporaryDirectory() as scratch,
    ):
        result = measure(Path(scratch), given.letters, given.rounds)
        result["memory"] = [memory(_folder(scratch, n), n, given.patience) for n in given.memory]
    print(json.dumps(result) if given.json else "\n".join(_lines(result)))


def measure(scratch: Path, mails: int, rounds: int) -> dict[str, Any]:
    """The figures of speed: medians over rounds that take turns."""
    if not mails:
        return {}
    domains = sorted({body.address.partition("@")[2].lower()
                      for body in country.settle(mails, SEED)} - {""})
    peer, split = [], []
    with sink() as port, far.world(domains, scratch) as (resolver, hosts, authority):
        os.environ["SSL_CERT_FILE"] = str(authority)
        ways = {"relay": Way(port), "relay, 30": Way(port, lines=30),
                "direct": Way(port, resolver),
                "relay, TLS": Way(hosts, tls=True),
                "direct, TLS": Way(hosts, resolver, tls=True)}
        us: dict[str, list[Took]] = {name: [] for name in ways}
        for i in range(rounds):
            peer.append(source(port, mails))
            for name, way in ways.items():
                us[name].append(asyncio.run(ours(scratch / f"{name}{i}", way, mails)))
            split.append(asyncio.run(parts(scratch / f"parts{i}", port, mails)))
    return {
        "letters": us["relay"][0].mails,
        "octets": OCTETS,
        "connections": LINES,
        "rounds": rounds,
        "by_route": {name: _figures(took) for name, took in us.items()},
        "smtp_source": _figures(peer),
        "share_of_smtp_source": {
            name: round(median(us[name], lambda t: t.rate) / median(peer, lambda t: t.rate), 2)
            for name in ("relay", "relay, 30", "direct")
        },
        "encoded_anew": split[-1][1],
        "alone": {
            name: _figures([run[name] for run, _ in split])
            for name in ("compose", "ledger", "wire")
        },
    }


def anew(written: Sequence[Letter], desk: Desk) -> float:
    """The octets that were encoded for these letters, as a share of theirs."""
    encode, encoded = compose._base64, []

    def counted(content: bytes) -> bytes:
        encoded.append(encode(content))
        return encoded[-1]

    compose._base64 = counted
    try:
        whole = sum(len(_outgoing(facts, desk).raw) for facts in written)
    finally:
        compose._base64 = encode
    return round(sum(map(len, encoded)) / whole, 4)


def _figures(runs: list[Took]) -> dict[str, float]:
    return {"letters_a_second": median(runs, lambda t: t.rate),
            "cpu_ms_a_letter": median(runs, lambda t: t.cpu_ms)}


def _folder(scratch: str, agencies: int) -> Path:
    folder = Path(scratch) / f"memory{agencies}"
    folder.mkdir()
    return folder


def _lines(result: dict[str, Any]) -> list[str]:
    rows = {**result.get("by_route", {}), **{k: result[k] for k in ("smtp_source",) if k in result},
            **result.get("alone", {})}
    told = [
        f"{name:<12} {row['letters_a_second']:>9,.0f} letters/s "
        f"{row['cpu_ms_a_letter']:>7.2f} ms CPU a letter"
        for name, row in rows.items()
    ]
    if rows:
        told += [f"share of smtp-source: {result['share_of_smtp_source']}",
                 f"octets encoded anew: {result['encoded_anew']:.1%} of what was sent"]
    return told + [f"{m['agencies']:>7,} agencies: peak {m['peak_mb']:.0f} MiB, {m['seconds']} s"
                   + ("" if m["round_over"] else ", round NOT over") for m in result["memory"]]


if __name__ == "__main__":
    main()
