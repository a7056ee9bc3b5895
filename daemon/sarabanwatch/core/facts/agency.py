"""An agency, its kind and superior, its announcement, and the address it declared."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class AgencyKind(StrEnum):
    """Kinds of state agency; the labels are those of the register."""

    MINISTRY = "กระทรวง"
    DEPARTMENT = "กรม"
    PROVINCE = "จังหวัด"
    BANGKOK = "กรุงเทพมหานคร"
    STATE_ENTERPRISE = "รัฐวิสาหกิจ"
    PUBLIC_ORGANISATION = "องค์การมหาชน"
    UNIVERSITY = "สถาบันอุดมศึกษา"
    PAO = "องค์การบริหารส่วนจังหวัด"
    CITY = "เทศบาลนคร"
    TOWN = "เทศบาลเมือง"
    SUBDISTRICT = "เทศบาลตำบล"
    SAO = "องค์การบริหารส่วนตำบล"
    PATTAYA = "เมืองพัทยา"
    OTHER = "หน่วยงานอื่นของรัฐ"

    @property
    def local(self) -> bool:
        """Whether it is a local government (องค์กรปกครองส่วนท้องถิ่น)."""
        return self in LOCAL


LOCAL = frozenset({AgencyKind.PAO, AgencyKind.CITY, AgencyKind.TOWN, AgencyKind.SUBDISTRICT,
                   AgencyKind.SAO, AgencyKind.PATTAYA})


LOCALS = "องค์กรปกครองส่วนท้องถิ่น"
OTHERS = "หน่วยงานอื่นของรัฐ"


def ministry_of(kind: str, name: str, superior: str) -> str:
    """Return an agency's line among the ministries: a province is none of them.

    All local governments make one line, and those without a superior another.
    """
    if kind in LOCAL:
        return LOCALS
    return name if kind == AgencyKind.MINISTRY else superior or OTHERS


class Status(StrEnum):
    """An agency's place in the register."""

    NORMAL = ""
    RAISED = "ยกฐานะ"     # a local government raised in status; its new announcement is awaited
    EXEMPT = "ยกเว้น"     # courts, parliament, constitutional bodies, prosecutors: outside the Act


@dataclass(frozen=True, slots=True)
class Announcement:
    """An announcement under section 10 of the Act: its link, date and e-mail cell."""

    link: str
    given_on: date | None
    cell: str


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency as the register has it.

    `cell` is the raw e-mail cell; `core.address` says what it means. `unread` names the parts of
    which nothing is known because the list could not be read there: they decide no group.
    """

    code: str
    name: str
    kind: AgencyKind
    province: str = ""
    superior: str = ""
    status: Status = Status.NORMAL
    former: str = ""
    cell: str = ""
    announcement: Announcement | None = None
    unread: frozenset[str] = frozenset()
