"""The clerks and their mail programs: who answers a letter, with what, after how long.

What a body's desk does is a row of a table. The random generator of each letter is seeded by the
land's seed, the body and the letter's number, so that the order in which letters arrive changes
nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random
from typing import NamedTuple, Protocol

from sarabanland import answers
from sarabanland.answers import Occasion
from sarabanland.body import Body
from sarabanland.clock import Clock
from sarabanland.letter import Letter
from sarabanland.strangers import Forge, Strangers
from sarabanland.wild import DIALECTS, Dialect

Answer = Callable[[Occasion, Random], bytes]


class Custom(NamedTuple):
    """What a desk does: this answer, after so many simulated hours (least, most)."""

    least: float
    most: float
    answer: Answer
    bounce: bool = False        # sent with the null sender, to the letter's envelope sender


CUSTOMS = {
    "receipt": Custom(0.5, 8, answers.receipt),
    "reply": Custom(1, 10, answers.reply),
    "vacation": Custom(0.1, 0.3, answers.vacation),
    "ticket": Custom(0.1, 0.5, answers.ticket),
    "mdn": Custom(0.3, 8, answers.mdn),
    "late": Custom(0.1, 4, answers.late, bounce=True),
}


class Mailbox(Protocol):
    """What takes answers: the land's own inbox, or another server's."""

    def deliver(self, recipient: str, sender: str, mail: bytes) -> None:
        """Take a mail for an envelope recipient from an envelope sender ("" in a bounce)."""


class Clerks:
    """Every desk of the country."""

    def __init__(self, clock: Clock, inbox: Mailbox, strangers: Strangers, seed: int,
                 wild: float = 0.0) -> None:
        self._clock = clock
        self._inbox = inbox
        self._strangers = strangers
        self._seed = seed
        self._wild = wild       # the share of letters that also bring a mail which is no answer
        self._letters: Counter[str] = Counter()

    def receive(self, body: Body, letter: Letter) -> None:
        """Take a letter that a mail host has accepted, and schedule what is to come back."""
        self._letters[body.code] += 1
        rng = Random(f"desk {self._seed} {body.code} {self._letters[body.code]}")
        custom = CUSTOMS.get("late" if body.door == "late" else body.desk)
        if custom:
            self._later(rng.uniform(custom.least, custom.most),
                        partial(self._answer, custom, body, letter, rng))
        if self._wild and rng.random() < self._wild:
            self._later(rng.uniform(0.1, 6),
                        partial(self._stray, rng.choice(DIALECTS), body, letter, rng))
        if self._letters[body.code] == 1:
            for hours, forge in self._strangers.roused_by(body):
                self._later(hours, partial(self._forge, forge, letter))

    def _later(self, hours: float, act: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(self._clock.wall(hours), act)

    def _forge(self, forge: Forge, letter: Letter) -> None:
        self._inbox.deliver(*forge(letter, self._clock.now()))

    def _stray(self, dialect: Dialect, body: Body, letter: Letter, rng: Random) -> None:
        sender, mail = dialect(Occasion(body, letter, self._clock.now()), rng)
        self._inbox.deliver(letter.answer_to, sender, mail)

    def _answer(self, custom: Custom, body: Body, letter: Letter, rng: Random) -> None:
        mail = custom.answer(Occasion(body, letter, self._clock.now()), rng)
        if custom.bounce:
            self._inbox.deliver(letter.sender, "", mail)
        else:
            self._inbox.deliver(letter.answer_to, letter.recipient, mail)
