"""`domains`: what is known of the domains that letters go to, and what is to be mended."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import day, line, moment
from sarabanwatch.cli.words import agencies, words
from sarabanwatch.core import domain
from sarabanwatch.core.domain import DomainFinding
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
    name. Each finding has a weight, a source, a day, and one sentence of advice.
    """
    if finding and finding not in FINDINGS:
        raise click.BadParameter(f"{finding!r} is no finding; use one of {', '.join(FINDINGS)}",
                                 param_hint="--finding")
    components = Components(config)
    with queries.asking(components.ledger_place) as db:
        rows = shown(db, finding=finding if finding in list(DomainFinding) else "")
        every = [collect(db, row, components.clock.now()) for row in rows]
    options.show_all(
        [found for found in every if not finding or _has(found, finding)],
        lambda found: "\n".join(render_text(found, lang)),
        words("domains", lang)["no such" if finding else "unseen yet"], as_json=as_json)


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


def render_text(found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield a domain as lines for a person: its mail host, and what is found.

    A finding that is older than the last look says when it was last known.
    """
    w = words("domains", lang)
    known, host = found["known_at"], line(found["mail_host"]) or w["none"]
    age = f"{w['asked']} {moment(found['asked_at'])}" if known else w["never"]
    if known and known < found["asked_at"]:
        age += f", {w['known']} {moment(known)}"
    yield (f"{w['domain']} {found['domain']}  {w['host']} {host}  "
           f"{found['agencies']:,} {agencies(found['agencies'], lang)}  ({age})")
    yield from (_line(each, found, w, lang) for each in found["findings"])
    if known and not found["findings"]:
        yield f"  {w['clean']}"


def _line(each: dict[str, str], found: dict[str, Any], w: dict[str, str], lang: str) -> str:
    once = each["severity"] == "fault" and found["resolvers"] == 1
    older = "host" in each or each["known_at"] < found["asked_at"]
    where = f" {line(each['host'])}" if "host" in each else ""
    beside = "; ".join(filter(None, (
        each["source"],
        f"{w['since']} {day(each['since'])}",
        f"{w['known']} {day(each['known_at'])}" if older else "",
        w["alone"] if once else "")))
    advice = each[f"advice_{lang}"]
    return f"  {w[each['severity']]} {each['finding']}{where}: {advice} [{beside}]"
