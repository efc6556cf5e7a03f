"""
The parts of a name: `fetchUserById` says fetch, user, by and id.
"""

import re
from collections.abc import Collection
from functools import lru_cache

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=200_000)
def parts(name: str) -> tuple[str, ...]:
    """
    The parts of a name in lower case, plurals as singulars.
    """
    return tuple(map(_singular, _PART.findall(name)))


def overlap(name: str, words: Collection[str]) -> float:
    """
    The share of the parts of `name` that are among `words`.
    """
    own = parts(name)
    return sum(1 for part in own if part in words) / len(own) if own else 0.0


@lru_cache(maxsize=50_000)
def _singular(part: str) -> str:
    word = part.lower()
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    return word
