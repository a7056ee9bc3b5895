"""`doctor`: looks at all that the daemon stands on; for each thing ok, warn or fail, and a remedy.

CHECKS is the table: what is looked at, in how many seconds at most, its name and its remedy.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.errors import in_thai
from sarabanwatch.cli.terminal import line, width
from sarabanwatch.cli.words import LANGUAGES, words
from sarabanwatch.core.checkup import UNSEEN, Finding, Grade, worst
from sarabanwatch.wiring.doctor import Check, examine, house, mail, names

WIDE = 7        # columns of the word for how well a thing is


class CheckRow(NamedTuple):
    """One thing that is looked at: how, its name and its remedy, each in Thai and in English."""

    check: Check
    name: tuple[str, str]
    remedy: tuple[str, str]


CHECKS: Mapping[str, CheckRow] = {
    "configuration": CheckRow(
        Check(house.configuration), ("ไฟล์ตั้งค่า", "configuration"),
        ("แก้ค่าที่ระบุไว้ แล้วสั่ง `check-config` อีกครั้ง",
         "mend the key that is named; `check-config` says when all is well")),
    "secrets": CheckRow(
        Check(house.secrets), ("ข้อมูลลับ", "secrets"),
        ("วางไฟล์ไว้ใน /etc/sarabanwatch/credentials โหมด 0600 และสั่งด้วยสิทธิ์ root",
         "put the file into /etc/sarabanwatch/credentials, mode 0600, and look again as root")),
    "token keys": CheckRow(
        Check(house.token_keys), ("กุญแจลงนาม", "token keys"),
        ("เพิ่มบรรทัดใหม่ใน token.keys แล้ว reload (runbooks/KeyEnds.md)",
         "add a line to token.keys and reload (runbooks/KeyEnds.md)")),
    "clock": CheckRow(
        Check(house.clock), ("นาฬิกา", "clock"),
        ("เปิดใช้ systemd-timesyncd หรือ chrony แล้วตรวจด้วย `timedatectl`",
         "enable systemd-timesyncd or chrony; `timedatectl` shows whether it took")),
    "disk": CheckRow(
        Check(house.disk), ("เนื้อที่ดิสก์", "disk"),
        ("เพิ่มเนื้อที่ให้ดิสก์ของฐานข้อมูล; `ledger size` บอกว่าโตเร็วเพียงใด",
         "make room on the ledger's disk; `ledger size` tells how fast it grows")),
    "ledger": CheckRow(
        Check(house.ledger, 60.0), ("ฐานข้อมูล", "ledger"),
        ("หากเสียหาย ให้นำชุดสำรองกลับมาด้วย `restore`",
         "where it is damaged, put a backup back with `restore`")),
    "daemon": CheckRow(
        Check(house.daemon), ("โปรแกรม", "daemon"),
        ("systemctl start sarabanwatch และดู journalctl -u sarabanwatch",
         "systemctl start sarabanwatch, and see journalctl -u sarabanwatch")),
    "relay": CheckRow(
        Check(mail.relay, 60.0), ("เครื่องส่งต่อ", "relay"),
        ("แก้ [relay] ตามที่เครื่องตอบ หรือแจ้งผู้ดูแลเครื่องส่งต่อ",
         "mend [relay] by what it said, or show its words to its postmaster")),
    "inbox": CheckRow(
        Check(mail.inbox, 60.0), ("กล่องจดหมาย", "inbox"),
        ("แก้ [inbox] ตามที่เครื่องตอบ หรือแจ้งผู้ดูแลกล่องจดหมาย",
         "mend [inbox] by what it said, or show its words to whoever keeps the mailbox")),
    "there and back": CheckRow(
        Check(mail.there_and_back, 180.0), ("ส่งถึงตนเอง", "there and back"),
        ("ดูว่ากล่องจดหมายรับที่อยู่แบบ +เครื่องหมาย และเครื่องส่งต่อส่งถึงโดเมนของเรา",
         "see that the mailbox takes +anything, and that the relay delivers to our domain")),
    "resolvers": CheckRow(
        Check(names.resolvers), ("เครื่องแม่ข่ายชื่อโดเมน", "resolvers"),
        ("ติดตั้ง unbound ที่ 127.0.0.1 แล้วระบุใน dns.resolvers",
         "install unbound on 127.0.0.1, and name it in dns.resolvers")),
    "own domain": CheckRow(
        Check(names.domain), ("โดเมนของเรา", "own domain"),
        ("ให้ผู้ดูแลโดเมนของเราแก้ระเบียน DNS ที่ระบุไว้",
         "have whoever keeps our domain mend the record that is named")),
    "dkim": CheckRow(
        Check(names.dkim), ("ลายเซ็น DKIM", "DKIM"),
        ("ประกาศกุญแจสาธารณะในระเบียน TXT ตามชื่อที่ระบุ",
         "publish the public key in the TXT record that is named")),
    "own name": CheckRow(
        Check(names.own_name), ("ชื่อเครื่องของเรา", "own name"),
        ("ให้ผู้ให้บริการเครือข่ายตั้ง PTR ของที่อยู่ IP ให้ตรงกับ sender.helo",
         "have the network's owner set the address's PTR to sender.helo")),
    "metrics": CheckRow(
        Check(house.metrics), ("ตัวชี้วัด", "metrics"),
        ("ให้ Prometheus มาอ่านตัวชี้วัด (deploy/README.md)",
         "have Prometheus scrape them (deploy/README.md)")),
    "ports": CheckRow(
        Check(house.ports), ("พอร์ต", "ports"),
        ("หยุดโปรแกรมที่ใช้พอร์ตนั้น หรือเลือกพอร์ตอื่น",
         "stop who holds the port, or choose another")),
    "backup": CheckRow(
        Check(house.backup), ("ชุดสำรองข้อมูล", "backup"),
        ("เปิดใช้การสำรองทุกคืน: systemctl enable --now sarabanwatch-backup.timer",
         "have one taken every night: systemctl enable --now sarabanwatch-backup.timer")),
}


@click.command(epilog=options.examples(
    "doctor  # exit code 0, 1 or 2", "doctor --no-letter --json  # likewise"))
@click.option("--no-letter", is_flag=True, help="Send no letter to ourselves.")
@options.config
@options.language
@options.as_json
def doctor(config: Path, lang: str, *, no_letter: bool, as_json: bool) -> None:
    """Look at all that the daemon stands on, and say what is wrong with the remedy for each.

    Configuration, secrets, clock, disk, ledger, relay, inbox, DNS, ports, metrics, backup: each is
    looked at by itself, and within its time. Nothing leaves but to our own relay, inbox and
    resolvers, and, where no daemon runs, one letter to ourselves. No secret is shown. Exit code 0:
    all is well, 1: something is to be seen to, 2: something is wrong.
    """
    rows = {name: row.check for name, row in CHECKS.items()}
    found = asyncio.run(examine(config, rows, letter=not no_letter))
    options.show(collect(found), render_text(found, lang), as_json=as_json)
    sys.exit(worst(each for findings in found.values() for each in findings))


def collect(found: Mapping[str, Sequence[Finding]]) -> dict[str, Any]:
    """Return what was found as plain values, by the name of each check."""
    own = of_their_own(found)
    return {name: {"grade": worst(findings).name.lower(),
                   "remedy": {lang: CHECKS[name].remedy[n] for n, lang in enumerate(LANGUAGES)}
                   if name in own else None,
                   "found": [{"grade": each.grade.name.lower(), "th": _in_both(each)[0],
                               "en": each.english}
                             for each in findings]}
            for name, findings in found.items()}


def render_text(found: Mapping[str, Sequence[Finding]], lang: str) -> Iterator[str]:
    """Yield what was found as lines for a person, a remedy under each thing that is not well."""
    w, column, own = words("doctor", lang), LANGUAGES.index(lang), of_their_own(found)
    for name, findings in found.items():
        grade = w[worst(findings).name]
        yield f"{grade}{' ' * (WIDE - width(grade))} {CHECKS[name].name[column]}"
        yield from (f"{' ' * WIDE} {'' if each.grade is Grade.OK else '! '}{line(text)}"
                    for each in findings for text in [_in_both(each)[column]])
        if name in own:
            yield f"{' ' * WIDE} {w['remedy']}: {CHECKS[name].remedy[column]}"
    counted = Counter(worst(findings).name.lower() for findings in found.values())
    yield w["sum"].format(ok=counted["ok"], warn=counted["warn"], fail=counted["fail"])
    if first := next((name for name in own if worst(found[name]) is Grade.FAIL), None):
        yield f"{w['first']}: {CHECKS[first].name[column]}"


def of_their_own(found: Mapping[str, Sequence[Finding]]) -> list[str]:
    """Return the checks that found something that no check above them has told already."""
    reported, own = {UNSEEN}, list[str]()
    for name, findings in found.items():
        new = {each for each in findings if each.grade} - reported
        own += [name] if new else []
        reported |= new
    return own


def _in_both(each: Finding) -> tuple[str, str]:
    """Return what was found in Thai and in English; an error has its Thai in a table."""
    if each.thai != each.english:
        return each.thai, each.english
    return in_thai(each.english), each.english
