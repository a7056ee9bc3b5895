"""One word for one thing: words that were given up don't come back as names in the code.

A name is taken apart where an underscore or a capital stands in it: `told_at`, `ToldOnce` and
`told` are all the word told. Sentences may use the words as English does.
"""

import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "daemon"
LENT = {"start_mark", "problem_mark",       # a library's names: PyYAML's
        "under_way"}                        # plain English
PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
SAY = {     # the word that was given up, and what to say instead
    "atlas": "mx_lookup, site_index",
    "borne": "claimed_letter, letter_of",
    "deaf": "left_alone, all_paused",
    "deed": "step, handler",
    "deeds": "steps",
    "ear": "socket",
    "ears": "sockets",
    "errand": "canary kind",
    "errands": "canary kinds",
    "feeler": "half-open probe",
    "feelers": "half-open probes",
    "felt": "half-open probe, refused_at",
    "flew": "shows_since",
    "flown": "canaries",
    "gate": "dispatcher",
    "glad": "success",
    "ill": "breaker_open",
    "keeper": "lock",
    "mark": "token, etag, stamp, marker",
    "pen": "writer",
    "plant": "components",
    "remark": "host response",
    "roll": "register table",
    "said": "text, reply, verdict, detail",
    "seals": "signature verifier",
    "shut": "open, of a breaker",
    "strays": "catch-all probes",
    "told": "reported, listed, report, facts",
    "tone": "response kind",
    "took": "accepted, seconds",
    "unfall": "withdraw a pending downgrade",
    "way": "route, connection, method",
    "ways": "routes, moves",
    "wish": "opt_out",
    "wishes": "opt_outs",
    "witnesses": "resolvers",
}


@cache
def words() -> dict[str, list[str]]:
    """Return every word in the names of the code, a module's too, with where it stands."""
    found: dict[str, list[str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        where, code = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        named = {(token.string, f"{where}:{token.start[0]}")
                 for token in tokenize.generate_tokens(io.StringIO(code).readline)
                 if token.type == tokenize.NAME}
        for name, at in sorted(named | {(path.stem, where)}):
            if name in LENT:
                continue
            for word in map(str.lower, PIECE.findall(name)):
                found.setdefault(word, []).append(f"{at}: {name}")
    return found


@pytest.mark.parametrize("word", SAY)
def test_a_word_that_was_given_up_names_nothing(word: str) -> None:
    assert words().get(word, []) == [], f"say {SAY[word]}"
