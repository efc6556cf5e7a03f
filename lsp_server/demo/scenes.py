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
    `typed` goes in on lines of its own below the line that `below` ends on; the cursor is then at its end.
    """

    title: str
    path: str
    below: str
    typed: str
    ending: Ending
    by_hand: bool = False
    """Whether the engineer asks with a key, for which a less certain answer is good enough."""


SCENES: tuple[Scene, ...] = (
    Scene(
        title="A method that two other registries have, under other names",
        path="src/crew.ts",
        below="    this.crews.set(crew.id, crew);\n  }",
        typed="\n  remove(id: string): void {\n    if (!this.crews.has(",
        ending=Ending.ACCEPT,
        by_hand=True,
    ),
    Scene(
        title="One more pass over the stage times",
        path="src/leaderboard.ts",
        below="export function standings",
        typed="  const crews = new Set<string>();\n  for (const time ",
        ending=Ending.TYPE_THROUGH,
    ),
    Scene(
        title="Another test beside the others",
        path="test/timing.test.ts",
        below="  assert.equal(fastest([]), undefined);\n});",
        typed='\ntest("the fastest of one", () => {\n  assert.equal(',
        ending=Ending.DISMISS,
    ),
)
