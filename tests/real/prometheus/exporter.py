"""A daemon's metrics without the daemon.

Every series of the list, settable, and it tells when it was scraped.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from typing import Any

# moments that just were
LATELY = ("sarabanwatch_mailbox_read", "sarabanwatch_step_timestamp")
SAMPLE = {"version": "1.0", "number": "28", "by": "ministry", "bucket": "mend"}


# series that stand only while an agency has fallen, an incident is open, a mail host is held
EVENTS = ("sarabanwatch_agency_out_of_reach", "sarabanwatch_agency_mended_timestamp_seconds",
          "sarabanwatch_incident", "sarabanwatch_mail_host_held")


class Exporter:
    """The metrics of a daemon that has just started.

    Every label set is 0, the counts add up, the inbox is read.
    """

    def __init__(self, metrics: Mapping[str, Mapping[str, Any]]) -> None:
        self.values = {line: 0.0 for name, metric in metrics.items() if name not in EVENTS
                       for line in _lines(name, metric.get("labels", {}))}
        for well in ("leads", "mailbox_up", "path_whole", "relay_up"):
            self.values[f"sarabanwatch_{well}"] = 1.0
        self.values["process_start_time_seconds"] = time.time()
        self.lately()
        self.fail = False    # answer as a daemon that is down
        self.scrapes = 0
        self.port = 0
        self._scraped = threading.Condition()

    def lately(self) -> None:
        """Read the inbox and take each step now."""
        self.values |= {line: time.time() for line in self.values if line.startswith(LATELY)}

    def add(self, line: str, more: float) -> None:
        """Raise a series; it must be one that the list knows."""
        self.values[line] = self.values[line] + more

    def text(self) -> str:
        """The exposition, as a scrape gets it."""
        with self._scraped:
            self.scrapes += 1
            self._scraped.notify_all()
        return "".join(f"{line} {value}\n" for line, value in self.values.items())

    def wait_scraped(self, more: int) -> None:
        """Wait until it has been scraped so many times more."""
        with self._scraped:
            due = self.scrapes + more
            assert self._scraped.wait_for(lambda: self.scrapes >= due,
                                          timeout=300), "Prometheus does not scrape"


def _lines(name: str, labels: Mapping[str, list[str]]) -> list[str]:
    sets = product(*([f'{label}="{value}"' for value in values or [SAMPLE.get(label, "free text")]]
                     for label, values in labels.items()))
    return [name + ("{" + ",".join(pairs) + "}" if pairs else "") for pairs in sets]


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """An HTTP server on a free loopback port, which it yields, until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def exporting(exporter: Exporter) -> Iterator[Exporter]:
    """The exporter on a free port."""
    class Metrics(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = exporter.text().encode()
            self.send_response(503 if exporter.fail else 200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Write no log."""

    with serving(Metrics) as exporter.port:
        yield exporter
