"""Announcement, form and standing of an agency -> its group (A1 to E, W).

Rows are tried from the top; the first that holds decides. OPDC's circular fixes the three buckets
and the codes of their groups. What each code means is our assumption, so labels, buckets and advice
are dated configuration (`config/groups.toml`); the rules are code, because they are tested.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.address import JudgedCell, same_addresses
from sarabanwatch.core.facts.agency import Agency, Status
from sarabanwatch.core.judging.standing import Health, Standing
from sarabanwatch.core.judging.verdict import Verdict


class Group(StrEnum):
    """The eleven groups, and the two places outside them."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    B3 = "B3"
    C = "C"
    D1 = "D1"
    D2 = "D2"
    D3 = "D3"
    E = "E"
    W = "W"
    UNKNOWN = "unknown"    # not yet known: shown and counted openly
    EXEMPT = "exempt"      # outside the Act, beside the total


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of an agency's group; `was` is None the first time that it is judged."""

    id: int
    code: str
    was: Group | None
    now: Group
    because: str
    at: datetime


class GroupFacts(NamedTuple):
    """All that a group is decided from."""

    agency: Agency
    judged: JudgedCell
    standing: Standing


class GroupRule(NamedTuple):
    """One row: when it holds, the group, and why, in English and Thai."""

    holds: Callable[[GroupFacts], bool]
    group: Group
    because: str
    thai: str


def announced_otherwise(agency: Agency) -> bool:
    """Say whether an agency's announcement gives no address, or another than the registered one."""
    announcement = agency.announcement
    if announcement is None:
        return False
    cell = announcement.cell
    return not (cell.strip() and same_addresses(cell, agency.cell))


def _unread(*parts: str) -> Callable[[GroupFacts], bool]:
    return lambda facts: not facts.agency.unread.isdisjoint(parts)


def _works(facts: GroupFacts) -> bool:
    return facts.standing.health is Health.GOOD


def _fails_by(verdict: Verdict) -> Callable[[GroupFacts], bool]:
    return lambda facts: (facts.standing.health, facts.standing.by) == (Health.BAD, verdict)


def _form(group: str) -> Callable[[GroupFacts], bool]:
    return lambda facts: group in facts.judged.groups


RULES = (
    GroupRule(lambda f: f.agency.status is Status.EXEMPT, Group.EXEMPT, "outside the Act",
              "อยู่นอกบังคับพระราชบัญญัติ"),
    GroupRule(lambda f: f.agency.status is Status.RAISED, Group.W,
              "raised in status; its new announcement is awaited",
              "ได้รับการยกฐานะ รอประกาศใหม่"),
    GroupRule(_unread("status", "announcement"), Group.UNKNOWN,
              "whether it announced an address could not be read in the list",
              "อ่านในทะเบียนไม่ได้ว่ามีประกาศหรือไม่"),
    GroupRule(lambda f: f.agency.announcement is None, Group.E, "no announcement under section 10",
              "ยังไม่มีประกาศตามมาตรา ๑๐"),
    GroupRule(_unread("cell", "announced"), Group.UNKNOWN,
              "its address could not be read in the list", "อ่านอีเมลในทะเบียนไม่ได้"),
    GroupRule(lambda f: announced_otherwise(f.agency), Group.C,
              "the announcement gives no address, or another than the registered one",
              "ประกาศไม่ระบุอีเมล หรือไม่ตรงกับที่ขึ้นทะเบียน"),
    GroupRule(_form("B3"), Group.B3, "the cell is not one clean address of this agency",
              "ข้อมูลที่แจ้งไว้ไม่ใช่อีเมลกลางที่ถูกต้องเพียงรายการเดียว"),
    GroupRule(lambda f: _form("B2")(f) and _works(f), Group.B2,
              "works, on a free-mail or foreign domain",
              "ใช้งานได้ แต่เป็นโดเมนฟรีหรือมิใช่โดเมนของรัฐ"),
    GroupRule(lambda f: _form("B1")(f) and _works(f), Group.B1,
              "works, but does not begin with saraban",
              "ใช้งานได้ แต่ไม่ขึ้นต้นด้วย saraban"),
    GroupRule(_fails_by(Verdict.UNROUTABLE), Group.D1, "the domain cannot receive mail",
              "โดเมนรับอีเมลไม่ได้"),
    GroupRule(_fails_by(Verdict.REFUSES), Group.D2, "the mailbox does not exist",
              "ไม่มีกล่องจดหมายนี้"),
    GroupRule(_fails_by(Verdict.IMPAIRED), Group.D3,
              "full, refused by policy or size, or failing for long",
              "กล่องจดหมายเต็ม ถูกปฏิเสธ หรือส่งไม่สำเร็จเป็นเวลานาน"),
    GroupRule(lambda f: (f.standing.health, f.standing.by) == (Health.GOOD, Verdict.PROVEN),
              Group.A1,
              "announced, right form, and a receipt or reply was seen",
              "ประกาศแล้ว รูปแบบถูกต้อง และมีการตอบรับ"),
    GroupRule(_works, Group.A2,
              "announced, right form, taken by a mail server, nothing came back against it",
              "ประกาศแล้ว รูปแบบถูกต้อง เครื่องแม่ข่ายรับหนังสือไว้ และไม่มีการตีกลับ"),
)
OTHERWISE = GroupRule(lambda _: True, Group.UNKNOWN, "not yet proven either way", "ยังไม่ทราบผล")


def decide(agency: Agency, judged: JudgedCell, standing: Standing) -> GroupRule:
    """Return the first row that holds; every agency gets exactly one group."""
    facts = GroupFacts(agency, judged, standing)
    return next((rule for rule in RULES if rule.holds(facts)), OTHERWISE)
