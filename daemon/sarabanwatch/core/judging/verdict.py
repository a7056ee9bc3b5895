"""What the evidence of one letter means.

Rules are tried from the top; the first that holds decides. The order in which evidence arrived
plays no part. Of a mail that was read again, or ruled on by a person, only the last reading counts
(`in_force`). A mail that only a letter number or the sender's address ties to the letter
is shown to people and decides nothing, unless it proves that the declared domain wrote it
(`core.returns.authenticity`). An answer that only our token ties to the letter does not outweigh a
permanent refusal: the two wait for a person.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.facts.evidence import Blame, Evidence, FactKind, Reason, in_force
from sarabanwatch.core.returns.authenticity import decides, is_certain


class Verdict(StrEnum):
    """What one letter has shown."""

    PROVEN = "proven"            # somebody registered it, or answered it
    ACCEPTS = "accepts"          # a mail server took it and nothing spoke against it
    UNROUTABLE = "unroutable"    # the domain takes no mail
    REFUSES = "refuses"          # the mailbox does not exist
    IMPAIRED = "impaired"        # full, refused by policy or size, failing for long
    BLOCKS_US = "blocks us"      # refused for what we are: says nothing of them
    WITHHELD = "withheld"        # our own path was broken: says nothing of them
    UNSETTLED = "unsettled"      # what came back waits for a person, or contradicts itself
    UNKNOWN = "unknown"          # ended, and nothing is known
    PENDING = "pending"          # not ended yet


Seen = Sequence[Evidence]
FAILURES = (FactKind.REFUSED, FactKind.BOUNCED, FactKind.GAVE_UP)
ANSWERS = (FactKind.RECEIPT, FactKind.ANSWERED, FactKind.CONFIRMED)


def saw(*kinds: FactKind) -> Callable[[Seen], bool]:
    """Hold where any evidence is of one of these kinds."""
    return lambda seen: any(e.kind in kinds for e in seen)


def certain(kind: FactKind) -> Callable[[Seen], bool]:
    """Hold where a reply of this kind is surely theirs.

    A person has said so, or the mail proves that the declared domain wrote it.
    """
    return lambda seen: any(e.kind is kind and is_certain(e) for e in seen)


def contradicted(seen: Seen) -> bool:
    """Hold where somebody seems to have answered, and the letter failed for good too.

    One of the two is not what it seems.
    """
    return saw(*ANSWERS)(seen) and any(e.kind in FAILURES and e.blame is Blame.GOOD for e in seen)


def failed(*reasons: Reason) -> Callable[[Seen], bool]:
    """Hold where the letter was refused or came back or was given up for one of these reasons."""
    return lambda seen: any(e.kind in FAILURES and e.reason in reasons for e in seen)


class VerdictRule(NamedTuple):
    """One row: when it holds, what it says, and why, in English and Thai."""

    holds: Callable[[Seen], bool]
    verdict: Verdict
    because: str
    thai: str


K, V, R = FactKind, Verdict, Reason
RULES = (
    VerdictRule(certain(K.RECEIPT),              V.PROVEN,
                "a receipt number was given, surely by them",
                "มีการแจ้งเลขรับ และพิสูจน์ผู้แจ้งได้"),
    VerdictRule(certain(K.ANSWERED),             V.PROVEN,
                "a person answered, surely of theirs",
                "มีเจ้าหน้าที่ตอบกลับ และพิสูจน์ผู้ตอบได้"),
    VerdictRule(contradicted,                    V.UNSETTLED,
                "an answer and a refusal contradict each other",
                "คำตอบกับการปฏิเสธขัดแย้งกัน รอเจ้าหน้าที่ตรวจ"),
    VerdictRule(saw(K.RECEIPT),                  V.PROVEN,     "a receipt number was given",
                "มีการแจ้งเลขรับ"),
    VerdictRule(saw(K.ANSWERED),                 V.PROVEN,     "a person answered",
                "มีเจ้าหน้าที่ตอบกลับ"),
    VerdictRule(saw(K.CONFIRMED),                V.PROVEN,
                "receipt was confirmed by the letter's link",
                "มีการยืนยันการรับทางลิงก์ในหนังสือ"),
    VerdictRule(failed(R.NO_DOMAIN),             V.UNROUTABLE, "the domain does not exist",
                "ไม่มีโดเมนนี้"),
    VerdictRule(failed(R.NO_MAIL),               V.UNROUTABLE, "the domain takes no mail",
                "โดเมนนี้ไม่รับอีเมล"),
    VerdictRule(failed(R.NO_MAILBOX),            V.REFUSES,    "the mailbox does not exist",
                "ไม่มีกล่องจดหมายนี้"),
    VerdictRule(failed(R.DISABLED),              V.REFUSES,    "the mailbox is disabled",
                "กล่องจดหมายถูกปิดใช้งาน"),
    VerdictRule(failed(R.FULL),                  V.IMPAIRED,   "the mailbox is full",
                "กล่องจดหมายเต็ม"),
    VerdictRule(failed(R.TOO_LARGE),             V.IMPAIRED,
                "an ordinary letter is too large for it", "จำกัดขนาดอีเมลไว้ต่ำเกินไป"),
    VerdictRule(failed(R.CONTENT),               V.IMPAIRED,
                "its policy refuses ordinary letters", "ระบบอีเมลตั้งค่าไว้ไม่ให้รับหนังสือทั่วไป"),
    VerdictRule(failed(R.LOOP),                  V.IMPAIRED,   "mail to it runs in a circle",
                "อีเมลถูกส่งต่อวนไม่สิ้นสุด"),
    VerdictRule(failed(R.RESTRICTED),            V.IMPAIRED,
                "it takes no mail from outside its organisation",
                "ไม่รับอีเมลจากภายนอกองค์กร"),
    VerdictRule(failed(R.SENDER),                V.BLOCKS_US,
                "refused for what we are, not what they are",
                "เครื่องแม่ข่ายปฏิเสธผู้ส่ง มิใช่ความผิดของหน่วยงาน"),
    VerdictRule(failed(R.TEMPORARY),             V.IMPAIRED,
                "delivery was tried for long and given up",
                "ส่งซ้ำเป็นเวลานานแล้วยังไม่สำเร็จ"),
    VerdictRule(failed(R.UNKNOWN),               V.UNKNOWN,
                "it came back for a reason nobody could read", "ถูกตีกลับโดยไม่ทราบเหตุ"),
    VerdictRule(saw(K.WAITS),                    V.UNSETTLED,  "a mail about it waits for a person",
                "มีจดหมายที่รอเจ้าหน้าที่อ่าน"),
    VerdictRule(saw(K.AUTOMATIC, K.DISPLAYED),   V.ACCEPTS,    "a machine there answered",
                "ระบบอัตโนมัติของปลายทางตอบกลับ"),
    VerdictRule(saw(K.WITHHELD),                 V.WITHHELD,   "our own path was broken meanwhile",
                "ระบบรับส่งของผู้ทดสอบขัดข้องในช่วงนั้น"),
    VerdictRule(saw(K.LOST),                     V.UNKNOWN,
                "it is not known whether the letter left us",
                "ไม่ปรากฏแน่ชัดว่าส่งหนังสือออกไปแล้วหรือไม่"),
    VerdictRule(saw(K.HELD),                     V.UNKNOWN,    "the letter never left us",
                "ยังไม่ได้ส่งหนังสือออกไป"),
    VerdictRule(saw(K.QUIET),                    V.ACCEPTS,
                "taken, and nothing came back against it",
                "เครื่องแม่ข่ายรับหนังสือไว้ และไม่มีการตีกลับ"),
)
OTHERWISE = VerdictRule(lambda _: True, V.PENDING, "still waiting", "กำลังรอผล")

UNDECIDED = frozenset({V.BLOCKS_US, V.WITHHELD, V.UNKNOWN})   # worth a fresh letter


def rule_for(seen: Seen) -> VerdictRule:
    """Return the first rule that holds for what was surely seen."""
    sure = [e for e in in_force(seen) if decides(e)]
    return next((rule for rule in RULES if rule.holds(sure)), OTHERWISE)
