"""Is the declared address what the Regulation on Saraban (No. 4) B.E. 2564 asks, and if not, what to write instead?

Reads the raw cell as a careful officer would (`cell`), holds it against a table with one row a requirement
(`requirements`, `judging`), and says what would be right where that can be derived (`instead`). Nothing is ever
corrected here, nothing is looked up: whether a domain or a mailbox exists is the business of DNS and letters.
"""

from sarabanwatch.core.address.cell import addresses_in, same_addresses
from sarabanwatch.core.address.instead import suggestion
from sarabanwatch.core.address.judging import JudgedCell, judge
from sarabanwatch.core.address.requirements import REQUIREMENTS, CellFinding, Requirement
from sarabanwatch.core.address.rules import Rules
from sarabanwatch.core.address.slip import one_slip

__all__ = ["REQUIREMENTS", "CellFinding", "JudgedCell", "Requirement", "Rules", "addresses_in", "judge",
           "one_slip", "same_addresses", "suggestion"]
