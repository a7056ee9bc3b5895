"""`agency show AGENCY`: everything that is known of one agency, on one screen.

`explain` says why it is so.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import domains, explain, looks, notes, options, record, which
from sarabanwatch.cli.terminal import aligned, day, line
from sarabanwatch.cli.words import agencies, words
from sarabanwatch.store import dossiers, queries
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

LAST = 3      # letters
KEPT = ("code", "name", "kind", "province", "superior", "group", "label", "since", "mend",
        "register", "address", "announcement", "lines", "downgrade", "weakened")
OF_LETTER = ("number", "address", "drafted_at", "verdict", "because")

Rows = Iterator[tuple[str, str]]     # a name, and what stands beside it


@click.group()
def agency() -> None:
    """One agency."""


@agency.command(epilog=options.examples("agency show AGENCY"))
@click.argument("agency")
@options.config
@options.language
@options.as_json
def show(agency: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Show all that is known of one agency on one screen.

    AGENCY is its code, a former code, or a part of its name. The screen tells its group, its
    address and how that was judged, its domain, its mail host and how many agencies share it, its
    last letters, when it is looked at next, and its history. Exit code 1 where no agency is meant,
    or several.
    """
    components = Components(config)
    with queries.asking(components.ledger_place) as db:
        found = collect(components, db, which.one(db, agency).code, lang)
    options.show(found, render_text(found, lang), as_json=as_json)


def collect(components: Components, db: Tx, code: str, lang: str) -> dict[str, Any]:
    """Return one agency's record without the evidence, with its domain, mail host and next look."""
    dossier, now = dossiers.dossier(db, code), components.clock.now()
    found = record.collect(components, dossier, lang)
    domain = domains.of(db, next(iter(found["address"]["read"]), ""), now)
    host = domain["mail_host"] if domain else ""
    former = dossier.agency.former
    return {key: found[key] for key in KEPT} | {
        "status": dossier.agency.status,
        "former": {"code": former, "name": queries.once_called(db, former)} if former else None,
        "domain": domain,
        "mail_host": {"host": host, "agencies": queries.sharing(db, host)} if host else None,
        "letters": [{key: each[key] for key in OF_LETTER} for each in found["letters"][-LAST:]],
        **looks.collect(components, db, dossier, now),
        "notes": notes.of(dossier.notes),
    }


def render_text(found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield an agency as the lines of one screen, values aligned."""
    w = words("agency", lang)
    rows = [row for part in (_group, _mail, _register, _domain) for row in part(found, w, lang)]
    yield f"{line(found['name'])} ({line(found['code'])})"
    yield from aligned(rows)
    yield f"  {w['why']}: sarabanwatch explain {line(found['code'])}"


def _group(found: dict[str, Any], w: dict[str, str], lang: str) -> Rows:
    since = f" {w['since']} {day(found['since'])}" if found["since"] else ""
    yield w["group"], f"{explain.group(found).lstrip(': ')}{since}"
    if found["downgrade"]:
        yield w["downgrade"], explain.downgrade(found["downgrade"], lang)
    if found["weakened"]:
        yield w["weak"], found["weakened"]
    if found["mend"]:
        yield w["mend"], found["mend"]


def _register(found: dict[str, Any], w: dict[str, str], lang: str) -> Rows:
    del lang
    place = [f"{w[key]} {line(found[key])}" for key in ("province", "superior") if found[key]]
    yield w["kind"], "  ".join((found["kind"], *place))
    if found["former"]:
        yield w["former"], line(f"{found['former']['code']} {found['former']['name']}")
    if found["status"]:
        yield w["status"], found["status"]
    yield w["announced"], line(_announced(found["announcement"], w))
    yield from _under(w["history"], (explain.past_value(each, w) for each in found["lines"]))
    yield from _under(w["notes"], map(notes.one_line, found["notes"]))


def _announced(given: dict[str, Any] | None, w: dict[str, str]) -> str:
    if given is None:
        return w["not"]
    return f"{given['link']} {day(given['given_on'])} {w['gives']} {given['cell']!r}"


def _mail(found: dict[str, Any], w: dict[str, str], lang: str) -> Rows:
    yield from _under(w["cell"], explain.address(found["address"], lang))
    sent = [_letter(each, lang) for each in reversed(found["letters"])]
    yield from _under(w["letters"], sent or [w["none"]])
    yield from looks.render_text(found, lang)


def _domain(found: dict[str, Any], w: dict[str, str], lang: str) -> Rows:
    if host := found["mail_host"]:
        sharing = f"{host['agencies']:,} {agencies(host['agencies'], lang)}{w['share']}"
        yield w["host"], f"{line(host['host'])}  {sharing}"
    domain = domains.render_text(found["domain"], lang) if found["domain"] else [w["unseen"]]
    yield from _under(w["domain"], (text.removeprefix(f"{w['domain']} ") for text in domain))


def _letter(sent: dict[str, Any], lang: str) -> str:
    when, verdict = day(sent["drafted_at"]), explain.verdict(sent, lang)
    return f"{sent['number']} {when} -> {line(sent['address'])}: {verdict}"


def _under(name: str, texts: Iterable[str]) -> Rows:
    """Yield texts as rows, of which the first bears the name."""
    yield from ((name if not number else "", text) for number, text in enumerate(texts))
