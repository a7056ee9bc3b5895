"""Templates in one language: `say("ไทย", "English")` is decided when a template is read.

An export renders 16,000 pages, and deciding it on each of them took most of the time. It is decided
early only where both are plain texts; a choice between values stays a call. What thousands of rows
have in common is rendered once here, too.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.page.words import NAV, Language, say

TEMPLATES = Path(__file__).parent / "templates"
CHOICE = ("name", "lparen", "string", "comma", "string", "rparen")     # say("ไทย", "English")


class _Thai(Extension):
    at = 0

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Replace each choice between two plain texts by the text of this language."""
        tokens = list(stream)
        shape, n = [token.type for token in tokens], 0
        while n < len(tokens):
            bilingual = (tokens[n].value == "say"
                         and tuple(islice(shape, n, n + len(CHOICE))) == CHOICE)
            yield tokens[n + 2 + 2 * self.at] if bilingual else tokens[n]
            n += len(CHOICE) if bilingual else 1


class _English(_Thai):
    at = 1


class _Environment(Environment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the names that all templates share: none of ours has names of its own.

        Jinja lays the two over one another, and to look through both takes a tenth of a page.
        """
        del d
        return self.globals


class _Compiled(BytecodeCache):
    """What the templates of a language were compiled to, kept in memory by template.

    To compile them takes a third of a second, and they change with no edition of the groups.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code of a template that was compiled before."""
        bucket.code = self._kept.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._kept[bucket.key] = bucket.code


COMPILED: Mapping[Language, _Compiled] = {"th": _Compiled(), "en": _Compiled()}


def templates(tools: Mapping[str, Any]) -> Mapping[Language, Environment]:
    """Return the templates in each language; `tools` are the names that they may use."""
    return {"th": _templates("th", _Thai, tools), "en": _templates("en", _English, tools)}


def _templates(lang: Language, settled: type[Extension], tools: Mapping[str, Any]) -> Environment:
    found = _Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False, extensions=[settled],
        bytecode_cache=COMPILED[lang])
    found.globals |= {**tools, "lang": lang, "say": say(lang)}
    found.filters["line"] = one_line
    parts: Any = found.get_template("parts.html").module
    found.globals["nav"] = [(to, say(lang)(thai, english)) for to, thai, english in NAV]
    # lists show thousands of badges
    found.globals["badges"] = {group: parts.badge(group) for group in tools["label"]}
    found.globals["called"] = {group: say(lang)(label.thai, label.english)
                               for group, label in tools["label"].items()}
    return found
