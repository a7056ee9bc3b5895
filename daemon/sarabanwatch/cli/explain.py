"""`explain AGENCY`: from the group to the rule, to the evidence, to the raw message."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import domains, looks, options, record, which
from sarabanwatch.cli.rules import rule_in
from sarabanwatch.cli.terminal import day, line, moment, short
from sarabanwatch.cli.thai import value_in
from sarabanwatch.cli.words import agencies, words
from sarabanwatch.core.address import CellFinding
from sarabanwatch.core.facts.evidence import Blame, Certainty, FactKind, MatchedBy, Reason
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.returns.authenticity import Strength
from sarabanwatch.store import dossiers, queries
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

NAMELESS = (Group.UNKNOWN.value, Group.EXEMPT.value)    # no group of the circular's
STATEMENTS = ("receipt", "answered", "automatic")   # facts for which it matters who wrote them


@click.command(epilog=options.examples("explain AGENCY", "explain AGENCY --lang en"))
@click.argument("agency")
@click.option("--raw", "digest", default="",
              help="Print the raw message with this digest (or its beginning) instead.")
@options.config
@options.language
@options.as_json
def explain(agency: str, digest: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Say why AGENCY is in its group: the rule, the evidence, down to the raw message.

    AGENCY is its code, or a part of its name. Every mail is named by its digest; --raw prints the
    mail.
    """
    components = Components(config)
    with queries.asking(components.ledger_place) as db:
        if digest:
            click.echo(queries.raw_mail(db, digest), nl=False)
            return
        found = collect(components, db, which.one(db, agency).code, lang)
    options.show(found, render_text(found, lang), as_json=as_json)


def collect(components: Components, db: Tx, code: str, lang: str) -> dict[str, Any]:
    """Return an agency's record, with its domain and when it is looked at next."""
    now, dossier = components.clock.now(), dossiers.dossier(db, code)
    found = record.collect(components, dossier, lang)
    found |= looks.collect(components, db, dossier, now)
    found["domain"] = domains.of(db, next(iter(found["address"]["read"]), ""), now)
    return found


def render_text(found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield a record, with or without what is known of the domain, as lines for a person."""
    w = words("explain", lang)
    since = f" ({w['since']} {day(found['since'])})" if found["since"] else ""
    yield f"{found['name']} ({found['code']})  {w['group']}{group(found)}{since}"
    yield from (f"  {text}" for text in _standing(found, w, lang))
    yield from (f"  {text}" for text in _declared(found, w, lang))
    if found.get("next"):
        yield from (f"  {name}: {text}" for name, text in looks.render_text(found, lang))
    if not found["letters"]:
        yield f"  {w['none']}"
    for letter in found["letters"]:
        yield f"  {w['letter']} {letter['number']} -> {letter['address']}: {verdict(letter, lang)}"
        yield from facts(letter["evidence"], lang)
        for mail in letter["returns"]:
            yield from _return(mail, lang)
    if found.get("domain"):
        yield from (f"  {text}" for text in domains.render_text(found["domain"], lang))


def group(found: dict[str, Any]) -> str:
    """Return an agency's group with its label; one that is not known is named by its label only."""
    named = "" if found["group"] in NAMELESS else f" {found['group']}"
    return f"{named}: {found['label']}"


def _standing(found: dict[str, Any], w: dict[str, str], lang: str) -> Iterator[str]:
    """Yield why an agency is in its group, and what it is to mend."""
    yield f"{w['because']}: {found['because']}"
    if found["downgrade"]:
        yield f"{w['downgrade']} {downgrade(found['downgrade'], lang)}"
    if asked := found["opt_out"]:
        until = f" {w['until']} {asked['until']}" if asked["until"] else ""
        by = f"{line(asked['by'])} {day(asked['since'])}: {line(asked['why'])}"
        yield f"{w['opt_out']}{until} ({by})"
    if found["weakened"]:
        yield f"{w['weak']}: {found['weakened']}"
    if found["mend"]:
        yield f"{w['mend']}: {found['mend']}"


def _declared(found: dict[str, Any], w: dict[str, str], lang: str) -> Iterator[str]:
    """Yield the address as it was declared, where it stands in the register, and what it was."""
    first, *rest = address(found["address"], lang)
    source = found["register"]
    yield f"{w['cell']}: {first} ({w['register']} {source['source']}, {w['line']} {source['line']})"
    yield from (f"  {text}" for text in rest)
    for past in found["lines"]:
        if past["until"]:
            yield past_value(past, w)


def past_value(past: dict[str, Any], w: Mapping[str, str]) -> str:
    """Return in a line what the register said once, or says, and for how long."""
    given = " ".join(filter(None, (line(past["value"]), day(past["given_on"]))))
    until = f" {w['until']} {day(past['until'])}" if past["until"] else ""
    return f"{w[past['thing']]}: {given or '-'} {w['since']} {day(past['since'])}{until}"


def verdict(letter: dict[str, Any], lang: str) -> str:
    """Return the verdict on a letter, as `refuses (the mailbox does not exist)`."""
    return f"{value_in(lang, letter['verdict'], Verdict)} ({letter['because']})"


def address(judged: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield the declared cell, its finding, the requirements it breaks, what to write instead."""
    yield f"{judged['cell']!r} ({value_in(lang, judged['finding'], CellFinding)})"
    for broken in judged["requirements_broken"]:
        yield f"- {broken['rule']}: {broken['advice']}"
    if judged["write_instead"]:
        yield f"= {words('explain', lang)['instead']}: {judged['write_instead']}"


def downgrade(pending: dict[str, Any], lang: str) -> str:
    """Return a pending downgrade as a line.

    It says why the agency is still in its last group: its letter is not confirmed yet, the time for
    second thoughts is not over, or an incident holds it:
    `D2 (...); held: incident 3, mail host mx1.dla.go.test, 512 agencies`.
    """
    w = words("explain", lang) | words("incidents", lang)
    held, by = words("explain", lang)["held"], pending["incident"]
    if by is not None:
        cause = f"{w['incident']} {by['id']}, {w[by['scope']]} {line(by['key'])}".rstrip()
        until = f"{held}: {cause}, {by['agencies']:,} {agencies(by['agencies'], lang)}"
    elif pending["takes_effect_at"]:
        until = f"{w['turns']} {moment(pending['takes_effect_at'])}"
    else:
        until = w["suspected"]
    return f"{pending['to']} ({pending['because']}, {moment(pending['since'])}); {until}"


def facts(evidence: Sequence[dict[str, Any]], lang: str) -> Iterator[str]:
    """Yield facts as lines; the same answer given several times, as by greylisting, is one line."""
    w = words("explain", lang)
    for _, alike in groupby(evidence, key=lambda e: (e["kind"], e["code"], e["text"], e["mail"])):
        first, *more = alike
        times = f" × {len(more) + 1} {w['until']} {moment(more[-1]['at'])}" if more else ""
        yield f"    {line(' '.join(filter(None, _fact(first, w, lang))))}{times}"


def _fact(fact: dict[str, Any], w: dict[str, str], lang: str) -> Iterator[str]:
    """Yield the parts of a fact's line; "" for what it does not have."""
    def name(key: str, of: type[StrEnum]) -> str:
        return value_in(lang, fact[key], of)

    yield from (moment(fact["at"]), name("kind", FactKind), str(fact["code"] or ""), fact["status"])
    yield f"{w['receipt']} {fact['receipt']}" if fact["receipt"] else ""
    yield f"“{line(fact['text'][:120])}”" if fact["text"] else ""
    yield f"= {name('reason', Reason)} ({name('blame', Blame)})" if fact["reason"] else ""
    yield f"[{rule_in(lang, fact['rule'])}]" if fact["rule"] else ""
    if fact["mail"]:
        how = f"{name('matched_by', MatchedBy)}, {name('certainty', Certainty)}"
        who = f"; {name('strength', Strength)}" if fact["kind"] in STATEMENTS else ""
        yield f"<- {how}; {w['raw']} {short(fact['mail'])}{who}"
    yield f"({fact['authentic']})" if fact["authentic"] else ""
    yield "" if fact["in_force"] else f"({w['aside']})"


def _return(mail: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield how a mail is read, why it is not believed or waits, and who ruled what."""
    w = words("explain", lang)
    waits, refused = rule_in(lang, mail["waits"]), rule_in(lang, mail["refused"])
    parts = [w["return"], short(mail["mail"]), _kind(mail, lang),
             f"[{rule_in(lang, mail['rule'])}]",
             f"{w['refused']}: {refused}" if refused else "",
             f"{w['waits']}: {waits}" if waits else "",
             w["elsewhere"] if mail["elsewhere"] else ""]
    yield "    " + line(" ".join(filter(None, parts)))
    for ruling in mail["rulings"]:
        ruled = f"{w['ruled']} {ruling['by']}: {_kind(ruling, lang)} {ruling['note']}"
        yield "      " + line(f"{moment(ruling['at'])} {ruled}")


def _kind(reading: dict[str, Any], lang: str) -> str:
    """Return what kind of mail it is, and, of a failure, the reason."""
    reason = f" ({value_in(lang, reading['reason'], Reason)})" if reading["reason"] else ""
    return f"{value_in(lang, reading['kind'], MailKind)}{reason}"
