"""Tokens from a command of the operator's, for what none of our grants can do."""

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sarabanwatch.core.errors import Barred, Unanswered
from sarabanwatch.core.facts import foreign
from sarabanwatch.core.sending import bearer
from sarabanwatch.edge.oauth.endpoint import SECRET

WITHIN = 30.0           # wall seconds
OCTETS = 64 * 1024
WORDS = 200             # characters of its complaint that are kept


@dataclass(frozen=True, slots=True)
class Command:
    """Runs a command for every log-in; the first line that it prints is the token. The Secret port.

    No shell is asked. It gets no input, and nothing of our environment but PATH, HOME and where
    systemd keeps credentials and state.
    """

    words: Sequence[str]

    async def get(self) -> str:
        """Run it; raise Unanswered where it fails, Barred where it does not exist."""
        name = self.words[0]
        try:
            process = await asyncio.create_subprocess_exec(
                *self.words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=_environment())
        except (FileNotFoundError, PermissionError) as error:
            raise Barred(f"token command {name}: {error.strerror}") from None
        except OSError as error:
            raise Unanswered(f"token command {name}: {error.strerror}") from None
        try:
            async with asyncio.timeout(WITHIN):
                out, complaint = await process.communicate()
        except TimeoutError:
            raise Unanswered(f"token command {name}: not done within {WITHIN:g} s") from None
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.returncode:
            words = SECRET.sub("(hidden)", foreign.text(complaint.strip(), WORDS))
            words = words.replace("\n", " ")
            raise Unanswered(
                f"token command {name}: exit {process.returncode}: {words}".rstrip(": ")
            )
        token = out[:OCTETS].partition(b"\n")[0].decode("ascii", "replace").strip()
        if not bearer.is_token(token):
            raise Unanswered(f"token command {name}: its first line is no token")
        return token

    def refused(self) -> bool:
        """Return False: the command was run just now, and would give the same."""
        return False


def _environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "CREDENTIALS_DIRECTORY", "STATE_DIRECTORY", "SSL_CERT_FILE")
    return {name: os.environ[name] for name in kept if name in os.environ}
