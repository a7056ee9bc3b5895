"""The oddities of cells in the land are still oddities once its list has been read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sarabanland.cells import ODD
from sarabanland.papers import ADDRESS_RULES
from sarabanwatch.core.address import CellFinding, judge
from sarabanwatch.core.register import HEADINGS, FileRow, columns, read
from sarabanwatch.settings import address_rules

FIELDS = list(HEADINGS)
WHERE = columns([HEADINGS[field][0] for field in FIELDS])
AGENCY = {"code": "6110101", "name": "อบต.หนึ่ง", "kind": "องค์การบริหารส่วนตำบล"}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_cell_is_no_right_one_when_the_list_has_been_read(odd: Callable[[str], str],
                                                                 tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(ADDRESS_RULES, encoding="utf-8")
    typed = AGENCY | {"cell": odd("saraban_06110101@dla.go.test")}
    cells = tuple(typed.get(field, "") for field in FIELDS)
    entries, problems = read([FileRow(2, cells, cells)], WHERE)
    assert not problems
    assert (
        judge(entries[0].agency, address_rules(tmp_path / "rules.toml")).finding
        is not CellFinding.RIGHT
    )
