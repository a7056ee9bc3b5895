"""`status`: how we stand, on one screen or in one line for a monitoring system."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from sarabanwatch.cli import options, pause
from sarabanwatch.cli.errors import in_language
from sarabanwatch.cli.terminal import aligned, day, line, moment
from sarabanwatch.cli.words import words
from sarabanwatch.core.errors import SarabanError
from sarabanwatch.core.overview import Level, Overview, complaints, in_a_line, level
from sarabanwatch.edge import systemd
from sarabanwatch.store.places import in_words
from sarabanwatch.wiring import Components
from sarabanwatch.wiring import status as standing

Rows = Iterator[tuple[str, str]]    # a name, and what stands beside it
NAMED = 4       # mail hosts that are named; of the others the number is told


@click.command(epilog=options.examples(
    "status", "status --lang en", "status --line  # exit code 0 to 3"))
@click.option("--line", "one_line", is_flag=True,
              help="One line, and its level as exit code, as monitoring systems ask plugins: "
                   "0 ok, 1 warning, 2 critical, 3 unknown.")
@options.config
@options.language
@options.as_json
def status(config: Path, lang: str, *, one_line: bool, as_json: bool) -> None:
    """Show how we stand: the round, today's letters, what waits for whom, what is wrong.

    The running daemon is asked; where none runs, the ledger tells, and that is said. Times are
    Bangkok's. Nothing is changed, and no secret is read. With --line, the exit code is 0 where all
    is well, 1 for a warning, 2 where it is critical, and 3 where nothing could be found out.
    """
    if one_line:
        sys.exit(_one_line(config, lang))
    components = Components(config)
    overview, by_unit = standing.ask(components)
    found = collect(overview, systemd.restarts() if by_unit else None) | {
        "ledger": in_words(components.ledger_place)}
    options.show(found, render_text(overview, found, lang), as_json=as_json)


def _one_line(config: Path, lang: str) -> int:
    """Print how we stand in a line, with figures for graphs; return the level."""
    try:
        overview, _ = standing.ask(Components(config))
    except (SarabanError, OSError) as error:
        click.echo(f"SARABANWATCH {Level.UNKNOWN.name}: {line(str(error))}")
        return Level.UNKNOWN
    figures = (f"sent={overview.sent};;;0;{overview.addressed} today={overview.today} "
               f"waiting={overview.mails + overview.corrections} incidents={overview.incidents}")
    sentences = "; ".join((*(_word(rule, lang) for rule in complaints(overview)),
                           in_a_line(overview, lang)))
    click.echo(f"SARABANWATCH {level(overview).name}: {line(sentences)} | {figures}")
    return level(overview)


def _word(rule: Any, lang: str) -> str:  # noqa: ANN401 - a row of core.overview.RULES
    return str(rule.thai if lang == "th" else rule.english)


def collect(overview: Overview, restarts: int | None) -> dict[str, Any]:
    """Return how we stand as plain values; `restarts` of the unit, None where none is asked."""
    plain: dict[str, Any] = msgspec.to_builtins(overview)
    return plain | {
        "level": level(overview).name.lower(), "restarts": restarts,
        "complaints": [{"level": rule.level.name.lower(), "th": rule.thai, "en": rule.english}
                       for rule in complaints(overview)]}


def render_text(overview: Overview, found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield how we stand as the lines of one screen: first what is wrong, then each part."""
    w = words("status", lang)
    by = (w["daemon"] if overview.running else w["silent"] if overview.silent
          else w["leader"].format(overview.leader) if overview.leader else w["ledger"])
    yield f"{w[found['level']]} · {moment(overview.at)} · {by}"
    for rule in complaints(overview):
        yield f"  {'!' if rule.level > Level.WARNING else '-'} {_word(rule, lang)}"
    yield ""
    yield from aligned((*_round(overview, w), *_routes(overview, w),
                        *_people(overview, found, w, lang), *_house(overview, found, w)))


def _round(o: Overview, w: dict[str, str]) -> Rows:
    spanned = f"{day(o.starts)} – {day(o.ends)}"
    yield w["round"], (f"{o.round} · {spanned} · {w['over'].format(o.elapsed)}" if o.runs
                       else w["no round"].format(moment(o.follows)))
    yield w["letters"], " · ".join((
        w["sent"].format(o.sent, o.addressed), w["pending"].format(o.pending),
        w["under way"].format(o.under_way)))
    ahead = w["next"].format(moment(o.next)) if o.next else w["no next"]
    held = f" · {w['held back'].format(o.waiting)}" if o.waiting else ""
    yield w["today"], f"{w['gone'].format(o.today)} · {ahead}{held}"


def _routes(o: Overview, w: dict[str, str]) -> Rows:
    hosts = (_hosts(w["refuse"], o.open_hosts), _hosts(w["slowed"], o.slowed_hosts))
    yield w["hosts"], " · ".join(filter(None, hosts)) or w["none refuse"]
    home = f" · {w['home'].format(moment(o.came_home))}" if o.came_home else ""
    yield w["path"], f"{w[o.path.value]}{home}"
    read = o.running and o.running.read_at
    lacking = f" · {w['lacking'].format(o.lacking)}" if o.lacking else ""
    looked = (w["left alone"] if o.left_alone else w["read"].format(moment(read)) if read
              else w["not read"])
    yield w["inbox"], f"{looked}{lacking}"


def _hosts(what: str, hosts: Sequence[str]) -> str:
    """Return how many hosts there are, and the first of them by name; "" for none."""
    more = f" +{len(hosts) - NAMED}" if len(hosts) > NAMED else ""
    return f"{what} {len(hosts)}: {', '.join(map(line, hosts[:NAMED]))}{more}" if hosts else ""


def _people(o: Overview, found: dict[str, Any], w: dict[str, str], lang: str) -> Rows:
    waiting = [w["mails"].format(o.mails, _since(o.mails_since, w)) if o.mails else "",
               w["corrections"].format(o.corrections, _since(o.corrections_since, w))
               if o.corrections else "",
               w["incidents"].format(o.incidents, o.held) if o.incidents else "",
               w["notices"].format(o.notices) if o.notices else ""]
    yield w["people"], " · ".join(filter(None, waiting)) or w["nothing"]
    yield w["stopped"], "; ".join((
        *(line(in_language(lang, why)) for why in o.halts),
        *(pause.summary(each, lang) for each in found["paused"]),
    )) or w["nothing"]


def _since(at: datetime | None, w: dict[str, str]) -> str:
    return f"{w['since']} {moment(at)}" if at else ""


def _house(o: Overview, found: dict[str, Any], w: dict[str, str]) -> Rows:
    if "ledger" in found:
        yield w["kept"], line(found["ledger"])
    yield w["backup"], moment(o.backup) if o.backup else w["no backup"]
    if not o.running:
        return
    restarts = f" · {w['restarts'].format(found['restarts'])}" if found["restarts"] else ""
    live = w["live" if o.running.live else "not live"]
    since = f"{w['since']} {moment(o.running.started)}"
    yield w["runs"], f"{o.running.version} {since}{restarts} · {live}"
    yield from ((w["waits"], line(f"{what}: {why}")) for what, why in o.running.waits.items())
