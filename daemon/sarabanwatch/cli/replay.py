"""`replay`: what today's rules make of all kept mail; first rehearsed on a copy and told, then, if asked, applied."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch import store
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line

if TYPE_CHECKING:
    from sarabanwatch.app.replay import Rereading
    from sarabanwatch.core.judging.consequence import GroupMove
    from sarabanwatch.core.returns.review import MailVerdict
    from sarabanwatch.store.rehearsal import Turned
    from sarabanwatch.wiring import Components

Say = Callable[[dict[str, Any]], None]


@click.command(epilog=options.examples("replay"))
@click.option("--apply", is_flag=True,
              help="After telling, add the new readings to the ledger and judge anew.")
@click.option("--quarantined", is_flag=True, help="Also try mails that could not be read before.")
@options.config
@options.as_json
def replay(config: Path, *, apply: bool, quarantined: bool, as_json: bool) -> None:
    """Read all kept mail again under today's rules, and tell what would change.

    It also tells how many agencies would change group. Nothing is ever deleted. --apply then adds
    the new readings and judges again. With --json: one value a line for each mail, letter and
    agency; the counts come last.
    """
    from sarabanwatch import wiring

    components = wiring.Components(config)
    say: Say = options.say_json if as_json else lambda told: click.echo(_told(told))
    asyncio.run(_replay(components, say, apply=apply, quarantined=quarantined))


async def _replay(components: "Components", say: Say, *, apply: bool, quarantined: bool) -> None:
    from sarabanwatch.cli import moves
    from sarabanwatch.core.judging import consequence
    from sarabanwatch.store import queries
    from sarabanwatch.store.rehearsal import agencies, copied, letters, listed, remember

    with queries.asking(components.ledger_file):
        pass
    with copied(components.ledger_file) as copy:
        await _judge(components, copy)
        remember(copy)
        counts = await _read(components, copy, "rehearsing", say, quarantined=quarantined)
        for what, found in (("letter", letters(copy)), ("agency", agencies(copy))):
            for each in found:
                say({what: each.subject, "code": each.code, "was": each.was, "now": each.now,
                     "because": each.because})
                counts[f"{what}: {each.was} -> {each.now}"] += 1
        ahead = consequence.of(map(_move, agencies(copy)), listed(copy))
    if ahead.ways:
        say(moves.plain(ahead, components.policy)
            | {"lines": list(moves.lines(ahead, components.policy))})
    mails, turned = counts.pop("mails", 0), counts.pop("turned", 0)
    applied = apply and turned > 0
    if applied:
        await _read(components, components.ledger_file, "applying", lambda _: None,
                    quarantined=quarantined)
    say({"mails": mails, "turned": turned, "applied": applied,
         "counts": dict(sorted(counts.items()))})


def _move(turned: "Turned") -> "GroupMove":
    from sarabanwatch.core.judging.consequence import GroupMove
    from sarabanwatch.core.judging.group import Group

    return GroupMove(turned.code, turned.subject, Group(turned.was), Group(turned.now),
                     turned.because, turned.because)


async def _judge(components: "Components", file: Path) -> None:
    """Judge anew; in a rehearsal a fall turns at once, so that it is told."""
    from sarabanwatch.app.life import judge
    from sarabanwatch.core.policy import IncidentSection

    at_once = replace(components.policy,
                      incident=IncidentSection(settle_hours=0, share=1, mend_share=1))
    policy = components.policy if file == components.ledger_file else at_once
    with closing(components.ledger(file)) as ledger:
        await judge(ledger=ledger, clock=components.clock,
                    rules=replace(components.rules, policy=policy))


async def _read(components: "Components", file: Path, what: str, say: Say, *,
                quarantined: bool) -> Counter[str]:
    """Replay one ledger file, with a progress bar on a terminal, and judge it anew; count `mails`, `turned`, and each turn."""
    from sarabanwatch.app.replay import replay as read_again

    counts: Counter[str] = Counter()
    reader = components.reader()
    with (
        closing(components.ledger(file)) as ledger,
        _progress(await ledger.read(store.rulings.kept), what) as advance,
    ):
        def tell(read: int, turns: "Sequence[Rereading]") -> None:
            for turn in turns:
                say(_turn(turn))
                counts[f"mail: {name(turn.was)} -> {name(turn.now)}"] += 1
            counts.update(mails=read, turned=len(turns))
            advance(read)

        try:
            await read_again(
                ledger=ledger, reader=reader, clock=components.clock, rules=components.rules,
                tell=tell, quarantined=quarantined)
        finally:
            await reader.close()
    await _judge(components, file)
    return counts


@contextmanager
def _progress(length: int, label: str) -> Iterator[Callable[[int], None]]:
    """Show on stderr how far it is, where a person sees it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    bar: Any
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


def name(said: "MailVerdict") -> str:
    """Return a word on a mail in few words: kind, and why it failed or was not believed."""
    why = said.refused or (said.reason.value if said.reason else "")
    return f"{said.kind} ({line(why)})" if why else said.kind.value


def _turn(turn: "Rereading") -> dict[str, Any]:
    was, now = turn.was, turn.now
    return {"mail": turn.mail, "was": name(was), "now": name(now), "rule": now.rule,
            "letter_was": was.serial,
            "letter": now.serial, "waits": now.waits,
            "authentic": now.fact.authentic if now.fact else ""}


def _told(told: dict[str, Any]) -> str:
    """Return one thing told as a line for a person."""
    if "moves" in told:
        return "\n".join(told["lines"])
    if "mail" in told:
        return f"mail {told['mail'][:12]}  {told['was']} -> {told['now']}  [{line(told['rule'])}]"
    if "mails" not in told:
        which = f"letter {told['letter']}" if "letter" in told else f"agency {told['agency']}"
        return (
            f"{which} ({told['code']})  {told['was']} -> {told['now']}  {told['because']}".rstrip()
        )
    counts = "".join(f"\n{number:>9,}  {what}" for what, number in told["counts"].items())
    end = (
        "applied" if told["applied"] else "nothing was changed" if told["turned"]
        else "nothing would change"
    )
    return f"{told['mails']:,} mails read again, {told['turned']:,} read otherwise; {end}{counts}"
