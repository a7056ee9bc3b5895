"""What people may see: every agency in a line, every turn of its group, and one agency's account.

Knows what is shown, never what is secret: no raw mail, no token, no words of other people's mail
systems, and addresses only as the configuration allows. The ledger fills these records; pages and
open data are made of nothing else.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from itertools import takewhile
from typing import Literal, NamedTuple

from sarabanwatch.core import domain
from sarabanwatch.core.address import Requirement
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.facts.agency import Agency, Status
from sarabanwatch.core.judging import group, verdict
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.incident import Kin
from sarabanwatch.core.judging.standing import FAILURES, WEIGHT, Health
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.core.rounds import Campaign
from sarabanwatch.core.sending.pausing import Pause
from sarabanwatch.core.sending.probe import State

Shown = Literal["yes", "masked", "no"]
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
LOCAL_PART = re.compile(r"[^\s@,;<>]+(?=@)")
GROUPS = {rule.because: rule for rule in (*group.RULES, group.OTHERWISE)}


@dataclass(frozen=True, slots=True)
class Listing:
    """One agency in a line. `address` is its cell as it may be shown; `slug` names its page."""

    code: str
    slug: str
    name: str
    kind: str
    province: str
    superior: str
    former: str
    address: str
    group: Group
    because: str
    since: datetime | None
    link: str
    given_on: date | None


@dataclass(frozen=True, slots=True)
class Hold:
    """An incident: many agencies of one kin failed at once, and are held in their group.

    `downgrades` has the group to which each would go, by code.
    """

    number: int
    kin: Kin
    since: datetime
    downgrades: Mapping[str, Group]

    @property
    def many(self) -> int:
        """How many agencies it holds."""
        return len(self.downgrades)


@dataclass(frozen=True, slots=True)
class Country:
    """Every listed agency by code, every change of group, oldest first, and the last moment known.

    Then what holds for few agencies: the incidents that hold some; who opted out, until a day, or
    True where no day was named; whose standing rests on silence where any name is taken. Last, the
    regular rounds, the oldest first.
    """

    listings: tuple[Listing, ...]
    transitions: tuple[Transition, ...]
    at: datetime | None
    holds: tuple[Hold, ...] = ()
    opt_outs: Mapping[str, date | bool] = field(default_factory=dict)
    weak: frozenset[str] = frozenset()
    rounds: tuple[Campaign, ...] = ()
    # the pauses that have not ended, each with the codes that it is for (none: it is for all)
    pauses: tuple[tuple[Pause, frozenset[str]], ...] = ()

    @property
    def held(self) -> dict[str, Hold]:
        """Who holds each agency that is held, by code."""
        return {code: hold for hold in self.holds for code in hold.downgrades}


@dataclass(frozen=True, slots=True)
class Posted:
    """One test letter; `codes` are of replies (RFC 5321, RFC 3463).

    `to_present`: it went to the address that stands in the register.
    """

    number: str
    address: str
    at: datetime
    state: State
    window_end: datetime | None
    rule: verdict.VerdictRule
    codes: tuple[str, ...]
    to_present: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """All that an agency's page tells beside its line."""

    agency: Agency
    letters: tuple[Posted, ...]
    broken: tuple[Requirement, ...]
    writable: bool
    findings: tuple[domain.DomainRule, ...]
    transitions: tuple[Transition, ...]
    # what it should declare instead, where that can be derived, as it may be shown
    instead: str = ""
    # when it is tried again, where its last letter failed (core.judging.schedule)
    again: datetime | None = None


class When(StrEnum):
    """Where an agency stands between two looks."""

    NEVER = "never"          # outside the Act
    OPTED_OUT = "opted out"  # it asked for no letters; until then, if a day was named
    PAUSED = "paused"        # we send it no letters for a while; until then, if an end is set
    MENDED = "once mended"   # there is no address to write to
    WAITING = "waiting"      # a letter is under way; its window ends then
    QUEUED = "queued"        # a letter is written and will leave
    AGAIN = "again"          # its last letter failed; it is tried again then
    SOON = "this round"      # by the end of this round
    NEXT = "next round"      # this round is done


class Outlook(NamedTuple):
    """When an agency is looked at next; the moment is None where there is none."""

    when: When
    at: datetime | None


class Rest(NamedTuple):
    """Until when testing is paused; None where no end is set."""

    until: datetime | None


def rest(pauses: Iterable[tuple[Pause, frozenset[str]]], now: datetime, code: str = "",
         sheet: tuple[str, str] = ("", "")) -> Rest | None:
    """Return the pause that is in force for an agency or for a sheet (cut, name), or None.

    Each pause comes with the codes that it is for. Without either, the one for all; of several,
    until when the last one lasts.
    """
    ends = [pause.rests_until(now) for pause, codes in pauses if pause.in_force(now)
            and (not pause.level.named or code in codes or (pause.level, pause.key) == sheet)]
    known = [end for end in ends if end]
    return Rest(max(known) if len(known) == len(ends) else None) if ends else None


def outlook(account: Account, round_: Campaign, now: datetime, *,
            opt_out: date | bool = False, paused: Rest | None = None) -> Outlook:
    """Say when an agency will be looked at next; not while it is left alone or paused."""
    if account.agency.status is Status.EXEMPT:
        return Outlook(When.NEVER, None)
    if opt_out or paused:
        return _left_alone(paused, opt_out=opt_out)
    open_ = next((letter for letter in reversed(account.letters)
                  if letter.state is not State.CLOSED), None)
    if open_ is not None:
        return Outlook(When.WAITING, open_.window_end) if open_.window_end else Outlook(When.QUEUED,
                                                                                        round_.ends)
    if not account.writable:
        return Outlook(When.MENDED, None)
    if account.again:
        return Outlook(When.AGAIN, account.again)
    decided = [letter for letter in account.letters if round_.starts <= letter.at < round_.ends]
    done = decided and decided[-1].rule.verdict not in verdict.UNDECIDED
    later = done or not round_.runs(now)
    return Outlook(When.NEXT, round_.next) if later else Outlook(When.SOON, round_.ends)


def _left_alone(paused: Rest | None, *, opt_out: date | bool) -> Outlook:
    if opt_out or paused is None:
        until = datetime.combine(opt_out, time.max, BANGKOK) if isinstance(opt_out, date) else None
        return Outlook(When.OPTED_OUT, until)
    return Outlook(When.PAUSED, paused.until)


def proved(account: Account) -> Posted | None:
    """Return the last letter that showed that the address can be reached, or None."""
    return next((posted for posted in reversed(account.letters)
                 if WEIGHT[posted.rule.verdict] is Health.GOOD), None)


def unconfirmed(letters: Sequence[Posted]) -> tuple[Posted, ...]:
    """Return the letters of a suspect as people may see them.

    Those that failed since the last one that arrived are left out.
    """
    failing = list(takewhile(lambda posted: WEIGHT[posted.rule.verdict] is not Health.GOOD,
                             reversed(letters)))
    kept = [posted for posted in reversed(failing) if posted.rule.verdict not in FAILURES]
    return (*letters[:len(letters) - len(failing)], *kept)


def decisive(account: Account) -> Posted | None:
    """Return the last letter that told something of the address, or None."""
    return next((posted for posted in reversed(account.letters) if WEIGHT[posted.rule.verdict]),
                None)


def why(because: str) -> tuple[str, str]:
    """Return a group's reason in Thai and English.

    The words as they stand where no rule of today says them.
    """
    rule = GROUPS.get(because)
    return (rule.thai, rule.because) if rule else (because, because)


def slug(text: str) -> str:
    """Return a text as a file name that any web server and file system takes.

    The same text, the same name.
    """
    return text if SAFE.fullmatch(text) else "x" + hashlib.blake2b(text.encode("utf-8", "replace"),
                                                                   digest_size=6).hexdigest()


def page_of(slug: str) -> str:
    """Return where an agency's page stands under the root of the public page.

    Its QR code leads there.
    """
    return f"agency/{slug}.html"


def shown(cell: str, how: Shown) -> str:
    """Return an e-mail cell as people may see it: whole, with local parts masked, or not at all."""
    if how == "no":
        return ""
    plain = one_line(cell)
    return plain if how == "yes" else LOCAL_PART.sub(lambda m: m[0][:2] + "…", plain)
