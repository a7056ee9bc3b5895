import pytest

from fakes.samples import MONDAY
from sarabanwatch.core import testimony
from sarabanwatch.core.arrival import Arrival, Report
from sarabanwatch.core.arrival import Kind as Mail
from sarabanwatch.core.attribution import Attribution, Refused
from sarabanwatch.core.evidence import Evidence, How, Kind, Reason, Sure

TO = "saraban@one.go.th"
SIGNED = Attribution(7, How.TOKEN, Sure.SIGNED, "sw...")

# Said here a second time, so that no row of the table can slip unseen.
MEANS = {
    Kind.BOUNCED: {Mail.FAILED}, Kind.DELAYED: {Mail.DELAYED}, Kind.DELIVERED: {Mail.DELIVERED, Mail.RELAYED, Mail.EXPANDED},
    Kind.DISPLAYED: {Mail.DISPLAYED}, Kind.AUTOMATIC: {Mail.AUTOMATIC, Mail.CHALLENGE}, Kind.RECEIPT: {Mail.RECEIPT},
    Kind.ANSWERED: {Mail.ANSWER, Mail.CORRECTION}, Kind.CAME_HOME: {Mail.CANARY},
    None: {Mail.FEEDBACK, Mail.STRANGER, Mail.UNREAD},
}


def fact_of(arrival: Arrival, claim: Attribution = SIGNED) -> Evidence | Refused | None:
    return testimony.testify(arrival, claim, TO, MONDAY, "digest")


def bounced(*reports: Report) -> Evidence | Refused | None:
    return fact_of(Arrival(Mail.FAILED, "bounce: dsn", reports))


def test_every_kind_of_mail_is_weighed() -> None:
    assert set(testimony.FACT) == set(Mail)


@pytest.mark.parametrize("kind", Mail)
def test_each_kind_of_mail_testifies_what_it_should(kind: Mail) -> None:
    fact = fact_of(Arrival(kind, "a rule"))
    expected = next(means for means, kinds in MEANS.items() if kind in kinds)
    assert (fact.kind if isinstance(fact, Evidence) else fact) == expected


@pytest.mark.parametrize("sure", Sure)
def test_a_fact_keeps_when_by_whom_and_how_sure(sure: Sure) -> None:
    mail = Arrival(Mail.RECEIPT, "a rule", receipt="123/2569", sender=TO, said="เลขรับ 123/2569")
    fact = fact_of(mail, Attribution(7, How.NUMBER, sure, "7"))
    assert fact == Evidence(Kind.RECEIPT, MONDAY, said="เลขรับ 123/2569", rule="a rule", reporter=TO, receipt="123/2569",
                            how=How.NUMBER, sure=sure, mail="digest")


def test_a_bounce_keeps_the_servers_own_words_and_what_they_mean() -> None:
    fact = bounced(Report(TO, "", "failed", 550, "5.1.1", "no such user", "mx.one.test", Reason.NO_MAILBOX, "words"))
    assert fact == Evidence(Kind.BOUNCED, MONDAY, 550, "5.1.1", "no such user", Reason.NO_MAILBOX, "bounce: dsn; words",
                            "mx.one.test", how=How.TOKEN, sure=Sure.SIGNED, mail="digest")


def test_a_bounce_naming_another_recipient_is_refused() -> None:
    refused = bounced(Report("somebody@two.go.th"))
    assert isinstance(refused, Refused)
    assert refused.why.startswith("mismatch")


@pytest.mark.parametrize("report", [
    Report(TO.upper()), Report("forwarded@two.go.th", TO), Report("forwarded@two.go.th", TO.title()), Report("")])
def test_a_bounce_concerns_us_where_it_names_our_recipient_or_nobody(report: Report) -> None:
    fact = bounced(report)
    assert isinstance(fact, Evidence)
    assert fact.kind is Kind.BOUNCED


def test_of_several_recipients_ours_speaks() -> None:
    fact = bounced(Report("a@two.go.th", reason=Reason.FULL, said="full"), Report(TO, reason=Reason.NO_MAILBOX, said="gone"))
    assert isinstance(fact, Evidence)
    assert (fact.reason, fact.said) == (Reason.NO_MAILBOX, "gone")


@pytest.mark.parametrize("kind", [Mail.DELIVERED, Mail.RELAYED, Mail.EXPANDED])
def test_a_report_of_no_failure_has_no_reason(kind: Mail) -> None:
    fact = fact_of(Arrival(kind, "bounce: dsn", (Report(TO, action=kind, reason=Reason.TEMPORARY),)))
    assert isinstance(fact, Evidence)
    assert (fact.kind, fact.reason) == (testimony.FACT[kind], None)


def test_a_report_of_a_delay_keeps_its_reason_and_is_no_failure() -> None:
    report = Report(TO, action="delayed", reason=Reason.TEMPORARY)
    fact = fact_of(Arrival(Mail.DELAYED, "bounce: dsn", (report,)))
    assert isinstance(fact, Evidence)
    assert (fact.kind, fact.reason) == (Kind.DELAYED, Reason.TEMPORARY)


def test_a_report_that_ours_arrived_where_another_failed_is_no_bounce() -> None:
    fact = bounced(Report("a@two.go.th", reason=Reason.NO_MAILBOX), Report(TO, action="delivered"))
    assert isinstance(fact, Evidence)
    assert (fact.kind, fact.reason) == (Kind.DELIVERED, None)
