"""How long to wait before the next try: each time twice as long, up to a bound; from the beginning after a success."""

SOON = (1.0, 60.0)              # wall seconds, first and longest: after a surprise
# after a refusal that only a person can lift: more log-ins might have the account locked
RARELY = (60.0, 60 * 60.0)


class Pauses:
    """The pauses between the tries of one thing."""

    def __init__(self) -> None:
        self._next: dict[tuple[float, float], float] = {}

    def well(self) -> None:
        """Begin anew: it was done."""
        self._next.clear()

    def take(self, bounds: tuple[float, float]) -> float:
        """Return the wall seconds to wait now."""
        first, longest = bounds
        pause = self._next.get(bounds, first)
        self._next[bounds] = min(2 * pause, longest)
        return pause
