"""`demo`: one campaign over a simulated country, on loopback, compared with the known truth.

It starts the country (`sarabanland`) and the daemon as two programs, as in life, and reads the
ledger as any verb does. It stops the daemon as systemd would, and compares what was found with what
is true. Where the country ends early, or the daemon makes no progress, the demo ends with the
reason. What it prints at the end is made in `cli.demo_end`.
"""

import json
import signal
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import demo_end, options
from sarabanwatch.cli.demo_programs import Program, started
from sarabanwatch.core.errors import UnavailableError
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.sending.plan import Round
from sarabanwatch.edge.clock import WallClock
from sarabanwatch.store import judgements, letters, queries, rounds
from sarabanwatch.wiring import Components

WAIT_AT_MOST = 0.05     # of the agencies may wait for a person to read what came back
LOOK = 0.5              # wall seconds between two looks at the ledger
# wall seconds without any change: far longer than a healthy demo waits (for a window, a week-end)
STILL = 60.0


@click.command(epilog=options.examples(
    "demo --agencies 300 --keep demo --serve  # takes half a minute"))
@click.option("--agencies", default=8286, show_default=True, type=click.IntRange(min=1),
              help="Agencies in the land.")
@click.option("--seed", default=2568, show_default=True, help="Same seed, same land.")
@click.option("--keep", type=click.Path(path_type=Path),
              help="Leave ledger, configuration and logs in this folder.")
@click.option("--serve", is_flag=True,
              help="Show the public page at the end, until Enter or Ctrl-C is pressed.")
@click.option("--wild", default=0.0, show_default=True, type=click.FloatRange(0, 1),
              help="Share of letters that rouse mail which is no answer, some of it for a person "
                   "to read; and of failing hosts that refuse in words of their own.")
@click.option("--minutes", default=15.0, show_default=True, help="Give up after so long.")
@options.as_json
def demo(
    agencies: int, seed: int, keep: Path | None, wild: float, minutes: float, *, serve: bool,
    as_json: bool,
) -> None:
    """Run one round over a country in a box, and compare what was found with what is true.

    Exit code 0: nothing is wrong, and only of a few agencies the result is not yet known; 69: the
    country ended early, or nothing happened any more.
    """
    if keep and keep.exists() and any(keep.iterdir()):
        raise click.BadParameter(f"{keep} is not empty", param_hint="--keep")
    # as Ctrl-C: land and daemon end with us
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="sarabanland-") as scratch:
        place = keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        result = _campaign(place, agencies, seed, wild, minutes * 60, RoundProgress(quiet=as_json))
        _calm(place / "sarabanwatch.toml")
        if as_json:
            options.say_json(result)
        else:
            click.echo("\n".join(demo_end.render_text(place, result)))
        demo_end.go_on(place, serve=serve, kept=bool(keep), quiet=as_json)
    few = len(result["waiting"]) <= 1 + agencies * (WAIT_AT_MOST + wild)
    sys.exit(0 if not result["wrong"] and few and conserved(result) else 1)


def _calm(config: Path) -> None:
    """Set the configuration's clock to rate 1, from the hour at which the campaign ended."""
    shows, text = Components(config).clock.now(), config.read_text(encoding="utf-8")
    began = WallClock().now()
    clock = f"[clock]\nrate = 1\nbegan = {began.isoformat()}\nshows = {shows.isoformat()}\n"
    config.write_text(text[:text.index("[clock]")] + clock, encoding="utf-8")


def conserved(result: dict[str, Any]) -> bool:
    """Return whether no letter was lost or doubled.

    That is, planned = sent + doubtful + held, and the relay took each that was sent, once.
    """
    letters = result["letters"]
    sent, doubtful = letters["sent"], letters["doubtful"]
    complete = letters["planned"] == sent + doubtful + letters["held"]
    return bool(complete and sent <= letters["at_relay"] <= sent + doubtful)


class RoundProgress:
    """A line that is written over on a terminal, lines from time to time elsewhere; on stderr."""

    def __init__(self, *, quiet: bool) -> None:
        self._moves = sys.stderr.isatty()
        self._quiet, self._last = quiet and not self._moves, ""

    def show(self, round_: Round, seconds: float) -> None:
        """Show how far the round is."""
        sent = round_.planned - round_.pending
        line = (f"ส่งแล้ว {sent:>6,} · รอผล {round_.open:>6,} · "
                f"จบ {sent - round_.open:>6,} / {round_.planned:,}"
                f"  (sent, waiting, ended)  {seconds:4.0f} s")
        if self._moves:
            click.echo(f"\r{line}", err=True, nl=False)
        elif not self._quiet and line.partition("  (")[0] != self._last and seconds % 5 < LOOK:
            click.echo(line, err=True)
            self._last = line.partition("  (")[0]

    def say(self, line: str) -> None:
        """Say one line."""
        if not self._quiet:
            click.echo(("\n" if self._moves else "") + line, err=True)


def _campaign(
    place: Path, agencies: int, seed: int, wild: float, patience: float, progress: RoundProgress,
) -> dict[str, Any]:

    began = time.monotonic()
    seconds: dict[str, float] = {}
    progress.say(f"ประเทศจำลอง {agencies:,} หน่วยงาน รอบหนึ่งรอบ บนเครื่องนี้เท่านั้น"
                 f" · a simulated country: {agencies:,} agencies, one round, all on this machine")
    wanted = ("--agencies", str(agencies), "--seed", str(seed), "--dir", str(place), "--wild",
              str(wild))
    with started("the land", "sarabanland", *wanted, log=place / "land.log") as land:
        land.until_ready()
        seconds["land"] = time.monotonic() - began
        components = Components(place / "sarabanwatch.toml")
        with started("the daemon", "sarabanwatch", "run", "--config", str(components.path),
                     log=place / "daemon.log") as daemon:
            metrics = daemon.until_logged("listening")["metrics"]
            daemon.until_logged("round opened")     # from now on there is a ledger to ask
            number = _running(components)
            progress.say(f"ตัวชี้วัด · metrics: {metrics}")
            seconds |= _watch(components, number, (land, daemon), patience, progress)
            peak = _peak_mb(daemon.pid)
            stopping = time.monotonic()
            daemon.stop()
            seconds["stop"] = time.monotonic() - stopping
    seconds["all"] = time.monotonic() - began
    return _result(components, number, agencies, peak,
                   {phase: round(s, 1) for phase, s in seconds.items()})


def _running(components: Components) -> int:
    """Return the round that runs, as its letters name it."""
    timetable = components.policy.campaign.timetable
    with queries.asking(components.ledger_place) as db:
        return rounds.current(db, timetable, components.clock.now()).id


def _watch(
    components: Components, number: int, programs: tuple[Program, ...], patience: float,
    progress: RoundProgress,
) -> dict[str, float]:
    """Wait until the round is over; return how many seconds sending and waiting took.

    Raise UnavailableError where a program has ended, or where nothing has changed for so long that
    nothing will: the country is silent, or the daemon stands still, whatever it says of its health.
    """
    began, sent_at, moved_at, before = time.monotonic(), 0.0, 0.0, None
    seen = _seen(components, number)
    while (now := time.monotonic() - began) < patience:
        for program in programs:
            program.lives()
        seen = round_, _ = _seen(components, number)
        progress.show(round_, now)
        sent_at = now if round_.pending or not sent_at else sent_at
        if round_.over:
            progress.say("")
            return {"send": sent_at, "wait": now - sent_at}
        moved_at, before = (now, seen) if seen != before else (moved_at, before)
        if now - moved_at > STILL:
            words = "\n".join(program.last_words() for program in programs)
            raise UnavailableError(f"nothing has moved for {STILL:.0f} s "
                                   f"({_left(components, number, round_)}):\n{words}")
        time.sleep(LOOK)
    raise UnavailableError(f"the round was not over after {patience:.0f} s "
                           f"({_left(components, number, seen[0])})")


def _left(components: Components, number: int, round_: Round) -> str:
    """Say what a round that did not end waits for, and whether its time ran away from it."""
    waits = f"{round_.pending} letters wait to leave us, {round_.open} for their end"
    if _running(components) == number:
        return waits
    return (f"{waits}; by the simulated clock the round's weeks are over: the machine is too busy "
            "for it, try again with fewer agencies, or later")


def _seen(components: Components, number: int) -> tuple[Round, dict[str, int]]:
    """Return how far the round is, and what has come back, but for letters to ourselves."""
    with queries.asking(components.ledger_place) as db:
        round_ = letters.round_of(db, number, components.policy.campaign.letters_at_most)
        returns = queries.arrivals(db)
    return round_, {kind: count for kind, count in returns.items() if kind != "canary"}


def _peak_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def _result(components: Components, number: int, agencies: int, peak: float,
            seconds: dict[str, float]) -> dict[str, Any]:

    place = components.path.parent
    truth = json.loads((place / "truth.json").read_text(encoding="utf-8"))
    with queries.asking(components.ledger_place) as db:
        counts = judgements.counts(db)
        round_ = letters.round_of(db, number, components.policy.campaign.letters_at_most)
        found = {row.code: row.group for row in queries.listed(db)}
        tokens, confirming = (set(queries.tokens(db, purpose))
                              for purpose in (Purpose.ROUND, Purpose.CONFIRM))
        returns = queries.arrivals(db)
    missed = _missed(truth["agencies"], found)
    # a person has yet to read what came back
    waiting = [miss for miss in missed if miss["found"] == Group.UNKNOWN]
    return {
        "agencies": agencies,
        "census": {g.value: counts.get(g, 0) for g in Group if g is not Group.EXEMPT},
        "truth": truth["census"],
        "wrong": [miss for miss in missed if miss not in waiting],
        "waiting": waiting,
        "letters": {"planned": round_.planned, "sent": round_.sent, "doubtful": round_.doubtful,
                    "held": round_.held,
                    "at_relay": _at_relay(place, tokens), "confirming": len(confirming)},
        "returns": returns,
        "seconds": seconds,
        "peak_rss_mb": peak,
    }


def _missed(truth: dict[str, dict[str, Any]], found: dict[str, str]) -> list[dict[str, Any]]:
    """Return the agencies whose group is not the true one, each with its door and desk."""
    missed = []
    for code in sorted(truth.keys() | found.keys()):
        known = truth.get(code, {})
        if known.get("group") != found.get(code):
            missed.append({"code": code, "truth": known.get("group"), "found": found.get(code),
                           "plays": known.get("plays")})
    return missed


def _at_relay(place: Path, tokens: Collection[str]) -> int:
    """Count by token how often the relay took each of these letters."""
    taken = (json.loads(line)["message_id"][1:].partition("@")[0]
             for line in (place / "letters.jsonl").open())
    return sum(token in tokens for token in taken)
