"""The Chance port, by the operating system's random numbers. They spread retries; no secret."""

import random


class SystemChance:
    """Numbers from the operating system."""

    def __init__(self) -> None:
        self._random = random.SystemRandom()

    def draw(self) -> float:
        """Return a number in [0, 1)."""
        return self._random.random()
