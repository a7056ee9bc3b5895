"""While a letter to ourselves is missing, nothing else is sent, and no silence counts."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from msgspec import structs

from fakes import samples
from fakes.clock import StoppedClock
from fakes.post import NO_USER, EvenChance, Inbox, Relay, Silent, Unsigned, sendable
from fakes.samples import RULES, paced
from sarabanwatch import store
from sarabanwatch.app import life, rounds
from sarabanwatch.app.asking import ask
from sarabanwatch.app.life import Outlet
from sarabanwatch.app.own_path import canary
from sarabanwatch.app.parts import ServiceParts as Parts
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.app.service import Service
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts import token
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.policy import CanarySection
from sarabanwatch.core.returns.arrival import Arrival, MailKind
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.core.sending.route import Route
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import FileLedger

POLICY = replace(samples.POLICY, live=True,
                 canary=CanarySection(must_bounce="no-such-box@probe.test"))
STRAIGHT = replace(NO_USER, route=Route.DIRECT)


class World:
    """A ledger, a clock that stands still, and a relay that takes everything.

    Mail comes home only when the test says so.
    """

    def __init__(self, path):
        self.clock, self.line = StoppedClock(samples.MONDAY), Relay(no=STRAIGHT)
        self.ledger, self.journal = FileLedger(path, samples.RULES), MetricJournal(self.clock)
        self.rules = Rulebook(
            POLICY, samples.RULES, samples.FORM, samples.OURS,
            {"a": samples.KEY}, samples.unbound, samples.REFUSALS,
            pace=samples.UNPACED)

    async def canary(self):
        return await canary(ledger=self.ledger, clock=self.clock, rules=self.rules,
                            journal=self.journal)

    async def send(self, *, canaries_only=False):
        now = self.clock.now()
        for serial in await sendable(self.ledger, now, 10, [], canaries_only=canaries_only):
            await life.send(serial, Outlet(self.line, EvenChance()), ledger=self.ledger,
                            clock=self.clock, rules=self.rules, journal=self.journal)
        took, self.line.letters = [out.to for out in self.line.letters], []
        return took

    async def back(self, serial, kind, fact, signed=()):
        now, raw = self.clock.now(), f"mail {serial} {kind}".encode()
        digest = sha256(raw).hexdigest()
        mail = ReceivedMail(raw, digest, now, Arrival(kind, "test"), serial,
                            Evidence(fact, now, mail=digest), signed=signed)
        await self.ledger.write(store.arrivals.take_in, "INBOX", [mail], Cursor(1, serial))

    async def both_back(self, home, bounce):
        await self.back(home, MailKind.CANARY, Fact.CAME_HOME)
        await self.back(bounce, MailKind.FAILED, Fact.BOUNCED)

    async def close_and_judge(self):
        now = self.clock.now()
        await life.close(looked_at=now, ledger=self.ledger, clock=self.clock, rules=self.rules,
                         journal=self.journal)
        (case,) = await self.ledger.read(store.judgements.unjudged, 10)
        (verdict,) = life.weigh(case, self.rules, now).verdicts.values()
        return verdict


@pytest.fixture
async def world(tmp_path):
    world = World(tmp_path / "ledger.db")
    await world.ledger.write(store.register_table.replace, samples.register(samples.agency()),
                             RULES, world.clock.now())
    yield world
    world.ledger.close()


async def draft(world):
    parts = {"ledger": world.ledger, "clock": world.clock, "rules": world.rules,
             "journal": world.journal}
    await rounds.turn(**parts)
    return await life.draft(**parts)


async def test_one_goes_home_and_one_to_an_address_that_must_bounce(world):
    assert await world.canary()
    home, bounce = await world.send()
    assert home.startswith("probes+sw")
    assert home.endswith("@probe.test")
    assert bounce == "no-such-box@probe.test"


def rehearsing(world, must_bounce):
    """Return rules that are not live, with our own mailbox in a real domain."""
    policy = replace(POLICY, live=False, canary=CanarySection(must_bounce=must_bounce))
    form = world.rules.form
    ours = structs.replace(form.sender, address="probes@watch.go.th")
    world.rules = replace(world.rules, policy=policy, form=replace(form, sender=ours))


async def test_before_live_letters_to_our_own_mailbox_leave_and_no_other_does(world):
    assert await draft(world) == 1
    rehearsing(world, "no-such-box@watch.go.th")
    world.clock.at += timedelta(hours=1)
    await world.canary()
    home, bounce = await world.send()
    assert home.endswith("@watch.go.th")
    assert bounce == "no-such-box@watch.go.th"


async def test_before_live_none_that_must_bounce_goes_to_another_domain(world):
    rehearsing(world, "no-such-box@elsewhere.go.th")
    await world.canary()
    assert [to.rpartition("@")[2] for to in await world.send()] == ["watch.go.th"]


async def test_canaries_go_before_letters_that_wait_longer(world):
    assert await draft(world) == 1
    world.clock.at += timedelta(hours=1)
    await world.canary()
    assert (await world.send())[-1] == "saraban@one.go.th"


async def test_no_second_pair_goes_before_its_time(world):
    await world.canary()
    await world.canary()
    assert len(await world.send()) == 2


async def test_a_lost_one_breaks_the_path_and_the_next_one_that_comes_back_mends_it(world):
    await world.canary()
    await world.send()
    world.clock.at += timedelta(hours=3)
    assert not await world.canary()
    world.clock.at += timedelta(hours=1)
    assert not await world.canary()
    await world.send(canaries_only=True)
    world.clock.at += timedelta(hours=1)
    await world.both_back(3, 4)
    assert await world.canary()


async def test_while_the_path_is_broken_only_canaries_leave(world):
    await draft(world)
    await world.canary()
    assert all(to.endswith("@probe.test") for to in await world.send(canaries_only=True))
    assert await world.send() == ["saraban@one.go.th"]


async def fly_and_return(world, home, bounce):
    """Send a pair of canaries that comes back at once."""
    await world.canary()
    await world.send(canaries_only=True)
    await world.both_back(home, bounce)


async def days_pass(world, since, *, pairs=24, bounces=True):
    """Let four days pass, or as long as so many pairs of canaries take, each of which comes
    back."""
    for home in range(since, since + 2 * pairs, 2):
        world.clock.at += POLICY.canary.every
        await world.canary()
        await world.send(canaries_only=True)
        await world.back(home, MailKind.CANARY, Fact.CAME_HOME)
        if bounces:
            await world.back(home + 1, MailKind.FAILED, Fact.BOUNCED)


async def test_silence_while_one_was_lost_is_withheld_and_earns_a_fresh_letter(world):
    await draft(world)
    await world.canary()
    await world.send()
    world.clock.at += timedelta(days=4)
    await fly_and_return(world, 4, 5)
    assert await world.close_and_judge() is Verdict.WITHHELD


async def test_silence_while_all_came_back_counts(world):
    await draft(world)
    await fly_and_return(world, 2, 3)
    await world.send()
    await days_pass(world, 4)
    assert await world.close_and_judge() is Verdict.ACCEPTS


async def test_silence_is_withheld_where_none_left_for_days_though_all_that_left_came_back(world):
    await draft(world)
    await fly_and_return(world, 2, 3)
    await world.send()
    world.clock.at += timedelta(days=4)
    await fly_and_return(world, 4, 5)
    assert await world.close_and_judge() is Verdict.WITHHELD


async def test_silence_while_it_is_in_doubt_whether_one_left_is_withheld(world):
    await draft(world)
    await fly_and_return(world, 2, 3)
    await world.send()
    world.clock.at += POLICY.canary.every
    await world.canary()
    await world.ledger.write(store.letters.pick, 4, world.clock.now())
    await life.recover(ledger=world.ledger, clock=world.clock, rules=world.rules)
    await world.send(canaries_only=True)
    await world.back(5, MailKind.FAILED, Fact.BOUNCED)
    await days_pass(world, 6)
    assert await world.close_and_judge() is Verdict.WITHHELD


async def test_silence_says_nothing_until_one_that_left_after_the_window_has_told(world):
    await draft(world)
    await fly_and_return(world, 2, 3)
    await world.send()
    await days_pass(world, 4, pairs=11)
    world.clock.at += timedelta(hours=5)
    assert await world.close_and_judge() is Verdict.PENDING
    await world.canary()
    await world.send(canaries_only=True)
    assert await world.close_and_judge() is Verdict.PENDING
    await world.both_back(26, 27)
    assert await world.close_and_judge() is Verdict.ACCEPTS


async def test_straight_to_hosts_what_must_bounce_is_refused_at_once_and_the_path_counts_as_whole(
    world,
):
    world.line.refuses = ("no-such-box",)
    await draft(world)
    await world.canary()
    await world.send()
    world.clock.at += timedelta(hours=1)
    await world.back(2, MailKind.CANARY, Fact.CAME_HOME)
    assert await world.canary()
    await days_pass(world, 4, bounces=False)
    assert await world.close_and_judge() is Verdict.ACCEPTS


async def test_an_inbox_that_refuses_our_own_letter_breaks_the_path_and_silence_is_withheld(world):
    await draft(world)
    world.line.refuses = ("probes+",)
    await world.canary()
    await world.send()
    assert not await world.canary()
    world.line.refuses = ()
    world.clock.at += timedelta(days=4)
    await fly_and_return(world, 4, 5)
    assert await world.canary()
    assert await world.close_and_judge() is Verdict.WITHHELD


ENDED = replace(samples.KEY, until=samples.MONDAY.date() - timedelta(days=1))


async def test_when_every_key_has_ended_nothing_leaves_and_our_path_is_not_said_to_be_broken(world):
    await world.canary()
    await fly_and_return(world, 1, 2)
    assert await draft(world) == 1
    world.rules = replace(world.rules, keys={"a": ENDED})
    world.clock.at += timedelta(days=1)
    assert await draft(world) == 0
    assert await world.canary()
    assert await world.send(canaries_only=True) == []
    assert world.journal.registry.get_sample_value("sarabanwatch_path_whole") == 1
    with pytest.raises(RequestError, match="nothing can be signed"):
        await ask("1001", None, ledger=world.ledger, clock=world.clock, rules=world.rules)


async def test_a_letter_that_waits_when_the_last_key_ends_waits_on(world):
    await draft(world)
    for keys, waits in (({"a": samples.KEY}, [1]), ({"a": ENDED}, [])):
        service = Service(Parts(world.ledger, world.clock, EvenChance(), world.journal, Inbox(),
                                Silent(), Unsigned(),
                                [world.line], replace(world.rules, keys=keys, pace=paced())))
        assert [serial for serial, _ in await service.outbox.may_go(10)] == waits


async def test_an_answer_to_a_letter_that_left_while_its_key_lived_is_believed_when_it_has_ended(
    world,
):
    """A canary that left on a key's last day proves the path, though it is back on the next."""
    await world.canary()
    await world.send()
    world.clock.at += timedelta(days=1)
    assert token.read(samples.unbound(1), {"a": ENDED}, world.clock.at.date()) == 1


def shown(world):
    return world.journal.registry.get_sample_value("sarabanwatch_canary_signed")


async def test_whether_the_last_that_came_home_was_signed_is_known_after_a_restart_too(world):
    await world.canary()
    await world.send()
    assert shown(world) == 0
    await world.back(1, MailKind.CANARY, Fact.CAME_HOME, signed=("probe.test",))
    world.journal = MetricJournal(world.clock)
    await world.canary()
    assert shown(world) == 1
    world.clock.at += POLICY.canary.every
    await world.canary()
    await world.send()
    await world.back(3, MailKind.CANARY, Fact.CAME_HOME, signed=("relay.test",))
    await world.canary()
    assert shown(world) == 0
