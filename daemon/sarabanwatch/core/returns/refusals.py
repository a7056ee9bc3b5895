"""What mail systems say when they refuse, as tables of data, and how a text is looked up in them.

The tables stand in `config/refusals/*.toml` and may be added to by a site. A *book* is one file: the
system that it speaks of ("" for any), the marks by which that system is known, and its rows. A *row*
is a reason with the enhanced statuses (RFC 3463), reply codes (RFC 5321) and phrases that mean it. Rows
are tried from the top. Refuses to know how a text is cut out of a mail (`core.returns.bounce`) and how words,
statuses and stages are weighed against one another (`core.returns.reason`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.returns.phrasebook import Phrasebook

ReasonAndRule = tuple[Reason, str]


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """One reason and what means it; `weak` rows are asked only where a telling status is silent.

    `statuses` are prefixes: "5.7" is any 5.7.x. `example` is an answer that the row must decide.
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
    """The rows of one system, or of any; its marks are phrases that only this system writes."""

    system: str
    marks: tuple[str, ...]
    rows: tuple[RefusalRow, ...]


class Refusals:
    """All books, ready to be asked. What it is made of travels to other processes (`books`)."""

    def __init__(self, books: Sequence[RefusalTable]) -> None:
        self.books = tuple(books)
        self._systems = tuple(book for book in self.books if book.system)
        self._marks = Phrasebook([book.marks for book in self._systems])
        self._own = tuple(_Asked(book.rows, book.system) for book in self._systems)
        general = tuple(row for book in self.books if not book.system for row in book.rows)
        self._strong = _Asked(tuple(row for row in general if not row.weak), "words")
        self._faint = _Asked(tuple(row for row in general if row.weak), "words")

    def by_system(self, status: str, said: str, around: str) -> ReasonAndRule | None:
        """Return what the system that speaks means by its words, else by its status."""
        for number in self._marks.rows_in(f"{said} {around}"):
            if judged := self._own[number].words(said) or self._own[number].status(status):
                return judged
        return None

    def spoken(self, system: str, said: str, *, weak: bool = False) -> str:
        """Return by which row words are decided where this system ("" for any) says them; "" for none."""
        own = {book.system: asked for book, asked in zip(self._systems, self._own, strict=True)}
        own[""] = self._faint if weak else self._strong
        judged = own[system].words(said)
        return judged[1] if judged else ""

    def by_words(self, said: str, *, faint: bool = False) -> ReasonAndRule | None:
        """Return what the words mean, whoever says them."""
        return (self._faint if faint else self._strong).words(said)

    def by_status(self, status: str) -> ReasonAndRule | None:
        """Return what an enhanced status means, whoever says it: the longest prefix decides."""
        return self._strong.status(status)

    def by_code(self, code: int) -> ReasonAndRule | None:
        """Return what a reply code means by itself."""
        return self._strong.code(code)


class _Asked:
    """Rows of one system, or of any, as they are asked."""

    def __init__(self, rows: Sequence[RefusalRow], speaker: str) -> None:
        self._rows = tuple(rows)
        self._speaker = speaker
        self._book = Phrasebook([row.phrases for row in rows])
        self._statuses = {prefix: row for row in reversed(self._rows) for prefix in row.statuses}
        self._codes = {code: row.reason for row in rows for code in row.codes}

    def words(self, text: str) -> ReasonAndRule | None:
        found = self._book.rows_in(text)
        return self._judged(self._rows[found[0]]) if found else None

    def status(self, status: str) -> ReasonAndRule | None:
        parts = status.split(".")
        prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        prefix = next((p for p in prefixes if p in self._statuses), None)
        if prefix is None:
            return None
        row = self._statuses[prefix]
        return (
            row.reason,
            f"status {prefix}" if self._speaker == "words" else f"{self._speaker}: {row.name}",
        )

    def code(self, code: int) -> ReasonAndRule | None:
        return (self._codes[code], f"code {code}") if code in self._codes else None

    def _judged(self, row: RefusalRow) -> ReasonAndRule:
        return row.reason, f"{self._speaker}: {row.name}"
