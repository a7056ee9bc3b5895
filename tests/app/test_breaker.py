"""Which mail may open a breaker.

A host's own report may open that host's, a report of our relay that of any host that it names, and
a forger's report none but the forger's own.
"""

from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.mailroom import RULEBOOK, opened, take_in
from fakes.post import bounce
from fakes.samples import FORM, HOUR, MONDAY, POLICY, RULES, agency, paced, register
from sarabanwatch import store
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.sending.canary import CanaryDraft, CanaryKind
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.core.sending.reply import Outgoing
from sarabanwatch.store import Ledger

HOSTS, OF_EACH = ("one.go.th", "two.go.th", "three.go.th", "four.go.th"), 6
BLOCKED = "550 5.7.1 your IP is on our blocklist"
MADE = "Received: by relay.test (Postfix) id 5X{n}; Mon, {n}\r\n"
OUR_RELAY = ("Received: from relay.test (relay.test [192.0.2.7]) by mx.probe.test id 4X{n} "
             "for <{to}>; Mon, {n}\r\n" + MADE)
THEIRS = ("Received: from relay.test (unknown [203.0.113.66]) by mx.probe.test id 6X{n} "
          "for <{to}>; Mon, {n}\r\n" + OUR_RELAY)
NOBODY = "nobody@void.test"


class Sent(NamedTuple):
    """One letter that the relay took: to whom, and by which mail host."""

    serial: int
    agency: Agency
    host: str


def offices() -> list[Agency]:
    return [agency(f"saraban{n}@{host}", f"{at}{n}") for at, host in enumerate(HOSTS, 10)
            for n in range(OF_EACH)]


async def posted(ledger: Ledger) -> list[Sent]:
    """Have the relay take a letter to each office, and a canary that must bounce; return the
    former."""
    bodies = offices()
    await ledger.write(store.register_table.replace, register(*bodies), RULES, MONDAY)
    drafts = [Draft(a.code, a.cell, MONDAY + 99 * HOUR, None, a.cell.partition("@")[2])
              for a in bodies]
    serials = await ledger.write(store.letters.draft, 0, drafts, RULEBOOK.mint, MONDAY)
    await ledger.write(store.canaries.launch,
                       CanaryDraft(CanaryKind.BOUNCE, 0, lambda _: NOBODY, MONDAY + 99 * HOUR),
                       RULEBOOK.mint, MONDAY)
    for serial in (*serials, len(serials) + 1):
        await ledger.write(store.letters.pick, serial, MONDAY)
        await ledger.write(store.letters.outcome, serial,
                           TryResult(Event.TAKEN, Evidence(FactKind.TAKEN, MONDAY, 250)), MONDAY,
                           MONDAY + HOUR)
    return [Sent(serial, a, a.cell.partition("@")[2])
            for serial, a in zip(serials, bodies, strict=True)]


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    async with opened(tmp_path / "ledger.db") as made:
        yield made


def report(sent: Sent, way: str = "", number: int = 0, token: str | None = None,
           said: str = BLOCKED) -> bytes:
    """Return a report that a letter came back, with the Received fields of its route.

    Without a token it comes to our bare address.
    """
    mark = RULEBOOK.mint(sent.serial) if token is None else token
    to = FORM.return_path(mark) if mark else FORM.sender.address
    out = Outgoing(to, sent.agency.cell, mark, b"")
    return (
        way.format(n=f"{sent.serial}{number}", to=to).encode() + bounce(out, said[4:9], said)
        + f"{number}\r\n".encode()
    )


async def canary_came_home(ledger: Ledger, serial: int) -> None:
    own = Sent(serial, agency(NOBODY), "")
    await take_in(ledger, report(own, OUR_RELAY, said="550 5.1.1 no such user"))


async def dispatcher(ledger: Ledger) -> Dispatcher:
    made = Dispatcher(paced(), POLICY)
    await made.learn(ledger, MONDAY + 3 * HOUR)
    return made


def of_hosts(sent: Iterable[Sent], *hosts: str) -> list[Sent]:
    return [each for each in sent if each.host in hosts]


async def test_six_refusals_of_us_that_came_back_open_their_hosts_breaker(ledger: Ledger) -> None:
    sent = await posted(ledger)
    await take_in(ledger, *(report(each, OUR_RELAY) for each in of_hosts(sent, "two.go.th")))
    made = await dispatcher(ledger)
    assert made.open_hosts == ["two.go.th"]
    assert not made.breaker_open


@pytest.mark.parametrize("token", ["", "swa" + "b" * 24])
async def test_forged_reports_without_our_signature_open_no_breaker(
    ledger: Ledger, token: str,
) -> None:
    sent = await posted(ledger)
    await canary_came_home(ledger, len(sent) + 1)
    await take_in(ledger, *(report(each, way, n, token)
                            for n, way in enumerate(("", OUR_RELAY, THEIRS)) for each in sent))
    made = await dispatcher(ledger)
    assert (made.open_hosts, made.breaker_open) == ([], False)


async def test_reports_of_all_hosts_that_our_own_relay_brought_open_the_global_breaker(
    ledger: Ledger,
) -> None:
    sent = await posted(ledger)
    reports = [report(each, OUR_RELAY) for each in sent]
    await take_in(ledger, *reports)
    # no canary has shown yet by which hosts our relay's reports come
    assert not (await dispatcher(ledger)).breaker_open
    await canary_came_home(ledger, len(sent) + 1)
    assert (await dispatcher(ledger)).breaker_open


async def test_reports_that_came_another_way_open_their_hosts_breakers_and_never_the_global_one(
    ledger: Ledger,
) -> None:
    sent = await posted(ledger)
    await canary_came_home(ledger, len(sent) + 1)
    await take_in(ledger, *(report(each, THEIRS) for each in sent))
    made = await dispatcher(ledger)
    assert (set(made.open_hosts), made.breaker_open) == (set(HOSTS), False)


async def test_one_office_opens_no_breaker_however_many_reports_it_writes_about_its_letters(
    ledger: Ledger,
) -> None:
    sent = await posted(ledger)
    mine = sent[0]
    drafts = [Draft(mine.agency.code, mine.agency.cell, MONDAY + 99 * HOUR, None, mine.host)] * 5
    serials = await ledger.write(store.letters.draft, 0, drafts, RULEBOOK.mint, MONDAY)
    for serial in serials:
        await ledger.write(store.letters.pick, serial, MONDAY)
    letters = [mine, *(Sent(serial, mine.agency, mine.host) for serial in serials)]
    await take_in(ledger, *(report(each, THEIRS, n) for n in range(4) for each in letters))
    assert (await dispatcher(ledger)).open_hosts == []


async def test_a_report_of_delay_takes_nothing_from_the_report_of_failure_that_follows(
    ledger: Ledger,
) -> None:
    sent = of_hosts(await posted(ledger), HOSTS[0])
    await canary_came_home(ledger, len(offices()) + 1)
    said = "450 4.7.1 try again later"
    late = [report(each, OUR_RELAY, 1, said=said).replace(b"Action: failed", b"Action: delayed")
            for each in sent]
    await take_in(ledger, *late)
    assert (await dispatcher(ledger)).open_hosts == []
    await take_in(ledger, *(report(each, OUR_RELAY, 2) for each in sent))
    assert (await dispatcher(ledger)).open_hosts == [HOSTS[0]]


async def test_a_mail_that_is_read_anew_speaks_no_second_time(ledger: Ledger) -> None:
    sent = await posted(ledger)
    await canary_came_home(ledger, len(sent) + 1)
    await take_in(ledger, *(report(sent[0], OUR_RELAY, n) for n in range(9)))
    assert (await dispatcher(ledger)).open_hosts == []


ways = st.sampled_from(["", OUR_RELAY, THEIRS])


@settings(max_examples=15, deadline=timedelta(seconds=30),
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(HOSTS) * OF_EACH - 1), ways, st.booleans()),
                max_size=40), st.sampled_from(HOSTS))
async def test_a_forger_who_knows_one_hosts_tokens_reaches_that_host_at_most(
    tmp_path_factory: pytest.TempPathFactory, forged: list[tuple[int, str, bool]], known: str,
) -> None:
    async with opened(tmp_path_factory.mktemp("forged") / "ledger.db") as ledger:
        sent = await posted(ledger)
        await canary_came_home(ledger, len(sent) + 1)
        mails = [report(sent[at], way, n, None if sent[at].host == known and signed else "")
                 for n, (at, way, signed) in enumerate(forged)]
        await take_in(ledger, *mails)
        made = await dispatcher(ledger)
        assert set(made.open_hosts) <= {known}
        assert not made.breaker_open
