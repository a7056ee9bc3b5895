"""Refusal tables: what mail systems say when they refuse mail, and how a text is looked up in them.

The tables stand in `config/refusals/*.toml`, and a site may add to them. A table is one file: its
system ("" for any), the phrases that only this system writes (`marks`), and its rows. A row is a
reason with the enhanced status codes (RFC 3463), reply codes (RFC 5321) and phrases that mean it.
Rows are tried from the top. `core.returns.bounce` finds the text in a mail, and
`core.returns.reason` weighs words, status codes and stages against one another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.returns.phrasebook import Phrasebook

ReasonAndRule = tuple[Reason, str]


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """One reason and what means it. `weak` rows are asked only where no specific status code is.

    `statuses` are prefixes: "5.7" is any 5.7.x. `example` is a reply that the row must decide.
    """

    name: str
    reason: Reason
    phrases: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()
    weak: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class RefusalTable:
    """The rows of one system, or of any. `marks` are phrases that only this system writes."""

    system: str
    marks: tuple[str, ...]
    rows: tuple[RefusalRow, ...]


class Refusals:
    """All refusal tables, ready to be asked. `tables` can be sent to another process."""

    def __init__(self, tables: Sequence[RefusalTable]) -> None:
        self.tables = tuple(tables)
        self._systems = tuple(table for table in self.tables if table.system)
        self._marks = Phrasebook([table.marks for table in self._systems])
        self._own = tuple(_RowIndex(table.rows, table.system) for table in self._systems)
        general = tuple(row for table in self.tables if not table.system for row in table.rows)
        self._strong = _RowIndex(tuple(row for row in general if not row.weak), "words")
        self._weak = _RowIndex(tuple(row for row in general if row.weak), "words")

    def by_system(self, status: str, text: str, around: str) -> ReasonAndRule | None:
        """Return what the recognised system means by its words, or else by its status code."""
        for number in self._marks.rows_in(f"{text} {around}"):
            if judged := self._own[number].words(text) or self._own[number].status(status):
                return judged
        return None

    def rule_for(self, system: str, text: str, *, weak: bool = False) -> str:
        """Return the rule that decides these words of a system ("" for any); "" for none."""
        own = {table.system: rows for table, rows in zip(self._systems, self._own, strict=True)}
        own[""] = self._weak if weak else self._strong
        judged = own[system].words(text)
        return judged[1] if judged else ""

    def by_words(self, text: str, *, weak: bool = False) -> ReasonAndRule | None:
        """Return what the words mean, whoever says them."""
        return (self._weak if weak else self._strong).words(text)

    def by_status(self, status: str) -> ReasonAndRule | None:
        """Return what an enhanced status code means; the longest prefix decides."""
        return self._strong.status(status)

    def by_code(self, code: int) -> ReasonAndRule | None:
        """Return what a reply code means by itself."""
        return self._strong.code(code)


class _RowIndex:
    """The rows of one system, or of any, indexed by phrases, status codes and reply codes."""

    def __init__(self, rows: Sequence[RefusalRow], speaker: str) -> None:
        self._rows = tuple(rows)
        self._speaker = speaker
        self._phrases = Phrasebook([row.phrases for row in rows])
        self._statuses = {prefix: row for row in reversed(self._rows) for prefix in row.statuses}
        self._codes = {code: row.reason for row in rows for code in row.codes}

    def words(self, text: str) -> ReasonAndRule | None:
        found = self._phrases.rows_in(text)
        return self._judged(self._rows[found[0]]) if found else None

    def status(self, status: str) -> ReasonAndRule | None:
        parts = status.split(".")
        prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        prefix = next((p for p in prefixes if p in self._statuses), None)
        if prefix is None:
            return None
        row = self._statuses[prefix]
        if self._speaker == "words":
            return row.reason, f"status {prefix}"
        return self._judged(row)

    def code(self, code: int) -> ReasonAndRule | None:
        return (self._codes[code], f"code {code}") if code in self._codes else None

    def _judged(self, row: RefusalRow) -> ReasonAndRule:
        return row.reason, f"{self._speaker}: {row.name}"
