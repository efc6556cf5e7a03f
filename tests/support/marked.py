"""
Text with a cursor in it: `█` marks where the engineer is typing.
"""

from dataclasses import dataclass

CURSOR = "█"


@dataclass(frozen=True)
class Marked:
    """
    A piece of source and the offset that its cursor mark stood at.
    """

    text: str
    offset: int


def parse_marked(source: str) -> Marked:
    """
    Take the one cursor mark out of `source`.
    """
    assert source.count(CURSOR) == 1, f"expected exactly one {CURSOR}"
    return Marked(source.replace(CURSOR, ""), source.index(CURSOR))
