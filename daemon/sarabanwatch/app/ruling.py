"""A person says what a mail is: their ruling is laid beside the letter, under their name, as the last word on the mail."""

from sarabanwatch.core import ruling, testimony
from sarabanwatch.core.ruling import NoRuling, Ruling, Word
from sarabanwatch.ports import Clock, Ledger, Reader, Stored


async def rule(
    mail: Stored, said: Ruling, letter: int | None, agency: str, *, ledger: Ledger, reader: Reader, clock: Clock,
) -> Word:
    """Take a ruling on a mail down; its agency is to be judged anew. Raise NoRuling where it is none, or its mail forgotten.

    It is about `letter`, else the last letter to `agency` before the mail came, else the letter it was held to be about.
    """
    if mail.forgotten_at:
        raise NoRuling(f"its words were kept until {mail.forgotten_at:%Y-%m-%d}: nobody can read any more what it is")
    serial = await _whose(mail, letter, agency, ledger)
    ruling.check(said, serial, testimony.FACT)
    arrival = await reader.read(mail.raw)
    word = ruling.ruled(said, arrival, testimony.FACT[said.kind], serial, mail.arrived_at, mail.digest)
    await ledger.rulings.lay({mail.digest: word}, clock.now())
    return word


async def _whose(mail: Stored, letter: int | None, agency: str, ledger: Ledger) -> int | None:
    if letter is not None and await ledger.arrivals.letter(letter) is None:
        raise NoRuling(f"--letter: we wrote no letter of number {letter}; `explain AGENCY` lists an agency's letters")
    if letter is not None or not agency:
        return mail.word.serial if letter is None else letter
    last = await ledger.rulings.last_letter_of(agency, mail.arrived_at)
    if last is None:
        raise NoRuling(f"--agency: no letter to {agency} had left us when the mail came; see `explain {agency}`")
    return last
