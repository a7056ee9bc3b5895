"""One open SMTP connection, over which letters go one after another.

After any exception the connection is never used again: a late answer to one letter must not be
taken for the answer to the next. Which host it leads to, and how secure it must be, is decided in
`relay` and `direct`.

Where PIPELINING is offered (RFC 2920), MAIL, RCPT and DATA leave in one go, and their three replies
are read in order; the letter itself follows only when all three agreed. Else:

- DATA may be accepted though its recipient was refused. The RFC would have us send a lone dot. No
  dot is ever sent for a letter that was refused: the connection is dropped instead.
- A reply too many would be taken for the answer to the next command. So nobody's refusal is
  believed until the commands behind it and RSET have had their own replies, and no other came.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from typing import NamedTuple

import aiosmtplib

from sarabanwatch.core.facts import foreign
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage
from sarabanwatch.core.sending.route import Route
from sarabanwatch.core.sending.tls import Seen
from sarabanwatch.edge.smtp.replies import Replies

LETTERS_A_CONNECTION = 500
COMMANDS = 3                # before the letter itself
SETTLES_WITHIN = 30.0       # wall seconds for the answer to RSET
PARTS_WITHIN = 5.0          # wall seconds for the answer to QUIT
CLEARED, GO_ON, CLOSES = 250, 354, 421
UNASKED = "it sent a reply that nobody waited for"
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
SURPRISES = (OSError, aiosmtplib.SMTPException)
STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", re.ASCII)      # RFC 3463 section 2
NO_XTEXT = re.compile(r"[^!-~]|[+=\\]")
REPLIES = range(200, 600)      # RFC 5321 section 4.2.1


class Patience(NamedTuple):
    """How many wall seconds to wait for the other side.

    For one answer, for all answers before the letter itself, and at the final dot.
    """

    answer: float
    talk: float
    dot: float


class Wire:
    """A connection after EHLO, and what was seen of its encryption; `by` names the other side."""

    def __init__(self, client: aiosmtplib.SMTP, route: Route, by: str, tls: Seen | None = None, *,
                 success: bool = True, patience: Patience) -> None:
        self._route, self.by, self._tls, self._patience = route, by, tls, patience
        self.useful = False     # it accepted a sender: it does more than to let us log in
        self.extensions = dict(client.esmtp_extensions)     # in small letters, with their words
        self._offers = frozenset(self.extensions)
        self._at_once = COMMANDS if "pipelining" in self._offers else 1
        self._success = success
        self._left = LETTERS_A_CONNECTION
        self._replies = Replies(client)
        self._stage = Stage.MAIL    # of the letter that is being sent

    @property
    def stands(self) -> bool:
        """Whether another letter may go over it."""
        return self._replies.stands and self._replies.quiet and self._left > 0

    async def send(self, out: Outgoing) -> Answer:
        """Send one letter.

        Whatever the other side does becomes an Answer that says at which stage.
        """
        self._stage = Stage.MAIL
        self._left -= 1
        if not out.to.isascii() and "smtputf8" not in self._offers:
            return self.answer(Stage.MAIL, 553, "5.6.7",
                               "an address in Thai letters, and no SMTPUTF8 is offered (RFC 6531)")
        try:
            return await self._refused(out) or await self._content(out.raw)
        except SURPRISES as error:
            self.drop()
            return self.answer(self._stage, 0, "", words_of(error))
        except BaseException:
            self.drop()
            raise

    async def _refused(self, out: Outgoing) -> Answer | None:
        """Say all that comes before the letter itself; return None where it may follow."""
        time = asyncio.get_running_loop().time
        until = time() + self._patience.talk
        for group in self._groups(out):
            self._stage = group[0][0]
            self._say(*(words for _, words, _ in group))
            for behind, (stage, _, wanted) in zip(count(len(group) - 1, -1), group):
                self._stage = stage
                reply = await self._replies.next(min(self._patience.answer, until - time()))
                self.useful = self.useful or reply.code // 100 == 2
                if reply.code // 100 != wanted:
                    await self._back_out(behind)
                    return self._answer(stage, reply)
        return None

    async def _content(self, raw: bytes) -> Answer:
        """Send the letter, whose lines end in CRLF, and its dot."""
        self._heed()
        self._stage = Stage.DOT
        self._replies.write(dotted(raw))
        return self._answer(Stage.DOT, await self._replies.next(self._patience.dot))

    def _groups(self, out: Outgoing) -> Iterator[Sequence[tuple[Stage, str, int]]]:
        """Yield the dialogue before the letter itself, in groups that leave in one go."""
        steps = tuple(dialogue(out, self._offers, success=self._success))
        return (steps[place:place + self._at_once]
                for place in range(0, len(steps), self._at_once))

    async def offer(self, sender: str) -> Answer:
        """Ask whether a letter from `sender` would be taken, and send none.

        The transaction is cleared.
        """
        try:
            self._say(f"MAIL FROM:<{sender}>")
            reply = await self._replies.next(self._patience.answer)
        except SURPRISES as error:
            self.drop()
            return self.answer(Stage.MAIL, 0, "", words_of(error))
        self.useful = reply.code // 100 == 2
        with suppress(*SURPRISES):
            await self._back_out(0)
        return self._answer(Stage.MAIL, reply)

    def answer(self, stage: Stage, code: int, status: str, text: str) -> Answer:
        """Return an answer; the first of a connection holds what was seen of the encryption."""
        tls, self._tls = self._tls, None
        return Answer(stage, code, status, text, self._route, self.by, tls)

    async def close(self) -> None:
        """Send QUIT and close."""
        if self._replies.stands:
            with suppress(*SURPRISES):
                self._say("QUIT")
                await self._replies.next(PARTS_WITHIN)
        self.drop()

    def drop(self) -> None:
        """Close without QUIT."""
        self._replies.close()

    def _say(self, *commands: str) -> None:
        """Send commands in one go; raise ValueError where one would be read as two."""
        self._heed()
        if any(map(CONTROLS.search, commands)):
            raise ValueError("a command contains a control character")
        self._replies.write("".join(f"{command}\r\n" for command in commands).encode())

    def _heed(self) -> None:
        """Raise SMTPException where something came that nobody asked for.

        It would be read as the next answer.
        """
        if not self._replies.quiet:
            raise aiosmtplib.SMTPException(f"{UNASKED}: {self._replies.unasked}")

    async def _back_out(self, behind: int) -> None:
        """After a refusal, clear the transaction (RSET); drop a connection where that fails.

        `behind` commands were sent behind the refused one. Raise SMTPException where several were
        sent in one go and there was a reply too many: the refusal may be another command's.
        """
        within = min(self._patience.answer, SETTLES_WITHIN)
        codes = list[int]()
        with suppress(*SURPRISES):
            while len(codes) < behind and CLOSES not in codes:      # it says no more after that
                codes.append((await self._replies.next(within)).code)
            if self._replies.quiet and not {GO_ON, CLOSES}.intersection(codes):
                self._say("RSET")
                codes.append((await self._replies.next(within)).code)
        many, cleared = self._replies.unasked, codes[behind:]
        if cleared == [CLEARED] and not many:
            return
        self.drop()
        odd = cleared not in ([], [CLOSES]) or (many and not many.startswith(str(CLOSES)))
        if odd and self._at_once > 1:
            raise aiosmtplib.SMTPException(f"{UNASKED}: {many or cleared}")

    def _answer(self, stage: Stage, reply: aiosmtplib.SMTPResponse) -> Answer:
        return self.answer(stage, *parsed(reply.code, reply.message))


def parsed(code: int, message: str) -> tuple[int, str, str]:
    """Return a reply's code, its enhanced status (RFC 3463) or "", and its words, clean.

    A code that SMTP does not know is no answer: 0, as where the connection went without one.
    """
    text = foreign.text(octets(message))
    if code not in REPLIES:
        return 0, "", f"no SMTP reply: {code} {text}"
    status, _, rest = text.partition(" ")
    return (code, status, rest) if STATUS.fullmatch(status) else (code, "", text)


def words_of(error: BaseException) -> str:
    """Return an error's message, cleaned; of a server's reply, its words."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        # -1: what came cannot be read as a reply
        code = f"{error.code} " if error.code in REPLIES else ""
        return foreign.text(code.encode() + octets(error.message)).strip()
    return foreign.clean(str(error)).strip() or type(error).__name__


def octets(message: str) -> bytes:
    """Return a reply's text as it was on the wire.

    Aiosmtplib decodes it as UTF-8, with lone surrogates for what is none.
    """
    return message.encode("utf-8", "surrogateescape")


async def hello(client: aiosmtplib.SMTP) -> None:
    """Send EHLO; after STARTTLS again, because what was offered before is void.

    A server that does not know EHLO gets HELO (RFC 5321 section 3.2).
    """
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError as refused:
        if refused.code not in (500, 502, 504):
            raise
        await client.helo()


def dotted(raw: bytes) -> bytes:
    """Return a message (CRLF line ends, the last one too) as DATA wants it.

    Dots doubled, closed by one (RFC 5321, 4.5.2).
    """
    last = raw.rfind(b".") + 1      # most of a letter lies behind it: there is no dot in base64
    stuffed = raw[:last].replace(b"\r\n.", b"\r\n..")
    first = b"." if stuffed.startswith(b".") else b""
    return b"".join((first, stuffed, memoryview(raw)[last:], b".\r\n"))      # copied once


def dialogue(out: Outgoing, offers: frozenset[str], *,
             success: bool) -> Iterator[tuple[Stage, str, int]]:
    """Yield the dialogue before the letter itself: stage, command, class of the reply to go on.

    (RFC 5321.) Reports are asked for where they are offered (RFC 3461); an address beyond ASCII
    wants SMTPUTF8 (RFC 6531).
    """
    dsn, notify = "dsn" in offers, "SUCCESS,FAILURE,DELAY" if success else "FAILURE,DELAY"
    kind = "rfc822" if out.to.isascii() else "utf-8"
    at_mail = f" RET=HDRS ENVID={out.envid}" if dsn else ""
    at_rcpt = f" NOTIFY={notify} ORCPT={kind};{xtext(out.to)}" if dsn else ""
    yield (
        Stage.MAIL, f"MAIL FROM:<{out.sender}>{at_mail}{'' if out.to.isascii() else ' SMTPUTF8'}",
        2,
    )
    yield Stage.RCPT, f"RCPT TO:<{out.to}>{at_rcpt}", 2
    yield Stage.DATA, "DATA", 3


def xtext(text: str) -> str:
    """Encode a text as xtext (RFC 3461 section 4); beyond ASCII as RFC 6533 section 3 has it."""
    return NO_XTEXT.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    letter = found[0]
    return f"+{ord(letter):02X}" if letter.isascii() else f"\\x{{{ord(letter):X}}}"
