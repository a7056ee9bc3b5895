"""A suspicion is never published, in whatever order reports arrive."""

import asyncio
from contextlib import closing
from itertools import permutations, takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.test_confirming import SHIPPED
from fakes.post import LOST, NO_USER, TAKEN, bounce
from fakes.samples import HOUR, MONDAY, RULES, agency, register
from fakes.watch import ADDRESS, BLOCKED, DAY, ONE, Watch
from sarabanwatch import store
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.standing import FAILURES, WEIGHT, Health
from sarabanwatch.core.page.public import Account
from sarabanwatch.store import FileLedger, confirming, queries
from sarabanwatch.store.public import LedgerArchive

FALLEN = {Group.D1, Group.D2, Group.D3}
SAID = {"taken": TAKEN, "refused": NO_USER, "blocked": BLOCKED, "cut": LOST}
OF_ONE_HOST = [agency(f"saraban_{n}@one.go.test", f"10{n:02}") for n in range(12)]


def failing(account: Account) -> bool:
    """Say whether people see that letters fail, or that another letter is due because of it."""
    since = takewhile(lambda letter: WEIGHT[letter.rule.verdict] is not Health.GOOD,
                      reversed(account.letters))
    return account.again is not None or any(letter.rule.verdict in FAILURES for letter in since)


def published(file: Path) -> set[str]:
    """Return the agencies of which people see anything bad: a group, a letter, or an incident."""
    with closing(LedgerArchive(file, ADDRESS, str, "yes", SHIPPED.policy)) as archive:
        country = archive.country()
        accounts = [account for each in country.listings if (account := archive.account(each.code))]
    return ({each.code for each in country.listings if each.group in FALLEN}
            | {account.agency.code for account in accounts if failing(account)}
            | {code for hold in country.holds for code in hold.downgrades})


def found_by_number(file: Path) -> bool:
    """Say whether a letter is found by its number exactly where its agency's account shows it."""
    with closing(LedgerArchive(file, ADDRESS, str, "yes", SHIPPED.policy)) as archive:
        accounts = [account for each in archive.country().listings
                    if (account := archive.account(each.code))]
        found = {serial for serial in range(60) if archive.letter(serial)}
    return found == {int(letter.number) for account in accounts for letter in account.letters}


def suspects(file: Path) -> set[str]:
    """Return who is suspected."""
    with queries.asking(file) as db:
        found = {code for code, in db.execute("SELECT code FROM downgrade WHERE NOT confirmed")}
        assert confirming.suspects(db) == len(found)
        return found


async def step(watch: Watch, file: Path, hours: int) -> None:
    """Judge and let time pass; whenever people look, they see nothing of a suspect."""
    await watch.judge()
    await watch.close(watch.clock.now())
    assert not suspects(file) & published(file)
    assert found_by_number(file)
    watch.clock.pass_(hours * HOUR)


async def lives(folder: Path, answers: list[str]) -> None:
    file = folder / "ledger.db"
    with closing(FileLedger(file)) as ledger:
        watch = Watch(ledger, rules=SHIPPED)
        await ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
        for answer in answers:
            watch.relay.says.append(SAID[answer])
            sent = await watch.written()
            watch.relay.says.clear()
            await step(watch, file, 3)
            if answer == "cut" and sent:
                await watch.receive(bounce(sent[0]))
            for hours in (21, 24, 0):
                await step(watch, file, hours)
        await watch.reader.close()


@settings(max_examples=25)
@given(st.lists(st.sampled_from(sorted(SAID)), min_size=1, max_size=8))
def test_whatever_its_letters_come_to_people_see_nothing_of_a_suspect(answers: list[str]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(lives(Path(folder), answers))


async def test_whom_an_incident_holds_is_told_to_people_when_it_is_confirmed(
    tmp_path: Path,
) -> None:
    file, seen = tmp_path / "ledger.db", []
    with closing(FileLedger(file)) as ledger:
        watch = Watch(ledger, rules=SHIPPED)
        await ledger.write(store.register_table.replace, register(*OF_ONE_HOST), RULES, MONDAY)
        watch.relay.refuses = tuple(each.cell for each in OF_ONE_HOST)
        for _ in range(3):
            await watch.written()
            await step(watch, file, 1)
            await step(watch, file, 23)
            seen.append((len(await held(watch)), len(suspects(file)), len(published(file))))
        await watch.reader.close()
    assert seen == [(1, 12, 0), (1, 12, 0), (1, 0, 12)]


async def held(watch: Watch) -> list[int]:
    return list((await watch.ledger.read(store.incidents.held))[0])


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_order_in_which_reports_arrive_plays_no_part(tmp_path: Path,
                                                               order: tuple[int, ...]) -> None:
    """The reports of three letters in doubt, whose windows have ended, come in any order."""
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        watch = Watch(ledger, rules=SHIPPED)
        await ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
        sent = []
        for _ in range(3):
            watch.relay.says.append(LOST)
            sent += await watch.written()
            await watch.end()
        seen = []
        for n in order:
            await watch.receive(bounce(sent[n]))
            await watch.judge()
            seen.append((dict(await watch.groups()), await ledger.read(store.confirming.suspects)))
        watch.clock.pass_(2 * DAY)
        await watch.judge()
        assert seen[:2] == [({Group.UNKNOWN: 1}, 1)] * 2
        assert await watch.groups() == {Group.D2: 1}
        await watch.reader.close()
