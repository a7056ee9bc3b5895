"""A ledger as people may see it, held in memory; `samples` gives agencies for it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from sarabanwatch.core.facts.agency import Agency, AgencyKind, Announcement
from sarabanwatch.core.judging import group, verdict
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.core.page.genuine import OurLetter
from sarabanwatch.core.page.public import Account, Country, Hold, Listing, Posted, slug
from sarabanwatch.core.rounds import Campaign, Timetable
from sarabanwatch.core.sending.probe import State

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
BECAUSE = {rule.group: rule.because for rule in (*group.RULES, group.OTHERWISE)}


def listing(code: str, name: str, grp: Group = Group.A2, **fields: str) -> Listing:
    """Return an agency in a line; fields that are not given are those of some subdistrict."""
    some = Listing(code, slug(code), one_line(name), AgencyKind.SUBDISTRICT, "เชียงใหม่",
                   "จังหวัดเชียงใหม่", "", "saraban@one.go.test", grp, BECAUSE[grp], NOW,
                   "https://info.go.test/1", date(2025, 1, 2))
    return replace(some, **fields)  # type: ignore[arg-type]  # all fields that are given are text


@dataclass
class MemoryArchive:
    """The Archive port; add listings or transitions, then say `news = True`."""

    listings: list[Listing]
    transitions: list[Transition] = field(default_factory=list)
    letters: tuple[Posted, ...] = ()
    news: bool = True
    holds: tuple[Hold, ...] = ()
    opt_outs: dict[str, date | bool] = field(default_factory=dict)
    weak: frozenset[str] = frozenset()
    instead: dict[str, str] = field(default_factory=dict)
    known: dict[int, OurLetter] = field(default_factory=dict)
    rounds: tuple[Campaign, ...] = tuple(
        Timetable(NOW.date(), 6).slot(NOW - timedelta(weeks=6 * n)) for n in reversed(range(12)))

    def changed(self) -> bool:
        was, self.news = self.news, False
        return was

    def country(self) -> Country:
        return Country(tuple(self.listings), tuple(self.transitions), NOW, self.holds,
                       self.opt_outs, self.weak, self.rounds)

    def letter(self, serial: int) -> OurLetter | None:
        return self.known.get(serial)

    def account(self, code: str) -> Account | None:
        found = next((a for a in self.listings if a.code == code), None)
        if found is None:
            return None
        agency = Agency(code, found.name, AgencyKind(found.kind), cell=found.address,
                        announcement=Announcement(found.link, None, ""))
        transitions = tuple(t for t in self.transitions if t.code == code)
        return Account(agency, self.letters, (), writable=True, findings=(),
                       transitions=transitions, instead=self.instead.get(code, ""))


def letter(verdict_: verdict.Verdict, state: State = State.CLOSED, days: float = 1) -> Posted:
    rule = next((r for r in verdict.RULES if r.verdict is verdict_), verdict.OTHERWISE)
    return Posted("นร ๑๒๐๐/ท๑", "saraban@one.go.test", NOW - timedelta(days=days), state,
                  NOW + timedelta(days=1), rule, ("550 5.1.1",))
