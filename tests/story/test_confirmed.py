"""A letter's own link: opening it confirms nothing, pressing the button does.

Nothing is kept of the person who pressed it.
"""

import asyncio
import email
import email.policy
import re
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

from fakes.ports import free_port
from sarabanwatch.core.facts.evidence import MatchedBy
from story.programs import daemon, land, point, port
from story.proxy import UP, Proxy, Tap
from story.witness import Witness

SEED = 11
A_MINUTE = 80       # requests; a quarter of them at once
SOMEBODY = "Clerk-of-Nan/9.9"
PAGE = """
[page]
port = {port}
base = "http://127.0.0.1:{port}"
confirm = true
requests_per_minute = {a_minute}
"""
LEARNT = """
    SELECT e.receipt, e.text, e.reporter, e.matched_by FROM evidence e JOIN letter USING (serial)
    WHERE token = ? AND kind = 'confirmed'
"""


def listens(wires: list[bytearray]) -> Tap:
    """Record what goes to the relay on one connection, and pass it on."""
    wires.append(heard := bytearray())

    def tap(direction: str, octets: bytes) -> bytes:
        heard.extend(octets if direction == UP else b"")
        return octets
    return tap


def links(wires: Iterable[bytes], base: str) -> set[str]:
    """Return the confirm links in the plain text of all letters that went over the wires."""
    letters = (email.message_from_bytes(said.partition(b"DATA\r\n")[2], policy=email.policy.default)
               for wire in wires for said in bytes(wire).split(b"\r\n.\r\n"))
    texts = (text.get_content() for letter in letters if (text := letter.get_body(("plain",))))
    return {found for text in texts for found in re.findall(re.escape(base) + r"/r/\S+", text)}


def visit(method: str, link: str, **form: str) -> int:
    """Open a link as a browser or a scanner does; return the status."""
    asked = urllib.request.Request(link, urlencode(form).encode() if form else None,
                                   {"User-Agent": SOMEBODY}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=600) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def serves(place: Path) -> str:
    """Let the daemon serve the page with confirm links; return where."""
    door = free_port()
    with (place / "sarabanwatch.toml").open("a", encoding="utf-8") as more:
        more.write(PAGE.format(port=door, a_minute=A_MINUTE))
    return f"http://127.0.0.1:{door}"


def naming(place: Path) -> list[str]:
    """Return the files that tell who called."""
    return [file.name for file in place.iterdir() if file.is_file()
            and SOMEBODY.encode() in file.read_bytes()]


async def test_who_opens_a_letters_link_confirms_nothing_and_who_presses_its_button_does(
    tmp_path: Path,
) -> None:
    wires: list[bytearray] = []
    async with land(tmp_path, 30, SEED), Proxy(port(tmp_path, "relay"),
                                               lambda: listens(wires)) as wire:
        point(tmp_path, "relay", wire.port)
        base, witness = serves(tmp_path), Witness(tmp_path)
        silent = {true["address"].lower() for true in witness.truth().values()
                  if true["group"] == "A2"}
        async with daemon(tmp_path) as life:
            await life.until(lambda: any(letter.to.lower() in silent for letter in witness.heard()))
            token = next(letter.token for letter in witness.heard() if letter.to.lower() in silent)
            link = f"{base}/r/{token}"
            await life.until(lambda: link in links(wires, base)
                             and bool(life.said("sent", outcome="taken")))
            assert [await asyncio.to_thread(visit, method, link)
                    for method in ("GET", "HEAD", "GET")] == [200] * 3
            assert witness.rows(LEARNT, token) == []
            assert await asyncio.to_thread(visit, "POST", link, receipt="๑๒/2569") == 200
            assert await asyncio.to_thread(visit, "POST", link, receipt="๑๒/2569") == 200
            assert witness.rows(LEARNT, token) == [("๑๒/2569", "", "", MatchedBy.LINK)]
            assert await asyncio.to_thread(visit, "POST", f"{base}/r/swa{'b' * (len(token) - 3)}",
                                           receipt="1") == 404
            assert await asyncio.to_thread(visit, "GET", f"{base}/r/none") == 404
            forged = token[:-1] + ("b" if token.endswith("a") else "a")
            assert await asyncio.to_thread(visit, "GET", f"{base}/r/{forged}") == 404
            [(code,)] = witness.rows("SELECT code FROM letter WHERE token = ?", token)
            await life.until(lambda: witness.found()[code] == "A1")
            assert 429 in [await asyncio.to_thread(visit, "GET", link) for _ in range(A_MINUTE)]
            assert await life.stop() == 0
            assert SOMEBODY not in str(life.log) + str(life.complaints)
    assert naming(tmp_path) == []
