"""Mail and its evidence in the ledger."""

from dataclasses import replace

import pytest

from fakes.books import LATER, ONE, E, draft, evidence, mail, send
from fakes.postgres import REFUSED, by_hand
from fakes.samples import HOUR, MONDAY, fact, mint, unbound
from sarabanwatch import store
from sarabanwatch.core.facts.evidence import Certainty, Evidence, MatchedBy, Reason
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.core.sending.canary import CanaryDraft, CanaryKind
from sarabanwatch.store import Ledger, queries
from sarabanwatch.store.arrivals import LetterClaim
from sarabanwatch.store.places import Place


async def test_a_mailbox_never_read_stands_at_its_beginning(ledger: Ledger) -> None:
    assert await ledger.read(store.arrivals.cursor, "INBOX") == Cursor(0, 0)


async def test_each_mail_is_kept_once_and_the_cursor_moves(written: Ledger, place: Place) -> None:
    mails = [mail(b"one"), mail(b"two", None), mail(b"one")]
    assert await written.write(store.arrivals.take_in, "INBOX", mails, Cursor(5, 12)) == [True,
                                                                                          True,
                                                                                          False]
    assert await written.write(store.arrivals.take_in, "INBOX", mails[:1], Cursor(6, 1)) == [False]
    assert await written.read(store.arrivals.cursor, "INBOX") == Cursor(6, 1)
    assert await written.read(store.arrivals.cursor, "Other") == Cursor(0, 0)
    with queries.asking(place) as db:
        assert queries.raw_mail(db, mails[1].digest[:12]) == b"two"
        assert queries.arrivals(db) == {"answer": 2}


async def test_a_mail_read_again_testifies_once(written: Ledger) -> None:
    await send(written, 1)
    answered = mail(b"one", seen=fact(Fact.ANSWERED))
    for uid in (1, 2):
        await written.write(store.arrivals.take_in, "INBOX", [answered, answered], Cursor(1, uid))
    assert [e.kind for e in await evidence(written, 1)] == [Fact.TAKEN, Fact.ANSWERED]


async def test_mail_evidence_and_cursor_reach_the_disk_together_or_not_at_all(written: Ledger,
                                                                              place: Place) -> None:
    await send(written, 1)
    # of a letter that was never written
    broken = mail(b"two", serial=99, seen=fact(Fact.ANSWERED))
    with pytest.raises(REFUSED):
        await written.write(store.arrivals.take_in, "INBOX",
                            [mail(b"one", seen=fact(Fact.ANSWERED)), broken], Cursor(1, 9))
    assert await written.read(store.arrivals.cursor, "INBOX") == Cursor(0, 0)
    assert [e.kind for e in await evidence(written, 1)] == [Fact.TAKEN]
    with queries.asking(place) as db:
        assert queries.arrivals(db) == {}


async def test_every_field_of_a_fact_comes_back(written: Ledger) -> None:
    whole = Evidence(Fact.BOUNCED, MONDAY, 550, "5.1.1", "ไม่มี ' ; --", Reason.NO_MAILBOX, "row",
                     "mx.test", "๑๒/๒๕๖๙", MatchedBy.ENVID, Certainty.LIKELY, "digest")
    await send(written, 1, E.REFUSAL, whole)
    assert await evidence(written, 1) == [whole]


async def test_a_mail_finds_its_owner_by_serial_and_by_the_last_letter_that_left(
    written: Ledger,
) -> None:
    found = await written.read(store.arrivals.letter, 2)
    assert found is not None
    assert (found.serial, found.token, found.code, found.address, found.drafted_at) == (
        2, mint(2), "1002", "saraban@two.go.th", MONDAY)
    assert await written.read(store.arrivals.letter, 99) is None
    # drafted, and still here
    assert await written.read(store.arrivals.last_letter_to, "saraban@one.go.th", LATER) is None
    await draft(written, ONE, ONE)
    await send(written, 1)
    await send(written, 3)
    assert await written.read(store.arrivals.last_letter_to, "saraban@one.go.th", LATER) == 3
    assert await written.read(
        # neither had left by then
        store.arrivals.last_letter_to, "saraban@one.go.th", MONDAY - HOUR) is None
    assert await written.read(store.arrivals.last_letter_to, "nobody@one.go.th", LATER) is None


async def test_the_letters_of_many_claims_are_found_in_one_question_in_their_order(
    written: Ledger,
) -> None:
    await send(written, 1)
    claims = [LetterClaim(2, mint(2), LATER), None, LetterClaim(None, "saraban@one.go.th", LATER),
              LetterClaim(99, mint(99), LATER), LetterClaim(None, "nobody@one.go.th", LATER)]
    found = await written.read(store.arrivals.claimed, claims)
    assert [letter and letter.serial for letter, _ in found] == [2, None, 1, None, None]


@pytest.mark.parametrize(("certainty", "known"), [
    (Certainty.SIGNED, ["mx.relay.test"]), (Certainty.LIKELY, []), (Certainty.WEAK, [])])
async def test_only_a_canary_under_our_token_shows_hosts_of_our_own_path(
    written: Ledger, place: Place, certainty: Certainty, known: list[str],
) -> None:
    await written.write(store.canaries.launch,
                        CanaryDraft(CanaryKind.HOME, 0, lambda _: "probes@probe.test", LATER),
                        unbound, MONDAY)
    home = replace(mail(b"home", 3, fact(Fact.CAME_HOME, sure=certainty)),
                   makers=("mx.relay.test",))
    await written.write(store.arrivals.take_in, "INBOX", [home], Cursor(1, 1))
    with queries.asking(place) as db:
        assert [maker for maker, in db.execute("SELECT maker FROM own_maker")] == known


@pytest.mark.parametrize("sql", ["UPDATE evidence SET text = 'x'", "DELETE FROM evidence",
                                 "UPDATE mail SET kind = 'x'"])
async def test_facts_can_be_added_and_never_changed(
    written: Ledger, place: Place, sql: str,
) -> None:
    await send(written, 1)
    await written.write(store.arrivals.take_in, "INBOX", [mail(b"one")], Cursor(1, 1))
    with by_hand(place) as db, pytest.raises(REFUSED,
                                                                  match="append-only"):
        db.execute(sql)
