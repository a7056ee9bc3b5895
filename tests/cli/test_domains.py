"""`domains`, and what `explain` says of a domain."""

import json
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakes.samples import HOUR, MONDAY, RULES, agency, register
from sarabanwatch import store
from sarabanwatch.cli import main
from sarabanwatch.cli.words import words
from sarabanwatch.core.domain import (
    NOTHING,
    DomainFacts,
    DomainFinding,
    Findings,
    Host,
    Severity,
    Surveyed,
    judge,
)
from sarabanwatch.core.sending.tls import Seen
from sarabanwatch.store import FileLedger

CONFIG = """
[sender]
address = "probes@probe.test"
name = "ระบบทดสอบ"
helo = "watch.probe.test"
[relay]
host = "127.0.0.1"
[inbox]
host = "127.0.0.1"
user = "probes"
password_file = "imap-password"
[campaign]
anchor = 2026-02-17
"""
WHOLE = DomainFacts("one.go.th", True,
                    (Host(10, "mx.one.go.th", False, ("8.8.8.8",), ("2001:4860::8",), ()),), None,
                    (), ("v=DMARC1; p=reject",), "one.go.th", (), ())


def seen(name: str, findings: Findings, host: str | None, resolvers: int) -> Surveyed:
    return Surveyed(name, findings, ((10, host),) if host else (), host, resolvers)


@pytest.fixture
async def config(tmp_path: Path) -> Path:
    """A ledger of two domains: one lacks policies and was silent at the last look, one does not
    exist.
    """
    (tmp_path / "token.keys").write_text(f"a {'0123456789abcdef' * 2} 2027-12-31\n")
    (tmp_path / "imap-password").write_text("secret\n")
    (tmp_path / "x.toml").write_text(CONFIG, encoding="utf-8")
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        await ledger.write(store.register_table.replace,
                           register(agency(), agency("saraban@two.go.th", "1002")), RULES, MONDAY)
        gone = judge(DomainFacts("two.go.th", exists=False), private_counts=True)
        await ledger.write(store.domains.record,
                           [seen("one.go.th", judge(WHOLE, private_counts=True), "mx.one.go.th", 1),
                            seen("two.go.th", gone, "", 1)], MONDAY)
        await ledger.write(store.domains.record, [Surveyed("one.go.th", NOTHING, None, None, 2)],
                           MONDAY + 24 * HOUR)
    return tmp_path / "x.toml"


def say(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
        *words: object) -> tuple[Any, str, str]:
    monkeypatch.setattr(sys, "argv", ["sarabanwatch", *map(str, words)])
    code: Any = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    said = capfd.readouterr()
    return code, said.out, said.err


def test_a_fault_comes_with_its_source_its_day_and_how_surely_it_is_known(
        monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], config: Path) -> None:
    out = say(monkeypatch, capfd, "domains", "--finding", "no-domain", "--lang", "en", "-c",
              config)[1]
    assert out.splitlines() == [
        ("fault  no-domain: The domain does not exist: have it registered or renewed, "
         "or declare another address. [RFC 5321 section 5.1]  1 agency"),
        "  since 2026-01-12; one resolver, asked twice: two.go.th", "",
        "domain two.go.th  mail host none  1 agency  (asked 2026-01-12 10:00 +07)"]


def test_what_was_not_learnt_lately_is_told_with_the_day_it_was_last_known(
        monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], config: Path) -> None:
    *found, _, last = say(monkeypatch, capfd, "domains", "--finding", "no-spf", "--lang", "en",
                          "-c", config)[1].splitlines()
    assert last == ("domain one.go.th  mail host mx.one.go.th  1 agency  "
                    "(asked 2026-01-13 10:00 +07, last known 2026-01-12 10:00 +07)")
    assert [line.split()[1] for line in found[::2]] == ["no-spf:", "no-dane:", "no-mta-sts:",
                                                        "no-tls-rpt:"]
    assert set(found[1::2]) == {"  since 2026-01-12; last known 2026-01-12: one.go.th"}


async def test_an_advice_is_told_once_the_gravest_first_with_all_whom_it_concerns(
        monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], config: Path) -> None:
    facts = judge(replace(WHOLE, domain="two.go.th"), private_counts=True)
    later = MONDAY + 48 * HOUR
    with closing(FileLedger(config.parent / "ledger.db")) as ledger:
        await ledger.write(store.domains.record, [seen("two.go.th", facts, "mx.one.go.th", 1)],
                           later)
    told = say(monkeypatch, capfd, "domains", "--lang", "en", "-c", config)[1]
    assert told.count("There is no SPF record") == 1
    assert ("[RFC 7208 section 3]  2 agencies\n"
            "  since 2026-01-12; last known 2026-01-12: one.go.th\n"
            "  since 2026-01-14: two.go.th\n") in told
    assert told.index("advice ") < told.index("note ")


def test_a_machine_is_told_the_advice_in_both_languages(
        monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], config: Path) -> None:
    told = [json.loads(line) for line in say(monkeypatch, capfd, "domains", "--json", "-c",
                                             config)[1].splitlines()]
    assert [each["domain"] for each in told] == ["one.go.th", "two.go.th"]
    assert told[0]["mx"] == [{"preference": 10, "host": "mx.one.go.th"}]
    assert told[1]["findings"][0]["advice_th"].startswith("ไม่มีโดเมนนี้")
    assert told[1]["findings"][0]["advice_en"].startswith("The domain does not exist")


def test_a_finding_that_there_is_not_is_refused_with_those_there_are(
        monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], config: Path) -> None:
    code, _, err = say(monkeypatch, capfd, "domains", "--finding", "no-such", "-c", config)
    assert code == 2
    assert all(finding in err for finding in DomainFinding)


def test_an_agency_is_explained_with_its_domain(
        monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], config: Path) -> None:
    out = say(monkeypatch, capfd, "explain", "1002", "-c", config)[1]
    assert "โดเมน two.go.th" in out
    assert "บกพร่อง no-domain: ไม่มีโดเมนนี้" in out
    told = json.loads(say(monkeypatch, capfd, "explain", "1002", "--json", "-c", config)[1])
    assert [each["finding"] for each in told["domain"]["findings"]] == ["no-domain"]


async def test_what_deliveries_showed_of_a_mail_hosts_encryption_stands_with_its_domain(
    config: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:
    with closing(FileLedger(config.parent / "ledger.db")) as ledger:
        await ledger.write(store.hosts.note,
                           Seen("mx.one.go.th", "TLSv1.3", "AES", "self-signed certificate"),
                           MONDAY)
    _, out, _ = say(monkeypatch, capfd, "domains", "--finding", "certificate-untrusted", "--config",
                    config, "--json")
    (told,) = map(json.loads, out.splitlines())
    assert told["domain"] == "one.go.th"
    assert told["tls"][0]["version"] == "TLSv1.3"
    assert [each["host"] for each in told["findings"]
            if each["finding"] == "certificate-untrusted"] == ["mx.one.go.th"]
    _, out, _ = say(monkeypatch, capfd, "domains", "--config", config, "--lang", "en")
    assert (
        "certificate-untrusted: Nobody known vouches for the mail host's certificate: " in out
    )
    assert "; last known 2026-01-12: mx.one.go.th\n" in out
    assert not say(monkeypatch, capfd, "domains", "--finding", "no-tls", "--config", config)[1]


def test_every_severity_is_told_in_words() -> None:
    assert set(Severity) <= words("domains", "th").keys()
