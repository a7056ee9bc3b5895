"""`domains`: what is known of the domains that letters go to, and what is to be mended."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import day, line, moment
from sarabanwatch.cli.words import agencies, words
from sarabanwatch.core import domain
from sarabanwatch.core.domain import DomainFinding, Severity
from sarabanwatch.core.sending import catch_all, tls
from sarabanwatch.store import catch_all_probes, hosts, queries
from sarabanwatch.store.domains import KnownDomain, shown
from sarabanwatch.store.hosts import HostEncryption
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

FINDINGS = [each.value for each in (*DomainFinding, *tls.TlsFinding, *catch_all.CatchAllFinding)]


@click.command(epilog=options.examples("domains", "domains --finding no-spf"))
@click.option("--finding", default="",
              help="Only domains of which this is found, as no-domain or null-mx.")
@options.config
@options.language
@options.as_json
def domains(finding: str, config: Path, lang: str, *, as_json: bool) -> None:
    """List the domains with what is known of them.

    That is what the DNS shows, how their mail hosts encrypt, and whether they take mail for any
    name. Each finding is told once, the gravest first, with one sentence of advice, its source, and
    the domains (or mail hosts) that it concerns, those of most agencies first.
    """
    if finding and finding not in FINDINGS:
        raise click.BadParameter(f"{finding!r} is no finding; use one of {', '.join(FINDINGS)}",
                                 param_hint="--finding")
    components = Components(config)
    with queries.asking(components.ledger_place) as db:
        rows = shown(db, finding=finding if finding in list(DomainFinding) else "")
        every = [collect(db, row, components.clock.now()) for row in rows]
    every = [found for found in every if not finding or _has(found, finding)]
    if every and not as_json:
        click.echo("\n".join(render_all(every, lang)))
        return
    options.show_all(every, str, words("domains", lang)["no such" if finding else "unseen yet"],
                     as_json=as_json)


def _has(found: dict[str, Any], finding: str) -> bool:
    return finding in [each["finding"] for each in found["findings"]]


def collect(db: Tx, row: KnownDomain, now: datetime) -> dict[str, Any]:
    """Return one domain: its findings in the DNS, the gravest first, then those of our letters."""
    held = {found.finding: found for found in row.findings}
    seen = hosts.shown(db, [host for _, host in row.exchangers] or [row.mail_host])
    any_name = catch_all_probes.takes_anything(db, row.domain).values()
    return {
        "domain": row.domain, "agencies": row.agencies, "mail_host": row.mail_host,
        "asked_at": row.asked_at, "known_at": row.known_at, "resolvers": row.resolvers,
        "mx": [{"preference": preference, "host": host} for preference, host in row.exchangers],
        "tls": [_encryption(each) for each in seen],
        "findings": [
            *(_finding(rule, held[rule.finding].since, held[rule.finding].known_at)
              for rule in domain.RULES if rule.finding in held),
            *(_finding(catch_all.RULE, learnt.since, learnt.known_at) for learnt in any_name),
            *(_finding(rule, host.since, host.seen_at) | {"host": host.seen.host}
              for host in seen for rule in tls.rules_for(host.seen, now)),
        ],
    }


def _encryption(host: HostEncryption) -> dict[str, Any]:
    seen = host.seen
    return {"host": seen.host, "version": seen.version, "cipher": seen.cipher,
            "untrusted": seen.untrusted, "named": seen.named,
            "ends": seen.ends.isoformat() if seen.ends else None, "demand": seen.demand,
            "failed": seen.failed, "since": host.since, "seen_at": host.seen_at}


def _finding(rule: domain.DomainRule | catch_all.CatchAllRule | tls.TlsRule, since: str,
             known_at: str) -> dict[str, str]:
    return {"finding": rule.finding, "severity": rule.severity, "source": rule.source,
            "since": since, "known_at": known_at,
            "advice_th": rule.thai, "advice_en": rule.advice}


def of(db: Tx, address: str, now: datetime) -> dict[str, Any] | None:
    """Return what is known of an address's domain; None where it was never surveyed."""
    name = address.rpartition("@")[2]
    return next((collect(db, row, now) for row in shown(db, name)), None) if name else None


def render_all(every: Sequence[dict[str, Any]], lang: str) -> Iterator[str]:
    """Yield many domains as lines for a person: what is to be mended where, then each domain."""
    w, graver = words("domains", lang), list(Severity)
    met = sorted(((each, found) for found in every for each in found["findings"]),
                 key=lambda one: (graver.index(one[0]["severity"]), one[0]["finding"]))
    alike = [list(those) for _, those in groupby(met, key=lambda one: one[0]["finding"])]
    yield from (text for those in sorted(alike, key=lambda those: (
        graver.index(those[0][0]["severity"]), -_agencies(those))) for text in _advice(those, lang))
    yield "" if met else w["clean"]
    yield from (_head(found, w, lang) for found in every)


def _agencies(those: Sequence[tuple[dict[str, str], dict[str, Any]]]) -> int:
    return sum({found["domain"]: found["agencies"] for _, found in those}.values())


def _advice(those: Sequence[tuple[dict[str, str], dict[str, Any]]], lang: str) -> Iterator[str]:
    """Yield a finding: its advice, and where it stands, by since when and how surely."""
    w, (first, _), number = words("domains", lang), those[0], _agencies(those)
    yield (f"{w[first['severity']]} {first['finding']}: {first[f'advice_{lang}']} "
           f"[{first['source']}]  {number:,} {agencies(number, lang)}")
    places = dict[str, list[str]]()
    for each, found in sorted(those, key=lambda one: -one[1]["agencies"]):
        places.setdefault(_beside(each, found, w), []).append(each.get("host", found["domain"]))
    yield from (f"  {beside}: {', '.join(dict.fromkeys(map(line, where)))}"
                for beside, where in places.items())


def render_text(found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield a domain as lines for a person: its mail host, and what is found."""
    w = words("domains", lang)
    yield _head(found, w, lang)
    yield from (_line(each, found, w, lang) for each in found["findings"])
    if found["known_at"] and not found["findings"]:
        yield f"  {w['clean']}"


def _head(found: dict[str, Any], w: dict[str, str], lang: str) -> str:
    known, host = found["known_at"], line(found["mail_host"]) or w["none"]
    age = f"{w['asked']} {moment(found['asked_at'])}" if known else w["never"]
    if known and known < found["asked_at"]:
        age += f", {w['known']} {moment(known)}"
    return (f"{w['domain']} {found['domain']}  {w['host']} {host}  "
            f"{found['agencies']:,} {agencies(found['agencies'], lang)}  ({age})")


def _line(each: dict[str, str], found: dict[str, Any], w: dict[str, str], lang: str) -> str:
    where = f" {line(each['host'])}" if "host" in each else ""
    beside = f"{each['source']}; {_beside(each, found, w)}"
    return f"  {w[each['severity']]} {each['finding']}{where}: {each[f'advice_{lang}']} [{beside}]"


def _beside(each: dict[str, str], found: dict[str, Any], w: dict[str, str]) -> str:
    """Return since when a finding stands, when it was last known if before the last look, how."""
    once = each["severity"] == "fault" and found["resolvers"] == 1
    older = "host" in each or each["known_at"] < found["asked_at"]
    return "; ".join(filter(None, (
        f"{w['since']} {day(each['since'])}",
        f"{w['known']} {day(each['known_at'])}" if older else "",
        w["alone"] if once else "")))
