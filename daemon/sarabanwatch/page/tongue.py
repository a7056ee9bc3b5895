"""Templates in one language: `say("ไทย", "English")` is decided when a template is read.

An export renders 16,000 pages, and deciding it on each of them took most of the time. Of two words,
whatever they are, only that of the language is left: the other one is not even looked up. What is
said of one value (`say(*both)`) stays a call. What thousands of rows have in common is rendered
once here, too.
"""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.page.words import NAV, Language, say

TEMPLATES = Path(__file__).parent / "templates"
CHOICES = 2       # words that `say` is given: Thai and English
OPENS, CLOSES = {"lparen", "lbracket", "lbrace"}, {"rparen", "rbracket", "rbrace"}


class _Thai(Extension):
    at = 0

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Replace each choice between two words by that of this language, in brackets."""
        return self._chosen(list(stream))

    def _chosen(self, tokens: Sequence[Token]) -> Iterator[Token]:
        n = 0
        while n < len(tokens):
            words = _words(tokens, n) if tokens[n].test("name:say") else ()
            if len(words) == CHOICES and not tokens[words[0].start].test("mul"):
                yield tokens[n + 1]
                yield from self._chosen(tokens[words[self.at]])
                n = words[-1].stop
            else:
                yield tokens[n]
                n += 1


def _words(tokens: Sequence[Token], at: int) -> Sequence[slice]:
    """Return where each word of a call stands, of which the name stands at a place."""
    depth, begins, found = 0, at + 2, list[slice]()
    for n in range(at + 1, len(tokens)):
        depth += (tokens[n].type in OPENS) - (tokens[n].type in CLOSES)
        if not depth or (depth == 1 and tokens[n].type == "comma"):
            found.append(slice(begins, n))
            begins = n + 1
        if not depth:
            return found
    return ()


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
    found.globals |= {**tools, "lang": lang, "say": say(lang), "NAV": NAV,
                      "tops": {f"{name}.html" for name, _, _ in NAV}}
    found.filters["line"] = one_line
    parts: Any = found.get_template("parts.html").module
    # on every page of a folder the same
    found.globals["nav"] = lru_cache(len(NAV) ** 2)(parts.nav)
    # lists show thousands of badges
    found.globals["badges"] = {group: parts.badge(group) for group in tools["label"]}
    found.globals["cells"] = {group: parts.cell(group) for group in tools["label"]}
    found.globals["called"] = {group: say(lang)(label.thai, label.english)
                               for group, label in tools["label"].items()}
    return found
