"""Whether a round's report is true: each group is the truth of some moment, or not yet known."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import FAILING
from sarabanwatch.core.judging.standing import WEIGHT, Health
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.papers.snapshot import Snapshot
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.rounds import RoundRecord
from sarabanwatch.store import confirming, history
from sarabanwatch.store.rows import ask, moment
from simulation.country import Country

INCIDENTS = "SELECT count(*) FROM incident WHERE opened_at >= ? AND opened_at < ?"
# Letters to the address that an agency had at the cut-off, the newest first, with when their last
# fact was seen.
LETTERS = f"""
    SELECT l.code, l.token, l.verdict, max(e.seen_at)
    FROM letter l JOIN declared d ON d.code = l.code AND d.address = l.address
                  JOIN evidence e ON e.serial = l.serial
    WHERE {history.held("d")} AND d.began <= l.drafted_at AND l.verdict IS NOT NULL
    GROUP BY l.serial ORDER BY l.serial DESC
"""
LISTED = "SELECT max(id) FROM import WHERE at <= ?"
HELD = "SELECT code FROM downgrade WHERE incident IS NOT NULL OR found_at > ?"
# What was seen, or listed, so shortly before the cut-off need not be judged by then.
LATELY = timedelta(days=2)


@dataclass(frozen=True)
class RoundFound:
    """What a round came to, by its report: counts, and what must not be."""

    number: int
    letters: int
    canaries: int
    suspects: int
    incidents: int
    unknown: int
    wrong: list[tuple[str, str, set[str]]]
    left_out: set[str]

    @property
    def summary(self) -> tuple[object, ...]:
        """It in an order that is always the same."""
        return (self.number, self.letters, self.canaries, self.suspects, self.incidents,
                self.unknown, len(self.wrong), sorted(self.left_out))


def look(tx, round_: RoundRecord, snapshot: Snapshot, country: Country, policy: Policy,
         held: frozenset[str]) -> RoundFound:
    """Hold the report of a round that ended against what was true; forget the round's letters."""
    ends = round_.ends
    found = RoundFound(
        round_.number, sum(letter.at < ends for letter in country.letters), country.canaries,
        confirming.suspects(tx), tx.execute(INCIDENTS, (round_.opened_at, ends)).get,
        sum(row.group == Group.UNKNOWN for row in snapshot.rows),
        wrong(tx, snapshot, ends, country, policy), left_out(round_, country, held))
    country.letters = [letter for letter in country.letters if letter.at >= ends]
    country.canaries = 0
    return found


@dataclass(frozen=True)
class Decided:
    """A letter that decided something: when it arrived, and whether it failed."""

    at: datetime
    failed: bool


def wrong(tx, snapshot: Snapshot, cut_off: datetime, country: Country,
          policy: Policy) -> list[tuple[str, str, set[str]]]:
    """Return each agency whose published group was not true: its code, the group, and the truth."""
    decided, held = _decided(tx, cut_off, country), {c for c, in ask(tx, HELD, (cut_off - LATELY,))}
    found = []
    for row in snapshot.rows:
        group = Group(row.group)
        if group is Group.UNKNOWN:
            continue
        since = _since(decided[row.code], group, policy, held=row.code in held)
        truth = country.true(row.code, since or cut_off - LATELY, cut_off)
        if group not in truth:
            found.append((row.code, row.group, truth))
    return found


def _decided(tx, cut_off: datetime, country: Country) -> dict[str, list[Decided]]:
    found = defaultdict(list)
    for code, token, verdict, seen_at in ask(
            tx, LETTERS, {"number": tx.execute(LISTED, (cut_off,)).get}):
        weight, at = WEIGHT[Verdict(verdict)], country.moments.get(token)
        if weight and at and moment(seen_at) <= cut_off - LATELY:
            found[code].append(Decided(at, weight is Health.BAD))
    return found


def _since(letters: list[Decided], group: Group, policy: Policy, *, held: bool) -> datetime | None:
    """Return when the letter arrived that a group rests on; the newest letters come first.

    Failures that are not confirmed yet, or that an incident holds, change no good group.
    """
    doubted = 0
    if group not in FAILING:
        doubted = next((n for n, each in enumerate(letters) if not each.failed), len(letters))
        if doubted >= policy.confirm.failures and not held:
            doubted = 0
    rests_on = letters[doubted:] or letters[-1:]
    return rests_on[0].at if rests_on else None


def left_out(round_: RoundRecord, country: Country, held: frozenset[str]) -> set[str]:
    """Return the agencies that were listed all the round, and got no letter though nothing held."""
    reached = {country.owner[letter.to] for letter in country.letters
               if round_.opened_at <= letter.at < round_.ends}
    listed = {code for code, since in country.since.items() if since <= round_.opened_at}
    return listed - reached - held
