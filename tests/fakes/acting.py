"""Whether a verb that changed a ledger wrote down who did it, asked of each that a test runs."""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import apsw

# The ledger's own: how often it was written, how it was opened, and what it calls its letters.
MACHINERY = frozenset({"commits", "epoch", "halt"})
UNATTENDED = frozenset({"run", "demo"})


class Written(NamedTuple):
    """A ledger as it stood before a verb, and the verb."""

    verb: str
    file: Path | None
    before: str
    last: str | None

    @classmethod
    def of(cls, words: Sequence[object]) -> "Written":
        """Look at the ledger beside the configuration that a verb names; as shipped, ledger.db."""
        said = [str(word) for word in words]
        named = [after for word, after in pairwise(said) if word in {"-c", "--config"}]
        file = Path(named[0]).parent / "ledger.db" if named else None
        return cls(" ".join(said[:2]), file, *_stands(file))

    def assert_an_act(self) -> None:
        """Fail where the verb changed the ledger and no act says so."""
        after, last = _stands(self.file)
        changed = after not in {self.before, ""} and self.verb.split()[0] not in UNATTENDED
        if last is not None and changed:
            assert last not in {self.last, ""}, f"{self.verb} changed the ledger without an act"


def _stands(file: Path | None) -> tuple[str, str | None]:
    """Return a digest of what a ledger says, and that of its last act; None where it keeps none."""
    if not file or not file.exists():
        return "", ""
    try:
        with closing(apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)) as db:
            names = [name for name, in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
            if "act" not in names:
                return "", None
            said = [list(db.execute(f'SELECT * FROM "{name}"')) for name in names
                    if name not in {*MACHINERY, "act"}]
            return hashlib.sha256(repr(said).encode()).hexdigest(), db.execute(
                "SELECT coalesce(max(digest), '') FROM act WHERE id = (SELECT max(id) FROM act)"
            ).get
    except apsw.Error:      # damaged, or held: what the test is about
        return "", None
