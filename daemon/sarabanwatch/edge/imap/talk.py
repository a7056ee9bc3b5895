"""Commands and answers over one connection. What is not OK is an error with the server's words."""

from collections.abc import Callable
from typing import NamedTuple

from aioimaplib import aioimaplib as upstream

from sarabanwatch.core.errors import Barred
from sarabanwatch.edge.imap import protocol, refusal
from sarabanwatch.edge.imap.framing import Response
from sarabanwatch.edge.imap.refusal import ResponseText, Unavailable

Bound = Callable[[float], None]


class Reply(NamedTuple):
    """A command's end (OK, NO or BAD), the words behind it, and the untagged responses before."""

    result: str
    text: ResponseText
    responses: list[Response]


class Talk:
    """Sends commands and returns replies.

    Before each wait `alive` is called with the seconds that it may take.
    """

    def __init__(self, where: str, wire: protocol.Protocol, alive: Bound) -> None:
        self.where, self.wire, self.alive = where, wire, alive
        self.offers: frozenset[str] = frozenset()

    async def say(self, name: str, *words: str, prefix: str = "") -> Reply:
        """Send a command and return its reply; raise Unavailable where none comes."""
        return await self.run(self.command(name, *words, prefix=prefix))

    async def ask(self, name: str, *words: str, prefix: str = "") -> list[Response]:
        """Return the untagged responses to a command; raise Unavailable with any end but OK."""
        reply = await self.say(name, *words, prefix=prefix)
        if reply.result != "OK":
            asked = f"{prefix} {name}".strip()
            raise refusal.of_question(self.where, asked, reply.result, reply.text)
        return reply.responses

    def command(self, name: str, *words: str, prefix: str = "") -> upstream.Command:
        """Return a command; raise Barred where a line break in an argument would make it two."""
        try:
            return upstream.Command(
                name, self.wire.new_tag(), *words, prefix=prefix, timeout=protocol.ANSWER_WITHIN)
        except ValueError as error:
            raise Barred(f"{self.where}: {error}; see the keys of [inbox] and the secret") from None

    async def run(self, command: upstream.Command) -> Reply:
        """Run a command; raise Unavailable where the connection breaks meanwhile."""
        self.alive(protocol.REPLY_WITHIN)
        try:
            result, lines = await self.wire.execute(command)
        except (OSError, upstream.AioImapException) as error:
            raise Unavailable(f"{self.where} broke off at {command.name}: {error}") from error
        return Reply(result, refusal.response_text(lines[-1]), lines[:-1])
