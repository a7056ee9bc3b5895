"""What a new register changes in the old one, agency by agency; whether that is too much to believe; and the way back.

Applied to the old register it gives the new one, turned about it gives the old one back. Knows no file and no date.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.agency import Agency, Announcement, Status


class ChangeKind(StrEnum):
    """What may change of an agency."""

    ADDED = "added"
    REMOVED = "removed"
    SUCCEEDED = "succeeded"            # left the register, and another names it as its former body
    RENAMED = "renamed"
    KIND = "changed kind"
    MOVED = "moved"                    # to another province or superior
    RAISED = "raised"
    EXEMPTED = "exempted"
    ORDINARY = "ordinary again"        # neither raised nor exempt any more
    FORMER = "former code"
    ADDRESS = "changed address"
    GIVEN = "announcement given"
    WITHDRAWN = "announcement withdrawn"
    REANNOUNCED = "announcement changed"
    UNREAD = "cells not read"          # of which nothing is known, nor stood before


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed, before and after, as people read it."""

    what: ChangeKind
    was: str
    now: str


def _shown(value: object) -> str:
    """Return a part of an agency as people read it."""
    if isinstance(value, Announcement):
        value = value.link, str(value.given_on or ""), value.cell
    return " / ".join(filter(None, value)) if isinstance(value, tuple) else str(value or "")


def _given(was: Agency, now: Agency) -> ChangeKind:
    if was.announcement is None:
        return ChangeKind.GIVEN
    return ChangeKind.REANNOUNCED if now.announcement else ChangeKind.WITHDRAWN


STATUS = {Status.RAISED: ChangeKind.RAISED, Status.EXEMPT: ChangeKind.EXEMPTED, Status.NORMAL: ChangeKind.ORDINARY}
# a part of an agency -> what it is called where it differs; together they are all of it but its code
PARTS: tuple[tuple[Callable[[Agency], object], Callable[[Agency, Agency], ChangeKind]], ...] = (
    (lambda a: a.name,                   lambda *_: ChangeKind.RENAMED),
    (lambda a: a.kind,                   lambda *_: ChangeKind.KIND),
    (lambda a: (a.province, a.superior), lambda *_: ChangeKind.MOVED),
    (lambda a: a.status,                 lambda _, now: STATUS[now.status]),
    (lambda a: a.former,                 lambda *_: ChangeKind.FORMER),
    (lambda a: a.cell,                   lambda *_: ChangeKind.ADDRESS),
    (lambda a: a.announcement,           _given),
    (lambda a: tuple(sorted(a.unread)),  lambda *_: ChangeKind.UNREAD),
)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What becomes of one agency: `before` None where it is new, `after` None where it leaves."""

    code: str
    before: Agency | None
    after: Agency | None
    successor: str = ""     # the code that names a body which leaves as its former one

    @property
    def name(self) -> str:
        """What it is called, of late."""
        agency = self.after or self.before
        return agency.name if agency else ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that changes of it; at least one."""
        if self.before is None:
            return (Change(ChangeKind.ADDED, "", self.name),)
        if self.after is None:
            return (Change(ChangeKind.SUCCEEDED if self.successor else ChangeKind.REMOVED, self.name,
                           self.successor),)
        was, now = self.before, self.after
        return tuple(Change(what(was, now), _shown(part(was)), _shown(part(now)))
                     for part, what in PARTS if part(was) != part(now))


class ImportLimits(NamedTuple):
    """Shares up to which a list is believed unasked: agencies that vanish, or change; rows with cells that cannot be read."""

    change: float = 1
    unread: float = 1


BELIEVED = ImportLimits()     # whatever it brings


@dataclass(frozen=True, slots=True)
class Difference:
    """All amendments, by code, to a register of `stood` agencies, from a list of so many `rows`.

    Of these `unread` could not be read where it matters, so that what stood before stays.
    """

    amendments: tuple[Amendment, ...]
    stood: int
    rows: int = 0
    unread: int = 0

    @property
    def counts(self) -> dict[ChangeKind, int]:
        """How often each thing changes, in the order of What; those that don't are left out."""
        all_ = [change.what for a in self.amendments for change in a.changes]
        return {what: all_.count(what) for what in ChangeKind if what in all_}

    def excess(self, limits: ImportLimits) -> str:
        """Say which share is too large to be believed, "" where none is. An empty register is filled by whatever can be read."""
        gone = sum(a.after is None and not a.successor for a in self.amendments)
        changed = sum(a.before is not None and (a.after is not None or a.successor != "")
                      for a in self.amendments)
        shares = (
            (gone, self.stood, "agencies", "would vanish", limits.change),
            (changed, self.stood, "agencies", "would change", limits.change),
            (self.unread if self.unread > 1 else 0, self.rows, "rows",
             "have cells that cannot be read", limits.unread))
        return ", ".join(
            f"{some:,} of {of:,} {what} ({some / of:.1%}) {fate}, more than {at_most:.1%}"
            for some, of, what, fate, at_most in shares if of and some > at_most * of)


class TooMuch(RequestError):  # noqa: N818 - said of the register
    """A register changes more than is believed unasked."""

    def __init__(self, difference: Difference, excess: str) -> None:
        super().__init__(f"{excess}; if that is right: `sarabanwatch register import FILE --yes`")
        self.difference = difference


def difference(before: Mapping[str, Agency], after: Mapping[str, Agency], rows: int = 0,
               unread: int = 0) -> Difference:
    """Compare two registers, each agency by its code; the new one is of a list of so many rows, some of which are unread."""
    successors = {a.former: a.code for a in after.values() if a.former}
    amendments = (
        Amendment(code, before.get(code), after.get(code),
                  "" if code in after else successors.get(code, ""))
        for code in sorted(before.keys() | after.keys()) if before.get(code) != after.get(code))
    return Difference(tuple(amendments), len(before), rows, unread)


def applied(before: Mapping[str, Agency], amendments: Iterable[Amendment]) -> dict[str, Agency]:
    """Return the register after the amendments."""
    now = dict(before)
    for amendment in amendments:
        now.pop(amendment.code, None)
        if amendment.after:
            now[amendment.code] = amendment.after
    return now


def reversed_amendments(amendments: Iterable[Amendment]) -> tuple[Amendment, ...]:
    """Return the amendments that lead back."""
    return tuple(Amendment(a.code, a.after, a.before) for a in amendments)
