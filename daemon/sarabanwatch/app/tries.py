"""How long to wait before the next try: twice as long each time, up to a bound.

After a success the first wait is the shortest again.
"""

# The first and the longest wait, in wall seconds: after a failure of any kind ...
SOON = (1.0, 60.0)
# ... and after a refusal that only a person can end: more log-ins might lock the account.
RARELY = (60.0, 60 * 60.0)


class Tries:
    """How long to wait between the tries of one thing."""

    def __init__(self) -> None:
        self._next: dict[tuple[float, float], float] = {}

    def well(self) -> None:
        """Note a success: the next wait is the shortest."""
        self._next.clear()

    def take(self, bounds: tuple[float, float]) -> float:
        """Return the wall seconds to wait now, and note that the next wait is twice as long."""
        first, longest = bounds
        wait = self._next.get(bounds, first)
        self._next[bounds] = min(2 * wait, longest)
        return wait
