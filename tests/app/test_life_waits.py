"""A mail that waits for a person proves nothing, whatever came before it."""

from itertools import permutations

import pytest

from fakes.post import answer, bounce
from fakes.samples import FORM, MONDAY
from fakes.watch import ONE, Watch, evidence
from sarabanwatch import store
from sarabanwatch.core.domain import DomainFinding, Surveyed
from sarabanwatch.core.facts.evidence import Blame, FactKind
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.sending.reply import Answer, Stage

DOMAIN = ONE.cell.partition("@")[2]
NO_DOMAIN = Answer(Stage.RCPT, 550, "5.1.2", "Domain not found")
# What our own resolvers found of the domain -> the group after a letter was refused for want of it.
FOUND = {
    "gone": ({DomainFinding.NO_DOMAIN: True}, Group.D1),
    "takes mail": ({DomainFinding.NO_DOMAIN: False, DomainFinding.NULL_MX: False}, Group.UNKNOWN),
    "never looked": (None, Group.UNKNOWN),
}


async def survey(watch: Watch, findings: dict[DomainFinding, bool | None] | None) -> None:
    if findings is not None:
        everything = dict.fromkeys(DomainFinding, False) | findings
        await watch.ledger.write(store.domains.record, [Surveyed(DOMAIN, everything, (), None, 2)],
                                 MONDAY)


@pytest.mark.parametrize("found", FOUND)
@pytest.mark.parametrize("said", ["at once", "in a report"])
async def test_no_such_domain_is_believed_of_our_relay_where_our_own_resolvers_agree(
    watch: Watch, found: str, said: str
) -> None:
    findings, group = FOUND[found]
    await survey(watch, findings)
    if said == "at once":
        watch.relay.says.append(NO_DOMAIN)
        await watch.written()
    else:
        (out,) = await watch.written()
        await watch.receive(bounce(out, "5.1.2", "550 5.1.2 Host unknown (Domain name not found)"))
    await watch.end()
    assert await watch.groups() == {group: 1}


async def test_a_strangers_receipt_by_the_letters_number_outweighs_nothing(watch: Watch) -> None:
    (out,) = await watch.written()
    number = FORM.numbered(1)
    stranger = (f"From: x@stranger.test\r\nTo: {FORM.sender.address}\r\nSubject: Re: {number}\r\n"
                f"Content-Type: text/plain; charset=utf-8\r\n\r\nเลขรับที่ 991/2569\r\n").encode()
    await watch.receive(stranger)
    await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 1}
    await watch.receive(bounce(out))
    await watch.judge()
    assert await watch.groups() == {Group.D2: 1}


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_receipt_a_refusal_and_a_riddle_weigh_the_same_in_any_order(
    watch: Watch, order: tuple[int, ...]
) -> None:
    (out,) = await watch.written()
    mails = (bounce(out), answer(out, "เลขรับ 12/2569"),
             bounce(out, recipient="somebody@else.go.test"))
    for each in order:
        await watch.receive(mails[each])
    await watch.end()
    assert await watch.groups() == {Group.UNKNOWN: 1}
    assert sorted(e.kind for e in await evidence(watch)
                  if e.mail) == sorted([FactKind.BOUNCED, FactKind.RECEIPT, FactKind.WAITS])


async def test_a_failure_of_class_four_or_before_the_recipient_was_named_is_never_theirs_for_good(
    watch: Watch,
) -> None:
    (out,) = await watch.written()
    to_ehlo = bounce(out, "5.0.0", "501 host not found").replace(b"in reply to RCPT TO command",
                                                                 b"in reply to EHLO command")
    await watch.receive(bounce(out, "4.1.1", "450 4.1.1 User unknown"), to_ehlo)
    seen = [e for e in await evidence(watch) if e.kind is FactKind.BOUNCED]
    assert len(seen) == 2
    assert Blame.GOOD not in {e.blame for e in seen}
