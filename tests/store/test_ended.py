"""A letter at its end, as the log tells it."""

import asyncio
from pathlib import Path

from fakes.mailroom import RECEIPT, mailroom, opened
from sarabanwatch import store
from sarabanwatch.core.judging.verdict import Verdict


def test_a_letter_is_told_with_its_tries_its_mails_and_its_verdict(tmp_path: Path) -> None:
    mailroom(tmp_path, RECEIPT)

    async def told():
        async with opened(tmp_path / "ledger.db") as ledger:
            return await ledger.read(store.ended.letters, [1, 2])

    answered, silent = asyncio.run(told())
    assert (answered.serial, answered.agency, answered.purpose) == (1, "1001", "round")
    assert (answered.tries, answered.mails, answered.verdict) == (1, 1, Verdict.PROVEN)
    assert answered.because
    assert (silent.serial, silent.agency, silent.tries, silent.mails) == (2, "1002", 1, 0)
    assert silent.became == "accepted"
