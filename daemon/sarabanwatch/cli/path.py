"""`path`: whether our own path is whole, by the letters to ourselves: when each left, how long it was away, which were lost."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli import options, terminal

if TYPE_CHECKING:
    from sarabanwatch.core.policy import Policy
    from sarabanwatch.core.sending.canary import Canary

WORDS = {
    "th": {"whole": "เส้นทางของเราใช้การได้",
           "broken": "เส้นทางของเราขัดข้อง: หยุดส่ง และไม่นับความเงียบเป็นผล",
           "none": "ไม่ได้ส่งหนังสือถึงตนเอง (canary.every_hours = 0)",
           "yet": "ยังไม่มีหนังสือถึงตนเอง",
           "heard": "รับรู้ทุกสิ่งที่กลับมาได้ถึง", "home": "ถึงตนเอง",
           "bounce": "ต้องตีกลับ", "waits": "ยังไม่ได้ออกไป",
           "signed": "ฉบับล่าสุดที่กลับมามีลายเซ็น DKIM ของเราที่ถูกต้อง",
           "unsigned": "ฉบับล่าสุดที่กลับมาไม่มีลายเซ็น DKIM ของเราที่ตรวจได้",
           "refused": "ถูกปฏิเสธ", "back": "กลับมาใน", "lost": "สูญหาย", "late": "กลับมาช้าเกินกำหนด",
           "flies": "ยังไม่กลับมา"},
    "en": {"whole": "our own path is whole",
           "broken": "our own path is broken: sending pauses, and silence says nothing",
           "none": "no letters to ourselves are sent (canary.every_hours = 0)",
           "yet": "no letter to ourselves yet",
           "heard": "whatever came back was heard up to", "home": "home", "bounce": "must bounce",
           "waits": "has not left us",
           "signed": "the last one that came home bore a DKIM signature of ours that holds",
           "unsigned": "the last one that came home bore no DKIM signature of ours that we could prove",
           "refused": "refused", "back": "back after", "lost": "lost",
           "late": "back too late, after", "flies": "not back yet"},
}
SHOWN = 12


@click.command(epilog=options.examples("path"))
@options.config
@options.language
@options.as_json
def path(config: Path, lang: str, *, as_json: bool) -> None:
    """Show whether our own path is whole, by the letters to ourselves.

    The last ones are listed: when each left, how long it was away, which was lost or refused, and
    whether the last one that came home bore our DKIM signature. Exit code 1 where the path is
    broken.
    """
    from sarabanwatch import wiring
    from sarabanwatch.core.returns.authenticity import signed_by_our_domain
    from sarabanwatch.store import queries
    from sarabanwatch.store.arrivals import home_signed
    from sarabanwatch.store.letters import canaries_since

    components = wiring.Components(config)
    now, policy = components.clock.now(), components.policy
    with queries.asking(components.ledger_file) as db:
        told = account(canaries_since(db, datetime.fromtimestamp(0, UTC)), now, policy)
        signed = home_signed(db)
    told["signed"] = None if signed is None else signed_by_our_domain(components.settings.sender.address,
                                                                      signed)
    if as_json:
        options.say_json(told)
    else:
        click.echo("\n".join(lines(told, lang)))
    if not told["whole"]:
        sys.exit(1)


def account(flown: "list[Canary]", now: "datetime", policy: "Policy") -> dict[str, Any]:
    """Tell the letters to ourselves as plain values, the oldest first."""
    from sarabanwatch.core.sending import canary

    heard = canary.known_until(flown, now, policy.canary.patience)
    return {
        "whole": canary.whole(flown, now, policy.canary.patience),
        "sent": bool(policy.canary.every),
        "heard_until": heard.isoformat() if heard else None,
        "canaries": [{
            "kind": c.kind.name.lower(),
            **{at: moment.isoformat() if (moment := getattr(c, at)) else None for at in (
                "drafted_at", "left_at", "back_at", "refused_at")},
            "away_seconds": c.took.total_seconds() if c.took is not None else None,
            "lost": c.lost(now, policy.canary.patience)}
                     for c in sorted(flown, key=lambda c: c.drafted_at)[-SHOWN:]]}


def lines(told: dict[str, Any], lang: str) -> list[str]:
    """Return them as lines for a person."""
    w = WORDS[lang]
    if not told["sent"]:
        return [w["none"]]
    heard = (
        f"  {w['heard']} {terminal.moment(told['heard_until'])}" if told["heard_until"]
        else f"  {w['yet']}"
    )
    seal = (
        [] if told.get("signed") is None else [f"  {w['signed' if told['signed'] else 'unsigned']}"]
    )
    return [w["whole" if told["whole"] else "broken"],
            *(_line(each, w) for each in told["canaries"]), heard, *seal]


def _line(each: dict[str, Any], w: dict[str, str]) -> str:
    away = (
        timedelta(seconds=round(each["away_seconds"])) if each["away_seconds"] is not None else ""
    )
    became = (
        w["refused"] if each["refused_at"] else w["waits"] if not each["left_at"] else
        f"{w['late'] if each['lost'] else w['back']} {away}" if away != "" else w["lost"]
        if each["lost"] else w["flies"])
    return (
        f"  {terminal.moment(each['left_at'] or each['drafted_at'])}  {w[each['kind']]}: {became}"
    )
