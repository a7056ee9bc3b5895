"""`replay`: what today's rules make of all kept mail.

It is tried on a copy of the ledger, and the result shown. Only --apply changes the ledger itself.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sarabanwatch import store
from sarabanwatch.app.life import judge
from sarabanwatch.app.replay import Rereading
from sarabanwatch.app.replay import replay as read_again
from sarabanwatch.cli import moves, options
from sarabanwatch.cli.rules import rule_in_both
from sarabanwatch.cli.terminal import both, line, short
from sarabanwatch.core.judging import consequence
from sarabanwatch.core.judging.consequence import GroupMove
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.policy import IncidentSection
from sarabanwatch.core.returns.review import MailVerdict
from sarabanwatch.store import queries
from sarabanwatch.store.places import Place
from sarabanwatch.store.rehearsal import Changed, agencies, copied, letters, listed, remember
from sarabanwatch.wiring import Components
from sarabanwatch.wiring.edges import Edges

Say = Callable[[dict[str, Any]], None]
WHAT = {"letter": ("หนังสือ", "letter"), "agency": ("หน่วยงาน", "agency")}
END = {"applied": ("บันทึกแล้ว", "applied"),
       "changed": ("ยังไม่ได้เปลี่ยน", "nothing was changed"),
       "": ("จึงไม่มีสิ่งใดเปลี่ยน", "nothing would change")}



@click.command(epilog=options.examples("replay"))
@click.option("--apply", is_flag=True,
              help="After telling, add the new readings to the ledger and judge anew.")
@click.option("--quarantined", is_flag=True, help="Also try mails that could not be read before.")
@options.config
@options.either
@options.as_json
def replay(config: Path, *, apply: bool, quarantined: bool, as_json: bool) -> None:
    """Read all kept mail again under today's rules, and tell what would change.

    It also tells how many agencies would change group. Nothing is ever deleted. --apply then adds
    the new readings and judges again. With --json: one value a line for each mail, letter and
    agency; the counts come last.
    """
    components = Components(config)

    def say(found: dict[str, Any]) -> None:
        options.show(found, [render_text(found)], as_json=as_json)

    asyncio.run(_replay(components, say, apply=apply, quarantined=quarantined))


async def _replay(components: Components, say: Say, *, apply: bool, quarantined: bool) -> None:

    with queries.asking(components.ledger_place):
        len(components.rules.keys)      # they tell which mails are answers: asked for before a copy
    with copied(components.ledger_place, components.ledger_file.parent) as copy:
        await _judge(components, copy)
        remember(copy)
        counts = await _read(components, copy, "rehearsing", say, quarantined=quarantined)
        for what, found in (("letter", letters(copy)), ("agency", agencies(copy))):
            for each in found:
                say({what: each.subject, "code": each.code, "was": each.was, "now": each.now,
                     "because": each.because})
                counts[f"{what}: {each.was} -> {each.now}"] += 1
        ahead = consequence.of(map(_move, agencies(copy)), listed(copy))
    if ahead.moves:
        say(moves.collect(ahead, components.policy)
            | {"lines": list(moves.render_text(ahead, components.policy))})
    mails, changed = counts.pop("mails", 0), counts.pop("changed", 0)
    applied = apply and changed > 0
    if applied:
        await _read(components, components.ledger_place, "applying", lambda _: None,
                    quarantined=quarantined)
    say({"mails": mails, "changed": changed, "applied": applied,
         "counts": dict(sorted(counts.items()))})


def _move(changed: Changed) -> GroupMove:
    return GroupMove(changed.code, changed.subject, Group(changed.was), Group(changed.now),
                     changed.because, changed.because)


async def _judge(components: Components, place: Place) -> None:
    """Judge anew; in a rehearsal a downgrade takes effect at once, so that it is seen."""
    at_once = replace(components.policy,
                      incident=IncidentSection(settle_hours=0, share=1, mend_share=1))
    policy = components.policy if place == components.ledger_place else at_once
    with closing(components.ledger(place)) as ledger:
        await judge(ledger=ledger, clock=components.clock,
                    rules=replace(components.rules, policy=policy))


async def _read(components: Components, place: Place, what: str, say: Say, *,
                quarantined: bool) -> Counter[str]:
    """Replay one ledger, with a progress bar on a terminal, and judge it anew.

    Return the number of mails ("mails"), of those read otherwise ("changed"), and of each change.
    """
    counts: Counter[str] = Counter()
    reader = Edges(components).reader()
    with (
        closing(components.ledger(place)) as ledger,
        _progress(await ledger.read(store.rulings.kept), what) as advance,
    ):
        def tell(read: int, changed: Sequence[Rereading]) -> None:
            for reread in changed:
                say(_reread(reread))
                counts[f"mail: {name(reread.was)} -> {name(reread.now)}"] += 1
            counts.update(mails=read, changed=len(changed))
            advance(read)

        try:
            await read_again(
                ledger=ledger, reader=reader, clock=components.clock, rules=components.rules,
                tell=tell, quarantined=quarantined)
        finally:
            await reader.close()
    await _judge(components, place)
    return counts


@contextmanager
def _progress(length: int, label: str) -> Iterator[Callable[[int], None]]:
    """Show the progress on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    bar: Any
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


def name(verdict: MailVerdict) -> str:
    """Return how a mail is read in few words: kind, and why it failed or is not believed."""
    why = verdict.refused or (verdict.reason.value if verdict.reason else "")
    return f"{verdict.kind} ({line(why)})" if why else verdict.kind.value


def _reread(reread: Rereading) -> dict[str, Any]:
    was, now = reread.was, reread.now
    return {"mail": reread.mail, "was": name(was), "now": name(now), "rule": now.rule,
            "letter_was": was.serial, "letter": now.serial, "waits": now.waits,
            "authentic": now.fact.authentic if now.fact else ""}


def render_text(found: dict[str, Any]) -> str:
    """Return one thing that was found as a line for a person."""
    if "moves" in found:
        return "\n".join(found["lines"])
    change = f"{found['was']} -> {found['now']}" if "was" in found else ""
    if "mail" in found:
        mail = f"{both('จดหมาย', 'mail')} {short(found['mail'])}"
        return f"{mail}  {change}  [{line(rule_in_both(found['rule']))}]"
    if change:
        what = "letter" if "letter" in found else "agency"
        name = both(*WHAT[what])
        return f"{name} {found[what]} ({found['code']})  {change}  {found['because']}".rstrip()
    thai, english = END["applied" if found["applied"] else "changed" if found["changed"] else ""]
    counts = "".join(f"\n{number:>9,}  {what}" for what, number in found["counts"].items())
    mails, changed = found["mails"], found["changed"]
    return both(f"อ่านใหม่ {mails:,} ฉบับ อ่านต่างจากเดิม {changed:,} ฉบับ {thai}",
                f"{mails:,} mails read again, {changed:,} read otherwise; {english}") + counts
