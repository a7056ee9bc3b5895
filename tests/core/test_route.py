"""Routes, hosts and their encryption: MTA-STS, TLSA, certificates, and what is found about them."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256, sha512
from itertools import cycle

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.domain import DomainFacts, Host
from sarabanwatch.core.sending import certificate, dane, sts
from sarabanwatch.core.sending.certificate import Certificate
from sarabanwatch.core.sending.dane import usable
from sarabanwatch.core.sending.route import Demand, Route, addresses, chosen, order, security
from sarabanwatch.core.sending.sts import Mode, StsPolicy
from sarabanwatch.core.sending.tls import RULES, Seen, TlsFinding, rules_for

NOW = datetime(2026, 2, 17, tzinfo=UTC)
DAY = timedelta(days=1)
HOST = Host(10, "mx.one.test", False, ("192.0.2.1",), ("2001:db8::1",), ())
PROMISE = "3 1 1 " + "ab" * 32
ENFORCE = StsPolicy(Mode.ENFORCE, ("mx.one.test",), 86400)


# --- which way, in which order --------------------------------------------------------------------


@pytest.mark.parametrize("by_default", Route)
def test_what_is_excepted_takes_the_other_way(by_default: Route) -> None:
    others = frozenset({"one.test", "mx.two.test"})
    assert chosen(by_default, others, "three.test", "mx.three.test") is by_default
    assert chosen(by_default, others, "two.test", "mx.two.test") is not by_default
    assert chosen(by_default, others, "one.test", None) is not by_default


def test_hosts_are_tried_by_preference_and_equals_by_chance() -> None:
    hosts = tuple(replace(HOST, preference=p, name=n)
                  for p, n in ((10, "a"), (10, "b"), (20, "c"), (5, "d")))
    draws = cycle([0.9, 0.1, 0.5, 0.5])
    assert [h.name for h in order(DomainFacts("one.test", True, hosts),
                                  lambda: next(draws))] == ["d", "b", "a", "c"]


def test_of_a_hosts_addresses_ipv6_comes_first() -> None:
    assert addresses(HOST) == ("2001:db8::1", "192.0.2.1")


@pytest.mark.parametrize(("tlsa", "vouched", "policy", "demand", "barred"), [
    ((), False, None, Demand.OPPORTUNISTIC, ""), ((), True, None, Demand.OPPORTUNISTIC, ""),
    ((PROMISE,), True, None, Demand.DANE, ""), ((PROMISE,), False, None, Demand.OPPORTUNISTIC, ""),
    ((PROMISE,), True, ENFORCE, Demand.DANE, ""), ((PROMISE,), False, ENFORCE, Demand.STS, ""),
    (("1 1 1 ab",), True, None, Demand.TLS, ""), (("1 1 1 ab",), True, ENFORCE, Demand.STS, ""),
    (None, True, None, Demand.OPPORTUNISTIC, "DANE: whether"),
    (None, False, None, Demand.OPPORTUNISTIC, ""),
    ((), False, ENFORCE, Demand.STS, ""),
    ((), False, replace(ENFORCE, mode=Mode.TESTING), Demand.OPPORTUNISTIC, ""),
    ((), False, replace(ENFORCE, hosts=("mx.two.test",)), Demand.STS,
     "MTA-STS: the policy does not name mx.one.test")])
def test_a_host_is_held_to_what_its_dns_and_its_domains_policy_promise(
    tlsa: tuple[str, ...] | None, vouched: bool,    # noqa: FBT001 - a case
    policy: StsPolicy | None, demand: Demand, barred: str,
) -> None:
    held = security(replace(HOST, tlsa=tlsa, secure=vouched), policy)
    assert held.demand is demand
    assert held.barred.startswith(barred)
    assert bool(held.barred) is bool(barred)


# --- MTA-STS --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("records", "version"), [
    (None, None), ((), ""), (("v=STSv1; id=20260101;",), "20260101"), (("v=STSv1; id=1",), "1"),
    (("v=STSv1;",), ""), (("v=STSv1; id=1", "v=STSv1; id=2"), "")])
def test_the_id_of_a_policy_is_read_from_exactly_one_record(records: tuple[str, ...] | None,
                                                            version: str | None) -> None:
    assert sts.version(records) == version


def test_a_policy_is_read_whatever_its_line_ends_and_keys_that_nobody_knows() -> None:
    text = ("version: STSv1\r\nmode: enforce\nfuture: yes\nmx: MX.one.test.\r\nmx: *.two.test\n"
            "max_age: 99999999999\nmode: none\n")
    assert sts.read(text) == StsPolicy(Mode.ENFORCE, ("mx.one.test", "*.two.test"), sts.MAX_AGE)


@pytest.mark.parametrize(("text", "why"), [
    ("", "version"), ("version: STSv2\nmode: none\nmax_age: 1", "version"),
    ("version: STSv1\nmode: strict\nmax_age: 1", "mode"),
    ("version: STSv1\nmode: none", "max_age"),
    ("version: STSv1\nmode: enforce\nmax_age: 1", "no mx"),
    ("version: STSv1\nmode: none\nmax_age: ²", "max_age")])
def test_what_is_no_policy_is_refused_with_what_is_wrong(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        sts.read(text)


@given(st.text())
def test_no_text_makes_reading_a_policy_fail_otherwise(text: str) -> None:
    with pytest.raises(ValueError, match=r"is|no mx"):
        sts.read("mode: none\n" + text.replace("version", ""))


@pytest.mark.parametrize(("pattern", "host", "named"), [
    ("mx.one.test", "MX.one.test.", True), ("*.one.test", "mx.one.test", True),
    ("*.one.test", "a.mx.one.test", False),
    ("*.one.test", "one.test", False), ("mx.one.test", "mx2.one.test", False)])
def test_a_star_names_one_whole_label_only(pattern: str, host: str,
                                           named: bool) -> None:  # noqa: FBT001 - a case
    assert StsPolicy(Mode.ENFORCE, (pattern,), 1).names(host) is named
    assert Certificate(b"", b"", NOW, NOW, (pattern,)).covers(host) is named


# --- TLSA and certificates ------------------------------------------------------------------------

CA = trustme.CA()


def der(pem: trustme.Blob) -> bytes:
    return x509.load_pem_x509_certificate(pem.bytes()).public_bytes(Encoding.DER)


LEAF = certificate.read(der(CA.issue_cert("mx.one.test", "*.two.test",
                                          not_after=NOW + DAY).cert_chain_pems[0]))
ROOT = certificate.read(der(CA.cert_pem))


def test_a_certificate_is_read_as_others_read_it() -> None:
    other = x509.load_der_x509_certificate(LEAF.der)
    assert LEAF.key == other.public_key().public_bytes(Encoding.DER,
                                                       PublicFormat.SubjectPublicKeyInfo)
    assert (LEAF.begins, LEAF.ends) == (other.not_valid_before_utc, other.not_valid_after_utc)
    assert LEAF.names == ("mx.one.test", "*.two.test")
    assert ROOT.names == ()


@given(st.integers(0, len(LEAF.der) - 1), st.integers(0, 255), st.booleans())
def test_octets_that_are_no_certificate_are_refused_and_nothing_worse(
    at: int, octet: int, cut: bool  # noqa: FBT001 - a case
) -> None:
    spoilt = LEAF.der[:at] if cut else LEAF.der[:at] + bytes([octet]) + LEAF.der[at + 1:]
    try:
        certificate.read(spoilt)
    except ValueError:
        return


def test_extensions_without_content_are_none() -> None:
    # its tag; elsewhere by chance
    for at in (at for at, octet in enumerate(LEAF.der) if octet == certificate.EXTENSIONS):
        with suppress(ValueError):
            certificate.read(LEAF.der[:at + 1] + b"\0" + LEAF.der[at + 2:])


@pytest.mark.parametrize("text", ["0 1 1 " + "ab" * 32, "1 1 1 " + "ab" * 32, "3 2 1 " + "ab" * 32,
                                  "3 1 3 " + "ab" * 32,
                                  "3 1 1 abab", "3 1 2 " + "ab" * 32, "3 1 1 xy", "3 1", ""])
def test_records_that_mail_cannot_be_held_to_are_left_out(text: str) -> None:
    assert usable([text, PROMISE]) == usable([PROMISE]) != ()


@pytest.mark.parametrize("usage", [2, 3])
@pytest.mark.parametrize(("selector", "matching", "digest"), [
    (0, 0, bytes), (1, 0, bytes), (0, 1, lambda o: sha256(o).digest()),
    (1, 1, lambda o: sha256(o).digest()),
    (0, 2, lambda o: sha512(o).digest()), (1, 2, lambda o: sha512(o).digest())])
def test_a_record_means_the_certificate_or_key_that_it_gives(usage: int, selector: int,
                                                             matching: int, digest: object) -> None:
    assert callable(digest)
    meant = LEAF if usage == dane.LEAF else ROOT
    given_ = digest(meant.key if selector else meant.der).hex()
    records = usable([f"{usage} {selector} {matching} {given_[:9]} {given_[9:]}"])
    assert dane.leaf_matches(records, [LEAF, ROOT]) is (usage == dane.LEAF)
    assert dane.anchors(records, [LEAF, ROOT]) == (() if usage == dane.LEAF else (ROOT,))
    assert not dane.leaf_matches(records, [ROOT, LEAF][:1])


# --- what is found --------------------------------------------------------------------------------

GOOD = Seen("mx.one.test", "TLSv1.3", "TLS_AES_256_GCM_SHA384", ends=NOW + 90 * DAY)
SHOWS = {
    TlsFinding.POLICY: replace(GOOD, demand="MTA-STS", failed="it does not hold"),
    TlsFinding.NO_TLS: Seen("mx.one.test"),
    TlsFinding.BROKEN: Seen("mx.one.test", failed="handshake failure"),
    TlsFinding.EXPIRED: replace(GOOD, ends=NOW),
    TlsFinding.UNTRUSTED: replace(GOOD, untrusted="self-signed certificate"),
    TlsFinding.WRONG_NAME: replace(GOOD, named=False),
    TlsFinding.OLD: replace(GOOD, version="TLSv1.1"),
    TlsFinding.SOON: replace(GOOD, ends=NOW + 30 * DAY),
}


def test_a_host_that_does_all_well_is_told_nothing() -> None:
    assert rules_for(GOOD, NOW) == ()


@pytest.mark.parametrize("finding", TlsFinding)
def test_each_fault_is_found_by_itself(finding: TlsFinding) -> None:
    assert [rule.finding for rule in rules_for(SHOWS[finding], NOW)] == [finding]


def test_an_expired_certificate_is_not_called_untrusted_too() -> None:
    seen = replace(GOOD, ends=NOW - DAY, untrusted="certificate has expired")
    assert [rule.finding for rule in rules_for(seen, NOW)] == [TlsFinding.EXPIRED]


@pytest.mark.parametrize("fault",
                         [{"ends": NOW - DAY}, {"untrusted": "self-signed"}, {"named": False},
                          {"ends": NOW + DAY}])
def test_where_nobody_need_vouch_for_a_certificate_it_is_not_found_fault_with(
    fault: dict[str, object],
) -> None:
    assert rules_for(replace(GOOD, judged=False, **fault), NOW) == ()     # type: ignore[arg-type]


def test_every_finding_has_one_row_with_advice_in_both_languages() -> None:
    assert [rule.finding for rule in RULES] == list(TlsFinding)
    assert all(rule.advice.endswith(".") and any("ก" <= letter <= "๛" for letter in rule.thai)
               for rule in RULES)
