from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import fact
from sarabanwatch.core.facts.evidence import Certainty, FactKind
from sarabanwatch.core.judging.verdict import Verdict, rule_for
from sarabanwatch.core.returns.authenticity import (
    Strength,
    aligned,
    decides,
    passed_results,
    proof,
    strength,
)

HOST = "mx.probe.test"
TO = "saraban@one.go.th"
SHARED = frozenset({"gmail.com"})
PASS = "dkim=pass header.d=one.go.th"


def head(*fields: str) -> bytes:
    return (
        "".join(f"{field}\r\n" for field in fields).encode()
        + b"From: saraban@one.go.th\r\n\r\nAuthentication-Results: no\r\n"
    )


def results(told: str, host: str = HOST) -> str:
    return f"Authentication-Results: {host}; {told}"


def proved(raw: bytes = b"\r\n", *signed: str, sender: str = TO, declared: str = TO,
           host: str = HOST) -> str:
    return proof(raw, sender, declared, signed, host, SHARED)


# What our own host tells, and which domains it thereby vouches for.
TOLD = [
    (PASS, ["one.go.th"]),
    ("dkim=pass header.i=@one.go.th", ["one.go.th"]),
    ("dkim=pass header.i=clerk@One.Go.TH header.s=sel", ["one.go.th"]),
    ("dmarc=pass (p=reject dis=none) header.from=one.go.th", ["one.go.th"]),
    ("dkim=fail header.d=one.go.th", []),
    ("dkim=none", []),
    ("dkim=neutral header.d=one.go.th", []),
    ("dkim=temperror header.d=one.go.th", []),
    ("spf=pass smtp.mailfrom=one.go.th", []),
    ("dkim=pass", []),
    ("dkim=pass smtp.mailfrom=one.go.th", []),
    ("dmarc=pass header.d=one.go.th", []),
    ("dkim=pass header.d=list.test; dkim=pass header.d=one.go.th", ["list.test", "one.go.th"]),
    ("dkim=fail header.d=list.test; dkim=pass header.d=one.go.th", ["one.go.th"]),
    ("dmarc=fail header.from=one.go.th; dkim=pass header.d=one.go.th", []),
    ("spf=pass (a; dkim=pass header.d=one.go.th) smtp.mailfrom=x.test", []),
    ('spf=pass smtp.mailfrom="x; dkim=pass header.d=one.go.th"@evil.test', []),
    ('dkim=fail reason="; dkim=pass header.d=one.go.th" header.d=one.go.th', []),
    ('spf=pass smtp.mailfrom="; dkim=pass header.d=one.go.th', []),
    ("dkim=pass header.d=one.go.th@evil.test", ["evil.test"]),
]


@pytest.mark.parametrize(("told", "domains"), TOLD)
def test_what_our_host_tells_is_read(told: str, domains: list[str]) -> None:
    assert [domain for _, domain in passed_results(head(results(told)), HOST)] == domains


# Fields as they stand in a mail from the top, and whether the declared domain is thereby proved.
FIELDS = [
    ([results(PASS)], True),
    (["Return-Path: <x@one.go.th>", "Received: by mx.probe.test", results(PASS)], True),
    ([results(PASS, "MX.probe.TEST")], True),
    ([results(PASS, f"{HOST} 1")], True),
    ([f"Authentication-Results:\r\n\t{HOST};\r\n\tdkim=pass\r\n\theader.d=one.go.th"], True),
    ([results("spf=pass smtp.mailfrom=x"), results(PASS)], True),
    ([results("none"), results(PASS)], False),
    ([results(PASS, "evil.test")], False),
    ([results(PASS, "mx.probe.test.evil.test")], False),
    ([results(PASS, "one.go.th")], False),
    ([results("dkim=fail header.d=one.go.th"), results(PASS)], False),
    ([results("dkim=none"), results("dmarc=pass header.from=one.go.th")], False),
    ([results("dkim=fail"), "Received: from evil", results(PASS)], False),
    ([results("spf=fail"), "Received: from evil", results(PASS)], False),
    ([results("none"), "Subject: x", results(PASS)], False),
    ([results(PASS, "evil.test"), results("dkim=fail")], False),
    ([results('spf=pass smtp.mailfrom="'), results(PASS)], False),
    ([f"ARC-{results(PASS)}"], False),
    ([f"X-{results(PASS)}"], False),
]


@pytest.mark.parametrize(("fields", "holds"), FIELDS)
def test_only_the_topmost_word_of_our_own_host_is_believed(fields: list[str], *,
                                                           holds: bool) -> None:
    assert bool(proved(head(*fields))) == holds


def test_no_host_is_believed_where_none_is_ours() -> None:
    assert not proved(head(results(PASS), results(PASS, '""'), results(PASS, "")), host="")


def test_a_forged_word_beneath_is_as_if_it_were_not_there() -> None:
    honest = results("dkim=none")
    for forged in (results(PASS), results("dmarc=pass header.from=one.go.th"),
                   results(PASS, "evil.test")):
        assert proved(head(honest, forged)) == proved(head(honest)) == ""


@given(st.text(st.characters(codec="ascii", exclude_characters="\r\n"), max_size=60))
def test_no_text_of_a_stranger_makes_our_host_vouch(text: str) -> None:
    forged = f'spf=pass smtp.mailfrom="{text}; dkim=pass header.d=one.go.th"'
    if '"' not in text and "\\" not in text:
        assert list(passed_results(head(results(forged)), HOST)) == []


ALIGNED = [
    ("one.go.th", "one.go.th", True), ("ONE.go.th.", "one.go.th", True),
    ("one.go.th", "mail.one.go.th", True),
    ("mail.one.go.th", "one.go.th", True), ("two.go.th", "one.go.th", False),
    ("evilone.go.th", "one.go.th", False),
    ("go.th", "one.go.th", False), ("th", "one.go.th", False), ("com", "gmail.com", False),
    ("one.com", "mail.one.com", True),
    ("", "one.go.th", False), ("net.th", "x.net.th", False), ("abcd.th", "x.abcd.th", True),
    ("one.go.th.evil.test", "one.go.th", False), ("bora.th", "mail.bora.th", True),
]


@pytest.mark.parametrize(("domain", "home", "holds"), ALIGNED)
def test_domains_are_aligned_by_whole_labels_and_never_by_a_suffix(domain: str, home: str, *,
                                                                   holds: bool) -> None:
    assert aligned(domain, home) == aligned(home, domain) == holds


def test_a_signature_that_we_verified_proves_its_own_domain_and_no_other() -> None:
    assert proved(b"\r\n", "list.test", "one.go.th") == "DKIM of one.go.th, verified by us"
    assert proved(b"\r\n", "evil.test") == ""
    assert proved(b"\r\n") == ""


def test_a_proof_is_the_declared_domains_only_where_the_sender_is_of_it() -> None:
    assert proved(b"\r\n", "one.go.th", sender="director@one.go.th")
    assert proved(b"\r\n", "one.go.th", sender="x@mail.one.go.th")
    assert not proved(b"\r\n", "one.go.th", sender="saraban@two.go.th")
    assert not proved(b"\r\n", "one.go.th", sender="")


def test_at_a_domain_of_many_only_the_declared_address_itself_speaks() -> None:
    at = {"declared": "office@gmail.com"}
    assert proved(b"\r\n", "gmail.com", sender="Office@gmail.com", **at)
    assert not proved(b"\r\n", "gmail.com", sender="somebody@gmail.com", **at)
    assert not proved(b"\r\n", "gmail.com", sender="somebody@mail.gmail.com", **at)


STRENGTHS = [
    (Certainty.RULED, "", Strength.RULED), (Certainty.RULED, "proof", Strength.RULED),
    (Certainty.SIGNED, "proof", Strength.OWN),
    (Certainty.WEAK, "proof", Strength.OWN), (Certainty.SIGNED, "", Strength.SIGNED),
    (Certainty.LIKELY, "", Strength.NUMBERED),
    (Certainty.WEAK, "", Strength.SENDER),
]


@pytest.mark.parametrize(("sure", "authentic", "at"), STRENGTHS)
def test_a_reply_counts_at_its_own_strength(sure: Certainty, authentic: str, at: Strength) -> None:
    assert strength(replace(fact(FactKind.RECEIPT, sure=sure), authentic=authentic)) is at


def test_strengths_are_told_strongest_first() -> None:
    assert list(Strength) == [Strength.RULED, Strength.OWN, Strength.SIGNED, Strength.NUMBERED,
                              Strength.SENDER]


@pytest.mark.parametrize("kind", FactKind)
def test_weak_evidence_decides_only_as_a_reply_that_the_declared_domain_wrote(
    kind: FactKind,
) -> None:
    weak = fact(kind, sure=Certainty.WEAK)
    assert not decides(weak)
    assert decides(replace(weak, authentic="proof")) == (kind in {FactKind.RECEIPT,
                                                                  FactKind.ANSWERED,
                                                                  FactKind.WAITS})
    assert decides(fact(kind))


def test_a_weak_receipt_is_proof_once_its_sender_is() -> None:
    weak = fact(FactKind.RECEIPT, sure=Certainty.WEAK)
    assert rule_for([weak]).verdict is Verdict.PENDING
    assert (
        rule_for([replace(weak, authentic="DKIM of one.go.th, verified by us")]).verdict
        is Verdict.PROVEN
    )
