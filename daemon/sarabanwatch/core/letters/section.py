"""The configuration of letters and papers: who writes them, and how they look."""

import msgspec

from sarabanwatch.core.calendar import THAI_DIGITS
from sarabanwatch.core.section import Section


class SenderSection(Section, frozen=True):
    """[sender]: who the letters are from. A letter's number is `number`, and its serial behind."""

    address: str
    name: str
    helo: str
    number: str = "นร 1200/ท"


class LetterSection(Section, frozen=True):
    """[letter]: what the letter says, and in which forms.

    `signature` and `contact`, where empty, are those of [report]. `heads` are titles of agencies'
    heads besides those that are known (`core.letters.addressee`). `asks_displayed`: it carries
    Disposition-Notification-To (RFC 8098).
    """

    text: str = ""
    signature: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    unsigned_because: str = ""
    heads: dict[str, str] = msgspec.field(default_factory=dict)
    html: bool = True
    pdf: bool = True
    asks_displayed: bool = False


class ReportSection(Section, frozen=True):
    """[report]: who issues reports, circulars and notices, and what stands on them.

    `office` is the letterhead, the first line the office's name.
    """

    office: tuple[str, ...] = ("สำนักงาน ก.พ.ร.", "ถนนพิษณุโลก กทม. ๑๐๓๐๐")
    to: str = "หัวหน้าส่วนราชการ จังหวัด องค์การมหาชน รัฐวิสาหกิจ สถาบันการศึกษา และหน่วยงานอื่นของรัฐ"
    number: str = ""
    signature: tuple[str, ...] = ()
    department: str = "กองขับเคลื่อนรัฐบาลดิจิทัล"
    telephone: str = ""
    email: str = "saraban@opdc.go.th"
    garuda: str = ""
    deadline_days: int = 30
    circular: str = ""
    notice: str = ""
    covering: str = ""

    @property
    def name(self) -> str:
        """The office's name."""
        return self.office[0]

    @property
    def contact(self) -> tuple[str, ...]:
        """The lines at a letter's foot."""
        telephone = f"โทร. {self.telephone.translate(THAI_DIGITS)}" if self.telephone else ""
        email = f"ไปรษณีย์อิเล็กทรอนิกส์ {self.email}" if self.email else ""
        return tuple(filter(None, (self.department, telephone, email)))
