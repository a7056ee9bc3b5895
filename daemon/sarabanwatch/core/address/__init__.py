"""Is the declared address what the Regulation on Saraban (No. 4) B.E. 2564 asks for?

The raw cell is read as a careful officer would read it (`cell`) and held against a table with one
row for each requirement (`requirements`, `judging`). Where a right address can be derived, it is
suggested (`instead`). Nothing is corrected and nothing is looked up here: whether a domain or a
mailbox exists is found out by DNS and by letters.
"""

from sarabanwatch.core.address.cell import addresses_in, same_addresses
from sarabanwatch.core.address.instead import suggestion
from sarabanwatch.core.address.judging import JudgedCell, judge
from sarabanwatch.core.address.requirements import REQUIREMENTS, CellFinding, Requirement
from sarabanwatch.core.address.rules import Rules
from sarabanwatch.core.address.slip import one_slip

__all__ = ["REQUIREMENTS", "CellFinding", "JudgedCell", "Requirement", "Rules", "addresses_in",
           "judge", "one_slip", "same_addresses", "suggestion"]
