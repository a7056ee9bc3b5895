"""Days on which Thai government offices are closed: the `holidays` package and Cabinet resolutions.

Offices keep the public holidays except Labour Day, and the Royal Ploughing Day besides.
"""

from collections.abc import Iterable
from datetime import date


def closed(years: Iterable[int], added: Iterable[date], removed: Iterable[date]) -> frozenset[date]:
    """Return the closed days of some years."""
    import holidays

    known = holidays.country_holidays("TH", years=list(years), categories=("public", "government"),
                                      language="en_US")
    labour = {day for day, name in known.items() if "Labor Day" in name}
    return frozenset(known.keys() - labour) - frozenset(removed) | frozenset(added)
