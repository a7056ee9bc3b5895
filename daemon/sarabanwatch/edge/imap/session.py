"""A mailbox that we are logged in to: open and search folders, fetch mails, wait for news.

Nothing on the server is changed: mails are only peeked at (BODY.PEEK).
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from ssl import cert_time_to_seconds
from typing import Any

from aioimaplib import aioimaplib as upstream
from aioimaplib.aioimaplib import quoted

from sarabanwatch.core.errors import Barred
from sarabanwatch.edge.imap import answers, protocol, refusal
from sarabanwatch.edge.imap.framing import Garbled
from sarabanwatch.edge.imap.names import ListedFolder, encoded
from sarabanwatch.edge.imap.refusal import Unavailable
from sarabanwatch.edge.imap.talk import Reply, Talk

IDLE_AT_MOST = 9 * 60.0     # wall seconds: servers hang up on longer ones, NAT sooner
GATHER = 0.05               # seconds in which mails that come together are taken together
LARGEST = 25 * 2**20        # octets: of a larger mail only so much is fetched


class Session:
    """A connection after log-in; its methods raise Unavailable for any answer but OK."""

    def __init__(self, talk: Talk, user: str) -> None:
        self._talk, self._wire, self._user = talk, talk.wire, user
        self.where = talk.where
        self.gave = False       # whether it has given us a mail
        self._utf8 = False      # whether names of folders are UTF-8
        self._open = ("", 0)    # the folder that is open, and its UIDVALIDITY

    @property
    def certificate_ends(self) -> datetime | None:
        """When the certificate that the server showed ends; None: it is spoken to in clear."""
        shown = self._wire.transport.get_extra_info("ssl_object")
        own = shown.getpeercert() if shown else None
        with suppress(ValueError, OverflowError):       # a strange date keeps no mail from us
            if own:
                return datetime.fromtimestamp(cert_time_to_seconds(own["notAfter"]), UTC)
        return None

    @property
    def stands(self) -> bool:
        """Whether the connection is open."""
        return self._wire.lost is None

    @property
    def offers(self) -> frozenset[str]:
        """The server's capabilities (CAPABILITY), in capitals."""
        return self._talk.offers

    async def quota(self, name: str) -> list[tuple[int, int]]:
        """Return, of each quota on a folder, how much is used and how much there is, in KiB.

        None where the server tells of no quota (RFC 9208).
        """
        if "QUOTA" not in self._talk.offers:
            return []
        reply = await self._talk.say("GETQUOTAROOT", self._named(name))
        return answers.quotas(reply.responses)

    async def begin(self) -> None:
        """Switch to UTF-8 (RFC 6855) for folder names and headers, where that is offered."""
        if {"ENABLE", "UTF8=ACCEPT"} <= self._talk.offers:
            reply = await self._talk.say("ENABLE", "UTF8=ACCEPT")
            self._utf8 = reply.result == "OK" and answers.enabled(reply.responses, b"UTF8=ACCEPT")

    async def folders(self) -> list[ListedFolder] | None:
        """Return all folders; None where the server knows no list of them."""
        both = {"LIST-EXTENDED", "SPECIAL-USE"} <= self._talk.offers
        reply = await self._talk.say("LIST", '""', '"*"',
                                     *(["RETURN (SPECIAL-USE)"] if both else []))
        if reply.result == "BAD":
            return None
        if reply.result != "OK":
            raise refusal.of_question(self.where, "LIST", reply.result, reply.text)
        return answers.listed(reply.responses, utf8=self._utf8)

    def _named(self, name: str) -> str:
        return str(quoted(name if self._utf8 else encoded(name)))

    async def open(self, name: str) -> int:
        """Open a folder, unless it is open, and return its UIDVALIDITY."""
        if self._open[0] != name:
            self._open = (name, await self.select(name))
        return self._open[1]

    async def select(self, name: str) -> int:
        """Open a folder and return its UIDVALIDITY; raise Barred where there is no such folder."""
        self._wire.exists, self._open = None, ("", 0)
        reply = await self._talk.say("SELECT", self._named(name))
        opened = reply.result == "OK"
        self._wire.state = upstream.SELECTED if opened else upstream.AUTH
        if not opened:
            raise await self._not_opened(name, reply)
        validity = answers.validity(reply.responses)
        if validity is None:
            raise Unavailable(f"{self.where} opens {name!r} and names no UIDVALIDITY")
        return validity

    async def _not_opened(self, name: str, reply: Reply) -> Exception:
        """Return the error for a folder that was not opened.

        It does not exist only where a list of the folders does not name it either.
        """
        result, text, _ = reply
        if refusal.for_now(result, text) or await self._talk.ask(
                "LIST", '""', self._named(name)):
            return refusal.of_question(self.where, f"SELECT {name}", result, text)
        what = f"has no mailbox {name!r} for {self._user!r}: {text.words}"
        return Barred(f"{self.where} {what}; see inbox.mailbox")

    async def search(self, *criteria: str) -> list[int]:
        """Return the UIDs of the mails that match, ascending.

        OK without a SEARCH response is not believed of a folder that holds mails.
        """
        try:
            found = answers.found(await self._talk.ask("SEARCH", *criteria, prefix="UID"))
        except Garbled as error:
            raise Unavailable(f"{self.where} answers UID SEARCH, and {error}") from None
        if found is None and self._wire.exists:
            why = "does not say what it found"
            raise Unavailable(f"{self.where} answers UID SEARCH with OK, and {why}")
        return found or []

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return the sizes of mails in octets, as far as the server states them."""
        responses = await self._talk.ask("FETCH", _set(uids), "(UID RFC822.SIZE)", prefix="UID")
        return answers.sizes(responses)

    async def mails(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return mails by UID, without those that are not given, or were not asked for."""
        parts = f"(UID BODY.PEEK[]<0.{LARGEST}>)"
        given = answers.mails(await self._talk.ask("FETCH", _set(uids), parts, prefix="UID"))
        self.gave |= bool(given)
        return {uid: given[uid] for uid in uids if uid in given}

    def forget_news(self) -> None:
        """Wait for news from now on; what came before is found by a search."""
        if self.stands:
            self._wire.news.clear()

    async def rest(self, seconds: float) -> None:
        """Return when there may be something new: the server says so, or so much time is over.

        By IDLE (RFC 2177) where that is offered and granted.
        """
        seconds = min(seconds, IDLE_AT_MOST)
        if "IDLE" not in self._talk.offers or not await self._idled(seconds):
            self._talk.offers -= {"IDLE"}       # it refuses IDLE, though it offers it
            await self._news(seconds)
        if self._wire.lost is not None:
            raise Unavailable(f"{self.where}: {self._wire.lost}") from self._wire.lost
        await asyncio.sleep(GATHER)

    async def _idled(self, seconds: float) -> bool:
        """Idle until there is news; return False where the server refuses that."""
        self._wire.granted.clear()
        command = upstream.IdleCommand(self._wire.new_tag(), self._wire.idle_queue)
        idling = asyncio.ensure_future(self._talk.run(command))
        granted = asyncio.ensure_future(self._wire.granted.wait())
        try:
            await _first(idling, granted)
            if granted.done() and not idling.done():
                await self._news(seconds)
                self._wire.idle_done()
                await _first(idling)
            if not idling.done():
                raise Unavailable(f"{self.where}: no answer to IDLE in time")
            return idling.result().result == "OK"
        finally:
            idling.cancel()
            granted.cancel()
            await asyncio.gather(idling, granted, return_exceptions=True)

    async def _news(self, seconds: float) -> None:
        self._talk.alive(seconds + protocol.ANSWER_WITHIN)
        try:
            async with asyncio.timeout(seconds):
                await self._wire.news.wait()
        except TimeoutError:
            return


async def _first(*tasks: asyncio.Future[Any]) -> None:
    """Wait until one of them is done, or an answer should have come."""
    await asyncio.wait(
        tasks, timeout=protocol.ANSWER_WITHIN, return_when=asyncio.FIRST_COMPLETED)


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))
