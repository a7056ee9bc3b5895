"""Verbs and configuration as Markdown."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from sarabanwatch.cli.manual import keys, verbs, wording

APART = "apart"     # of a fence: its commands need what the kept demo of the tests does not have


def verbs_page() -> str:
    """Return the page of the verbs."""
    return _page("The verbs", wording.VERBS, _verbs())


def configuration() -> str:
    """Return the page of the configuration."""
    return _page("The configuration", wording.CONFIGURATION, _sections())


def _page(title: str, opening: str, rest: Iterator[str]) -> str:
    return "\n\n".join((f"# {title}", f"<!-- {wording.WRITTEN} -->", *wording.paragraphs(opening),
                        *rest)) + "\n"


def _verbs() -> Iterator[str]:
    listed = list(verbs.verbs())
    yield _table(("verb", ""), ((f"[`{each.name}`](#{each.name})", each.short) for each in listed
                                if each.short))
    yield "**Options that most verbs have**"
    yield _table(("option", ""), ((f"`{option.words}`", option.says) for option in verbs.common()))
    yield "**Exit codes**"
    yield _table(("code", ""), ((str(code), says) for code, says in verbs.EXITS))
    yield f"**Errors for machines.** {' '.join(wording.paragraphs(wording.ERRORS))}"
    yield f"**Completion.** {' '.join(wording.paragraphs(wording.COMPLETION))}"
    yield from (f"```{shell}\n{line}\n```" for shell, line in wording.SHELLS)
    for each in listed:
        yield from _verb(each)


def _verb(verb: verbs.Verb) -> Iterator[str]:
    yield f"{'##' if verb.short else '###'} {verb.name}"
    yield f"`{verb.usage}`"
    yield from verb.about
    if verb.options:
        yield _table(("option", ""), ((f"`{option.words}`", option.says)
                                      for option in verb.options))
    if verb.common:
        yield f"Also {', '.join(f'`{_long(option)}`' for option in verb.common)}."
    for apart, lines in groupby(verb.examples, key=lambda line: "#" in line):
        yield "\n".join((f"```sh {APART}" if apart else "```sh", *lines, "```"))


def _long(option: verbs.Option) -> str:
    return next(word for word in option.words.split() if word.startswith("--"))


def _sections() -> Iterator[str]:
    for section in keys.sections():
        if section.name:
            yield f"## [{section.name}]"
        rows = ((_names(stanza), _defaults(stanza), _kinds(stanza), stanza.says)
                for stanza in section.stanzas)
        yield _table(("key", "default", "what it is", "what it means"), rows)


def _names(stanza: keys.Stanza) -> str:
    return "<br>".join(f"`{key.name}`" for key in stanza.keys)


def _defaults(stanza: keys.Stanza) -> str:
    return "<br>".join(f"`{key.default}`" if key.default else "none" for key in stanza.keys)


def _kinds(stanza: keys.Stanza) -> str:
    return "<br>".join(f"{key.kind}{'; *restart*' if key.restart else ''}" for key in stanza.keys)


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(_row(row) for row in (heading, ("---",) * len(heading), *rows))


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
