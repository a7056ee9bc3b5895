"""What the benches stand on.

A country's register, a ledger with letters in it, and servers that only take.

The land is used as a library here, for its register alone: nobody in it answers.
"""

import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from os import getpid
from pathlib import Path
from tempfile import TemporaryDirectory

import tests_path  # noqa: F401 - for its effect

from fakes import past
from fakes.ports import free_port
from fakes.postgres import by_hand
from sarabanland import country, papers
from sarabanland.clock import Clock
from sarabanland.papers import Ports
from sarabanwatch import store
from sarabanwatch.app import life, rounds
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.register import ROWS_AT_MOST
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.register import load
from sarabanwatch.store import Ledger
from sarabanwatch.store.ledger import open_to_write
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

SEED = 2568
PARAGRAPH = "ข้อความนี้ทำให้หนังสือยาวขึ้น เพื่อให้มีขนาดเท่าหนังสือที่มีสิ่งที่ส่งมาด้วย\n"


@dataclass(frozen=True)
class Took:
    """What some work on a number of mails took."""

    mails: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Mails a second."""
        return self.mails / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor a mail."""
        return 1000 * self.cpu / self.mails


class Watch:
    """Measures a block: `with watching(n) as watch: ...`, then watch.took."""

    took: Took


@contextmanager
def watching(mails: int) -> Iterator[Watch]:
    """Measure wall and processor time (all threads of this process) of a block."""
    watch, began, cpu = Watch(), time.perf_counter(), time.process_time()
    yield watch
    watch.took = Took(mails, time.perf_counter() - began, time.process_time() - cpu)


def median(runs: list[Took], of: Callable[[Took], float]) -> float:
    """The median of a figure over runs."""
    return round(statistics.median(map(of, runs)), 2)


@dataclass(frozen=True)
class Desk:
    """An open ledger and all that a step asks for."""

    components: Components
    ledger: Ledger
    rules: Rulebook
    journal: MetricJournal


def lay_out(folder: Path, agencies: int, relay: int, imap: int, *, letter: int = 0,
            rate: float = 3600) -> Components:
    """Write a country's register and our settings.

    `letter` makes the test letter so many octets long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clock = Clock(rate, datetime.now(UTC))
    settings = papers.configuration(Ports(relay, imap, 53), clock)
    files = {**papers.country_files(country.settle(agencies, SEED)), **papers.secrets_of(SEED)}
    if letter:
        octets_a_paragraph = len(PARAGRAPH.encode()) * 4 / 3 * 78 / 76  # as base64 in lines
        files["letter.txt"] = "$number $name $address $replaces\n\n" + PARAGRAPH * int(
            letter / octets_a_paragraph
        )
        settings = settings.replace("[letter]", '[letter]\ntext = "letter.txt"\nhtml = false')
    for name, text in {**files, "sarabanwatch.toml": settings}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Components(folder / "sarabanwatch.toml")


@contextmanager
def registered(components: Components) -> Iterator[Tx]:
    """Make a ledger with the register in it; yield it to be written on, in one transaction."""
    with closing(components.ledger()):
        pass
    with closing(open_to_write(components.ledger_file)) as db, db:
        store.register_table.replace(db, load(components.path.parent / "register.csv"),
                                     components.rules.addresses, components.clock.now())
        yield db


def imported(folder: Path, agencies: int, url: str = "") -> tuple[Components, Took]:
    """Make a ledger with the register in it, on a server where a URL is given.

    Return it, and what the import took.
    """
    components = lay_out(folder, agencies, 1, 1, rate=1)
    if url:
        text = components.path.read_text(encoding="utf-8")
        components.path.write_text(text.replace('file = "ledger.db"', f'url = "{url}"'),
                                   encoding="utf-8")
        components = Components(components.path)
    with closing(components.ledger()):
        pass
    with watching(agencies) as importing:
        listed = load(folder / "register.csv", rows_at_most=max(2 * agencies, ROWS_AT_MOST))
        with by_hand(components.ledger_place) as db, db:
            store.register_table.replace(db, listed, components.rules.addresses,
                                         components.clock.now())
    return components, importing.took


def lay_past(components: Components, rounds: int) -> None:
    """Lay so many rounds into a ledger.

    Raise AssertionError where the product's own check finds facts that do not agree.
    """
    with by_hand(components.ledger_place) as db:
        with db:
            for _ in past.lay(db, rounds, components.policy.campaign.timetable):
                pass
        if not isinstance(components.ledger_place, Path):
            db.execute("ANALYZE")      # as the server does by itself, a little later
        assert not store.accounts.disagreements(db)


@asynccontextmanager
async def drafted(components: Components) -> AsyncIterator[tuple[Desk, list[int]]]:
    """Open a new ledger with the register in it and a letter drafted to everyone.

    Yield it and the serials.
    """
    components.ledger_file.unlink(missing_ok=True)
    ledger = components.ledger()
    rules = replace(components.rules, policy=replace(components.policy, outbox=10**6))
    desk = Desk(components, ledger, rules, MetricJournal(components.clock))
    try:
        await ledger.write(store.register_table.replace,
                           load(components.path.parent / "register.csv"), rules.addresses,
                           components.clock.now())
        parts = {"ledger": ledger, "clock": components.clock, "rules": rules,
                 "journal": desk.journal}
        await rounds.turn(**parts)
        await life.draft(**parts)
        now, all_ = components.clock.now(), 10**6
        yield desk, [each.serial for each in await ledger.read(store.pacing.due, now, all_)]
    finally:
        ledger.close()


@contextmanager
def sink() -> Iterator[int]:
    """Postfix's smtp-sink: takes every letter and forgets it. Yields its port."""
    port = free_port()
    with subprocess.Popen(("smtp-sink", "-u", "nobody", "-c", f"127.0.0.1:{port}", "1000"),
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        try:
            wait_up(port)
            yield port
        finally:
            program.terminate()


@contextmanager
def imapd(password: str) -> Iterator[int]:
    """The land's own IMAP server with one empty mailbox, of `probes`. Yields its port."""
    with TemporaryDirectory() as folder:
        secret = Path(folder) / "password"
        secret.write_text(password)
        command = (sys.executable, "-m", "sarabanland.imapd", str(getpid()), "probes", str(secret))
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout
            try:
                yield int(program.stdout.readline())
            finally:
                program.terminate()


def wait_up(port: int) -> None:
    """Wait until somebody listens there."""
    for _ in range(200):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")


def peak_mb(pid: int) -> float:
    """The most memory that a process has held, in MiB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found
    return round(int(found[1]) / 1024, 1)

