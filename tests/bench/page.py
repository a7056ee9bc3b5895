"""The public page under load, beside a plain Starlette hello and nginx over the exported files.

`python tests/bench/page.py [REQUESTS A SECOND] [SECONDS]`.

8,286 agencies, a letter written to each; visitors read the overview, look for agencies and open
their pages, at a steady rate whatever the answers take. Prints latencies in milliseconds, the
server's processor time a request, and its memory; and how long an export takes. nginx is left out
where it is not installed; it answers no searches, and is asked for agencies instead.
"""

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import tests_path  # noqa: F401 - for its effect
from scene import drafted, lay_out, peak_mb, wait_up

from fakes.ports import free_port
from sarabanland import country

AGENCIES, CONNECTIONS, SEED = 8286, 16, 2568
HELLO = """
import sys, asyncio
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from sarabanwatch.edge import web
app = Starlette(routes=[Route("/{path:path}", lambda _: PlainTextResponse("hello"))])
asyncio.run(web.serve(app, web.listen("127.0.0.1", int(sys.argv[1]), "page")))
"""
NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr crit; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  types {{ text/html html; }} gzip on; access_log off; keepalive_requests 10000;
  server {{ listen 127.0.0.1:{port}; root {folder}/site; index index.html; }}
}}
"""


def paths(rng: random.Random, many: int, agencies: int = AGENCIES) -> list[str]:
    """What visitors ask for: overview, search, agencies, provinces."""
    bodies = country.settle(agencies, SEED)
    kinds = (lambda: "/", lambda: f"/search.html?q={quote(rng.choice(bodies).name[-8:])}",
             lambda: f"/agency/{rng.choice(bodies).code}.html", lambda: "/province.html")
    return [rng.choices(kinds, (3, 2, 4, 1))[0]() for _ in range(many)]


async def body(reader: asyncio.StreamReader, head: str) -> None:
    """Read the body of an answer (RFC 9112 section 6)."""
    if "transfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
        return
    length = next(int(h[15:]) for h in head.split("\r\n") if h.startswith("content-length:"))
    await reader.readexactly(length)


async def load(port: int, asked: list[str], rate: float) -> list[float]:
    """Ask at a steady rate.

    Return how long each answer took from when it was due, in milliseconds.
    """
    queue: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
    took: list[float] = []

    async def visitor() -> None:
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                for _ in range(50):
                    due, path = await queue.get()
                    writer.write(
                        f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n".encode()
                    )
                    head = await reader.readuntil(b"\r\n\r\n")
                    await body(reader, head.decode().lower())
                    took.append(1000 * (time.perf_counter() - due))
                    queue.task_done()
            finally:
                writer.close()

    visitors = [asyncio.create_task(visitor()) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for n, path in enumerate(asked):
        await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
        queue.put_nowait((began + n / rate, path))
    with suppress(TimeoutError):
        async with asyncio.timeout(60):
            await queue.join()
    for each in visitors:
        each.cancel()
    await asyncio.gather(*visitors, return_exceptions=True)
    return sorted(took)


def cpu_ms(pid: int) -> float:
    """Processor time of a program so far, in milliseconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 10.0 * (int(fields[11]) + int(fields[12]))


def measure(name: str, command: list[str], port: int, asked: list[str],
            rate: float) -> dict[str, Any]:
    """Start a server and load it; return what was seen."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as program:
        try:
            wait_up(port)
            asyncio.run(load(port, asked[:50], 20))     # warm
            before = cpu_ms(program.pid)
            took = asyncio.run(load(port, asked, rate))
            ms = {f"p{p}": round(took[min(len(took) - 1, len(took) * p // 100)], 1)
                  for p in (50, 90, 99, 100)}
            return {"server": name, "asked": len(asked), "answered": len(took), "rate": rate,
                    "ms": ms,
                    "cpu_ms": round((cpu_ms(program.pid) - before) / len(asked), 2),
                    "peak_mb": peak_mb(program.pid)}
        finally:
            program.terminate()


async def _lay(folder: Path) -> Path:
    components = lay_out(folder, AGENCIES, 1, 1)
    async with drafted(components):
        pass
    with components.path.open("a") as more:
        more.write("[page]\nrequests_per_minute = 0\n")
    return components.path


def exported(config: Path, folder: Path) -> dict[str, float]:
    """Write the site out as files; return how many, and the seconds by clock and of processor."""
    began, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-m", "sarabanwatch", "page", "export", str(folder / "site"),
                    "-c", str(config)], check=True, stdout=subprocess.DEVNULL)
    files = sum(1 for path in (folder / "site").rglob("*") if path.is_file())
    after = os.times()
    return {"export": files, "seconds": round(time.perf_counter() - began, 1),
            "cpu": round(sum(after[2:4]) - sum(before[2:4]), 1)}


def files_served(folder: Path, asked: list[str], rate: float) -> dict[str, Any]:
    """Measure nginx over the exported files."""
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    agencies = [path for path in asked if path.startswith("/agency/")]
    found = [agencies[n % len(agencies)] if path.startswith("/search") else path
             for n, path in enumerate(asked)]
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    return measure("nginx", command, port, found, rate)


def main() -> None:
    """Measure all in one run."""
    rate, seconds = float((sys.argv[1:] or ["200"])[0]), float((sys.argv[2:] or ["10"])[0])
    asked = paths(random.Random(SEED), int(rate * seconds))
    with TemporaryDirectory() as folder:
        config = asyncio.run(_lay(Path(folder)))
        port = free_port()
        page = ["-m", "sarabanwatch", "page", "serve", "--port", str(port), "-c", str(config)]
        print(json.dumps(measure("page", [sys.executable, *page], port, asked, rate)))
        port = free_port()
        hello = [sys.executable, "-c", HELLO, str(port)]
        print(json.dumps(measure("hello", hello, port, asked, rate)))
        print(json.dumps(exported(config, Path(folder))))
        if shutil.which("nginx"):
            print(json.dumps(files_served(Path(folder), asked, rate)))


if __name__ == "__main__":
    main()
