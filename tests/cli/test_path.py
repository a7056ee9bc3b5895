"""`path`: what the letters to ourselves prove, for people and machines, and as an exit code."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.mailroom import CONFIG, RULEBOOK, opened
from fakes.samples import KEY
from sarabanwatch import store
from sarabanwatch.cli import group
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.sending.canary import CanaryDraft, CanaryKind
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.edge.clock import WallClock
from sarabanwatch.wiring import Components

HOUR = timedelta(hours=1)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "token.keys").write_text(f"{KEY.kid} {KEY.secret.hex()} {KEY.until}\n")
    (tmp_path / "watch.toml").write_text(CONFIG)
    return tmp_path / "watch.toml"


def sent(config: Path, *canaries: tuple[CanaryKind, float, FactKind]) -> None:
    """Write down letters to ourselves of so many hours ago, with these outcomes."""
    async def play() -> None:
        now = WallClock().now()
        async with opened(config.parent / "ledger.db") as ledger:
            for serial, (kind, ago, became) in enumerate(canaries, start=1):
                at = now - ago * HOUR
                await ledger.write(store.canaries.launch, CanaryDraft(kind, 0, str, at + 4 * HOUR),
                                   RULEBOOK.mint, at)
                await ledger.write(store.letters.pick, serial, at)
                first = Evidence(FactKind.REFUSED if became is FactKind.REFUSED else FactKind.TAKEN,
                                 at)
                event = Event.REFUSAL if became is FactKind.REFUSED else Event.TAKEN
                await ledger.write(store.letters.outcome, serial, TryResult(event, first), at,
                                   at + HOUR)
                if became in (FactKind.CAME_HOME, FactKind.BOUNCED):
                    await ledger.write(witness, serial,
                                       Evidence(became, at + HOUR / 2, mail=f"mail {serial}"))

    asyncio.run(play())


def witness(db, serial: int, fact: Evidence) -> None:
    from sarabanwatch.store.letters import witness as lay

    lay(db, [(serial, fact)])


def come(config: Path, signed: str) -> None:
    """Let the first letter to ourselves have come home under these domains' signatures."""
    import apsw

    with apsw.Connection(str(config.parent / "ledger.db")) as db:
        db.execute("""
            INSERT INTO mail (digest, raw, size, arrived_at, kind, sender, subject, signed)
            VALUES ('mail 1', x'00', 1, '2026-01-01T00:00:00.000000Z', 'canary', '', '', ?)
        """, (signed,))


def told(config: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["path", *words, "--config", str(config)])


def test_a_whole_path_says_how_long_each_was_away(config: Path) -> None:
    sent(config, (CanaryKind.HOME, 5, FactKind.CAME_HOME), (CanaryKind.BOUNCE, 5, FactKind.BOUNCED),
        (CanaryKind.HOME, 1, FactKind.TAKEN))
    said = told(config, "--lang", "en")
    assert said.exit_code == 0
    first, home, bounce, under_way, heard = said.output.splitlines()
    assert first == "our own path is whole"
    assert home.endswith("home: back after 0:30:00")
    assert bounce.endswith("must bounce: back after 0:30:00")
    assert under_way.endswith("home: not back yet")
    assert heard.startswith("  all that came back is known up to")
    machine = json.loads(told(config, "--json").output)
    assert [each["away_seconds"] for each in machine["canaries"]] == [1800.0, 1800.0, None]


def test_a_lost_or_refused_one_is_a_no(config: Path) -> None:
    sent(config, (CanaryKind.HOME, 9, FactKind.TAKEN), (CanaryKind.HOME, 5, FactKind.REFUSED))
    said = told(config, "--lang", "en")
    assert said.exit_code == 1
    assert [line.rpartition(": ")[2] for line in said.output.splitlines()[1:3]] == ["lost",
                                                                                    "refused"]


def test_where_none_left_nothing_is_claimed(config: Path) -> None:
    sent(config)
    assert "no letter to ourselves yet" in told(config, "--lang", "en").output
    config.write_text(f"{CONFIG}[canary]\nevery_hours = 0\n")
    assert "no letters to ourselves are sent" in told(config, "--lang", "en").output


@pytest.mark.parametrize(("by_default", "named", "others"), [
    ("relay", [], set()),
    ("relay", ["probe.test", "one.go.th"], {"one.go.th"}),      # ours go by the relay all the same
    # no letter goes by a relay: nor do ours
    ("direct", [], set()),
    ("direct", ["one.go.th"], {"one.go.th", "probe.test"}),
])
def test_letters_to_ourselves_go_by_a_relay_wherever_any_letter_does(
    config: Path, by_default: str, named: list[str], others: set[str],
) -> None:
    asked = (f'by_default = "{by_default}"\nexcept_for = {json.dumps(named)}\n'
             '[dns]\nresolvers = ["127.0.0.1:53"]\n')
    config.write_text(f"{CONFIG}[route]\n{asked}")
    assert Components(config).others == others


@pytest.mark.parametrize(("signed", "said", "proved"), [
    ("relay.test probe.test", "carried a valid DKIM signature of ours", True),
    ("relay.test", "carried no DKIM signature", False), ("", "carried no DKIM signature", False)])
def test_a_letter_that_came_home_tells_whether_it_bore_our_signature(config: Path, signed: str,
                                                                     said: str, *,
                                                                     proved: bool) -> None:
    sent(config, (CanaryKind.HOME, 5, FactKind.CAME_HOME))
    assert json.loads(told(config, "--json").stdout)["signed"] is None
    come(config, signed)
    assert said in told(config, "--lang", "en").stdout
    assert json.loads(told(config, "--json").stdout)["signed"] is proved


def test_before_the_first_letter_to_ourselves_is_home_nothing_is_known_of_our_path(
        config: Path) -> None:
    sent(config, (CanaryKind.HOME, 0.1, FactKind.TAKEN))
    shown = CliRunner().invoke(group, ["path", "--lang", "en", "-c", str(config)])
    assert shown.exit_code == 0
    assert shown.output.startswith("it is not known yet whether our own path is whole\n")
