"""Advice beside the steps of a group, for reasons of failure that need a remedy of their own.

The steps of a group stand in `config/groups.toml`. A group gathers many reasons, and one sentence
cannot serve them all. A row here belongs to the row of `core.judging.verdict` for that reason.
"""

from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.judging.verdict import rule_for

NEVER = datetime.min.replace(tzinfo=UTC)   # a verdict does not depend on the moment


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
    """Return the advice for a verdict's words in Thai (`VerdictRule.thai`), or None."""
    return _by_meaning().get(meaning)


@cache
def _by_meaning() -> dict[str, Advice]:
    failed = {reason: Evidence(FactKind.REFUSED, NEVER, reason=reason) for reason in ADVICE}
    return {rule_for([fact]).thai: ADVICE[reason] for reason, fact in failed.items()}
