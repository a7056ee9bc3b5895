"""Whether two words are one typing slip apart."""


def one_slip(one: str, other: str) -> bool:
    """Say whether two different words are one slip apart (Damerau-Levenshtein distance 1)."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                 min(len(one), len(other)))
    rest, others = one[start:], other[start:]
    swapped = rest[1::-1] + rest[2:] if len(rest) > 1 else rest
    return others in (rest[1:], swapped) or others[1:] in (rest, rest[1:])
