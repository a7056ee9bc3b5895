"""One agency of the land: what the register says of it, and what is true of it.

`door` says what DNS and mail host do with a letter to its address, `desk` what comes back once the
letter is taken.
"""

from dataclasses import dataclass

RAISED, EXEMPT = "ยกฐานะ", "ยกเว้น"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the agency announced: the address cell, and a link or a date or both."""

    link: str
    given: str
    cell: str


@dataclass(frozen=True, slots=True)
class Body:
    """A row of the register and the truth about it.

    `address` is its own mailbox, without the oddities of its cell.
    """

    code: str
    name: str
    kind: str
    province: str
    superior: str
    status: str
    former: str
    cell: str
    announced: Announcement | None
    group: str
    address: str
    door: str
    desk: str

    @property
    def plays(self) -> str:
        """Its door and desk in a word or two."""
        return (
            self.desk if self.door == "open" else self.door if self.desk == "silent"
            else f"{self.door}, {self.desk}"
        )
