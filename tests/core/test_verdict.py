from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import fact
from sarabanwatch.core.facts.evidence import BLAME, Blame, Certainty, Evidence, FactKind, Reason
from sarabanwatch.core.judging.verdict import (
    FAILURES,
    OTHERWISE,
    RULES,
    UNDECIDED,
    Verdict,
    rule_for,
)

V, K, R = Verdict, FactKind, Reason
ANSWERS = (K.RECEIPT, K.ANSWERED, K.CONFIRMED)
DKIM = "DKIM of one.go.th, verified by us"

NO_FAILURES = sorted(set(K) - set(FAILURES))
plain = st.one_of(
    st.builds(fact, st.sampled_from(NO_FAILURES), sure=st.sampled_from(Certainty)),
    st.builds(fact, st.sampled_from(FAILURES), st.sampled_from(R), st.sampled_from(Certainty)))
facts = plain | plain.map(
    lambda e: replace(e, authentic=DKIM if e.certainty is Certainty.SIGNED else ""))

DECIDES = {
    R.NO_DOMAIN: V.UNROUTABLE, R.NO_MAIL: V.UNROUTABLE, R.NO_MAILBOX: V.REFUSES,
    R.DISABLED: V.REFUSES, R.FULL: V.IMPAIRED,
    R.TOO_LARGE: V.IMPAIRED, R.CONTENT: V.IMPAIRED, R.LOOP: V.IMPAIRED, R.TEMPORARY: V.IMPAIRED,
    R.SENDER: V.BLOCKS_US,
    R.UNKNOWN: V.UNKNOWN, R.RESTRICTED: V.IMPAIRED,
}
ALONE = {
    K.RECEIPT: V.PROVEN, K.ANSWERED: V.PROVEN, K.CONFIRMED: V.PROVEN, K.AUTOMATIC: V.ACCEPTS,
    K.DISPLAYED: V.ACCEPTS,
    K.WITHHELD: V.WITHHELD, K.PUT_OFF: V.PENDING, K.LOST: V.UNKNOWN, K.HELD: V.UNKNOWN,
    K.QUIET: V.ACCEPTS,
    K.TAKEN: V.PENDING, K.DELAYED: V.PENDING, K.DELIVERED: V.PENDING,
    K.CAME_HOME: V.PENDING,
    K.SET_ASIDE: V.PENDING, K.WAITS: V.UNSETTLED,
}
# Each outweighs all below it, whichever came first: who answered has the letter; a permanent
# failure says more than a temporary one; where a letter was given up, and refused for what we are,
# it was for what we are; a letter in doubt that a machine answered did arrive.
ORDER = [
    (K.RECEIPT, None), (K.ANSWERED, None), (K.CONFIRMED, None), (K.BOUNCED, R.NO_DOMAIN),
    (K.BOUNCED, R.NO_MAIL),
    (K.BOUNCED, R.NO_MAILBOX),
    (K.BOUNCED, R.DISABLED), (K.BOUNCED, R.FULL), (K.BOUNCED, R.TOO_LARGE), (K.BOUNCED, R.CONTENT),
    (K.BOUNCED, R.LOOP),
    (K.BOUNCED, R.RESTRICTED),
    (K.BOUNCED, R.SENDER), (K.BOUNCED, R.TEMPORARY), (K.BOUNCED, R.UNKNOWN), (K.WAITS, None),
    (K.AUTOMATIC, None),
    (K.WITHHELD, None),
    (K.LOST, None), (K.HELD, None), (K.QUIET, None), (K.TAKEN, None),
]


@given(st.lists(facts, max_size=8).flatmap(lambda seen: st.tuples(st.just(seen),
                                                                  st.permutations(seen))))
def test_the_order_of_arrival_does_not_matter(both: tuple[list[Evidence], list[Evidence]]) -> None:
    one, other = both
    assert rule_for(one) is rule_for(other)


@given(st.lists(facts, max_size=8))
def test_weak_evidence_decides_nothing(seen: list[Evidence]) -> None:
    assert rule_for(seen) is rule_for([e for e in seen if e.certainty is not Certainty.WEAK])


@given(st.lists(facts, max_size=8))
def test_a_number_is_no_credential(seen: list[Evidence]) -> None:
    assert rule_for(seen) is rule_for([e for e in seen if e.certainty is not Certainty.LIKELY])


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_number_that_the_declared_domain_proves_to_have_written_decides(kind: FactKind) -> None:
    seen = [replace(fact(kind, sure=Certainty.LIKELY), authentic=DKIM)]
    assert rule_for(seen).verdict is V.PROVEN


DEATHS = sorted(reason for reason, blame in BLAME.items() if blame is Blame.GOOD)
CERTAIN = [{"certainty": Certainty.RULED}, {"authentic": DKIM}]


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("failure", [K.REFUSED, K.BOUNCED, K.GAVE_UP])
@pytest.mark.parametrize("reason", R)
def test_an_answer_that_is_not_authentic_never_outranks_a_refusal_for_good(
    kind: FactKind, failure: FactKind, reason: Reason,
) -> None:
    seen = [fact(kind), fact(failure, reason)]
    assert rule_for(seen).verdict is (V.UNSETTLED if reason in DEATHS else V.PROVEN)


@pytest.mark.parametrize("certain", CERTAIN)
@pytest.mark.parametrize("kind", [K.RECEIPT, K.ANSWERED])
@pytest.mark.parametrize("reason", DEATHS)
def test_an_answer_that_is_surely_theirs_does(certain: dict[str, Any], kind: FactKind,
                                              reason: Reason) -> None:
    assert rule_for([fact(K.BOUNCED, reason), replace(fact(kind), **certain)]).verdict is V.PROVEN


@given(st.lists(facts, max_size=8))
def test_being_told_twice_changes_nothing(seen: list[Evidence]) -> None:
    assert rule_for(seen) is rule_for(seen + seen)


def test_every_row_can_decide_and_says_why_in_both_languages() -> None:
    alone = [rule_for([fact(kind, reason, sure)]) for kind in K
             for reason in (R if kind in FAILURES else [None])
             for sure in (Certainty.SIGNED, Certainty.RULED)]
    alone.append(rule_for([fact(K.ANSWERED), fact(K.BOUNCED, R.NO_MAILBOX)]))
    assert set(map(id, alone)) == set(map(id, (*RULES, OTHERWISE)))
    assert len({rule.because for rule in alone}) == len({rule.thai
                                                         for rule in alone}) == len(RULES) + 1


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("reason", R)
def test_each_reason_leads_somewhere_whether_refused_or_returned(kind: FactKind,
                                                                 reason: Reason) -> None:
    assert rule_for([fact(K.TAKEN), fact(kind, reason), fact(K.QUIET)]).verdict is DECIDES[reason]


@pytest.mark.parametrize("kind", sorted(set(K) - set(FAILURES)))
def test_each_kind_of_fact_alone_means_what_it_says(kind: FactKind) -> None:
    assert rule_for([fact(kind)]).verdict is ALONE[kind]


def test_nothing_seen_is_still_waiting() -> None:
    assert rule_for([]) is OTHERWISE


@pytest.mark.parametrize(("stronger", "weaker"), list(combinations(ORDER, 2)))
def test_the_stronger_fact_decides(
    stronger: tuple[FactKind, Reason | None], weaker: tuple[FactKind, Reason | None],
) -> None:
    if stronger[0] in ANSWERS and weaker[1] in DEATHS:
        return   # neither outweighs the other
    assert rule_for([fact(*weaker), fact(*stronger)]) is rule_for([fact(*stronger)])
    assert rule_for([fact(*weaker)]) is not rule_for([fact(*stronger)])


def test_what_is_not_their_fault_is_worth_a_fresh_letter_and_what_is_theirs_is_not() -> None:
    for reason, verdict in DECIDES.items():
        assert (verdict in UNDECIDED) == (BLAME[reason] in (Blame.OURS, Blame.UNKNOWN)), reason
    assert V.WITHHELD in UNDECIDED
    assert not UNDECIDED & {V.PENDING, V.PROVEN, V.ACCEPTS}
