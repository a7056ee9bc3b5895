"""A ministry's machine in a box.

Saraban Watch from its wheel, installed by its README, with the shipped unit; real mail servers.

Only hosts, secrets and the list of agencies are the ministry's own; the clock is the wall's. The
machine has no network but its loopback, so that `live = true` reaches nobody.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import trustme
import xlsxwriter

from real.mail.servers import dovecot_file
from real.systemd import lab
from real.systemd.installed import ROOT, SITE, lacking

ETC = Path(__file__).with_name("etc")
UNIT, PROGRAM = "sarabanwatch", "/opt/sarabanwatch/bin/sarabanwatch"
CONFIG = "/etc/sarabanwatch/sarabanwatch.toml"
US, PASSWORD = "probes@watch.go.th", "a pass-word ของเรา"
GONE = "saraban@gone.go.th"      # declared, and without a box: letters to it come back
AGENCIES = {"1001": "saraban@bounces.go.th", "1002": "saraban@replies.go.th",
            "1003": "saraban@silent.go.th", "1004": GONE,
            "1005": "saraban@later.go.th"}
CHANGES = {     # of config/sarabanwatch.toml
    "live": "true",
    "register.file": '"register.xlsx"',
    "sender.address": '"probes@watch.go.th"',
    "sender.helo": '"watch.go.th"',
    "relay.host": '"relay.watch.go.th"',
    "relay.user": '"probes@watch.go.th"',
    "relay.password_file": '"relay-password"',
    "inbox.host": '"imap.watch.go.th"',
    "inbox.user": '"probes@watch.go.th"',
    "ledger.file": '"/var/lib/sarabanwatch/ledger.db"',
    "canary.must_bounce": '"no-such-box@watch.go.th"',
    "report.signature": '["(นายสมชาย ใจดี)", "ผู้อำนวยการกองทดสอบ"]',
    "report.telephone": '"0 2356 9999"',
}
SERVERS = {
    "postfix-box": "/usr/sbin/postfix -c /etc/postfix-box start-fg",
    "dovecot-box": "/usr/sbin/dovecot -F -c /etc/dovecot-box/dovecot.conf",
}
SERVICE = "[Service]\nType=exec\nExecStart={}\n"
AS_THE_KEEPER_OF_THE_MAIL_SERVERS_WOULD = """
    install -d -m 755 /srv/postfix /srv/postfix/spool /srv/dovecot
    install -d -m 700 -o postfix -g postfix /srv/postfix/data
    install -d -m 755 -o mail -g mail /srv/mail
    install -m 600 /etc/box/server.pem /srv/server.pem
    install -m 644 /etc/box/users /srv/dovecot/users
    cat /etc/box/authority.pem >> /etc/ssl/certs/ca-certificates.crt
    openssl rehash /etc/ssl/certs 2>/dev/null
    systemctl start postfix-box dovecot-box
"""
AS_THE_README_SAYS = """
    python3 -m venv /opt/sarabanwatch
    /opt/sarabanwatch/bin/pip install --quiet --no-index --no-deps /etc/box/sarabanwatch-*.whl
    echo /opt/libraries > $(echo /opt/sarabanwatch/lib/python3.*/site-packages)/libraries.pth
    install -d -m 755 /etc/sarabanwatch
    install -d -m 700 /etc/sarabanwatch/credentials
    cd /etc/box
    install -m 644 sarabanwatch.toml register.xlsx /etc/sarabanwatch/
    install -m 600 imap-password relay-password /etc/sarabanwatch/credentials/
    echo "a $(openssl rand -hex 32) 2099-12-31" > /etc/sarabanwatch/credentials/token.keys
    chmod 600 /etc/sarabanwatch/credentials/token.keys
    install -m 644 sarabanwatch.service sarabanwatch-backup.* /etc/systemd/system/
    /opt/sarabanwatch/bin/sarabanwatch check-config --config /etc/sarabanwatch/sarabanwatch.toml
    systemctl daemon-reload
"""


def missing() -> str | None:
    """What this machine lacks, or None."""
    needed = ("/usr/sbin/postfix", "/usr/sbin/dovecot", "/usr/lib/dovecot/imap",
              "/usr/lib/dovecot/lmtp", "/usr/bin/openssl")
    absent = [server for server in needed if not Path(server).exists()]
    return lacking() or (f"no {', '.join(absent)} here" if absent else None)


def changed(shipped: str, changes: Mapping[str, str]) -> str:
    """Return a configuration with other values for keys that stand in it.

    Nothing else is touched.
    """
    section, left, lines = "", dict(changes), list[str]()
    for line in shipped.splitlines():
        head = re.fullmatch(r"\[(.*)\]", line)
        section = head[1] + "." if head else section
        key = section + line.partition(" = ")[0]
        lines.append(f"{line.partition(' = ')[0]} = {left.pop(key)}" if key in left else line)
    assert not left, f"the shipped configuration has no {', '.join(left)}"
    return "\n".join([*lines, ""])


def users(password: str) -> str:
    """Return the mailbox's users as Dovecot's passwd-file; only our own password is used."""
    known = {US: password, **{name: "-" for name in AGENCIES.values() if name != GONE}}
    return "".join(f"{name}:{{PLAIN}}{word}::::::\n" for name, word in known.items())


def register(path: Path, agencies: Mapping[str, str]) -> None:
    """Write a list of agencies as a workbook."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("รหัสหน่วยงาน", "ชื่อหน่วยงาน", "ประเภท", "อีเมล", "ลิงก์ประกาศ",
                               "อีเมลตามประกาศ"))
        for row, (code, address) in enumerate(agencies.items(), start=1):
            sheet.write_row(row, 0, (code, f"กรม {code}", "กรม", address, "https://one.go.th/a",
                                     address))


def _lay_out(folder: Path) -> None:
    """Write /etc/box: what an administrator brings to the machine."""
    box = folder / "etc" / "box"
    box.mkdir(parents=True)
    authority = trustme.CA()
    authority.issue_cert(
        "relay.watch.go.th", "imap.watch.go.th"
    ).private_key_and_cert_chain_pem.write_to_path(box / "server.pem")
    authority.cert_pem.write_to_path(box / "authority.pem")
    (box / "users").write_text(users(PASSWORD))
    for name in ("imap-password", "relay-password"):
        (box / name).write_text(f"{PASSWORD}\n")
    shipped = (ROOT / "config" / "sarabanwatch.toml").read_text()
    (box / "sarabanwatch.toml").write_text(changed(shipped, CHANGES))
    for unit in (ROOT / "systemd").glob("sarabanwatch*.*"):
        shutil.copy(unit, box)
    register(box / "register.xlsx", AGENCIES)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(box)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)


def _etc() -> dict[str, str]:
    return {
        "hosts": "127.0.0.1 localhost relay.watch.go.th imap.watch.go.th\n",
        "resolv.conf": "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n",
        "postfix-box/main.cf": (ETC / "main.cf").read_text(),
        "postfix-box/master.cf": (ETC / "master.cf").read_text(),
        "dovecot-box/dovecot.conf": (ETC / dovecot_file()).read_text(),
        **{f"systemd/system/{name}.service": SERVICE.format(command)
           for name, command in SERVERS.items()},
    }


@contextmanager
def standing(folder: Path) -> Iterator[lab.Lab]:
    """The machine with its mail servers; Saraban Watch is installed and not yet started."""
    _lay_out(folder)
    with lab.booted(folder, _etc(), {SITE: "/opt/libraries"}) as machine:
        machine.run("sh", "-ec", AS_THE_KEEPER_OF_THE_MAIL_SERVERS_WOULD)
        machine.run("sh", "-ec", AS_THE_README_SAYS)
        yield machine
