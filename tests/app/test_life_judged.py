"""The steps, in their order, over a real ledger: what silence and mail show, and the verdict."""

from dataclasses import dataclass, field, replace

import pytest

from fakes.post import LOST, answer, bounce
from fakes.samples import FORM, HOUR, KEY, MONDAY, RULES, agency, mint, register
from fakes.watch import ONE, TWO, WEEK, Watch, evidence
from sarabanwatch import store
from sarabanwatch.app import life
from sarabanwatch.core.facts.agency import Announcement
from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.returns.mailbox import Cursor

# --- silence --------------------------------------------------------------------------------------


async def test_silence_does_not_count_before_the_mailbox_was_read_through(watch: Watch) -> None:
    await watch.written()
    watch.clock.pass_(WEEK)
    assert await watch.close(None) == 0
    assert await watch.close(MONDAY + HOUR) == 0        # it was last read within the window
    await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 1}
    assert await watch.close(watch.clock.now()) == 1


async def test_silence_says_nothing_of_a_letter_in_doubt(watch: Watch) -> None:
    watch.relay.says.append(LOST)
    await watch.written()
    await watch.end()
    assert [e.kind for e in await evidence(watch)] == [FactKind.LOST]
    assert await watch.groups() == {Group.UNKNOWN: 1}


# --- mail -----------------------------------------------------------------------------------------


async def test_a_strangers_mail_is_kept_and_is_evidence_of_nothing(watch: Watch) -> None:
    await watch.written()
    await watch.receive(
        b"From: x@stranger.test\r\nTo: probes@probe.test\r\nSubject: hello\r\n\r\nhello\r\n"
    )
    assert [e.kind for e in await evidence(watch)] == [FactKind.TAKEN]
    assert await watch.ledger.read(store.arrivals.cursor, "INBOX") == Cursor(7, 1)


async def test_a_bounce_of_another_recipient_waits_and_is_not_taken_for_nothing_came_back(
    watch: Watch,
) -> None:
    (out,) = await watch.written()
    await watch.receive(bounce(out, recipient="somebody@two.go.test"))
    await watch.end()
    assert await watch.groups() == {Group.UNKNOWN: 1}


async def test_a_forged_token_is_refused(watch: Watch) -> None:
    (out,) = await watch.written()
    forged = replace(out, sender=out.sender.replace(out.envid, mint(1, replace(KEY,
                                                                    secret=b"somebody else's!"))))
    await watch.receive(bounce(forged))
    await watch.end()
    assert await watch.groups() == {Group.A2: 1}


async def test_an_answer_known_only_by_its_sender_is_weak_and_decides_nothing(watch: Watch) -> None:
    (out,) = await watch.written()
    await watch.receive(answer(replace(out, sender=FORM.sender.address), "ขอบคุณครับ"))
    await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 1}


async def test_the_same_mail_twice_is_one_fact(watch: Watch) -> None:
    (out,) = await watch.written()
    for _ in range(2):
        await watch.receive(answer(out), answer(out))
    assert [e.kind for e in await evidence(watch)] == [FactKind.TAKEN, FactKind.RECEIPT]


# --- judgement ------------------------------------------------------------------------------------


async def campaign(watch: Watch, *returned: bool) -> list[Group]:
    """Play one campaign for each value: the letter comes back, or it does not.

    Return the groups after each.
    """
    groups: list[Group] = []
    for number, comes_back in enumerate(returned):
        watch.clock.at = MONDAY + number * 6 * WEEK
        (out,) = await watch.written()
        await watch.receive(*[bounce(out)] * comes_back)
        await watch.end()
        groups += await watch.groups()
    return groups


async def test_where_one_is_enough_a_first_failure_is_believed(watch: Watch) -> None:
    assert await campaign(watch, True, False) == [Group.D2, Group.A2]


async def test_a_new_address_starts_afresh(watch: Watch) -> None:
    assert await campaign(watch, True) == [Group.D2]
    moved = agency("saraban@new.go.test",
                   announcement=Announcement("x", None, "saraban@new.go.test"))
    await watch.ledger.write(store.register_table.replace, register(moved, digest="d2"), RULES,
                             watch.clock.now())
    await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 1}


async def test_judging_twice_changes_nothing(watch: Watch) -> None:
    assert await campaign(watch, False) == [Group.A2]
    await watch.announce()
    await watch.ledger.write(store.register_table.replace, register(ONE, digest="d2"), RULES,
                             watch.clock.now())
    assert (await watch.judge(), await watch.judge(), await watch.announce()) == (1, 0, 0)


@dataclass
class Dies:
    """A journal that raises at the second transition."""

    told: list[Transition] = field(default_factory=list)

    def changed_group(self, change: Transition) -> None:
        """Tell, or die."""
        if len(self.told) == 1:
            raise OSError("no space left on device")
        self.told.append(change)


async def test_each_transition_is_announced_at_least_once_whatever_dies(watch: Watch) -> None:
    await watch.ledger.write(store.register_table.replace, register(ONE, TWO, digest="d2"), RULES,
                             MONDAY)
    await watch.written()
    await watch.end()
    dying = Dies()
    with pytest.raises(OSError, match="no space"):
        await life.announce(ledger=watch.ledger, clock=watch.clock,
                            journal=dying)     # type: ignore[arg-type]  # it dies of one event
    assert await watch.announce() == 2
    assert await watch.announce() == 0
    assert [change.code for change in dying.told] == ["1001"]
