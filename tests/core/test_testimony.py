from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import MONDAY
from sarabanwatch.core.facts.evidence import Certainty, Evidence, FactKind, MatchedBy, Reason
from sarabanwatch.core.judging.verdict import Verdict, rule_for
from sarabanwatch.core.returns import testimony
from sarabanwatch.core.returns.arrival import Arrival, Report
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.attribution import Attribution, Refused
from sarabanwatch.core.returns.doubts import Doubt
from sarabanwatch.core.returns.review import read_for_letter
from sarabanwatch.core.returns.testimony import AttributedMail

TO = "saraban@one.go.th"
TOKEN = "sw..."
SIGNED = Attribution(7, MatchedBy.TOKEN, Certainty.SIGNED, TOKEN)
NUMBERED = Attribution(7, MatchedBy.NUMBER, Certainty.LIKELY, "7")
BY_SENDER = Attribution(7, MatchedBy.SENDER, Certainty.WEAK, TO)
DKIM = "DKIM of one.go.th, verified by us"

# Written here a second time, so that no row of the table changes unseen. A report has its action.
MEANS = {
    FactKind.DISPLAYED: {Mail.DISPLAYED}, FactKind.AUTOMATIC: {Mail.AUTOMATIC, Mail.CHALLENGE},
    FactKind.RECEIPT: {Mail.RECEIPT},
    FactKind.ANSWERED: {Mail.ANSWER}, FactKind.WAITS: {Mail.CORRECTION},
    FactKind.CAME_HOME: {Mail.CANARY},
    None: {Mail.FEEDBACK, Mail.STRANGER, Mail.UNREAD, Mail.BULK, Mail.OPT_OUT},
}
REPORTED = {
    Mail.FAILED: FactKind.BOUNCED, Mail.DELAYED: FactKind.DELAYED,
    Mail.DELIVERED: FactKind.DELIVERED,
    Mail.RELAYED: FactKind.DELIVERED,
    Mail.EXPANDED: FactKind.DELIVERED,
}
GRAVE = (Doubt.FAILURE, Doubt.HELD, Doubt.NOT_OURS, Doubt.UNUSED, Doubt.REFUSAL)
SENT = (Doubt.LIST, Doubt.BULK, Doubt.NULL, Doubt.ROBOT, Doubt.MARKED)


def hearing(kind: Mail, claim: Attribution = SIGNED, *doubts: Doubt, own: bool = True,
            authentic: str = "", threads: tuple[str, ...] = (), **fields: object) -> AttributedMail:
    """Return a mail of that kind from the office's own domain, unless told otherwise."""
    arrival = Arrival(kind, "a rule", sender=TO, doubts=doubts, threads=threads, refers=True)
    return AttributedMail(replace(arrival, **fields), claim, own,
                          authentic)     # type: ignore[arg-type]  # named by the test


def fact_of(heard: AttributedMail) -> Evidence | Refused | None:
    return testimony.testify(heard, TO, MONDAY, "digest")


def kind_of(heard: AttributedMail) -> FactKind | None:
    fact = fact_of(heard)
    assert not isinstance(fact, Refused)
    return fact and fact.kind


def bounced(*reports: Report, routable: bool | None = None) -> Evidence | Refused | None:
    arrival = Arrival(Mail.FAILED, "bounce: dsn", reports)
    return fact_of(AttributedMail(arrival, SIGNED, routable=routable))


def test_every_kind_of_mail_is_weighed() -> None:
    assert set(testimony.FACT) == set(Mail)


@pytest.mark.parametrize("kind", sorted(set(Mail) - set(REPORTED)))
def test_each_kind_of_mail_from_their_own_domain_testifies_what_it_should(kind: Mail) -> None:
    assert kind_of(hearing(kind)) == next(means for means, kinds in MEANS.items() if kind in kinds)


@pytest.mark.parametrize("kind", REPORTED)
def test_each_report_testifies_what_it_should(kind: Mail) -> None:
    assert kind_of(hearing(kind, reports=(Report(TO, action=kind),))) is REPORTED[kind]


@pytest.mark.parametrize("sure", Certainty)
def test_a_fact_keeps_when_by_whom_and_how_sure(sure: Certainty) -> None:
    said = {"receipt": "123/2569", "text": "เลขรับ 123/2569"}
    fact = fact_of(hearing(Mail.RECEIPT, Attribution(7, MatchedBy.NUMBER, sure, "7"), **said))
    assert fact == Evidence(FactKind.RECEIPT, MONDAY, text="เลขรับ 123/2569", rule="a rule",
                            reporter=TO, receipt="123/2569",
                            matched_by=MatchedBy.NUMBER, certainty=sure, mail="digest")


# --- proof needs a positive sign ------------------------------------------------------------------

WHY = [   # a person's answer that is not believed, and why it waits
    *((hearing(Mail.ANSWER, SIGNED, doubt), doubt.value) for doubt in (*GRAVE, *SENT, Doubt.SELLS)),
    *((hearing(Mail.RECEIPT, SIGNED, doubt, receipt="5/2569"), doubt.value)
      for doubt in (*GRAVE, Doubt.LIST, Doubt.BULK)),
    (hearing(Mail.RECEIPT, SIGNED, Doubt.NULL, receipt="5/2569", own=False, threads=(TOKEN,),
             tells=True), Doubt.NULL.value),
    (hearing(Mail.ANSWER, own=False), testimony.NOBODYS),
    (hearing(Mail.ANSWER, own=False, tells=True), testimony.NOBODYS),
    (hearing(Mail.ANSWER, own=False, threads=("another mark",), tells=True), testimony.NOBODYS),
    (hearing(Mail.ANSWER, own=False, threads=(TOKEN,)), testimony.ELSEWHERE),
    (hearing(Mail.ANSWER, refers=False), testimony.NO_ANSWER),
    (hearing(Mail.RECEIPT, authentic=DKIM, refers=False), testimony.NO_ANSWER),
    (hearing(Mail.AUTOMATIC, SIGNED, Doubt.MARKED, Doubt.UNASKED, rule="marked as automatic"),
     Doubt.UNASKED.value),
    (hearing(Mail.CORRECTION), "the agency seems to tell a new address"),
    *((hearing(kind, SIGNED, doubt), doubt.value) for kind in (Mail.AUTOMATIC, Mail.CHALLENGE)
      for doubt in GRAVE),
    (hearing(Mail.AUTOMATIC, own=False), testimony.NOBODYS),
    (hearing(Mail.AUTOMATIC, SIGNED, Doubt.NULL, own=False, threads=(TOKEN,),
             rule="marked as automatic"), Doubt.NULL.value),
    (hearing(Mail.AUTOMATIC, SIGNED, Doubt.NULL, Doubt.ROBOT, rule="marked as automatic"),
     Doubt.NULL.value),
]
BELIEVED = [
    hearing(Mail.ANSWER), hearing(Mail.RECEIPT), hearing(Mail.RECEIPT, refers=False, tells=True),
    hearing(Mail.ANSWER, own=False, threads=(TOKEN,), tells=True),
    hearing(Mail.ANSWER, own=False, authentic=DKIM), hearing(Mail.ANSWER, NUMBERED, authentic=DKIM),
    hearing(Mail.ANSWER, SIGNED, Doubt.SELLS, tells=True),
    *(hearing(Mail.RECEIPT, SIGNED, doubt, receipt="5/2569")
      for doubt in (Doubt.ROBOT, Doubt.MARKED, Doubt.NULL)),
    hearing(Mail.AUTOMATIC), hearing(Mail.AUTOMATIC, own=False, threads=(TOKEN,)),
    *(hearing(Mail.AUTOMATIC, SIGNED, doubt, rule="marked as automatic")
      for doubt in (Doubt.NULL, Doubt.BULK, Doubt.MARKED)),
    hearing(Mail.AUTOMATIC, SIGNED, Doubt.NULL, Doubt.ROBOT, rule="words of an automatic answer"),
]


@pytest.mark.parametrize(("heard", "why"), WHY)
def test_what_does_not_speak_for_itself_waits_and_says_why(heard: AttributedMail, why: str) -> None:
    fact = fact_of(heard)
    assert isinstance(fact, Evidence)
    assert (fact.kind, fact.rule, fact.mail) == (FactKind.WAITS, why, "digest")


@pytest.mark.parametrize("heard", BELIEVED)
def test_what_speaks_for_itself_is_believed(heard: AttributedMail) -> None:
    assert testimony.objection(heard) == ""
    assert kind_of(heard) is testimony.FACT[heard.arrival.kind]


def test_every_objection_is_raised_somewhere() -> None:
    raised = {fact.rule for heard, _ in WHY if isinstance(fact := fact_of(heard), Evidence)}
    assert raised == {why for _, why in WHY}
    assert raised >= {doubt.value for doubt in (*GRAVE, *SENT, Doubt.SELLS)}


def test_a_receipt_that_says_that_nobody_read_our_letter_tells_nothing() -> None:
    assert kind_of(hearing(Mail.DISPLAYED, SIGNED, Doubt.UNREAD)) is None


arrivals = st.builds(
    Arrival, st.sampled_from(sorted(set(Mail) - set(REPORTED))),
    st.sampled_from(["a rule", "marked as automatic"]), receipt=st.sampled_from(["", "5/2569"]),
    doubts=st.lists(st.sampled_from(Doubt), max_size=3).map(tuple),
    threads=st.sampled_from([(), (TOKEN,), ("another",)]),
    refers=st.booleans(), tells=st.booleans())
hearings = st.builds(AttributedMail, arrivals, st.sampled_from([SIGNED, NUMBERED, BY_SENDER]),
                     st.booleans(), st.sampled_from(["", DKIM]))


def weighed(heard: AttributedMail) -> Verdict:
    fact = read_for_letter(heard, 7, TO, MONDAY, "digest").fact
    return Verdict.PENDING if fact is None else rule_for([fact]).verdict


@given(hearings)
def test_no_mail_proves_anything_without_a_positive_sign(heard: AttributedMail) -> None:
    tied = heard.claim is SIGNED or bool(heard.authentic)
    theirs = heard.own or bool(heard.authentic) or (heard.threaded and heard.arrival.tells)
    spoken_against = set(heard.arrival.doubts) & {*GRAVE, Doubt.LIST, Doubt.BULK}
    if weighed(heard) is Verdict.PROVEN:
        assert tied
        assert theirs
        assert heard.threaded or heard.arrival.refers or heard.arrival.tells
        assert not spoken_against
    if weighed(heard) is Verdict.ACCEPTS and heard.arrival.kind is not Mail.DISPLAYED:
        assert tied
        assert heard.own or heard.threaded
        assert not set(heard.arrival.doubts) & set(GRAVE)


@given(hearings)
def test_what_waits_concludes_nothing_nor_does_silence_where_our_token_ties_it(
    heard: AttributedMail,
) -> None:
    reading = read_for_letter(heard, 7, TO, MONDAY, "digest")
    if reading.fact is not None and reading.fact.kind is FactKind.WAITS:
        assert weighed(heard) is Verdict.UNSETTLED
        seen = [reading.fact, Evidence(FactKind.QUIET, MONDAY)]
        assert rule_for(seen).verdict is Verdict.UNSETTLED


# --- reports --------------------------------------------------------------------------------------


def test_a_bounce_keeps_the_servers_own_words_and_what_they_mean() -> None:
    fact = bounced(Report(TO, "", "failed", 550, "5.1.1", "no such user", "mx.one.test",
                          Reason.NO_MAILBOX, "words"))
    assert fact == Evidence(FactKind.BOUNCED, MONDAY, 550, "5.1.1", "no such user",
                            Reason.NO_MAILBOX, "bounce: dsn; words", "mx.one.test",
                            matched_by=MatchedBy.TOKEN, certainty=Certainty.SIGNED, mail="digest")


def test_a_bounce_naming_another_recipient_is_refused() -> None:
    refused = bounced(Report("somebody@two.go.th"))
    assert isinstance(refused, Refused)
    assert refused.why.startswith("mismatch")


@pytest.mark.parametrize(("claim", "kind"), [(SIGNED, FactKind.WAITS), (NUMBERED, None)])
def test_a_forwarder_to_a_dead_mailbox_waits_and_its_letters_silence_is_withheld(claim: Attribution,
                                                                                 kind: FactKind
                                                                                 | None) -> None:
    dead = AttributedMail(Arrival(Mail.FAILED, "bounce: dsn",
                                  (Report("clerk@mail.test", reason=Reason.NO_MAILBOX),)), claim)
    reading = read_for_letter(dead, 7, TO, MONDAY, "digest")
    assert reading.refused.startswith("mismatch")
    assert (reading.fact and reading.fact.kind) is kind


@pytest.mark.parametrize("report", [
    Report(TO.upper()), Report("forwarded@two.go.th", TO),
    Report("forwarded@two.go.th", TO.title()), Report("")])
def test_a_bounce_concerns_us_where_it_names_our_recipient_or_nobody(report: Report) -> None:
    fact = bounced(report)
    assert isinstance(fact, Evidence)
    assert fact.kind is FactKind.BOUNCED


def test_of_several_recipients_ours_speaks() -> None:
    fact = bounced(Report("a@two.go.th", reason=Reason.FULL, text="full"),
                   Report(TO, reason=Reason.NO_MAILBOX, text="gone"))
    assert isinstance(fact, Evidence)
    assert (fact.reason, fact.text) == (Reason.NO_MAILBOX, "gone")


@pytest.mark.parametrize("kind", [Mail.DELIVERED, Mail.RELAYED, Mail.EXPANDED])
def test_a_report_of_no_failure_has_no_reason(kind: Mail) -> None:
    fact = fact_of(hearing(kind, reports=(Report(TO, action=kind, reason=Reason.TEMPORARY),)))
    assert isinstance(fact, Evidence)
    assert (fact.kind, fact.reason) == (testimony.FACT[kind], None)


def test_a_report_of_a_delay_keeps_its_reason_and_is_no_failure() -> None:
    report = Report(TO, action="delayed", reason=Reason.TEMPORARY)
    fact = fact_of(hearing(Mail.DELAYED, reports=(report,)))
    assert isinstance(fact, Evidence)
    assert (fact.kind, fact.reason) == (FactKind.DELAYED, Reason.TEMPORARY)


def test_a_report_that_ours_arrived_where_another_failed_is_no_bounce() -> None:
    fact = bounced(Report("a@two.go.th", reason=Reason.NO_MAILBOX), Report(TO, action="delivered"))
    assert isinstance(fact, Evidence)
    assert (fact.kind, fact.reason) == (FactKind.DELIVERED, None)


def test_an_action_that_no_rule_knows_is_no_failure_and_waits() -> None:
    assert kind_of(hearing(Mail.UNREAD, reports=(Report(TO, action="unclear",
                                           reason=Reason.NO_MAILBOX),))) is FactKind.WAITS


@pytest.mark.parametrize("reason", testimony.ROUTELESS)
@pytest.mark.parametrize(("routable", "believed"), [(False, True), (True, False), (None, False)])
def test_a_report_that_a_domain_takes_no_mail_is_believed_where_our_own_resolvers_agree(
    reason: Reason, routable: bool | None, believed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    fact = bounced(Report(TO, reason=reason, rule="words"), routable=routable)
    assert isinstance(fact, Evidence)
    assert fact.reason is (reason if believed else Reason.UNKNOWN)
    assert fact.rule.endswith(testimony.UNSEEN) is not believed
