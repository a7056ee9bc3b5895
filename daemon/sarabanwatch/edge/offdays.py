"""Days on which Thai offices are closed, from the `holidays` package, plus and minus what the Cabinet resolved.

Government offices keep the public holidays but for Labour Day (theirs to work), and the Royal Ploughing Day besides.
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
