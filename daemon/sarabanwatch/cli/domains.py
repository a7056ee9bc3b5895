"""`domains`: what the DNS shows of the domains that letters go to, with what to mend."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import day, line, moment

if TYPE_CHECKING:
    from sarabanwatch.core.domain import DomainFacts
    from sarabanwatch.store.catch_all_probes import Learnt
    from sarabanwatch.store.domains import KnownDomain, KnownFinding
    from sarabanwatch.store.hosts import HostEncryption as Encrypted
    from sarabanwatch.wiring import Components

WORDS = {
    "th": {"domain": "โดเมน", "host": "เครื่องรับอีเมล", "none": "ไม่มี", "agencies": "หน่วยงาน",
           "asked": "ถามเมื่อ", "known": "ทราบผลล่าสุด",
           "since": "ตั้งแต่", "never": "ยังไม่ทราบผล", "alone": "ถามจากเครื่องเดียวสองครั้ง",
           "clean": "ไม่พบสิ่งที่ต้องแก้ไข"},
    "en": {"domain": "domain", "host": "mail host", "none": "none", "agencies": "agencies",
           "asked": "asked", "known": "last known",
           "since": "since", "never": "not known yet", "alone": "one resolver, asked twice",
           "clean": "nothing to mend"},
}


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
    from sarabanwatch import wiring
    from sarabanwatch.core.domain import DomainFinding
    from sarabanwatch.core.sending import catch_all, tls
    from sarabanwatch.store import queries
    from sarabanwatch.store.domains import shown

    known = [each.value for each in (*DomainFinding, *tls.TlsFinding, *catch_all.CatchAllFinding)]
    if finding and finding not in known:
        raise click.BadParameter(f"{finding!r} is no finding; use one of {', '.join(known)}",
                                 param_hint="--finding")
    components = wiring.Components(config)
    with queries.asking(components.ledger_file) as db:
        for row in shown(db, finding=finding if finding in list(DomainFinding) else ""):
            told = plain(db, row, components.clock.now())
            if finding and finding not in [each["finding"] for each in told["findings"]]:
                continue
            if as_json:
                options.say_json(told)
            else:
                click.echo("\n".join(lines(told, lang)))


def plain(db: Any, row: "KnownDomain", now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a ledger connection
    """Return one domain as plain values: the findings of DNS, catch-all probes and deliveries."""
    from sarabanwatch.core.domain import RULES
    from sarabanwatch.core.sending import catch_all
    from sarabanwatch.store import catch_all_probes, hosts

    held = {found.finding: found for found in row.findings}
    seen = hosts.shown(db, [host for _, host in row.exchangers] or [row.mail_host])
    return {
        "domain": row.domain, "agencies": row.agencies, "mail_host": row.mail_host,
        "asked_at": row.asked_at,
        "known_at": row.known_at, "resolvers": row.resolvers,
        "mx": [{"preference": preference, "host": host} for preference, host in row.exchangers],
        "tls": [_encryption(each) for each in seen],
        "findings": [*(_finding(rule, held[rule.finding]) for rule in RULES
                       if rule.finding in held),
                     *(_finding(catch_all.RULE, learnt)
                       for learnt in catch_all_probes.takes_anything(db, row.domain).values()),
                     *(each for host in seen for each in _of_encryption(host, now))],
    }


def _encryption(host: "Encrypted") -> dict[str, Any]:
    seen = host.seen
    return {"host": seen.host, "version": seen.version, "cipher": seen.cipher,
            "untrusted": seen.untrusted, "named": seen.named,
            "ends": seen.ends.isoformat() if seen.ends else None, "demand": seen.demand,
            "failed": seen.failed,
            "since": host.since, "seen_at": host.seen_at}


def _of_encryption(host: "Encrypted", now: datetime) -> list[dict[str, str]]:
    from sarabanwatch.core.sending.tls import judge

    return [{"finding": rule.finding, "severity": rule.severity, "source": rule.source,
             "host": host.seen.host,
             "since": host.since, "known_at": host.seen_at, "advice_th": rule.thai,
             "advice_en": rule.advice}
            for rule in judge(host.seen, now)]


def _finding(rule: Any, found: "KnownFinding | Learnt") -> dict[str, str]:  # noqa: ANN401 - core.domain.DomainRule, imported when asked for
    return {"finding": rule.finding, "severity": rule.severity, "source": rule.source,
            "since": found.since,
            "known_at": found.known_at, "advice_th": rule.thai, "advice_en": rule.advice}


def of(db: Any, address: str, now: datetime) -> dict[str, Any] | None:  # noqa: ANN401 - a ledger connection
    """Tell an address's domain; None where nobody has looked at it."""
    from sarabanwatch.store.domains import shown

    name = address.rpartition("@")[2]
    return next((plain(db, row, now) for row in shown(db, name)), None) if name else None


def looked_up(components: "Components", db: Any, address: str) -> dict[str, Any] | None:  # noqa: ANN401 - a ledger connection
    """Tell an address's domain as last surveyed, else as the DNS shows it now; None where no resolver is named."""
    return of(db, address, components.clock.now()) or _asked_now(components, db, address)


def _asked_now(components: "Components", db: Any, address: str) -> dict[str, Any] | None:  # noqa: ANN401 - a ledger connection
    import asyncio
    from functools import reduce

    from sarabanwatch.core import domain
    from sarabanwatch.store.domains import KnownDomain, KnownFinding

    name, witnesses, now = (
        address.rpartition("@")[2].lower(),
        components.witnesses,
        components.clock.now(),
    )

    async def look() -> "list[DomainFacts]":
        looks = []
        # a fault is believed only when two looks show it
        for witness in (witnesses[0], witnesses[-1]):
            try:
                looks.append(await witness.look(name))
            finally:
                witness.forget()
        return looks

    if not witnesses or not name:
        return None
    looks = asyncio.run(look())
    found = reduce(domain.agreed, (domain.judge(facts, private_counts=components.settings.live)
                                   for facts in looks))
    at, facts = now.isoformat(), looks[0]
    known = at if any(holds is not None for holds in found.values()) else None
    named = [(host.preference, host.name) for host in facts.hosts or ()]
    return plain(db, KnownDomain(name, 0, facts.mail_host or "", named, at, known, len(witnesses),
                                 [KnownFinding(each, at, at) for each, holds in found.items()
                                  if holds]), now)


def lines(told: dict[str, Any], lang: str) -> list[str]:
    """Return a domain as lines for a person: what is found, and how old that knowledge is where it isn't of the last look."""
    w = WORDS[lang]
    known = told["known_at"]
    age = w["never"] if known is None else f"{w['asked']} {moment(told['asked_at'])}"
    if known and known < told["asked_at"]:
        age += f", {w['known']} {moment(known)}"
    host = line(told["mail_host"]) or w["none"]
    first = f"{w['domain']} {told['domain']}  {w['host']} {host}  {told['agencies']} {w['agencies']}  ({age})"
    found = [_line(each, told, w, lang) for each in told["findings"]]
    return [first, *(found or [f"  {w['clean']}"] if known else [])]


def _line(each: dict[str, str], told: dict[str, Any], w: dict[str, str], lang: str) -> str:
    alone = f"; {w['alone']}" if each["severity"] == "fault" and told["resolvers"] == 1 else ""
    then = (
        f"; {w['known']} {day(each['known_at'])}"
        if "host" in each or each["known_at"] < told["asked_at"] else ""
    )
    where = f" {line(each['host'])}" if "host" in each else ""
    return (f"  {each['severity']:<6} {each['finding']}{where}: {each[f'advice_{lang}']} "
            f"[{each['source']}; {w['since']} {day(each['since'])}{then}{alone}]")
