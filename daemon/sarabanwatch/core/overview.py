"""How we stand at a moment, on one screen and in one line; and whether a person should look.

The problem: whoever keeps the daemon asks two things. Is it well (a monitoring system asks every
minute, and wants one line and a level)? And what is it doing (a person asks, now and then)?

An `Overview` is what the ledger tells of a moment, and what a running daemon adds (`Running`).
`complaints` holds it against RULES, a row for each thing that a person should know; the level of
the whole is that of its worst row. Levels are those of monitoring plugins: 0 ok, 1 warning,
2 critical, 3 unknown. A row of level 0 is said, and wakes nobody: a pause is what a person wants,
and only one that may have been forgotten is to be looked at. That a complaint is absent is no
health: where no daemon runs, or where it does not know, there is a row for that.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple

import msgspec

from sarabanwatch.core.calendar import BANGKOK, short_moment, short_time
from sarabanwatch.core.sending.pausing import PausedNow, Reach

READ_WITHIN = 1800.0                    # wall seconds; the inbox is read every minute or so
ANSWER_WITHIN = timedelta(days=4)       # a mail may wait for a person over a long week-end
BACKUP_WITHIN = timedelta(days=2)       # a backup is taken every night
OPENED_WITHIN = timedelta(hours=1)      # a running daemon opens a round that is due in a minute
FORGOTTEN_AFTER = timedelta(days=7)     # a pause without an end; as the alert PauseForgotten


class Level(IntEnum):
    """How well we are, as the exit code of a monitoring plugin."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


class OwnPath(StrEnum):
    """What letters to ourselves show of our own path, out and home."""

    WHOLE = "whole"
    BROKEN = "broken"
    UNKNOWN = "unknown"     # none is back yet
    UNTRIED = "untried"     # none are sent (`canary.every_hours` is 0)


class Running(msgspec.Struct, frozen=True):
    """What the running daemon tells of itself.

    `waits` says for what it waits, and why; `read_at` when it last read the inbox to its end, and
    `unread` how many seconds of the wall's clock ago that was; before the first time, since its
    start. The metrics were last fetched `scraped` seconds ago; None: not since the start.
    """

    version: str
    started: datetime
    ledger: str
    live: bool
    waits: dict[str, str]
    read_at: datetime | None
    unread: float
    scraped: float | None = None


class Overview(msgspec.Struct, frozen=True):
    """How we stand at the moment `at`.

    The round is the last that began, or the first to come; `follows` is when the next one begins.
    One should have been opened at `overdue`, and was not; None: all is as it should be. `refused`:
    the configured timetable is not followed, and would begin the next round then.

    In this round letters were `sent` to so many of the `addressed` addresses; so many letters are
    `pending` or `under_way` (their windows run). `due` letters may go as soon as pace and hours
    allow, and `waiting` ones as soon as a pause ends; `next` is when the next one leaves that no
    pause holds back. `path` is what letters to ourselves show of our own path; one last `came_home`
    then.
    """

    at: datetime
    addressed: int
    round: int
    starts: datetime
    ends: datetime
    follows: datetime
    elapsed: float
    overdue: datetime | None
    refused: datetime | None
    sent: int
    pending: int
    under_way: int
    today: int
    due: int
    waiting: int
    next: datetime | None
    open_hosts: tuple[str, ...]
    slowed_hosts: tuple[str, ...]
    all_wait: bool
    path: OwnPath
    came_home: datetime | None
    lacking: int
    mails: int
    mails_since: datetime | None
    corrections: int
    corrections_since: datetime | None
    incidents: int
    held: int
    notices: int
    halts: tuple[str, ...]
    paused: tuple[PausedNow, ...]
    backup: datetime | None
    running: Running | None = None
    silent: bool = False    # a daemon runs, and did not tell how it stands
    leader: str = ""        # the daemon that leads over a ledger on a server, if the ledger tells

    @property
    def waited(self) -> timedelta:
        """How long the oldest mail or correction has waited for a person."""
        since = filter(None, (self.mails_since, self.corrections_since))
        return self.at - min(since, default=self.at)

    @property
    def runs(self) -> bool:
        """Whether a round runs."""
        return self.starts <= self.at < self.ends

    @property
    def left_alone(self) -> bool:
        """Whether nothing leaves us and the inbox is left alone, since a person paused all."""
        return any(each.level is Reach.ALL for each in self.paused)

    @property
    def unopened(self) -> bool:
        """Whether a round that is due was not opened, though a daemon had time enough to do so."""
        if self.overdue is None or self.running is None:
            return False
        return self.at - max(self.overdue, self.running.started) > OPENED_WITHIN

    @property
    def forgotten(self) -> bool:
        """Whether a pause that only a person can end has stood so long that it may be forgotten."""
        return any(each.forgettable and self.at - each.since > FORGOTTEN_AFTER
                   for each in self.paused)


class Complaint(NamedTuple):
    """One thing that a person should know, and what to do about it."""

    level: Level
    holds: Callable[[Overview], bool]
    thai: str
    english: str


RULES = (
    Complaint(Level.CRITICAL, lambda o: o.silent,
         "โปรแกรมทำงานอยู่แต่ไม่ตอบ: ดู journalctl -u sarabanwatch",
         "the daemon runs and does not answer: see journalctl -u sarabanwatch"),
    Complaint(Level.CRITICAL, lambda o: o.running is None and not o.silent and not o.leader,
         "ไม่มีโปรแกรมทำงานอยู่: systemctl start sarabanwatch",
         "no daemon runs: systemctl start sarabanwatch"),
    Complaint(Level.CRITICAL, lambda o: bool(o.halts),
         "หยุดส่งอยู่: ดู halts list", "nothing leaves us: see halts list"),
    Complaint(Level.CRITICAL, lambda o: o.path is OwnPath.BROKEN and not o.left_alone,
         "เส้นทางของเราขาด: ดู path", "our own path is broken: see path"),
    Complaint(Level.CRITICAL, lambda o: o.all_wait,
         "เครื่องแม่ข่ายจำนวนมากปฏิเสธระบบ จึงพักหนังสือทั้งหมดไว้: ดู plan",
         "so many refuse us that all letters wait: see plan"),
    Complaint(Level.CRITICAL, lambda o: o.running is not None and not o.left_alone
         and o.running.unread > READ_WITHIN,
         "ไม่ได้อ่านกล่องจดหมายจนครบเกินครึ่งชั่วโมง: ดู doctor",
         "the inbox was not read to its end for half an hour: see doctor"),
    Complaint(Level.CRITICAL, lambda o: o.unopened,
         "ถึงกำหนดเปิดรอบแล้วแต่ยังไม่เปิด: ดู journalctl -u sarabanwatch",
         "a round is due and was not opened: see journalctl -u sarabanwatch"),
    Complaint(Level.WARNING, lambda o: o.running is not None and bool(o.running.waits),
         "กำลังรอระบบอื่น", "it waits for something"),
    Complaint(Level.WARNING, lambda o: o.path is OwnPath.UNKNOWN and not o.left_alone,
         "ยังไม่ทราบว่าเส้นทางรับส่งของระบบใช้งานได้หรือไม่",
         "it is not known yet whether our own path is whole"),
    Complaint(Level.WARNING, lambda o: bool(o.open_hosts),
         "เครื่องแม่ข่ายอีเมลบางแห่งปฏิเสธระบบ: ดู plan", "some mail hosts refuse us: see plan"),
    Complaint(Level.WARNING, lambda o: bool(o.lacking),
         "เครื่องแม่ข่ายไม่ส่งจดหมายบางฉบับให้อ่าน: ดู inbox lacking",
         "the inbox did not give us some mails: see inbox lacking"),
    Complaint(Level.WARNING, lambda o: bool(o.incidents),
         "มีเหตุการณ์ร่วม: ดู incidents list", "an incident is open: see incidents list"),
    Complaint(Level.WARNING, lambda o: o.waited > ANSWER_WITHIN,
         "มีเรื่องรอเจ้าหน้าที่นานเกินสี่วัน: ดู inbox list",
         "something has waited for a person for over four days: see inbox list"),
    Complaint(Level.WARNING, lambda o: bool(o.notices),
         "ไม่แน่ชัดว่าหนังสือแจ้งบางฉบับออกไปแล้วหรือไม่: ดู notice list",
         "of some notices it is not known whether they left: see notice list"),
    Complaint(Level.WARNING, lambda o: o.refused is not None,
         "ยังไม่ใช้กำหนดรอบตามไฟล์ตั้งค่า: ดู rounds plan",
         "the configured timetable is not followed: see rounds plan"),
    Complaint(Level.WARNING, lambda o: o.forgotten,
         "พักการทดสอบโดยไม่มีกำหนดมาเกินเจ็ดวัน: ดู pause list",
         "a pause without an end has stood for over seven days: see pause list"),
    Complaint(Level.WARNING, lambda o: o.backup is None or o.at - o.backup > BACKUP_WITHIN,
         "ไม่มีชุดสำรองข้อมูลของสองวันนี้: ดู backup", "no backup of the last two days: see backup"),
    Complaint(Level.OK, lambda o: o.left_alone,
         "พักทั้งระบบตามคำสั่ง: ไม่ส่งหนังสือ และไม่อ่านกล่องจดหมาย",
         "all is paused, as was asked for: nothing leaves us, and the inbox is not read"),
    Complaint(Level.OK, lambda o: bool(o.paused) and not o.left_alone,
         "พักการทดสอบบางส่วนตามคำสั่ง: ดู pause list",
         "some testing is paused, as was asked for: see pause list"),
)


def complaints(o: Overview) -> list[Complaint]:
    """Return the rules that hold, the gravest first."""
    return [rule for rule in RULES if rule.holds(o)]


def level(o: Overview) -> Level:
    """Return how well we are."""
    return max((rule.level for rule in complaints(o)), default=Level.OK)


def in_a_line(o: Overview, lang: str) -> str:
    """Return the round, today's letters and the next in a few words, moments by Bangkok's clock."""
    when = _when(o.next, o.at, lang) if o.next else ""
    if lang == "th":
        ahead = f" ฉบับถัดไป {when}" if when else ""
        return f"{_round(o, lang)} วันนี้ {o.today:,}{ahead}"
    ahead = f", next {when}" if when else ""
    return f"{_round(o, lang)}, {o.today:,} today{ahead}"


def _round(o: Overview, lang: str) -> str:
    """Return the round that runs and how far it is; where none does, when the next one begins."""
    if o.runs:
        return (f"รอบที่ {o.round}: ส่งแล้ว {o.sent:,} จาก {o.addressed:,}" if lang == "th"
                else f"round {o.round}: {o.sent:,} of {o.addressed:,} sent")
    begins = _when(o.follows, o.at, lang)
    return (f"ไม่มีรอบที่ดำเนินการอยู่ รอบถัดไปเริ่ม {begins}" if lang == "th"
            else f"no round runs, the next one begins {begins}")


def in_both_languages(o: Overview) -> str:
    """Return the same in Thai and in English, and what a person should look at."""
    wrong = "".join(f"; {rule.thai} · {rule.english}" for rule in complaints(o))
    return f"{in_a_line(o, 'th')} · {in_a_line(o, 'en')}{wrong}"


def _when(at: datetime, now: datetime, lang: str) -> str:
    """Return a moment by Bangkok's clock, with its day where that is not today."""
    today = at.astimezone(BANGKOK).date() == now.astimezone(BANGKOK).date()
    return short_time(at, lang) if today else short_moment(at, lang)
