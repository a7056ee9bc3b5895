"""What a new register changes in the old one, and whether that is too much to accept.

Applied to the old register, the amendments give the new one; reversed, they give the old one back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.agency import Agency, Announcement, Status
from sarabanwatch.core.section import Section


class ChangeKind(StrEnum):
    """What may change of an agency."""

    ADDED = "added"
    REMOVED = "removed"
    SUCCEEDED = "succeeded"            # removed, and another agency names it as its former code
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
    UNREAD = "cells not read"          # nothing is known of them, nor was before


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed: what it was and what it is now, as text for people."""

    what: ChangeKind
    was: str
    now: str


def _shown(value: object) -> str:
    """Return a part of an agency as text for people."""
    if isinstance(value, Announcement):
        value = value.link, str(value.given_on or ""), value.cell
    return " / ".join(filter(None, value)) if isinstance(value, tuple) else str(value or "")


def _given(was: Agency, now: Agency) -> ChangeKind:
    if was.announcement is None:
        return ChangeKind.GIVEN
    return ChangeKind.REANNOUNCED if now.announcement else ChangeKind.WITHDRAWN


STATUS = {Status.RAISED: ChangeKind.RAISED, Status.EXEMPT: ChangeKind.EXEMPTED,
          Status.NORMAL: ChangeKind.ORDINARY}
# a part of an agency, and what a change in it is called; together all parts but the code
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
    successor: str = ""     # the code of the agency that names this one as its former code

    @property
    def name(self) -> str:
        """The agency's present name, or its last one."""
        agency = self.after or self.before
        return agency.name if agency else ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes of the agency; at least one."""
        if self.before is None:
            return (Change(ChangeKind.ADDED, "", self.name),)
        if self.after is None:
            left = ChangeKind.SUCCEEDED if self.successor else ChangeKind.REMOVED
            return (Change(left, self.name, self.successor),)
        was, now = self.before, self.after
        return tuple(Change(what(was, now), _shown(part(was)), _shown(part(now)))
                     for part, what in PARTS if part(was) != part(now))


class ImportLimits(Section, frozen=True):
    """Shares up to which a list is accepted without a person: agencies changed, rows not read."""

    change_at_most: float = 0.05
    unread_at_most: float = 0.05


BELIEVED = ImportLimits(change_at_most=1, unread_at_most=1)     # whatever it brings


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
        """How often each kind of change occurs, in the order of ChangeKind."""
        all_ = [change.what for a in self.amendments for change in a.changes]
        return {what: all_.count(what) for what in ChangeKind if what in all_}

    def excess(self, limits: ImportLimits) -> str:
        """Say which shares are over the limits, or ""; an empty register accepts any list."""
        gone = sum(a.after is None and not a.successor for a in self.amendments)
        changed = sum(a.before is not None and (a.after is not None or a.successor != "")
                      for a in self.amendments)
        shares = (
            (gone, self.stood, "agencies", "would vanish", limits.change_at_most),
            (changed, self.stood, "agencies", "would change", limits.change_at_most),
            (self.unread if self.unread > 1 else 0, self.rows, "rows",
             "have cells that cannot be read", limits.unread_at_most))
        return ", ".join(
            f"{some:,} of {of:,} {what} ({some / of:.1%}) {fate}, more than {at_most:.1%}"
            for some, of, what, fate, at_most in shares if of and some > at_most * of)


class TooMuch(RequestError):  # noqa: N818 - said of the register
    """A list changes more than is accepted without a person."""

    def __init__(self, difference: Difference, excess: str) -> None:
        super().__init__(f"{excess}; if that is right: `sarabanwatch register import FILE --yes`")
        self.difference = difference


def difference(before: Mapping[str, Agency], after: Mapping[str, Agency], rows: int = 0,
               unread: int = 0) -> Difference:
    """Compare two registers by code; the new one has `rows` rows, `unread` of them not read."""
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
    """Return the amendments that undo these."""
    return tuple(Amendment(a.code, a.after, a.before) for a in amendments)
