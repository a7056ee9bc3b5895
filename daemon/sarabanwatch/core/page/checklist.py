"""What is looked at of an agency, and how each thing stands: its page tells it at a glance.

| thing | passed | to mend | not known |
|---|---|---|---|
| announcement | it gives the registered address | none, or another | not readable; awaited |
| address | in the form that the rules want | not so | not readable |
| letter | the last that told anything came to this address | it did not | none did yet |

What is not known is never to mend. Nothing here decides about groups.
"""

from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.facts.agency import Status
from sarabanwatch.core.judging.group import announced_otherwise
from sarabanwatch.core.judging.standing import WEIGHT, Health
from sarabanwatch.core.page.public import Account


class CheckResult(StrEnum):
    """How a thing stands; each has the name of a bucket, whose colour it bears."""

    PASSED = "ready"
    MEND = "mend"
    UNKNOWN = "unknown"


class LookedAt(NamedTuple):
    """One thing that is looked at, how it stands, and what was seen; words in Thai and English."""

    thing: tuple[str, str]
    result: CheckResult
    seen: tuple[str, str]


UNREAD = "อ่านในทะเบียนไม่ได้", "not readable in the register"


def checklist(account: Account) -> tuple[LookedAt, ...]:
    """Return all that is looked at of an agency; nothing for one outside the Act."""
    if account.agency.status is Status.EXEMPT:
        return ()
    return _announcement(account), _address(account), _letter(account)


def _announcement(account: Account) -> LookedAt:
    thing, agency = ("ประกาศตามมาตรา 10", "Announcement (section 10)"), account.agency
    if agency.status is Status.RAISED:
        return LookedAt(thing, CheckResult.UNKNOWN,
                        ("รอประกาศใหม่หลังยกฐานะ", "a new one is awaited since it was raised"))
    if agency.unread & {"status", "announcement"}:
        return LookedAt(thing, CheckResult.UNKNOWN, UNREAD)
    if agency.announcement is None:
        return LookedAt(thing, CheckResult.MEND, ("ยังไม่พบ", "none found"))
    if agency.unread & {"cell", "announced"}:
        return LookedAt(thing, CheckResult.UNKNOWN, UNREAD)
    if announced_otherwise(agency):
        return LookedAt(thing, CheckResult.MEND,
                        ("ไม่ระบุอีเมล หรือไม่ตรงกับที่ขึ้นทะเบียน",
                         "gives no address, or another than the registered one"))
    return LookedAt(thing, CheckResult.PASSED,
                    ("มี และตรงกับที่ขึ้นทะเบียน", "gives the registered address"))


def _address(account: Account) -> LookedAt:
    thing = "รูปแบบอีเมลกลาง", "Form of the address"
    if "cell" in account.agency.unread:
        return LookedAt(thing, CheckResult.UNKNOWN, UNREAD)
    if broken := account.broken:
        return LookedAt(thing, CheckResult.MEND, (broken[0].thai, broken[0].advice))
    return LookedAt(thing, CheckResult.PASSED, ("ถูกต้องตามระเบียบ", "as the Regulation wants it"))


def _letter(account: Account) -> LookedAt:
    thing = "หนังสือทดสอบ", "Test letter"
    letter = next((posted for posted in reversed(account.letters)
                   if posted.to_present and WEIGHT[posted.rule.verdict]), None)
    if letter is None:
        return LookedAt(thing, CheckResult.UNKNOWN, ("ยังไม่ทราบผล", "not yet known"))
    came = WEIGHT[letter.rule.verdict] is Health.GOOD
    return LookedAt(thing, CheckResult.PASSED if came else CheckResult.MEND,
                    (letter.rule.thai, letter.rule.because))
