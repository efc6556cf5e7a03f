"""
What the engineer of the tour types, where, and what becomes of each completion.
"""

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """
    What the engineer does with what is offered.
    """

    ACCEPT = "accepts it (Tab)"
    TYPE_THROUGH = "types on, as offered"
    DISMISS = "dismisses it (Esc)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """
    `typed` goes in on a line of its own below the line that holds `below`; the cursor is then at its end.
    """

    title: str
    path: str
    below: str
    typed: str
    ending: Ending


SCENES: tuple[Scene, ...] = (
    Scene(
        title="A second lookup in the registry, like the first",
        path="src/crew.ts",
        below="export class CrewRegistry {",
        typed="  has(id: string): boolean {\n    return this.crews.",
        ending=Ending.ACCEPT,
    ),
    Scene(
        title="Another pass over the stage times",
        path="src/leaderboard.ts",
        below="const totals = new Map<string, number>();",
        typed="  for (const time of ",
        ending=Ending.TYPE_THROUGH,
    ),
    Scene(
        title="One more test of the leaderboard",
        path="test/leaderboard.test.ts",
        below='test("the fastest crew leads and the gap is to the leader", () => {',
        typed="  const earlier: ",
        ending=Ending.DISMISS,
    ),
)
