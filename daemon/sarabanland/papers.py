"""The files that the land writes: the register, the truth, and the watch's configuration.

Only text is made here, as a table of file names; the caller writes it.
"""

import csv
import hashlib
import io
import json
from collections import Counter
from dataclasses import dataclass
from random import Random

from sarabanland.body import Body
from sarabanland.clock import Clock
from sarabanland.nobody import TAKES, manners
from sarabanland.shape import GROUPS

HEADINGS = ("รหัสหน่วยงาน", "ชื่อหน่วยงาน", "ประเภท", "จังหวัด", "สังกัด", "อีเมล", "ลิงก์ประกาศ",
            "วันที่ประกาศ", "อีเมลตามประกาศ", "สถานะ", "รหัสเดิม")

SECRET = frozenset({"imap-password", "token.keys"})

ADDRESS_RULES = """\
id = "land"
valid_from = 2021-08-23
official_suffixes = ["go.test", "ac.test", "or.test", "co.test", "mi.test"]
free_mail = ["freemail.test", "postbox.test"]
placeholders = ["example.go.test"]
local_government_hosts = ["dla.go.test"]
"""

CONFIGURATION = """\
live = false
[register]
file = "register.csv"
[sender]
address = "probes@probe.test"
name = "ระบบทดสอบหนังสือราชการ"
helo = "watch.probe.test"
number = "นร 1200/ท"
[report]
number = "นร 1200/ว75"
signature = ["(นายสมชาย ใจดี)", "ผู้อำนวยการกองขับเคลื่อนรัฐบาลดิจิทัล"]
telephone = "0 2356 9999"
[letter]
pdf = false              # 8,286 of them would be printed in two minutes
[address]
rules = "address-rules.toml"
[relay]
host = "127.0.0.1"
port = {relay}
tls = "none"
connections = 10
# a report of each letter that arrives would be half of all that comes back
success_reports = {reports}
[route]
# domains whose letters go straight to their mail hosts, instead of by the relay
except_for = []
port = {hosts}
[inbox]
host = "127.0.0.1"
port = {inbox}
tls = "none"
user = "probes"
password_file = "imap-password"
[dns]
resolvers = ["127.0.0.1:{dns}"]
per_second = 2000        # nobody else asks it
[ledger]
file = "ledger.db"
[metrics]
host = "127.0.0.1"
port = 0
[token]
key_file = "token.keys"
[campaign]
anchor = 2026-02-17
[pace]                   # what takes weeks in life takes a day here
connections = 100
a_minute = 100000
in_all_a_minute = 100000
warm_up = []
spread = 0.0
office_hours = false
[canary]
every_hours = 6
patience_hours = 20
must_bounce = "no-such-box@probe.test"
[clock]
rate = {rate}
began = {began}
shows = {shows}
"""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where on 127.0.0.1 the watch meets the land.

    `hosts` is the port of all mail hosts; each has an address of its own.
    """

    relay: int
    inbox: int
    dns: int
    hosts: int = 25


def secrets_of(seed: int) -> dict[str, str]:
    """Return the inbox's password and the key of the watch's tokens, both from the seed."""
    rng = Random(f"secrets {seed}")
    key = hashlib.sha256(rng.randbytes(32)).hexdigest()
    return {"imap-password": rng.randbytes(12).hex() + "\n", "token.keys": f"a {key} 2099-12-31\n"}


def country_files(bodies: list[Body]) -> dict[str, str]:
    """Return the register (with a byte order mark, as spreadsheets save it) and its truth."""
    return {"register.csv": "\ufeff" + register(bodies), "truth.json": truth(bodies),
            "address-rules.toml": ADDRESS_RULES}


def register(bodies: list[Body]) -> str:
    """Return the register as CSV: a row of headings, then a row for each body, with CRLF."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(HEADINGS)
    rows.writerows(map(_row, bodies))
    return text.getvalue()


def truth(bodies: list[Body]) -> str:
    """Return the group that is right for every body, as JSON."""
    groups = Counter(body.group for body in bodies)
    return json.dumps({
        "total": len(bodies) - groups["exempt"],
        "exempt": groups["exempt"],
        "census": {group: groups[group] for group in GROUPS},
        "takes_anything": [domain for domain, manner in manners(bodies).items() if manner == TAKES],
        "agencies": {body.code: {"group": body.group, "address": body.address, "plays": body.plays}
                     for body in bodies},
    }, ensure_ascii=False, indent=1) + "\n"


def configuration(ports: Ports, clock: Clock, *, reports: bool = False) -> str:
    """Return the watch's settings; with `reports`, successes are reported too.

    File names are relative to its own folder.
    """
    return CONFIGURATION.format(
        relay=ports.relay, inbox=ports.inbox, dns=ports.dns, hosts=ports.hosts, rate=clock.rate,
        reports=str(reports).lower(), began=clock.began.isoformat(), shows=clock.shows.isoformat())


def _row(body: Body) -> tuple[str, ...]:
    notice = body.announced
    announced = (notice.link, notice.given, notice.cell) if notice else ("", "", "")
    return (body.code, body.name, body.kind, body.province, body.superior, body.cell, *announced,
            body.status, body.former)
