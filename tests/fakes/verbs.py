"""A configuration and a register to try verbs on, and what one line of refusal looks like."""

from collections.abc import Callable

CONFIG = """
live = false
[sender]
address = "probes@probe.test"
name = "ระบบทดสอบ"
helo = "watch.probe.test"
[relay]
host = "127.0.0.1"
port = {relay}
tls = "none"
[inbox]
host = "127.0.0.1"
port = {inbox}
tls = "none"
user = "probes"
password_file = "imap-password"
[metrics]
port = {metrics}
[campaign]
anchor = 2026-02-17
"""
REGISTER = """รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล,ลิงก์ประกาศ,อีเมลตามประกาศ
1001,กรมหนึ่ง,กรม,saraban@one.go.th,https://one.test/a,saraban@one.go.th
1002,กรมสอง,กรม,saraban@two.go.th,,
,กรมสาม,กรม,saraban@three.go.th,,
"""
Run = Callable[..., tuple[int, str, str]]


def one_line(stderr: str) -> str:
    """Return the one line that is said when something is wrong, without our name."""
    assert stderr.startswith("sarabanwatch: ")
    assert stderr.count("\n") == 1
    return stderr.removeprefix("sarabanwatch: ").rstrip()
