"""How often something happens, from how often it was seen in how many trials."""

from math import sqrt

Z = 1.96   # 95 % two-sided


def at_most(seen: int, trials: int) -> float:
    """Return the upper end of Wilson's interval (1927) at 95 %, in per cent to 0.1.

    100.0 where nothing was tried.
    """
    if not trials:
        return 100.0
    share = seen / trials
    centre, spread = share + Z * Z / (2 * trials), Z * sqrt(share * (1 - share) / trials
                                                            + Z * Z / (4 * trials * trials))
    return round(min(1.0, (centre + spread) / (1 + Z * Z / trials)) * 100, 1)
