"""What an agency is told beside its group's steps, where the reason of its failure asks for something of its own.

The steps of a group stand in `config/groups.toml`; a group gathers many reasons, and one sentence cannot
mend them all. A row here belongs to a row of `core.judging.verdict`, by its words.
"""

from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.judging.verdict import judge

NEVER = datetime.min.replace(tzinfo=UTC)   # what a verdict says does not depend on the moment


class Advice(NamedTuple):
    """One sentence, in Thai and English."""

    thai: str
    english: str


ADVICE: dict[Reason, Advice] = {
    Reason.RESTRICTED: Advice(
        "ให้ผู้ดูแลระบบอีเมลเปิดให้กล่องจดหมายกลางรับอีเมลจากบุคคลภายนอกองค์กรได้ "
        "โดยยกเลิกการจำกัดให้รับเฉพาะผู้ส่งภายในหรือสมาชิกกลุ่ม",
        "Have the central mailbox take mail from outside the organisation: lift the restriction to "
        "senders within, or to members of a group."),
    Reason.FULL: Advice(
        "ให้ลบหรือย้ายจดหมายเก่าออกจากกล่องจดหมายกลาง หรือเพิ่มพื้นที่จัดเก็บ",
        "Remove or archive old mail from the central mailbox, or give it more room."),
    Reason.LOOP: Advice(
        "ให้ตรวจการส่งต่ออีเมลอัตโนมัติของกล่องจดหมายกลาง ซึ่งส่งวนกลับมาที่เดิม",
        "Look at where the central mailbox forwards its mail: it comes back to where it began."),
}


def of(meaning: str) -> Advice | None:
    """Return what goes with a verdict's words, in Thai (`Rule.thai`); None where the group's steps do."""
    return _by_meaning().get(meaning)


@cache
def _by_meaning() -> dict[str, Advice]:
    failed = {reason: Evidence(FactKind.REFUSED, NEVER, reason=reason) for reason in ADVICE}
    return {judge([fact]).thai: ADVICE[reason] for reason, fact in failed.items()}
