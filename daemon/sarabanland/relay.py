"""The smarthost: takes the watch's letters, routes them by DNS, retries, gives up, and reports.

There is no long queue: the 250 to a letter waits until one of HANDS is free and the inbox keeps up.
So what comes back follows soon after what was sent, however slow the machine is. Times are
simulated hours.
"""

import asyncio
import itertools
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple
from zlib import crc32

from sarabanland.bounce import DsnRequest, Outcome, Stamp, notice
from sarabanland.clock import Clock
from sarabanland.inbox import HOME, USER, Inbox
from sarabanland.letter import Letter, fields
from sarabanland.route import Hop, Router
from sarabanland.smtp_client import Pool
from sarabanland.smtp_server import Envelope, Recipient

NAME = "relay.land.test"
HANDS = 24                      # letters on their way to a mail host at one time
RETRY = (1.0, 2.0)              # hours between attempts
WARNS, GIVES_UP = 4.0, 10.0     # hours after the first attempt, at the beginning of a later one
# attempts before it gives up, however slow the machine is; where a host answers, as many answers
LEAST = 3
ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")
XTEXT = re.compile(r"\+([0-9A-F]{2})")


@dataclass(slots=True)
class Queued:
    """A letter in the queue."""

    number: str
    letter: Letter
    dsn: DsnRequest
    taken: datetime             # simulated
    warned: bool = False


@dataclass(slots=True)
class Tried:
    """How a letter was tried: the first attempt's end, how often, how often a host answered."""

    first: datetime | None = None
    times: int = 0
    answered: int = 0

    def note(self, outcome: Outcome, at: datetime) -> None:
        """Record one more attempt; a letter's age counts from the end of the first."""
        self.first = self.first or at
        self.times += 1
        self.answered += outcome.diagnostic.startswith("smtp;")

    @property
    def enough(self) -> bool:
        """Whether the letter may be given up, after enough attempts.

        A host that answers at all must have answered often enough, for it may be greylisting.
        """
        return self.times >= LEAST and (not self.answered or self.answered >= LEAST)


class RelayHabits(NamedTuple):
    """How a relay behaves: the seed of its pauses; one letter in how many it loses (0: none)."""

    seed: int
    loses_one_in: int = 0


class Relay:
    """The relay's SMTP server (`smtp_server.Desk`), and its queue."""

    name = NAME
    features: tuple[str, ...] = ("ENHANCEDSTATUSCODES", "DSN")

    def __init__(self, clock: Clock, router: Router, pool: Pool,
                 inbox: Inbox, record: Path, habits: RelayHabits) -> None:
        self._clock = clock
        self._router = router
        self._pool = pool
        self._inbox = inbox
        self._record = record.open("wb", buffering=0)
        self._rng = Random(f"relay {habits.seed}")
        self._loses_one_in = habits.loses_one_in
        self._hands = asyncio.Semaphore(HANDS)
        self._numbers = itertools.count(1)
        self._carrying: set[asyncio.Task[None]] = set()

    def greets(self, _at: str) -> str:
        """Let anybody in."""
        return "220"

    async def recipient(self, _envelope: Envelope, _recipient: Recipient) -> str:
        """Accept any recipient; it is routed later."""
        return "250 2.1.5 Ok"

    async def take(self, envelope: Envelope) -> str:
        """Record the letter, then accept it; each recipient is an entry of the queue."""
        await self._inbox.room()
        found = fields(envelope.letter)
        for recipient in envelope.recipients:
            await self._hands.acquire()
            letter = Letter(envelope.sender, recipient.address, envelope.letter, found)
            queued = Queued(f"{next(self._numbers):08X}", letter, _dsn_request(envelope, recipient),
                            self._clock.now())
            self._record.write(self._line(queued).encode())
            if self._loses(queued):
                self._hands.release()
                continue
            task = asyncio.create_task(self._carry(queued))
            self._carrying.add(task)
            task.add_done_callback(self._carried)
        return f"250 2.0.0 Ok: queued as {queued.number}"

    def close(self) -> None:
        """Drop the queue."""
        for task in self._carrying:
            task.cancel()
        self._record.close()

    def _carried(self, task: asyncio.Task[None]) -> None:
        self._carrying.discard(task)
        if not task.cancelled():
            task.result()       # raises an error of ours, which would else go unseen

    def _loses(self, queued: Queued) -> bool:
        """Whether the relay is to lose a letter silently; never one to the watch itself."""
        every, home = self._loses_one_in, queued.letter.recipient.lower().endswith(f"@{HOME}")
        return (
            bool(every) and not home
            and crc32(queued.letter.recipient.lower().encode()) % every == 0
        )

    def _line(self, queued: Queued) -> str:
        letter = queued.letter
        return json.dumps({
            "wall": datetime.now(UTC).isoformat(), "sim": queued.taken.isoformat(),
            "to": letter.recipient,
            "envelope_from": letter.sender, "message_id": letter.fields.get("message-id", ""),
            "subject": letter.subject, "size": len(letter.content),
        }, ensure_ascii=False) + "\n"

    async def _carry(self, queued: Queued) -> None:
        """Try a letter until it is delivered, refused or too old. The caller has taken a hand."""
        tried = Tried()
        while True:
            age = self._clock.hours_since(tried.first) if tried.first else 0.0
            try:
                outcome = await self._attempt(queued.letter)
            finally:
                self._hands.release()
            tried.note(outcome, self._clock.now())
            if outcome.final or (age > GIVES_UP and tried.enough):
                break
            if age > WARNS and not queued.warned:
                queued.warned = True
                self._tell("DELAY", "delayed", queued, outcome)
            await self._clock.sleep(self._rng.uniform(*RETRY))
            await self._hands.acquire()
        delivered = outcome.status.startswith("2")
        self._tell(*(("SUCCESS", "relayed") if delivered else ("FAILURE", "failed")), queued,
                   outcome)

    def _tell(self, event: str, action: str, queued: Queued, outcome: Outcome) -> None:
        if queued.letter.sender and queued.dsn.wants(event):
            report = notice(Stamp(NAME, queued.number, self._clock.now()), action, queued.letter,
                            outcome, queued.dsn)
            self._inbox.deliver(queued.letter.sender, "", report)

    async def _attempt(self, letter: Letter) -> Outcome:
        local, _, domain = letter.recipient.rpartition("@")
        if domain.lower() == HOME:
            return self._at_home(letter, local)
        hops = await self._router.hops(domain.lower())
        if isinstance(hops, Outcome):
            return hops
        outcome = Outcome("4.4.1", "X-Postfix; no host tried")
        for hop in hops:
            outcome = await self._offer(letter, hop)
            if outcome.final:
                break
        return outcome

    async def _offer(self, letter: Letter, hop: Hop) -> Outcome:
        try:
            reply = await self._pool.send(hop.address, letter.sender, letter.recipient,
                                          letter.content)
        except ConnectionRefusedError:
            return Outcome(
                "4.4.1", f"X-Postfix; connect to {hop.host}[{hop.address}]:25: Connection refused"
            )
        except (ConnectionError, TimeoutError) as gone:
            return Outcome(
                "4.4.2", f"X-Postfix; lost connection with {hop.host}[{hop.address}]: {gone}",
                hop.host,
            )
        kind = reply.code // 100
        enhanced = ENHANCED.match(reply.text)
        # the code outranks the words
        status = enhanced[1] if enhanced and enhanced[1].startswith(str(kind)) else f"{kind}.0.0"
        return Outcome(status, f"smtp; {reply.code} {reply.text}", hop.host)

    def _at_home(self, letter: Letter, local: str) -> Outcome:
        if local.lower().partition("+")[0] != USER:
            return Outcome("5.1.1", f'X-Postfix; unknown user: "{local}"')
        self._inbox.deliver(letter.recipient, letter.sender, letter.content)
        return Outcome("2.0.0", "X-Postfix; delivered to mailbox")


def _dsn_request(envelope: Envelope, recipient: Recipient) -> DsnRequest:
    return DsnRequest(
        envid=_plain(envelope.options.get("ENVID", "")),
        full=envelope.options.get("RET", "HDRS").upper() == "FULL",
        notify=frozenset(recipient.options.get("NOTIFY", "").upper().split(",")) - {""},
        original=_plain(recipient.options.get("ORCPT", "")),
    )


def _plain(xtext: str) -> str:
    """Undo xtext (RFC 3461 section 4)."""
    return XTEXT.sub(lambda octet: chr(int(octet[1], 16)), xtext)
