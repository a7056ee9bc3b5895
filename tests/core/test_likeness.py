from dataclasses import replace

import pytest

from sarabanwatch.core.returns import likeness
from sarabanwatch.core.returns.arrival import Arrival, Report
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.doubts import Doubt

NOTICE = Arrival(
    Mail.ANSWER, "a rule", subject="แจ้งผล เรื่องที่ ๑๒", sender="noreply@one.go.th",
    doubts=(Doubt.ROBOT,),
    text="จดหมายถึง saraban@one.go.th รอการตรวจ 5 ม.ค. 2569 ดู https://one.go.th/q/8f2a",
)
SAME = replace(NOTICE, subject="แจ้งผล เรื่องที่ 4711", sender="noreply@two.go.th",
               text="จดหมายถึง saraban@two.go.th รอการตรวจ 17 ม.ค. 2569 ดู https://two.go.th/q/zz")


def test_notices_that_differ_in_addresses_links_and_numbers_are_alike() -> None:
    assert likeness.of(NOTICE, own=True) == likeness.of(SAME, own=True) != ""


@pytest.mark.parametrize("other", [
    replace(SAME, text="จดหมายถึง saraban@two.go.th ถูกลบ 17 ม.ค. 2569 ดู https://two.go.th/q/zz"),
    replace(SAME, doubts=()), replace(SAME, kind=Mail.AUTOMATIC), replace(SAME, subject="อื่น")])
def test_other_words_marks_or_kinds_are_not_alike(other: Arrival) -> None:
    assert likeness.of(other, own=True) != likeness.of(NOTICE, own=True)


def test_what_strangers_send_is_alike_only_from_one_domain() -> None:
    assert likeness.of(NOTICE, own=False) != likeness.of(SAME, own=False)
    assert likeness.of(NOTICE, own=False) != likeness.of(NOTICE, own=True)


def test_returned_mail_is_alike_by_the_servers_own_words() -> None:
    one, two = (Arrival(Mail.FAILED, "bounce: plain", (Report(f"a@{name}.test", text=said),),
                        subject="x", text="x")
                for name, said in (("one", "554 qwerty a@one.test"),
                                   ("two", "554 asdf a@two.test")))
    assert likeness.of(one, own=False) != likeness.of(two, own=False)


def test_a_mail_without_words_is_like_no_other() -> None:
    assert likeness.of(Arrival(Mail.ANSWER, "a rule", sender="a@one.go.th"), own=True) == ""
