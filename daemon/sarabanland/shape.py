"""How many agencies of which kind and group: the real country's counts, scaled to any size.

The counts are those of the public record (8,286 agencies; 6,536 ready, 1,454 to mend, 296 raised);
how the first two split over their groups is this land's own choice.
"""

from collections.abc import Mapping

WHOLE = 8286

KINDS = {
    "กระทรวง": 20, "กรม": 150, "จังหวัด": 76, "กรุงเทพมหานคร": 1, "รัฐวิสาหกิจ": 52,
    "องค์การมหาชน": 58,
    "สถาบันอุดมศึกษา": 60, "หน่วยงานอื่นของรัฐ": 20,
    "องค์การบริหารส่วนจังหวัด": 76, "เทศบาลนคร": 30, "เทศบาลเมือง": 195, "เทศบาลตำบล": 2247,
    "องค์การบริหารส่วนตำบล": 5300, "เมืองพัทยา": 1,
}
GROUPS = {
    "A1": 2941, "A2": 3595,
    "B1": 214, "B2": 160, "B3": 120, "C": 260, "D1": 60, "D2": 230, "D3": 90, "E": 320,
    "W": 296,
}
EXEMPT_SHARE = 0.005      # beside the total
BLOCKED_SHARE = 0.003     # on the host that at first refuses us because of a blocklist
BLOCKED_LEAST = 3         # but at least so many
FORGED_SHARE = 0.005      # mails of strangers and forgers, of each kind
SMALL = 50                # in a country of fewer agencies there is none of these three


def apportion(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Return `total` split by `weights`, in whole numbers, by largest remainder.

    Ties go to the earlier name.
    """
    whole = sum(weights.values())
    shares = {name: divmod(total * weight, whole) for name, weight in weights.items()}
    counts = {name: floor for name, (floor, _) in shares.items()}
    by_remainder = sorted(weights, key=lambda name: -shares[name][1])
    for name in by_remainder[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def beside(total: int, share: float) -> int:
    """Return a small share of the total: at least one, but none where the total is below SMALL."""
    return max(1, round(total * share)) if total >= SMALL else 0


def blocked(total: int) -> int:
    """Return how many bodies are behind a blocklist: BLOCKED_SHARE, none below SMALL agencies."""
    return max(BLOCKED_LEAST, round(total * BLOCKED_SHARE)) if total >= SMALL else 0
