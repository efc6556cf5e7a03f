"""
How the lines of a text are indented.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise


def indent_of(line: str) -> int:
    """
    How many characters of white space a line begins with.
    """
    return len(line) - len(line.lstrip())


def unit_of(lines: Iterable[str]) -> str:
    """
    One step of indentation as `lines` have it: a tab, or the commonest step in spaces; empty if none is indented.
    """
    tabs, widths = 0, [0]
    for line in lines:
        if line.startswith("\t"):
            tabs += 1
        elif line.strip() and not line.lstrip().startswith("*"):
            widths.append(indent_of(line))
    if tabs > sum(width > 0 for width in widths):
        return "\t"
    steps = Counter(abs(after - before) for before, after in pairwise(widths) if abs(after - before) > 1)
    return " " * steps.most_common(1)[0][0] if steps else ""
