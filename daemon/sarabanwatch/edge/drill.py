"""A fire drill of alerting: one alert through Alertmanager, and a webhook that sees it come home.

Alertmanager's API v2 takes the alert; its shipped configuration sends what is named Drill to a
webhook on this machine and, besides, to whom alerts of that severity go.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

from sarabanwatch.core.errors import UnavailableError

ALERTS = "/api/v2/alerts"
SECONDS = 20.0              # within which Alertmanager must answer
LONGEST = 1024 * 1024       # octets of a notice that are read
OK = 200


@contextmanager
def listening(host: str, port: int, code: str) -> Iterator[Event]:
    """Listen for a notice that bears the code; the event is set when it came.

    Raise UnavailableError where the port is taken.
    """
    home = Event()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), LONGEST)
            if f'"{code}"'.encode() in self.rfile.read(length):
                home.set()
            self.send_response(OK)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    try:
        server = ThreadingHTTPServer((host, port), Hook)
    except OSError as error:
        raise UnavailableError(f"{host}:{port} cannot be listened on: {error}; "
                               "another drill may be running, or name a port by --listen") from None
    with server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield home
        finally:
            server.shutdown()
            thread.join()


def alert(code: str, severity: str, until: datetime) -> dict[str, object]:
    """Return the alert; it ends by itself."""
    return {
        "labels": {"alertname": "Drill", "service": "sarabanwatch", "layer": "watch",
                   "severity": severity, "drill": code},
        "annotations": {
            "summary": f"A drill ({code}): alerting was tried. Nothing is wrong.",
            "summary_th": f"ซ้อมการแจ้งเตือน ({code}) ไม่มีเหตุขัดข้อง",
            "look": "sarabanwatch drill", "board": "d/sarabanwatch-daemon",
            "runbook": "deploy/runbooks/AlertingAlive.md"},
        "endsAt": until.isoformat(),
    }


def send(url: str, code: str, severity: str, now: datetime) -> None:
    """Hand the alert to Alertmanager; raise UnavailableError where it does not take it."""
    parts = urlsplit(url)
    made = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    body = json.dumps([alert(code, severity, now + timedelta(minutes=10))])
    try:
        connection = made(parts.hostname or "", parts.port, timeout=SECONDS)
        connection.request("POST", parts.path.rstrip("/") + ALERTS, body,
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read(LONGEST).decode(errors="replace").strip()
        connection.close()
    except (OSError, HTTPException, ValueError) as error:
        raise UnavailableError(f"Alertmanager at {url} does not answer: {error}; "
                               "see `systemctl status prometheus-alertmanager`") from None
    if answer.status != OK:
        raise UnavailableError(f"Alertmanager at {url} refused the alert: {answer.status} {text}")
