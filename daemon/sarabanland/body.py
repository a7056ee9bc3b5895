"""One agency of the land: what the register says of it, and what is true of it.

`door` says how the world takes a letter to its address (DNS, mail host), `desk` what comes back
once it is taken.
"""

from dataclasses import dataclass

RAISED, EXEMPT = "ยกฐานะ", "ยกเว้น"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the agency announced: link or date (not both) may be missing, and the address cell."""

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
        """What this body plays, in a word or two."""
        return (
            self.desk if self.door == "open" else self.door if self.desk == "silent"
            else f"{self.door}, {self.desk}"
        )
