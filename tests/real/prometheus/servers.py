"""Prometheus and Alertmanager with our own files, on free ports.

Their waiting times are shortened; the rules are unchanged.
"""

import json
import queue
import re
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from fakes.ports import free_port
from real.prometheus.exporter import serving

DEPLOY = Path(__file__).parents[3] / "deploy"
# seconds after which a notice or a state is given up, on a machine that has much else to do
WITHIN = 900.0


def read(name: str) -> Any:
    """A YAML file of deploy/."""
    return yaml.safe_load((DEPLOY / name).read_text())


def get(url: str) -> Any:
    """What a JSON API answers."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def answers(url: str) -> bool:
    """Whether a server answers well there."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until(ask: Callable[[], Any], within: float = WITHIN) -> Any:
    """Ask a server, which cannot notify us, again and again until the answer is true; return it."""
    deadline = time.monotonic() + within
    while not (said := ask()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
    return said


class Prometheus:
    """The running server, as its HTTP API shows it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api/v1"

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The instant vector of an expression; one that does not parse is an HTTP error."""
        answer = get(f"{self.url}/query?" + urllib.parse.urlencode({"query": expression}))
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result


class Alertmanager:
    """The running server, and the notices of its receivers."""

    def __init__(self, port: int, heard: "Heard") -> None:
        self.url = f"http://127.0.0.1:{port}/api/v2"
        self.notices, self.chat, self.mails = heard
        self.drill = 0      # the port to which the receiver `drill` sends

    def told(self, alert: str, status: str = "firing") -> dict[str, Any]:
        """Wait for the next notice of an alert; return it, with the `receiver` that got it."""
        return self.told_of((alert, status))[alert, status]

    def told_of(self, *wanted: tuple[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
        """Wait for the next notice of each of these, alert and status, in whatever order they come.

        Return them.
        """
        told: dict[tuple[str, str], dict[str, Any]] = {}
        while told.keys() != set(wanted):
            notice = self.notices.get(timeout=WITHIN)
            if (of := (notice["commonLabels"].get("alertname"), notice["status"])) in wanted:
                told.setdefault(of, notice)
        return told

    def mailed(self, subject: str) -> tuple[str, str]:
        """Wait for the next mail of a subject; return to whom it went, and its words."""
        while (mail := self.mails.get(timeout=WITHIN))["Subject"] != subject:
            pass
        body = mail.get_body(("plain",))
        assert body
        return mail["To"], body.get_content().replace("\r\n", "\n")

    def chatted(self, title: str) -> str:
        """Wait for the next message of a title in the chat; return its words."""
        while (said := self.chat.get(timeout=WITHIN)["attachments"][0])["title"] != title:
            pass
        return str(said["text"])

    def hushed_by(self, alert: str) -> set[str]:
        """The alerts that inhibit this one."""
        alerts = get(f"{self.url}/alerts")
        names = {a["fingerprint"]: a["labels"]["alertname"] for a in alerts}
        return {names[by] for a in alerts if a["labels"]["alertname"] == alert
                for by in a["status"]["inhibitedBy"] if by in names}


def every_rule(rules: Any) -> Iterator[dict[str, Any]]:
    """Yield each rule of a file of rules."""
    for group in rules["groups"]:
        yield from group["rules"]


def of_falls(rule: dict[str, Any], minute: float) -> None:
    """Let the hour whose falls are told together, and the waits after it, be so much shorter.

    `minute`: the seconds that a minute takes.
    """
    if "sarabanwatch:fall_told" in rule["expr"]:
        rule["expr"] = re.sub(r"\* 60\b", f"* {minute}", rule["expr"])


def hurried_rules(minute: float = 0.2) -> Any:
    """The shipped rules with each `for` cut to a second, and the hour of falls to twelve."""
    rules = read("prometheus/rules.yml")
    for rule in every_rule(rules):
        of_falls(rule, minute)
        if "alert" in rule:
            rule |= {"for": "1s", "keep_firing_for": "0s"}
    return rules


def patient_rules(minute: float = 0.2) -> Any:
    """The same, but a daemon is not down that was not scraped yet, or late on a busy machine."""
    rules = hurried_rules(minute)
    for rule in every_rule(rules):
        if rule.get("alert") == "DaemonDown":
            rule["for"] = "15s"
    return rules


class Heard(NamedTuple):
    """What the receivers were told: as a webhook gets it, in a chat, by mail."""

    notices: "queue.Queue[dict[str, Any]]"
    chat: "queue.Queue[dict[str, Any]]"
    mails: "queue.Queue[EmailMessage]"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope,
    ) -> str:
        """Keep a mail: what aiosmtpd asks of a handler."""
        assert isinstance(envelope.content, bytes)
        self.mails.put(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


def hurried_routes(hook: int, mail: int, drill: int) -> Any:
    """The shipped routes, inhibitions and words, their waits cut to seconds, at any hour.

    What each receiver is told comes to a path of one webhook besides, the end where it is told.
    """
    config = read("alertmanager/alertmanager.yml")
    config["global"]["smtp_smarthost"] = f"127.0.0.1:{mail}"
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "2s", "group_interval": "1s", "mute_time_intervals": []}
    del config["route"]["mute_time_intervals"]
    for receiver in config["receivers"]:
        for chat in receiver.get("slack_configs", []):
            chat["api_url"] = f"http://127.0.0.1:{hook}/chat"
        hooks = [f"http://127.0.0.1:{hook}/{receiver['name']}"]
        hooks += [f"http://127.0.0.1:{drill}/"] if receiver["name"] == "drill" else []
        ends = any(each.get("send_resolved") for kind, configs in receiver.items()
                   if kind.endswith("_configs") for each in configs)
        receiver["webhook_configs"] = [{"url": url, "send_resolved": ends} for url in hooks]
    return config


@contextmanager
def running(folder: Path, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A server as a child process, its output in a file beside its data."""
    log = (folder / f"{command[0]}.log").open("wb")
    with log, subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as server:
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def mailbox(heard: Heard) -> Iterator[int]:
    """A mail server that keeps what it gets, and its port."""
    server = Controller(heard, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@contextmanager
def alertmanager(
    folder: Path, routes: Callable[[int, int, int], Any] = hurried_routes,
) -> Iterator[tuple[Alertmanager, int]]:
    """Alertmanager with our routes, and its port; `routes` makes its configuration."""
    heard = Heard(queue.Queue(), queue.Queue(), queue.Queue())

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with (folder / "told.jsonl").open("a") as kept:
                kept.write(json.dumps({"at": time.time(), "to": self.path, **said}) + "\n")
            (heard.chat if self.path == "/chat" else heard.notices).put(said)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Write no log."""

    drill = free_port()
    with serving(Hook) as hook, mailbox(heard) as mail, routing(
            folder, routes(hook, mail, drill)) as port:
        told = Alertmanager(port, heard)
        told.drill = drill
        yield told, port


@contextmanager
def routing(folder: Path, config: Any) -> Iterator[int]:
    """Alertmanager with a configuration and our words, and its port."""
    port = free_port()
    for words in (DEPLOY / "alertmanager").glob("*.tmpl"):
        (folder / words.name).write_text(words.read_text())
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(config))
    with running(folder, "prometheus-alertmanager", "--config.file=alertmanager.yml",
                 "--storage.path=am", f"--web.listen-address=127.0.0.1:{port}",
                 "--cluster.listen-address=", "--log.level=debug"):
        yield port


@contextmanager
def prometheus(
    folder: Path, target: int, alertmanager_port: int, rules: Any = None, resent: str = "1s",
    every: str = "1s",
) -> Iterator[Prometheus]:
    """Prometheus with our rules, or others, scraping a port and evaluating every second.

    Alertmanager takes an alert as ended that is not `resent` for four times so long. It gets the
    rules once it has looked at the port: it looks for the first time after five seconds, in which
    a daemon would be down where a wait is shorter than that.
    """
    config = read("prometheus/prometheus.yml")
    config["global"] = {"scrape_interval": every, "evaluation_interval": every}
    config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [
        f"127.0.0.1:{alertmanager_port}"
    ]
    config["scrape_configs"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{target}"]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    (folder / "rules.yml").write_text("groups: []")
    port = free_port()
    with running(folder, "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb",
                 # the first notices go out before it has found Alertmanager
                 f"--rules.alert.resend-delay={resent}",
                 f"--web.listen-address=127.0.0.1:{port}") as server:
        it = Prometheus(port)
        until(lambda: answers(f"http://127.0.0.1:{port}/-/ready") and it.query("up"))
        (folder / "rules.yml").write_text(yaml.safe_dump(rules or hurried_rules()))
        server.send_signal(signal.SIGHUP)
        until(lambda: get(f"{it.url}/rules")["data"]["groups"])
        yield it
