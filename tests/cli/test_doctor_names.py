"""What `doctor` finds in the DNS, by a resolver on loopback that says anything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fakes.names import Names, Zone, resolving
from sarabanwatch.core.checkup import Grade, worst
from sarabanwatch.wiring.components import Components
from sarabanwatch.wiring.doctor import Patient, names

WELL: Zone = {
    ("probe.test", "MX"): ["10 mx.probe.test."],
    ("probe.test", "TXT"): ['"v=spf1 mx -all"'],
    ("_dmarc.probe.test", "TXT"): ['"v=DMARC1; p=reject"'],
    ("_mta-sts.probe.test", "TXT"): ['"v=STSv1; id=1"'],
    ("_smtp._tls.probe.test", "TXT"): ['"v=TLSRPTv1; rua=mailto:r@probe.test"'],
    ("mx.probe.test", "A"): ["192.0.2.1"], ("mx.probe.test", "AAAA"): ["2001:db8::1"],
    ("watch.probe.test", "A"): ["192.0.2.7"],
    ("7.2.0.192.in-addr.arpa", "PTR"): ["watch.probe.test."],
    (".", "NS"): ["a.root-servers.net."],
}


@asynccontextmanager
async def asked(config: Path, zone: Zone, **how: Any) -> AsyncIterator[Patient]:
    async with resolving(fake := Names(zone, **how)):
        chosen = Components(config).settings
        # only who is silent is waited for to the end
        waits = 0.3 if "silent" in how.get("moods", {}).values() else 600.0
        dns = replace(chosen.dns, resolvers=(f"127.0.0.1:{fake.port}",), timeout_seconds=waits,
                      tries=1)
        yield Patient(Components(config, replace(chosen, dns=dns)))


def without(*keys: tuple[str, str]) -> Zone:
    return {key: records for key, records in WELL.items() if key not in keys}


@pytest.mark.parametrize(("lacks", "grade", "words"), [
    ((), Grade.OK, ""),
    ((("probe.test", "TXT"),), Grade.FAIL, "no-spf: "),
    ((("_dmarc.probe.test", "TXT"),), Grade.FAIL, "no-dmarc: "),
    ((("probe.test", "MX"),), Grade.FAIL, "no-mail-host: "),
    ((("_smtp._tls.probe.test", "TXT"),), Grade.OK, "no-tls-rpt: "),
])
async def test_our_own_domain_is_seen_as_receivers_see_it(config: Path, lacks, grade,
                                                          words) -> None:
    async with asked(config, without(*lacks)) as patient:
        found = await names.domain(patient)
    assert worst(found) is grade, found
    assert words in str(found)


@pytest.mark.parametrize("mood", ["SERVFAIL", "REFUSED", "silent", "junk"])
async def test_a_resolver_that_says_nothing_proves_nothing(config: Path, mood: str) -> None:
    moods = dict.fromkeys((name for name, _ in WELL), mood)
    async with asked(config, WELL, moods=moods) as patient:
        found = await names.domain(patient)
        assert worst(found) is Grade.WARN, found
        assert "nobody answers" in found[0].english
        assert worst(await names.resolvers(patient)) is Grade.FAIL
        assert worst(await names.own_name(patient)) is Grade.WARN


@pytest.mark.parametrize(("signed", "grade"), [(frozenset({"."}), Grade.OK),
                                               (frozenset(), Grade.WARN)])
async def test_a_resolver_that_does_not_validate_is_told(config: Path, signed, grade) -> None:
    async with asked(config, WELL, signed=signed) as patient:
        assert worst(await names.resolvers(patient)) is grade


async def test_our_name_must_stand_for_us_both_ways(config: Path) -> None:
    async with asked(config, WELL) as patient:
        (found,) = await names.own_name(patient)
    assert found.grade is Grade.OK
    assert found.english == "watch.probe.test is 192.0.2.7, and 192.0.2.7 is watch.probe.test"


@pytest.mark.parametrize(("pointer", "words"), [
    ({("7.2.0.192.in-addr.arpa", "PTR"): ["other.test."]}, "192.0.2.7 is other.test (PTR)"),
    ({}, "192.0.2.7 is nameless (PTR)")])
async def test_another_name_or_none_is_to_be_seen_to(config: Path, pointer, words) -> None:
    zone = without(("7.2.0.192.in-addr.arpa", "PTR")) | pointer
    async with asked(config, zone) as patient:
        (found,) = await names.own_name(patient)
    assert found.grade is Grade.WARN
    assert words in found.english


async def test_a_name_without_an_address_is_wrong(config: Path) -> None:
    async with asked(config, without(("watch.probe.test", "A"))) as patient:
        assert worst(await names.own_name(patient)) is Grade.FAIL


async def test_where_the_relay_signs_there_is_no_key_to_hold_against_the_dns(config: Path) -> None:
    assert worst(await names.dkim(Patient(Components(config)))) is Grade.OK
