from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import MONDAY, fact
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.evidence import (
    Certainty,
    Evidence,
    FactKind,
    MatchedBy,
    Reason,
    in_force,
)
from sarabanwatch.core.judging.verdict import Verdict, rule_for
from sarabanwatch.core.returns import review
from sarabanwatch.core.returns.arrival import Arrival, Report
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.doubts import Doubt
from sarabanwatch.core.returns.review import (
    MailVerdict,
    Reading,
    Ruling,
    superseding,
    verdict_by_rules,
    why_waiting,
)
from sarabanwatch.core.returns.testimony import FACT, UNSEEN


def of(kind: FactKind, mail: str = "m", edition: int = 1, by: str = "",
       reason: Reason | None = None) -> Evidence:
    sure = Certainty.RULED if by else Certainty.SIGNED
    return replace(fact(kind, reason, sure), mail=mail, edition=edition,
                   rule=f"ruled by {by}" if by else "a rule")


def read_as(kind: Mail, serial: int | None = 7, seen: Evidence | None = None, refused: str = "",
            *reports: Report) -> Reading:
    return Reading(Arrival(kind, "a rule", reports), serial, seen, refused)


WEAK = replace(fact(FactKind.RECEIPT), certainty=Certainty.WEAK, matched_by=MatchedBy.SENDER)
LIKELY = replace(fact(FactKind.RECEIPT), certainty=Certainty.LIKELY, matched_by=MatchedBy.NUMBER)
WAITING = replace(fact(FactKind.WAITS), rule="it speaks of a failure")
NOBODYS = "nothing says which letter it is about"
LEAVE_US = ("ไม่ประสงค์จะรับหนังสือทดสอบอีก", "ขอให้งดส่งหนังสือลักษณะนี้",
            "หน่วยงานไม่ต้องการรับอีเมลทดสอบ",
            "Please stop sending us such letters", "no more test letters, please", "Unsubscribe")
LETTERS = Path(__file__).parents[2] / "config/letters"
QUOTED = tuple((LETTERS / name).read_text(encoding="utf-8")
               for name in ("probe.txt", "catch-all.txt"))
WAIT = [
    (read_as(Mail.UNREAD, None), "it could not be read"),
    (read_as(Mail.CORRECTION, 7, fact(FactKind.ANSWERED)),
     "the agency seems to tell a new address"),
    (read_as(Mail.FAILED, 7, None, "mismatch: another"),
     "it reports another recipient than the one we wrote to"),
    (read_as(Mail.FAILED, 7, fact(FactKind.BOUNCED, Reason.UNKNOWN)),
     "it came back for a reason that no rule can read"),
    (read_as(Mail.FAILED, None, None, "", Report("x", reason=Reason.UNKNOWN)),
     "it came back for a reason that no rule can read"),
    (read_as(Mail.RECEIPT, 7, WEAK), "only the sender's address says that it answers us"),
    (read_as(Mail.ANSWER, 7, replace(WEAK, kind=FactKind.ANSWERED)),
     "only the sender's address says that it answers us"),
    (read_as(Mail.RECEIPT, 7, LIKELY), "only the letter's number says that it answers us"),
    (read_as(Mail.ANSWER, 7, WAITING), "it speaks of a failure"),
    (read_as(Mail.FAILED, 7, replace(fact(FactKind.BOUNCED, Reason.UNKNOWN),
                                     rule=f"bounce: dsn; {UNSEEN}")), UNSEEN),
    (read_as(Mail.FAILED, None, None, "", Report("x", reason=Reason.FULL)), NOBODYS),
    (read_as(Mail.RECEIPT, None), NOBODYS),
    (read_as(Mail.ANSWER, None), NOBODYS),
    (read_as(Mail.STRANGER, 7), "no rule understands it, and we wrote to its sender"),
    (read_as(Mail.STRANGER, None), ""),
    (read_as(Mail.FAILED, None, None, "forged"), ""),
    (read_as(Mail.FAILED, None, None, "forged", Report("x", reason=Reason.UNKNOWN)), ""),
    (read_as(Mail.FAILED, 7, fact(FactKind.BOUNCED, Reason.FULL)), ""),
    (read_as(Mail.RECEIPT, 7, replace(WEAK, authentic="DKIM of one.go.th, verified by us")), ""),
    (read_as(Mail.RECEIPT, 7, fact(FactKind.RECEIPT)), ""),
    (read_as(Mail.AUTOMATIC, 7, replace(WEAK, kind=FactKind.AUTOMATIC)), ""),
    (read_as(Mail.DELAYED, 7, fact(FactKind.DELAYED)), ""),
    (read_as(Mail.FEEDBACK, 7), "somebody complains of our letter: `opt-outs add`"),
    *((Reading(Arrival(kind, "a rule", text=said), 7, fact(FactKind.ANSWERED)),
       "it asks to be left alone: `opt-outs add`")
      for kind in (Mail.ANSWER, Mail.RECEIPT) for said in LEAVE_US),
    *((Reading(Arrival(Mail.ANSWER, "a rule", text=said), 7, fact(FactKind.ANSWERED)), "")
      for said in QUOTED),
    (Reading(Arrival(Mail.STRANGER, "a rule", text="unsubscribe here"), None, None), ""),
    *((Reading(Arrival(Mail.STRANGER, "a rule", text=said), None, None),
       "it asks to be left alone: `opt-outs add`")
      for said in ("ไม่ประสงค์จะรับหนังสือทดสอบอีก", "ขอให้งดส่งอีเมลทดสอบ",
                   "Please stop sending these test letters")),
    *((Reading(Arrival(Mail.STRANGER, "a rule", text="no more test letters", doubts=(doubt,)),
               None, None), "") for doubt in (Doubt.LIST, Doubt.BULK)),
    (Reading(Arrival(Mail.BULK, "a rule"), 7, None), ""),
    (Reading(Arrival(Mail.OPT_OUT, "a rule"), 7, None), ""),
    (read_as(Mail.CANARY, 7), ""),
]


@pytest.mark.parametrize(("reading", "why"), WAIT)
def test_what_no_rule_understands_waits_for_a_person_and_says_why(reading: Reading,
                                                                  why: str) -> None:
    assert why_waiting(reading) == why
    assert verdict_by_rules(reading).waits == why


def test_every_row_of_waiting_decides_somewhere() -> None:
    assert {why for _, why in WAIT if why} == {row.why or WAITING.rule for row in review.WAITS}


def test_of_a_mail_the_last_word_is_in_force_and_what_came_without_a_mail_always_is() -> None:
    taken, first, again = fact(FactKind.TAKEN), of(FactKind.BOUNCED,
                                                   edition=1), of(FactKind.RECEIPT, edition=2)
    other = of(FactKind.AUTOMATIC, "other")
    assert in_force([taken, first, again, other, taken]) == [taken, again, other, taken]


def test_a_persons_word_stands_above_our_rules_however_late_they_speak() -> None:
    ruled, later = of(FactKind.RECEIPT, edition=2, by="Somsri"), of(FactKind.BOUNCED, edition=9)
    assert in_force([ruled, later]) == [ruled]
    last = of(FactKind.ANSWERED, edition=3, by="Somchai")
    assert in_force([ruled, later, last]) == [last]


def test_a_mail_set_aside_no_longer_decides() -> None:
    bounced = of(FactKind.BOUNCED, reason=Reason.NO_MAILBOX)
    assert rule_for([bounced]).verdict is Verdict.REFUSES
    assert rule_for([bounced, of(FactKind.SET_ASIDE, edition=2,
                              by="Somsri")]).verdict is Verdict.PENDING


facts = st.builds(of, st.sampled_from(sorted(set(FactKind) - {FactKind.BOUNCED, FactKind.REFUSED})),
                  st.sampled_from(["", "a", "b"]),
                  st.integers(0, 3), st.sampled_from(["", "Somsri"]))


@given(st.lists(facts, max_size=8).flatmap(lambda seen: st.tuples(st.just(seen),
                                                                  st.permutations(seen))))
def test_the_order_in_which_words_lie_there_does_not_matter(both: tuple[list[Evidence],
                                                                        list[Evidence]]) -> None:
    one, other = both
    assert rule_for(one) is rule_for(other)
    assert sorted(map(repr, in_force(one))) == sorted(map(repr, in_force(other)))


@given(st.lists(facts, max_size=8))
def test_what_is_in_force_stays_in_force_and_no_mail_is_lost(seen: list[Evidence]) -> None:
    left = in_force(seen)
    assert in_force(left) == left
    assert {e.mail for e in left} == {e.mail for e in seen}
    assert [e for e in seen if not e.mail] == [e for e in left if not e.mail]


def said(serial: int | None, seen: Evidence | None, by: str = "") -> MailVerdict:
    rule = f"ruled by {by}" if by else "a rule"
    return MailVerdict(Mail.RECEIPT, rule, None, serial, "", "", seen, by)


@pytest.mark.parametrize("by", ["", "Somsri"])
def test_a_new_verdict_adds_a_fact_to_its_letter_and_sets_those_of_others_aside(by: str) -> None:
    receipt = of(FactKind.RECEIPT)
    new = superseding(said(7, receipt, by), "m", [9, 7, 8], MONDAY)
    assert new[0] == (7, receipt)
    assert [(to, e.kind, e.mail, e.certainty is Certainty.RULED, e.matched_by)
            for to, e in new[1:]] == [
        (serial, FactKind.SET_ASIDE, "m", bool(by), MatchedBy.PERSON if by else MatchedBy.REREAD)
        for serial in (8, 9)]


def test_a_word_that_makes_a_mail_nobodys_sets_all_aside() -> None:
    assert [(s, e.kind) for s, e in superseding(said(None, None), "m", [8], MONDAY)] == [
        (8, FactKind.SET_ASIDE)
    ]
    assert superseding(said(None, None), "m", [], MONDAY) == []


WRONG = [
    (Ruling(Mail.RECEIPT, None, ""), 7, "--by"), (Ruling(Mail.RECEIPT, None, " \t"), 7, "--by"),
    (Ruling(Mail.RECEIPT, None, "x" * 81), 7, "--by"),
    (Ruling(Mail.RECEIPT, None, "a\x1b[1m"), 7, "--by"),
    (Ruling(Mail.UNREAD, None, "S"), 7, "--kind"), (Ruling(Mail.CANARY, None, "S"), 7, "--kind"),
    (Ruling(Mail.FAILED, None, "S"), 7, "--reason"),
    (Ruling(Mail.RECEIPT, Reason.FULL, "S"), 7, "--reason"),
    (Ruling(Mail.RECEIPT, None, "S"), None, "--agency"),
]
RIGHT = [(Ruling(Mail.FAILED, Reason.UNKNOWN, "S"), 7), (Ruling(Mail.RECEIPT, None, "สมศรี"), 7),
         (Ruling(Mail.STRANGER, None, "S"), None)]


@pytest.mark.parametrize(("wrong", "serial", "complaint"), WRONG)
def test_what_is_no_ruling_is_refused(wrong: Ruling, serial: int | None, complaint: str) -> None:
    with pytest.raises(RequestError, match=complaint):
        review.check_ruling(wrong, serial, FACT)


@pytest.mark.parametrize(("right", "serial"), RIGHT)
def test_a_ruling_that_says_something_is_taken(right: Ruling, serial: int | None) -> None:
    review.check_ruling(right, serial, FACT)


def test_a_ruling_keeps_the_mails_own_words_under_the_persons_name() -> None:
    report = Report("x@one.go.th", "", "failed", 554, "5.0.0", "qwerty", "mx.test", Reason.UNKNOWN,
                    "r")
    ruling, arrival = Ruling(Mail.FAILED, Reason.FULL, " Somsri ", "rang"), Arrival(
        Mail.FAILED, "r", (report,))
    failed = review.verdict_by_person(ruling, arrival, FactKind.BOUNCED, 7, MONDAY, "m")
    assert failed.fact == Evidence(FactKind.BOUNCED, MONDAY, 554, "5.0.0", "qwerty", Reason.FULL,
                                   "ruled by Somsri", "mx.test",
                                   matched_by=MatchedBy.PERSON, certainty=Certainty.RULED, mail="m")
    assert (failed.by, failed.note, failed.serial, failed.waits, failed.reason) == ("Somsri",
                                                                                    "rang", 7, "",
                                                                                    Reason.FULL)
    read = Arrival(Mail.RECEIPT, "r", receipt="12", sender="a@b.test", text="ok")
    for kind, receipt in ((Mail.RECEIPT, "12"), (Mail.ANSWER, "")):
        ruling = Ruling(kind, None, "S")
        fact = review.verdict_by_person(ruling, read, FACT[kind], 7, MONDAY, "m").fact
        assert fact is not None
        assert (fact.text, fact.reporter, fact.receipt) == ("ok", "a@b.test", receipt)


def test_a_ruling_that_testifies_nothing_is_of_no_letter() -> None:
    ruling = Ruling(Mail.STRANGER, None, "S")
    stranger = review.verdict_by_person(ruling, Arrival(Mail.RECEIPT, "r"), None, 7, MONDAY, "m")
    assert (stranger.fact, stranger.serial, stranger.by) == (None, None, "S")
