"""What mails and replies show that the rules were not written from, in this corpus and others."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import REFUSALS
from sarabanwatch import settings
from sarabanwatch.cli.read import _answer
from sarabanwatch.core import weight
from sarabanwatch.core.returns.arrival import Ours
from sarabanwatch.core.returns.bounce.dsn import ACTIONS
from sarabanwatch.core.weight import ReadingTables, Weighed, Weight

HERE = Path(__file__).resolve()
BLIND = HERE.parents[1] / "corpus" / "blind"
BESIDE = next((p / "shared/data" for p in HERE.parents if (p / "shared/data/wild").is_dir()), None)
WILD = BESIDE / "wild" if BESIDE else None
absent = pytest.mark.skipif(WILD is None, reason="no ../shared/data/wild beside the project")
OURS, WHEN = Ours("probes@probe.test", "นร 1200/ท"), datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = b"swaaaaaaaahbbp2o6g3btfjhrit"
SAFE = (Weight.WAIT, Weight.UNKNOWN)
RULES = settings.address_rules(settings.shipped("address-rules.toml"))
TABLE = ReadingTables(REFUSALS, RULES.free_mail | RULES.local_government_hosts)


class Case(NamedTuple):
    """One line of a list, and what came of it."""

    name: str
    row: dict[str, Any]
    told: Weighed

    @property
    def wanted(self) -> list[str]:
        wanted: list[str] = self.row.get("weight") or self.row["blame"]
        return wanted

    @property
    def right(self) -> bool:
        return self.told.weight in self.wanted

    @property
    def unsafe(self) -> bool:
        return not self.right and self.told.weight not in SAFE


def rows(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text("utf-8").splitlines())


def mails(path: Path) -> list[Case]:
    """Weigh a list of mails; each letter went to where its list says."""
    cases = []
    for row in rows(path):
        raw = (path.parent / "mails" / Path(row["mail"]).name).read_bytes()
        raw = raw.replace(b"swTOKEN", TOKEN).replace(b"TOKEN", TOKEN)
        cases.append(Case(row["mail"], row,
                          weight.mail(raw, _to(row["mail"], raw), OURS, WHEN, TABLE)))
    return cases


def _to(name: str, raw: bytes) -> str:
    if b"swaaaaaaeth" in raw:
        return "saraban@a.go.test"
    return "saraban@naa-ex.go.th" if "thai-" in name or b"naa-ex.go.th" in raw else "saraban@a.test"


def answers(path: Path) -> list[Case]:
    return [Case(row["id"], row, weight.answer(_answer(row["stage"], row["reply"]), WHEN, REFUSALS))
            for row in rows(path)]


def hold(cases: list[Case], at_least: float) -> None:
    """Print the score; nothing may be unsafe, and so large a share must be right."""
    right = sum(case.right for case in cases)
    print(f"{right} of {len(cases)} right")
    missed = [f"{c.name}: {c.told.weight} ({c.told.rule}), not {c.wanted}" for c in cases
              if not c.right]
    print("\n".join(missed))
    assert [case.name for case in cases if case.unsafe] == []
    assert right >= at_least * len(cases)


def test_blind_mail_is_weighed_safely_and_few_true_answers_wait() -> None:
    cases = mails(BLIND / "mails.jsonl")
    hold(cases, 0.97)
    true = [case for case in cases if case.wanted == ["proven"]]
    assert len(true) > 70
    assert sum(case.told.weight is Weight.WAIT for case in true) * 8 <= len(true)


def test_blind_answers_are_weighed_safely() -> None:
    hold(answers(BLIND / "smtp_answers.jsonl"), 0.97)


@absent
@pytest.mark.parametrize("name", ["mails.jsonl", "thai.jsonl"])
def test_wild_mail_is_weighed_safely(name: str) -> None:
    hold(mails(WILD / name), 0.85)     # type: ignore[operator]  # else skipped


@absent
@pytest.mark.parametrize("name", ["smtp_answers.jsonl", "living.jsonl"])
def test_wild_answers_are_weighed_safely(name: str) -> None:
    hold(answers(WILD / name), 0.85)   # type: ignore[operator]  # as above


@pytest.mark.skipif(BESIDE is None, reason="no ../shared/data/bounces beside the project")
def test_labelled_bounces_are_read_no_worse_than_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(HERE.parents[1] / "bench")     # where a bench finds its own modules
    from bench.recognition import Line, shares
    from sarabanwatch.core.returns import arrival

    folder = BESIDE / "bounces"        # type: ignore[operator]  # as above
    labels = list(rows(folder / "labels.jsonl"))
    lines = [Line(label, arrival.read((folder / label["mail"]).read_bytes(), OURS, REFUSALS))
             for label in labels]
    score = shares(lines)
    print(score)
    # two of class 4 are "for now", by their class
    floors = {"kind": 0.998, "recognised": 1.0, "recipients": 1.0, "blame": 0.969}
    assert {key: score[key] for key, least in floors.items() if score[key] < least} == {}
    assert (score["false_bounces"], score["dead_wrongly"]) == (0, 0)


DEATHS = ("User unknown", "no such mailbox", "mailbox disabled", "account suspended",
          "Domain not found", "ไม่พบผู้ใช้", "บัญชีถูกระงับ",
          "550 5.1.1 does not exist", "Recipient address rejected: Access denied", "host not found")
DSN = """From: MAILER-DAEMON@relay.test
To: probes+{mark}@probe.test
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain; charset=utf-8

<saraban@a.test>: host mx.a.test[192.0.2.1] said: {said} (in reply to {asked})

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.test

Final-Recipient: rfc822; saraban@a.test
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b--
"""


def returned(said: str, status: str, *, asked: str = "RCPT TO command",
             action: str = "failed") -> Weight:
    raw = DSN.format(mark=TOKEN.decode(), said=said, status=status, asked=asked,
                     action=action).encode()
    return weight.mail(raw, "saraban@a.test", OURS, WHEN, TABLE).weight


@given(st.sampled_from(DEATHS), st.integers(400, 499),
       st.sampled_from(["4.1.1", "4.2.1", "5.1.1", "4.7.1", "5.0.0"]))
def test_no_report_of_class_four_kills(words: str, code: int, status: str) -> None:
    assert returned(f"{code} {status} {words}", status) is not Weight.GOOD


@given(st.sampled_from(DEATHS), st.sampled_from(["4.0.0", "4.1.1", "4.2.1", "4.4.7"]),
       st.sampled_from(["", "550 "]))
def test_no_report_whose_status_is_of_class_four_kills_whatever_it_quotes(words: str, status: str,
                                                                          code: str) -> None:
    assert returned(f"{code}{words}", status) is not Weight.GOOD


@given(st.sampled_from(DEATHS), st.integers(500, 559),
       st.sampled_from(["5.1.1", "5.2.1", "5.0.0", "5.7.1"]),
       st.sampled_from(["EHLO command", "HELO command", "MAIL FROM command"]))
def test_nothing_that_a_report_quotes_from_before_rcpt_kills(words: str, code: int, status: str,
                                                             asked: str) -> None:
    assert returned(f"{code} {status} {words}", status, asked=asked) is not Weight.GOOD


@given(st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12))
def test_an_action_that_is_none_of_the_known_is_no_failure(action: str) -> None:
    known = action.startswith(tuple(ACTIONS))
    weighed = returned("550 5.1.1 User unknown", "5.1.1", action=action)
    assert weighed is (Weight.WAIT if not known else weighed)
