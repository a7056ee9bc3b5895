"""What can be asked during a story or after it: the land's own count, the truth, and the ledger.

The land's `letters.jsonl` has every letter that came to its final dot, which no ledger of ours can
hide.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.sending import plan
from sarabanwatch.core.sending.plan import Round
from sarabanwatch.store import letters, queries, rounds
from sarabanwatch.wiring import Components
from story.programs import Daemon

LOOK = 0.5      # wall seconds between two looks at a ledger that another process writes
HOME = "@probe.test"
CONNECTION, LETTER = "connection", "letter"
DECIDED = """
    SELECT l.token, min(e.seen_at) FROM letter l JOIN evidence e USING (serial)
    WHERE e.kind IN ('refused', 'bounced') AND l.verdict IN ('refuses', 'impaired', 'unroutable')
    GROUP BY l.token
"""
FOREVER = datetime.max.replace(tzinfo=UTC)
WRITTEN_TO = {"A1", "A2", "B1", "B2", "D1", "D2", "D3"}      # groups that only a letter can tell


class Heard(NamedTuple):
    """One letter as the land heard it, to its final dot."""

    token: str
    to: str
    at: datetime


class Call(NamedTuple):
    """One visit to a mail host, as the land noted it: a connection, or a recipient offered.

    `said` is the answer, "" where the host accepted.
    """

    host: str
    what: str
    at: datetime
    said: str


class Witness:
    """One land's folder, asked."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.components = Components(place / "sarabanwatch.toml")

    @contextmanager
    def asking(self) -> Iterator[apsw.Connection]:
        """Open the ledger for questions."""
        with queries.asking(self.components.ledger_place) as db:
            yield db

    def rows(self, sql: str, *args: object) -> list[tuple[Any, ...]]:
        """Ask the ledger one question."""
        with self.asking() as db:
            return list(db.execute(sql, args))

    def heard(self) -> list[Heard]:
        """Return every letter that the land's relay received, in order; those to ourselves too."""
        lines = (
            json.loads(line)
            for line in (self.place / "letters.jsonl").read_text(encoding="utf-8").splitlines()
        )
        return [Heard(line["message_id"][1:].partition("@")[0], line["to"],
                      datetime.fromisoformat(line["sim"]))
                for line in lines]

    def calls(self, what: str) -> list[Call]:
        """Return every visit of a kind to any mail host, in order."""
        lines = (
            json.loads(line)
            for line in (self.place / "arrivals.jsonl").read_text(encoding="utf-8").splitlines()
        )
        return [Call(line["host"], line["what"], datetime.fromisoformat(line["sim"]),
                     line["outcome"])
                for line in lines if line["what"] == what]

    def to_agencies(self) -> list[Heard]:
        """Return those of them that went to agencies."""
        return [letter for letter in self.heard() if not letter.to.endswith(HOME)]

    def of_the_round(self) -> list[Heard]:
        """Return those of them that were the running round's own, and no confirming letters."""
        marks = {
            mark for (mark,) in self.rows(
                f"SELECT token FROM letter WHERE purpose = 'round' AND campaign = {self.number()}"
            )
        }
        return [letter for letter in self.heard() if letter.token in marks]

    def dots(self) -> int:
        """Count the letters that the land's relay heard to their end."""
        return (self.place / "letters.jsonl").read_bytes().count(b"\n")

    def truth(self) -> dict[str, dict[str, str]]:
        """Return what is true of each agency, by code."""
        agencies: dict[str, dict[str, str]] = json.loads(
            (self.place / "truth.json").read_text(encoding="utf-8")
        )["agencies"]
        return agencies

    def found(self) -> dict[str, str]:
        """Return the group of each agency, as the daemon has found it."""
        with self.asking() as db:
            return {row.code: row.group for row in queries.listed(db)}

    def wrong(self) -> dict[str, tuple[str, str, str]]:
        """Return what was found otherwise than is true: code -> truth, found, what it plays.

        Not yet known is not wrong where a mail about a letter of theirs waits for a person.
        """
        found, waiting = self.found(), self.waiting()
        return {code: (true["group"], found.get(code, "absent"), true["plays"])
                for code, true in self.truth().items() if true["group"] != found.get(code)
                and not (found.get(code) == Group.UNKNOWN and code in waiting)}

    def waiting(self) -> set[str]:
        """Return the agencies of whose letters a mail waits for a person."""
        held = "SELECT letter.code FROM letter JOIN evidence USING (serial) WHERE evidence.kind = ?"
        return {code for code, in self.rows(held, Fact.WAITS)}

    def round(self) -> Round:
        """Count this round's letters."""
        with self.asking() as db:
            most = self.components.policy.campaign.letters_at_most
            return letters.round_of(db, self.number(), most)

    def number(self) -> int:
        """Return the number of the round that runs by now."""
        timetable = self.components.policy.campaign.timetable
        with self.asking() as db:
            return rounds.current(db, timetable, self.components.clock.now()).id

    async def over(self, life: Daemon) -> Round:
        """Wait until the round is over: nothing is left to draft, send, wait for or judge."""
        await life.says("started")
        while not (now := self.round()).over:
            life.lives()
            await asyncio.sleep(LOOK)
        return now

    async def clock_shows(self, moment: datetime, life: Daemon) -> None:
        """Wait until the daemon's clock shows a moment."""
        clock = self.components.clock
        while (left := (moment - clock.now()).total_seconds()) > 0:
            life.lives()
            await clock.sleep(left)

    def twice(self) -> dict[str, int]:
        """Return the marks of letters that the land heard more than once."""
        return {mark: times for mark, times in Counter(letter.token
                                                       for letter in self.heard()).items()
                if times > 1}

    def hurried(self) -> list[tuple[str, Heard, Heard]]:
        """Return pairs of letters to one address of an agency, the second within the window of the
        first.

        The window of one that was refused or came back is over with that. A new address does not
        wait for the window of the old one: it is another mailbox.
        """
        codes = dict(self.rows("SELECT token, code FROM letter"))
        ended = {token: datetime.fromisoformat(at) for token, at in self.rows(DECIDED)}
        heard = sorted(((codes[letter.token], letter.to.lower()), letter.at, letter)
                       for letter in self.to_agencies())
        return [(whom[0], one, two) for (whom, _, one), (other, _, two) in pairwise(heard)
                if whom == other and two.at < min(plan.window_end(one.at, self.components.policy),
                                                  ended.get(one.token, FOREVER))]

    def missed(self) -> list[str]:
        """Return agencies whose truth calls for a letter and whose address was never written to."""
        reached = {letter.to.lower() for letter in self.heard()}
        return [code for code, true in self.truth().items()
                if true["group"] in WRITTEN_TO and true["address"].lower() not in reached]

    def unfollowed(self) -> list[int]:
        """Return letters of a round in doubt that no fresh letter followed after their window."""
        rows = self.rows("""
            SELECT old.serial, old.first_try, coalesce(new.drafted_at, old.first_try)
            FROM letter old LEFT JOIN letter new
             ON new.replaces = old.serial AND new.code = old.code AND new.fate <> ''
            WHERE old.fate = 'doubtful' AND old.verdict = 'unknown'
                  AND old.purpose = 'round'""")
        return [serial for serial, tried, follows in rows
                if datetime.fromisoformat(follows) < plan.window_end(datetime.fromisoformat(tried),
                                                                     self.components.policy)]

    def assert_right(self) -> None:
        """Each letter once, none too soon, none missed, no doubt left, and the census is true."""
        counted = self.round()
        assert self.twice() == {}
        assert self.hurried() == []
        assert self.missed() == []
        assert self.unfollowed() == []
        assert counted.planned == counted.sent + counted.doubtful + counted.held + counted.pending
        assert counted.sent <= len(self.of_the_round()) <= counted.sent + counted.doubtful
        assert self.wrong() == {}, self.wrong()
