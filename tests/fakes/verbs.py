"""A configuration and a register to try verbs on, and what one line of refusal looks like."""

import re
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
    """Return the English line that is said when something is wrong; its Thai stands above it."""
    assert stderr.startswith("sarabanwatch: ")
    thai, *english = stderr.removeprefix("sarabanwatch: ").splitlines()
    assert english == [] or (len(english) == 1 and re.search("[ก-๛]", thai)), stderr
    return (english or [thai])[0].strip()
