"""Verbs and configuration as man pages: man(7) macros, in UTF-8."""

import re
from collections.abc import Iterable, Iterator

from sarabanwatch import __version__
from sarabanwatch.cli.manual import keys, verbs, wording

STYLED = re.compile(r"\*\*(.+?)\*\*|`(.+?)`|\*(.+?)\*")
HEAD = (
    '\'\\" -*- coding: utf-8 -*-\n'
    '.\\" {}\n'
    '.TH {} {} "" "sarabanwatch {}" "Saraban Watch"\n'
    ".ad l\n.nh\n"
)


def verbs_page() -> str:
    """Return sarabanwatch(1)."""
    return _page("SARABANWATCH", 1, (*_opening(), *_verbs(), *_closing()))


def configuration() -> str:
    """Return sarabanwatch.toml(5)."""
    opening = (".SH NAME", r"sarabanwatch.toml \- the configuration of Saraban Watch",
               ".SH DESCRIPTION", *_paragraphs(*wording.paragraphs(wording.CONFIGURATION)))
    return _page("SARABANWATCH.TOML", 5,
                 (*opening, *_sections(), ".SH SEE ALSO", ".BR sarabanwatch (1)"))


def _page(title: str, number: int, lines: Iterable[str]) -> str:
    return HEAD.format(wording.WRITTEN, title, number, __version__) + "\n".join(lines) + "\n"


def _opening() -> Iterator[str]:
    yield from (".SH NAME", r"sarabanwatch \- tells which state agencies can be reached by e\-mail")
    yield from (".SH SYNOPSIS", ".B sarabanwatch",
                r".I VERB\fR [\fIOPTION\fR...] [\fIARGUMENT\fR...]")
    yield from (".SH DESCRIPTION", *_paragraphs(*wording.paragraphs(wording.VERBS)))


def _verbs() -> Iterator[str]:
    yield ".SH VERBS"
    for verb in verbs.verbs():
        yield from (f'.SS "{_text(verb.name)}"', f".B {_breaking(verb.usage)}",
                    *_paragraphs(*verb.about))
        yield from _entries((option.words, option.says) for option in verb.options)
        yield from _examples(verb.examples)


def _closing() -> Iterator[str]:
    yield ".SH OPTIONS"
    yield from _paragraphs("Most verbs have these.")
    yield from _entries((option.words, option.says) for option in verbs.common())
    yield from (".SH EXIT STATUS", *_entries((str(code), says) for code, says in verbs.EXITS))
    yield from _paragraphs(*wording.paragraphs(wording.ERRORS))
    yield from (".SH ENVIRONMENT", *_entries(wording.ENVIRONMENT))
    yield from (".SH FILES", *_entries(wording.FILES))
    yield from (".SH COMPLETION", *_paragraphs(*wording.paragraphs(wording.COMPLETION)))
    yield from _examples(line for _, line in wording.SHELLS)
    yield from (".SH SEE ALSO", ".BR sarabanwatch.toml (5)")


def _sections() -> Iterator[str]:
    for section in keys.sections():
        yield f".SH {_text(section.name.upper()) or 'KEYS'}"
        if section.name:
            yield from _paragraphs(f"`[{section.name}]`")
        for stanza in section.stanzas:
            for number, key in enumerate(stanza.keys):
                yield from (".TQ" if number else ".TP", _key(key))
            yield _styled(stanza.says) or r"\&"


def _key(key: keys.ConfigKey) -> str:
    default = f"default {key.default}" if key.default else "no default"
    restart = "; waits for a restart" if key.restart else ""
    return rf"\fB{_text(key.name)}\fR ({_text(f'{key.kind}; {default}{restart}')})"


def _entries(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for words, says in pairs:
        yield from (".TP", f".B {_breaking(words)}", _styled(says) or r"\&")


def _paragraphs(*text: str) -> Iterator[str]:
    for each in text:
        yield from (".PP", _styled(each))


def _examples(lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from (".PP", ".RS 4", ".nf", *map(_text, found), ".fi", ".RE")


def _styled(text: str) -> str:
    """Return a text of Markdown with what it marks in bold or italics."""
    pieces, end = list[str](), 0
    for found in STYLED.finditer(text):
        strong, code, soft = found.groups()
        pieces += [_text(text[end:found.start()]),
                   rf"\fI{_text(soft)}\fR" if soft else rf"\fB{_text(strong or code)}\fR"]
        end = found.end()
    whole = "".join(pieces) + _text(text[end:])
    return rf"\&{whole}" if whole.startswith((".", "'")) else whole


def _breaking(words: str) -> str:
    """Return the words of an option; a line may end behind each choice."""
    return _text(words).replace("|", r"|\:")


def _text(text: str) -> str:
    """Return a text as roff takes it: nothing in it is a command."""
    escaped = (
        text.replace("\\", r"\e")
        .replace("-", r"\-")
        .replace("~", r"\(ti")
        .replace("^", r"\(ha")
        .replace("`", r"\(ga")
    )
    return escaped.replace("'", r"\(aq").replace('"', r"\(dq")
