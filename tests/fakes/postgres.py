"""A PostgreSQL server of Debian's, started for the tests of one worker and ended with them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import parse_qs, urlsplit

import apsw
import psycopg

from sarabanwatch.store.places import Place, Server
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.sqlite import Connection
from sarabanwatch.store.tx import Tx

REFUSED = (apsw.ConstraintError, psycopg.IntegrityError)    # by a constraint or a trigger
QUICK = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=30")
FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
# Every row goes, whatever triggers say, and numbers begin anew.
EMPTIED = """
    SET session_replication_role = replica;
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables
                    WHERE schemaname = 'public' AND tablename NOT IN ('engine', 'lease') LOOP
            EXECUTE format('DELETE FROM %I', name);
        END LOOP;
        FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
            EXECUTE format('ALTER SEQUENCE %I RESTART', name);
        END LOOP;
    END $$;
    SET session_replication_role = origin;
    INSERT INTO epoch (number, first, began, why) VALUES (floor(random() * 1048576), 1, '', '');
    INSERT INTO commits VALUES (0);
    UPDATE lease SET holder = '';
    UPDATE engine SET stood = '';
"""


@contextmanager
def by_hand(place: Place) -> Iterator[Tx]:
    """Open a ledger behind the product's back, on either engine."""
    opened = (ServerSession(place.url) if isinstance(place, Server)
              else Connection(str(place)))
    with closing(opened):
        yield opened


def lacking() -> str:
    """Say what is lacking for a server here; "" for nothing."""
    return "" if FOUND else "needs Debian's postgresql"


@contextmanager
def server(*settings: str) -> Iterator[tuple[str, Path]]:
    """Start a server; yield the URL of its database, and its folder."""
    place = folder()
    try:
        run(place, "initdb", "-D", place / "data", "-A", "trust", "-U", "watch",
            "--locale=C.UTF-8", "-E", "UTF8", "--no-sync", "--no-instructions")
        start(place, *settings)
        yield f"postgresql://watch@/postgres?host={place}", place
    finally:
        end(place)
        shutil.rmtree(place, ignore_errors=True)


def folder() -> Path:
    """Make a folder of the server's own; its name is short, as that of a socket must be."""
    place = Path(mkdtemp(prefix="pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(place, "postgres", "postgres")
    return place


@contextmanager
def replica(url: str) -> Iterator[str]:
    """Start a server that follows the one of a URL; yield the URL of its database."""
    first, here = place(url), folder()
    try:
        run(here, "pg_basebackup", "-D", here / "data", "-h", first, "-U", "watch", "-R",
            "-X", "stream", "-c", "fast", "--no-sync")
        start(here)
        yield url.replace(str(first), str(here))
    finally:
        end(here)
        shutil.rmtree(here, ignore_errors=True)


def promote(url: str) -> None:
    """Have the server of a URL follow no other any more; return once it takes writes."""
    run(place(url), "pg_ctl", "-s", "-w", "-t", "300", "-D", place(url) / "data", "promote")


def place(url: str) -> Path:
    """Return the folder of the server of such a URL."""
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def start(place: Path, *settings: str) -> None:
    """Start the server of a folder, and wait until it answers."""
    given = " ".join(f"-c {each}" for each in (
        "listen_addresses=", f"unix_socket_directories={place}", *QUICK, *settings))
    run(place, "pg_ctl", "-s", "-w", "-t", "300", "-D", place / "data", "-l", place / "log",
        "-o", given, "start")


def end(place: Path) -> None:
    """End the server of a folder as a crash does."""
    run(place, "pg_ctl", "-s", "-D", place / "data", "-m", "immediate", "stop", check=False)


def run(place: Path, program: str, *args: str | Path, check: bool = True) -> None:
    """Run a program of the server's, as an ordinary user."""
    who = {"user": "postgres", "group": "postgres", "extra_groups": []} \
        if os.geteuid() == 0 else {}
    subprocess.run([FOUND[-1].with_name(program), *args], check=check, cwd=place,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who)
