"""People's rulings on mail, in the ledger."""

from dataclasses import replace

import pytest

from fakes.mailroom import (
    CAME,
    RECEIPT,
    RIDDLE,
    STRANGER,
    WEAK_RECEIPT,
    digest,
    mail,
    take_in,
    write_to_both,
)
from fakes.postgres import REFUSED, by_hand
from fakes.samples import HOUR, MONDAY
from sarabanwatch import store
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.evidence import (
    Certainty,
    Evidence,
    FactKind,
    MatchedBy,
    Reason,
    in_force,
)
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.review import MailVerdict
from sarabanwatch.store import Ledger, queries, rulings
from sarabanwatch.store.places import Place

LATER = CAME + HOUR


def word(kind: Mail, fact: FactKind | None = None, serial: int | None = 1, by: str = "",
         mail: str = "", **more: object) -> MailVerdict:
    seen = None if fact is None else Evidence(
        fact, CAME, reason=Reason.FULL if fact is FactKind.BOUNCED else None,
        matched_by=MatchedBy.PERSON if by else MatchedBy.TOKEN,
                    certainty=Certainty.RULED if by else Certainty.SIGNED, mail=mail,
        rule=f"ruled by {by}" if by else "a rule")
    plain = MailVerdict(kind, f"ruled by {by}" if by else "a rule", None, serial, "", "", seen, by)
    return replace(plain, **more)       # type: ignore[arg-type]  # fields are named by the test


@pytest.fixture
async def ledger(bare: Ledger) -> Ledger:
    await write_to_both(bare)
    await take_in(bare, RECEIPT, WEAK_RECEIPT, RIDDLE, STRANGER)
    return bare


def seen(place: Place, serial: int = 1) -> list[Evidence]:
    with queries.asking(place) as db:
        return queries.seen(db, serial)


async def asked(ledger: Ledger) -> set[str]:
    return {case.agency.code for case in await ledger.read(store.judgements.unjudged, 9)}


async def test_a_mail_is_kept_with_what_was_said_of_it(ledger: Ledger) -> None:
    kept = await ledger.read(store.rulings.find, digest(RECEIPT)[:16])
    assert (kept.raw, kept.arrived_at, kept.signed) == (RECEIPT, CAME, ())
    assert (kept.word.kind, kept.word.serial, kept.word.waits, kept.word.by) == (Mail.RECEIPT, 1,
                                                                                 "", "")
    assert kept.word.fact is not None
    assert (kept.word.fact.kind, kept.word.fact.receipt) == (FactKind.RECEIPT, "123/2569")


async def test_a_stranger_is_kept_with_no_fact(ledger: Ledger) -> None:
    assert (await ledger.read(store.rulings.find, digest(STRANGER))).word.fact is None


@pytest.mark.parametrize("beginning", ["ffff0", "", "zz", "%"])
async def test_a_digest_that_names_none_or_several_names_nothing(ledger: Ledger,
                                                                 beginning: str) -> None:
    told = "several mails" if not beginning else "no mail has a digest beginning"
    with pytest.raises(RequestError, match=told):
        await ledger.read(store.rulings.find, beginning)


async def test_pages_come_by_digest_each_mail_once(ledger: Ledger) -> None:
    everything = sorted(map(digest, (RECEIPT, WEAK_RECEIPT, RIDDLE, STRANGER)))
    got, after = [], ""
    while page := await ledger.read(store.rulings.page, after, 3, 1 << 20):
        got.append([m.digest for m in page])
        after = page[-1].digest
    assert got == [everything[:3], everything[3:]]
    assert await ledger.read(store.rulings.kept) == 4


async def test_a_page_ends_where_it_grows_heavy_but_holds_one_at_least(ledger: Ledger) -> None:
    assert len(await ledger.read(store.rulings.page, "", 9, 1)) == 1
    assert len(await ledger.read(store.rulings.page, "", 9, 300)) < 4


async def test_a_new_word_adds_a_fact_and_takes_none_away(ledger: Ledger, place: Place) -> None:
    before, mail = seen(place), digest(RECEIPT)
    assert await ledger.write(store.rulings.lay,
                              {mail: word(Mail.FAILED, FactKind.BOUNCED, mail=mail)}, LATER) == 1
    after = seen(place)
    assert after[:-1] == before
    assert [e.kind for e in in_force(after) if e.mail == mail] == [FactKind.BOUNCED]
    assert (await ledger.read(store.rulings.find, mail)).word == word(Mail.FAILED, FactKind.BOUNCED,
                                                                      mail=mail)


async def test_where_a_mail_moves_both_agencies_are_judged_anew(
    ledger: Ledger, place: Place,
) -> None:
    mail = digest(RECEIPT)
    assert await asked(ledger) == set()
    await ledger.write(store.rulings.lay,
                       {mail: word(Mail.RECEIPT, FactKind.RECEIPT, 2, mail=mail)}, LATER)
    assert await asked(ledger) == {"1001", "1002"}
    assert [e.kind for e in in_force(seen(place, 1)) if e.mail == mail] == [FactKind.SET_ASIDE]
    assert [e.kind for e in in_force(seen(place, 2)) if e.mail == mail] == [FactKind.RECEIPT]
    await ledger.write(store.rulings.lay,
                       {mail: word(Mail.RECEIPT, FactKind.RECEIPT, 1, mail=mail)}, LATER)
    assert [e.kind for e in in_force(seen(place, 1)) if e.mail == mail] == [FactKind.RECEIPT]
    assert [e.kind for e in in_force(seen(place, 2)) if e.mail == mail] == [FactKind.SET_ASIDE]


async def test_since_when_mail_waits_for_a_person_is_known_until_one_has_ruled(
    ledger: Ledger,
) -> None:
    assert await ledger.read(store.rulings.oldest) == {Mail.FAILED: (1, CAME),
                                                       Mail.RECEIPT: (1, CAME)}
    for raw, kind in ((RIDDLE, Mail.STRANGER), (WEAK_RECEIPT, Mail.RECEIPT)):
        await ledger.write(store.rulings.lay,
                           {digest(raw): word(kind, None, by="Somsri", mail=digest(raw))}, LATER)
    assert await ledger.read(store.rulings.oldest) == {}


async def test_even_a_word_of_no_news_asks_for_a_judgement(ledger: Ledger) -> None:
    mail = digest(RECEIPT)
    await ledger.write(store.rulings.lay,
                       {mail: word(Mail.DELIVERED, FactKind.DELIVERED, mail=mail)}, LATER)
    assert await asked(ledger) == {"1001"}      # what was proof is none any more


async def test_our_rules_say_nothing_more_where_a_person_has_spoken(ledger: Ledger,
                                                                    place: Place) -> None:
    mail = digest(RECEIPT)
    assert await ledger.write(store.rulings.lay,
                              {mail: word(Mail.ANSWER, FactKind.ANSWERED, by="Somsri", mail=mail)},
                              LATER) == 1
    before = seen(place)
    assert await ledger.write(store.rulings.lay,
                              {mail: word(Mail.FAILED, FactKind.BOUNCED, mail=mail)}, LATER) == 0
    assert seen(place) == before
    assert await ledger.write(store.rulings.lay,
                              {mail: word(Mail.STRANGER, None, None, by="Somchai", mail=mail)},
                              LATER) == 1
    assert (await ledger.read(store.rulings.find, mail)).word.by == "Somchai"
    with queries.asking(place) as db:
        assert [said.word.by for said in rulings.history(db, mail)] == ["", "Somsri", "Somchai"]


async def test_words_are_laid_all_or_none(ledger: Ledger, place: Place) -> None:
    before = seen(place)
    words = {digest(RECEIPT): word(Mail.FAILED, FactKind.BOUNCED),
             digest(RIDDLE): word(Mail.RECEIPT, FactKind.RECEIPT, 99)}
    with pytest.raises(REFUSED):
        await ledger.write(store.rulings.lay, words, LATER)
    assert seen(place) == before
    assert (await ledger.read(store.rulings.find, digest(RECEIPT))).word.kind is Mail.RECEIPT


async def test_a_mail_waits_until_a_later_word_says_otherwise(ledger: Ledger, place: Place) -> None:
    def waiting(kind: str = "") -> list[str]:
        with queries.asking(place) as db:
            return [w.digest for w in rulings.waiting(db, kind)]

    assert set(waiting()) == {digest(WEAK_RECEIPT), digest(RIDDLE)}
    assert waiting("failed") == [digest(RIDDLE)]
    await ledger.write(store.rulings.lay,
                       {digest(RIDDLE): word(Mail.STRANGER, None, None, by="Somsri")}, LATER)
    assert waiting() == [digest(WEAK_RECEIPT)]
    await ledger.write(store.rulings.lay,
                       {digest(WEAK_RECEIPT): word(Mail.RECEIPT, None, None, waits="still")}, LATER)
    assert waiting() == [digest(WEAK_RECEIPT)]


async def test_the_last_letter_of_an_agency_is_the_last_that_had_left_us_by_then(
    ledger: Ledger,
) -> None:
    assert await ledger.read(store.rulings.last_letter_of, "1002", CAME) == 2
    assert await ledger.read(store.rulings.last_letter_of, "1002", MONDAY - HOUR) is None
    assert await ledger.read(store.rulings.last_letter_of, "9999", CAME) is None


async def test_every_word_on_the_mails_of_a_letter_is_told(ledger: Ledger, place: Place) -> None:
    await ledger.write(store.rulings.lay,
                       {digest(RECEIPT): word(Mail.STRANGER, None, None, by="Somsri")}, LATER)
    with queries.asking(place) as db:
        told = rulings.about(db, 1)
    assert [(s.mail, s.word.by) for s in told
            if s.mail == digest(RECEIPT)] == [(digest(RECEIPT), ""), (digest(RECEIPT), "Somsri")]
    assert {s.mail for s in told} == {digest(RECEIPT), digest(WEAK_RECEIPT), digest(RIDDLE)}


@pytest.mark.parametrize("sql", ["UPDATE reading SET by = 'x'", "DELETE FROM reading"])
async def test_words_can_be_added_and_never_changed(ledger: Ledger, place: Place, sql: str) -> None:
    assert ledger
    with by_hand(place) as db, pytest.raises(REFUSED,
                                                                  match="append-only"):
        db.execute(sql)


async def test_whose_signature_held_is_kept_for_good(bare: Ledger) -> None:
    class Signed:
        async def verified(self, raw: bytes) -> tuple[str, ...]:
            return ("one.go.th", "relay.test") if raw == WEAK_RECEIPT else ()

    await write_to_both(bare)
    await take_in(bare, WEAK_RECEIPT, mail("x"), verifier=Signed())
    kept = await bare.read(store.rulings.find, digest(WEAK_RECEIPT))
    assert kept.signed == ("one.go.th", "relay.test")
    assert kept.word.fact is not None
    assert kept.word.fact.authentic == "DKIM of one.go.th, verified by us"
    assert kept.word.waits == ""
    assert (await bare.read(store.rulings.find, digest(mail("x")))).signed == ()
