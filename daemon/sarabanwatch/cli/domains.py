"""`domains`: what the DNS shows of the domains that letters go to, with what to mend."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line

if TYPE_CHECKING:
    from sarabanwatch.edge.ledger.domains import Found, Shown

WORDS = {
    "th": {"domain": "โดเมน", "host": "เครื่องรับอีเมล", "none": "ไม่มี", "agencies": "หน่วยงาน", "asked": "ถามเมื่อ", "known": "ทราบผลล่าสุด",
           "since": "ตั้งแต่", "never": "ยังไม่ทราบผล", "alone": "ถามจากเครื่องเดียวสองครั้ง", "clean": "ไม่พบสิ่งที่ต้องแก้ไข"},
    "en": {"domain": "domain", "host": "mail host", "none": "none", "agencies": "agencies", "asked": "asked", "known": "last known",
           "since": "since", "never": "not known yet", "alone": "one resolver, asked twice", "clean": "nothing to mend"},
}


@click.command()
@click.option("--finding", default="", help="Only domains of which this is found, as no-domain or null-mx.")
@options.config
@options.language
@options.as_json
def domains(finding: str, config: Path, lang: str, *, as_json: bool) -> None:
    """List the domains with what the DNS shows of them: how grave, the source, one sentence of advice."""
    from sarabanwatch import wiring
    from sarabanwatch.core.domain import Finding
    from sarabanwatch.edge.ledger import questions
    from sarabanwatch.edge.ledger.domains import shown

    known = [each.value for each in Finding]
    if finding and finding not in known:
        raise click.BadParameter(f"{finding!r} is no finding; use one of {', '.join(known)}", param_hint="--finding")
    with questions.asking(wiring.Plant(config).ledger_file) as db:
        for row in shown(db, finding=finding):
            if as_json:
                options.say_json(plain(row))
            else:
                click.echo("\n".join(lines(plain(row), lang)))


def plain(row: "Shown") -> dict[str, Any]:
    """Tell one domain as plain values, the gravest finding first; advice in both languages."""
    from sarabanwatch.core.domain import RULES

    held = {found.finding: found for found in row.findings}
    return {
        "domain": row.domain, "agencies": row.agencies, "mail_host": row.mail_host, "asked_at": row.asked_at,
        "known_at": row.known_at, "resolvers": row.resolvers,
        "mx": [{"preference": preference, "host": host} for preference, host in row.exchangers],
        "findings": [_finding(rule, held[rule.finding]) for rule in RULES if rule.finding in held],
    }


def _finding(rule: Any, found: "Found") -> dict[str, str]:  # noqa: ANN401 - core.domain.Rule, imported when asked for
    return {"finding": rule.finding, "severity": rule.severity, "source": rule.source, "since": found.since,
            "known_at": found.known_at, "advice_th": rule.thai, "advice_en": rule.advice}


def of(db: Any, address: str) -> dict[str, Any] | None:  # noqa: ANN401 - a ledger connection
    """Tell an address's domain; None where nobody has looked at it."""
    from sarabanwatch.edge.ledger.domains import shown

    name = address.rpartition("@")[2]
    return next((plain(row) for row in shown(db, name)), None) if name else None


def lines(told: dict[str, Any], lang: str) -> list[str]:
    """Return a domain as lines for a person: what is found, and how old that knowledge is where it isn't of the last look."""
    w = WORDS[lang]
    known = told["known_at"]
    age = w["never"] if known is None else f"{w['asked']} {told['asked_at'][:16]}"
    if known and known < told["asked_at"]:
        age += f", {w['known']} {known[:16]}"
    host = line(told["mail_host"]) or w["none"]
    first = f"{w['domain']} {told['domain']}  {w['host']} {host}  {told['agencies']} {w['agencies']}  ({age})"
    found = [_line(each, told, w, lang) for each in told["findings"]]
    return [first, *(found or [f"  {w['clean']}"] if known else [])]


def _line(each: dict[str, str], told: dict[str, Any], w: dict[str, str], lang: str) -> str:
    alone = f"; {w['alone']}" if each["severity"] == "fault" and told["resolvers"] == 1 else ""
    then = f"; {w['known']} {each['known_at'][:10]}" if each["known_at"] < told["asked_at"] else ""
    return (f"  {each['severity']:<6} {each['finding']}: {each[f'advice_{lang}']} "
            f"[{each['source']}; {w['since']} {each['since'][:10]}{then}{alone}]")
