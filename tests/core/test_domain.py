"""What the DNS shows of a domain, row by row."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.domain import (
    BY_NAME,
    FAULTS,
    NOTHING,
    RULES,
    DomainFacts,
    DomainFinding,
    Host,
    Severity,
    agreed,
    doubted,
    every,
    judge,
    parents,
    shown,
    some,
    tagged,
)

F = DomainFinding
MX1 = Host(10, "mx1.one.test", False, ("8.8.8.8",), ("2001:4860:4860::8888",), ("3 1 1 00",), True)
MX2 = replace(MX1, preference=20, name="mx2.one.test")
WHOLE = DomainFacts("one.test", True, (MX1, MX2), None, ("v=spf1 mx -all",),
                    ("v=DMARC1; p=reject",), "one.test",
                    ("v=STSv1; id=1",), ("v=TLSRPTv1; rua=mailto:r@one.test",))
NOWHERE = {"ipv4": (), "ipv6": (), "tlsa": ()}
KNOWN = st.sampled_from([True, False, None])
FINDINGS = st.fixed_dictionaries(dict.fromkeys(DomainFinding, KNOWN))


def found(facts: DomainFacts, *, private_counts: bool = True) -> set[DomainFinding]:
    return {finding for finding, holds in judge(facts, private_counts=private_counts).items()
            if holds}


def hosts(*them: Host, **fields: Any) -> DomainFacts:
    return replace(WHOLE, hosts=them, **fields)


def own(**fields: Any) -> DomainFacts:
    return replace(WHOLE, hosts=(), own=replace(MX1, preference=0, name="one.test", **fields))


CASES: tuple[tuple[DomainFinding, DomainFacts], ...] = (
    (F.NULL_MX, hosts(Host(0, ".", False, (), (), ()))),
    (F.NO_HOST, own(**NOWHERE)),
    (F.MX_NOWHERE, hosts(replace(MX1, **NOWHERE), replace(MX2, **NOWHERE), mta_sts=("v=STSv1",))),
    (F.MX_PARTLY, hosts(MX1, replace(MX2, ipv4=(), ipv6=()))),
    (F.MX_PARTLY, hosts(MX1, Host(20, ".", False, (), (), MX1.tlsa, True))),
    (F.MX_ALIAS, hosts(MX1, replace(MX2, alias=True))),
    (F.PRIVATE, hosts(MX1, replace(MX2, ipv4=("10.0.0.1",)))),
    (F.PRIVATE, hosts(MX1, replace(MX2, ipv4=("127.0.0.1",)))),
    (F.PRIVATE, hosts(MX1, replace(MX2, ipv4=("100.64.0.1",)))),
    (F.PRIVATE, hosts(replace(MX1, ipv6=("fd00::1",)))),
    (F.PRIVATE, own(ipv4=("192.168.1.1",))),
    (F.SEVERAL_SPF, replace(WHOLE, spf=("v=spf1 -all", "v=spf1 mx -all"))),
    (F.OPEN_SPF, replace(WHOLE, spf=("v=spf1 mx +all",))),
    (F.OPEN_SPF, replace(WHOLE, spf=("v=spf1 ALL",))),
    (F.IMPLICIT_MX, own()),
    (F.NO_SPF, replace(WHOLE, spf=())),
    (F.NO_DMARC, replace(WHOLE, dmarc=())),
    (F.NO_DMARC, replace(WHOLE, dmarc=("v=DMARC1; p=reject",) * 2)),
    (F.WEAK_DMARC, replace(WHOLE, dmarc=("v=DMARC1; P = None",))),
    (F.WEAK_DMARC, replace(WHOLE, dmarc=("v=DMARC1; p=reject; sp=none",), dmarc_at="test")),
    (F.NO_MTA_STS, replace(WHOLE, mta_sts=())),
    (F.NO_MTA_STS, replace(WHOLE, mta_sts=("v=STSv1; id=1", "v=STSv1; id=2"))),
    (F.NO_TLS_RPT, replace(WHOLE, tls_rpt=())),
    (F.NO_DANE, hosts(MX1, replace(MX2, tlsa=()))),
    (F.NO_IPV6, hosts(replace(MX1, ipv6=()), replace(MX2, ipv6=()))),
)
BESIDE = {F.IMPLICIT_MX, F.NO_DANE, F.NO_IPV6}      # what a case shows besides what it is about


@pytest.mark.parametrize(("finding", "facts"), CASES)
def test_each_finding_is_found_where_it_holds_and_nothing_else_is(finding: DomainFinding,
                                                                  facts: DomainFacts) -> None:
    assert finding in found(facts)
    assert found(facts) - BESIDE <= {finding}


def test_every_finding_has_a_case() -> None:
    assert {finding for finding, _ in CASES} | {F.NO_DOMAIN} == set(DomainFinding) == set(BY_NAME)
    assert len(RULES) == len(DomainFinding)


def test_a_domain_in_order_has_no_finding_and_every_one_is_known_not_to_hold() -> None:
    assert set(judge(WHOLE, private_counts=True).values()) == {False}


def test_of_a_domain_that_does_not_exist_nothing_else_is_found() -> None:
    assert found(DomainFacts("one.test", exists=False)) == {F.NO_DOMAIN}
    assert set(judge(DomainFacts("one.test", exists=False), private_counts=True).values()) == {
        True, False,
    }


def test_of_a_domain_of_which_nothing_was_heard_nothing_is_known() -> None:
    assert judge(DomainFacts("one.test"), private_counts=True) == NOTHING


@pytest.mark.parametrize(("field", "findings"), [
    ("spf", {F.NO_SPF, F.SEVERAL_SPF, F.OPEN_SPF}), ("dmarc", {F.NO_DMARC, F.WEAK_DMARC}),
    ("mta_sts", {F.NO_MTA_STS}),
    ("tls_rpt", {F.NO_TLS_RPT}),
    ("hosts", {F.NULL_MX, F.NO_HOST, F.MX_NOWHERE, F.MX_PARTLY, F.MX_ALIAS, F.PRIVATE,
               F.IMPLICIT_MX, F.NO_DANE, F.NO_IPV6}),
])
def test_what_no_answer_came_to_is_not_known_and_the_rest_is(field: str,
                                                             findings: set[DomainFinding]) -> None:
    held = judge(replace(WHOLE, **{field: None}), private_counts=True)
    assert {finding for finding, holds in held.items() if holds is None} == findings


@pytest.mark.parametrize(("host", "findings"), [
    (replace(MX1, ipv4=None), {F.PRIVATE}),
    (replace(MX1, ipv4=None, ipv6=(), tlsa=None),
     {F.MX_NOWHERE, F.MX_PARTLY, F.PRIVATE, F.NO_DANE}),
    (replace(MX1, ipv6=None), {F.PRIVATE, F.NO_IPV6}),
    (replace(MX1, alias=None), {F.MX_ALIAS}),
    (replace(MX1, tlsa=None), {F.NO_DANE}),
    (replace(MX1, secure=False), {F.NO_DANE}),
])
def test_what_is_not_known_of_a_host_is_not_known_of_the_domain(
    host: Host, findings: set[DomainFinding]
) -> None:
    held = judge(hosts(host), private_counts=True)
    assert {finding for finding, holds in held.items() if holds is None} == findings
    assert found(hosts(host)) <= {F.NO_IPV6}


def test_one_host_that_is_not_known_leaves_the_others_answer_standing() -> None:
    assert judge(hosts(MX1, replace(MX2, ipv4=None, ipv6=None)),
                 private_counts=True)[F.MX_NOWHERE] is False


def test_one_host_over_ipv6_is_enough_and_one_without_dane_too_many() -> None:
    facts = hosts(MX1, replace(MX2, ipv6=(), tlsa=()))
    assert found(facts) == {F.NO_DANE}


def test_private_addresses_are_worth_no_word_in_an_exercise() -> None:
    facts = hosts(replace(MX1, ipv4=("127.0.0.1",)))
    assert found(facts, private_counts=True) == {F.PRIVATE}
    assert judge(facts, private_counts=False)[F.PRIVATE] is False


def test_a_domain_with_a_null_mx_lacks_nothing_that_only_takers_of_mail_need() -> None:
    assert found(hosts(Host(0, ".", False, (), (), ()), mta_sts=(), tls_rpt=())) == {F.NULL_MX}


def test_a_parents_policy_for_itself_holds_below_it_where_it_names_none_for_those() -> None:
    below = replace(WHOLE, dmarc_at="test", dmarc=("v=DMARC1; p=none; sp=reject",))
    assert F.WEAK_DMARC not in found(below)
    assert F.WEAK_DMARC in found(replace(below, dmarc=("v=DMARC1; p=none",)))


@pytest.mark.parametrize(("facts", "host"), [
    (WHOLE, "mx1.one.test"), (own(), "one.test"), (own(**NOWHERE), ""), (CASES[0][1], ""),
    (DomainFacts("one.test", exists=False), ""), (DomainFacts("one.test"), None),
    (replace(WHOLE, hosts=()), None),
])
def test_the_mail_host_is_the_one_tried_first(facts: DomainFacts, host: str | None) -> None:
    assert facts.mail_host == host


@pytest.mark.parametrize(("domain", "names"), [
    ("tak.mail.go.th", ("tak.mail.go.th", "mail.go.th", "go.th")), ("go.th", ("go.th",)),
    ("th", ("th",)),
])
def test_a_policy_is_looked_for_from_the_domain_upwards(domain: str,
                                                        names: tuple[str, ...]) -> None:
    assert parents(domain) == names


def test_only_texts_of_that_version_count() -> None:
    texts = ("v=spf1 -all", "v=spf10 -all", "V=SPF1", "x v=spf1", "v = spf1 mx",
             "google-site-verification=1")
    assert tagged(texts, "spf1") == ("v=spf1 -all", "V=SPF1", "v = spf1 mx")
    assert tagged(None, "spf1") is None


# --- two looks ------------------------------------------------------------------------------------


@given(FINDINGS, FINDINGS)
def test_a_fault_holds_only_where_both_looks_show_it(first: Any, second: Any) -> None:
    joined = agreed(first, second)
    assert all(first[fault] and second[fault] for fault in FAULTS if joined[fault])


@given(FINDINGS, FINDINGS)
def test_looks_that_show_different_faults_teach_nothing(first: Any, second: Any) -> None:
    differ = {f for f in FAULTS if first[f]} != {f for f in FAULTS if second[f]}
    assert (agreed(first, second) is NOTHING) == differ


@given(FINDINGS)
def test_a_look_that_learnt_nothing_and_one_without_a_fault_make_the_latter(one: Any) -> None:
    clean = one | {fault: one[fault] and False for fault in FAULTS}
    assert agreed(clean, NOTHING) == agreed(NOTHING, clean) == clean


@given(FINDINGS)
def test_a_look_is_doubted_unless_it_rules_every_fault_out(one: Any) -> None:
    assert doubted(one) == (not all(one[fault] is False for fault in FAULTS))


def test_what_may_be_called_a_fault() -> None:
    assert {F.NO_DOMAIN, F.NULL_MX, F.NO_HOST, F.MX_NOWHERE} == FAULTS


@pytest.mark.parametrize(("fold", "answers", "result"), [
    (some, (), False), (some, (False, None), None), (some, (None, True), True),
    (some, (False, False), False),
    (every, (), True), (every, (False, None), False), (every, (None, True), None),
    (every, (True, True), True),
])
def test_what_is_not_known_spoils_only_what_hangs_on_it(fold: Callable[[Any], Any], answers: Any,
                                                        result: Any) -> None:
    assert fold(answers) is result


def test_none_shown_is_not_the_same_as_not_known() -> None:
    assert (shown(()), shown(("x",)), shown(None)) == (False, True, None)


def test_each_row_says_what_to_do_in_one_sentence_of_each_language_and_where_it_is_written() -> (
    None
):
    for rule in RULES:
        assert rule.advice.endswith(".")
        assert rule.advice.count(". ") == 0
        assert any("\u0e01" <= letter <= "\u0e5b" for letter in rule.thai)
        assert rule.source.startswith("RFC ")
        assert rule.severity in Severity
