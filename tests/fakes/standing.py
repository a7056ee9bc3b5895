"""The overview of a daemon that is well."""

from datetime import UTC, datetime, timedelta

from sarabanwatch.core.overview import ANSWER_WITHIN, BACKUP_WITHIN, Overview, OwnPath, Running
from sarabanwatch.core.sending.pausing import PausedNow, Reach

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
A_BIT = timedelta(seconds=1)
RUNNING = Running("1.0", NOW - timedelta(days=9), "/var/lib/x/ledger.db", True, {}, NOW, 60.0)
WELL = Overview(
    at=NOW, addressed=8000, round=2, starts=NOW - timedelta(days=14),
    ends=NOW + timedelta(days=28), follows=NOW + timedelta(days=28), elapsed=1 / 3, overdue=None,
    refused=None, sent=3000, pending=20, under_way=400, today=120, due=3, waiting=0, next=NOW,
    open_hosts=(), slowed_hosts=("mx.slow.test",), all_wait=False,
    path=OwnPath.WHOLE, came_home=NOW, lacking=0, mails=2, mails_since=NOW - ANSWER_WITHIN,
    corrections=1, corrections_since=NOW - A_BIT, incidents=0, held=0, notices=0, halts=(),
    paused=(), backup=NOW - BACKUP_WITHIN, running=RUNNING)
FLOOD = PausedNow(Reach.PROVINCE, "สงขลา", NOW - timedelta(days=30), NOW + A_BIT, False, "flood")
