"""A person says what a mail is; the ruling is kept under their name, as its last word."""

from sarabanwatch import store
from sarabanwatch.core.calendar import BANGKOK, short_day, short_moment
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.returns import review, testimony
from sarabanwatch.core.returns.kept import StoredMail
from sarabanwatch.core.returns.review import Lesson, MailVerdict, Ruling
from sarabanwatch.ports import Clock, Reader
from sarabanwatch.store import Ledger


async def rule(
    mail: StoredMail, ruling: Ruling, serial: int | None, *, ledger: Ledger, reader: Reader,
    clock: Clock,
) -> MailVerdict:
    """Write down a ruling on a mail, and have its agency judged again; return the new word.

    It is about the letter of that serial, if any (`whose`). Raise RequestError where the ruling
    cannot be one, or the mail was erased.
    """
    if mail.forgotten_at:
        until = short_day(mail.forgotten_at.astimezone(BANGKOK).date(), "en")
        raise RequestError(
            f"its words were kept until {until}: "
            "nobody can tell any more what it is"
        )
    review.check_ruling(ruling, serial, testimony.FACT)
    arrival = await reader.read(mail.raw)
    word = review.verdict_by_person(ruling, arrival, testimony.FACT[ruling.kind], serial,
                                    mail.arrived_at, mail.digest)
    await ledger.write(store.rulings.lay, {mail.digest: word}, clock.now())
    return word


async def rule_alike(mail: StoredMail, ruling: Ruling, *, ledger: Ledger, reader: Reader,
                     clock: Clock) -> tuple[MailVerdict, int, int]:
    """Write down a ruling for all waiting mails that are alike, and for those still to come.

    Return the word on the mail itself, how many mails were settled, and how many could not be: a
    kind that is evidence needs a letter, and nothing tells which one is theirs. Raise RequestError
    where the ruling cannot be one, or nothing is known by which similar mails could be found.
    """
    if not mail.word.alike or not mail.word.waits:
        raise RequestError(
            "--alike: it no longer waits, or has nothing by which similar mails could be known; "
            "rule on it alone"
        )
    review.check_ruling(ruling, mail.word.serial, testimony.FACT)
    words, left, kind = dict[str, MailVerdict](), 0, testimony.FACT[ruling.kind]
    for digest in await ledger.read(store.rulings.alike, mail.word.alike):
        each = await ledger.read(store.rulings.find, digest)
        if kind is not None and each.word.serial is None:
            left += 1
            continue
        arrival = await reader.read(each.raw)
        words[digest] = review.verdict_by_person(ruling, arrival, kind, each.word.serial,
                                                 each.arrived_at, digest)
    lesson = Lesson(mail.word.alike, ruling.kind, ruling.reason, ruling.by.strip(), ruling.note,
                    mail.digest)
    now = clock.now()
    await ledger.write(store.rulings.learn, lesson, words, now,
                       Kin(Scope.REPLAY, short_moment(now, "en")))
    return words[mail.digest], len(words), left


async def whose(mail: StoredMail, letter: int | None, agency: str, ledger: Ledger) -> int | None:
    """Return the serial of the letter that a mail is about, as a person says.

    It is `letter`; without one, the last letter to `agency` before the mail came; without either,
    the letter that the mail was held to be about. Raise RequestError where there is none.
    """
    if letter is not None and await ledger.read(store.arrivals.letter, letter) is None:
        raise RequestError(
            f"--letter: we wrote no letter of number {letter}; "
            "`explain AGENCY` lists an agency's letters"
        )
    if letter is not None or not agency:
        return mail.word.serial if letter is None else letter
    last = await ledger.read(store.rulings.last_letter_of, agency, mail.arrived_at)
    if last is None:
        raise RequestError(
            f"--agency: no letter to {agency} had left us when the mail came; "
            f"see `explain {agency}`"
        )
    return last
