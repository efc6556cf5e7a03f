"""
A clock that the tests turn.
"""

from dataclasses import dataclass


@dataclass
class ManualClock:
    """
    Gives the same time until it is turned; with `step` it goes on by itself a little at each look.
    """

    now: float = 100.0
    step: float = 0.0

    def __call__(self) -> float:
        """
        What it shows.
        """
        self.now += self.step
        return self.now

    def advance(self, seconds: float) -> None:
        """
        Turn it.
        """
        self.now += seconds
