"""
Carry an exchange of names over to names made of them: `user` for `order` also makes `setUser` of `setOrder`.
"""

import re


def rename(word: str, exchanges: list[tuple[str, str]]) -> str:
    """
    `word` with the first exchange that fits carried out, or nothing when none does.
    """
    for theirs, ours in exchanges:
        if len(theirs) < 3 or not ours or theirs == ours or len(theirs) > len(word):
            continue
        for old, new in ((theirs, ours), (_upper(theirs), _upper(ours)), (_lower(theirs), _lower(ours))):
            at = word.find(old)
            if at >= 0 and _stands_apart(word, at, at + len(old)):
                return word[:at] + new + word[at + len(old) :]
    return ""


def exchanged_parts(theirs: str, ours: str) -> tuple[str, str]:
    """
    What is left of two names when the words that both begin or end with are taken away.
    """
    old, new = _PARTS.findall(theirs), _PARTS.findall(ours)
    while len(old) > 1 and len(new) > 1 and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    while len(old) > 1 and len(new) > 1 and old[0] == new[0]:
        old, new = old[1:], new[1:]
    return "".join(old), "".join(new)


def exchanged_folders(theirs: str, ours: str) -> list[tuple[str, str]]:
    """
    The parts in which the paths of two files differ, as names in code.
    """
    old, new = theirs.split("/"), ours.split("/")
    if len(old) != len(new):
        return []
    pairs = [(_camel(one), _camel(other)) for one, other in zip(old, new, strict=True) if one != other]
    return [exchanged_parts(one, other) for one, other in pairs[::-1] if one and other]


_PARTS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])|[_$]+")


def _camel(part: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", part.split(".", maxsplit=1)[0])
    return "".join(word if number == 0 else _upper(word) for number, word in enumerate(words))


def _upper(word: str) -> str:
    return word[0].upper() + word[1:]


def _lower(word: str) -> str:
    return word[0].lower() + word[1:]


def _stands_apart(word: str, start: int, end: int) -> bool:
    """
    Whether a part of a name begins and ends where its words do.
    """
    begins = start == 0 or word[start].isupper() or not word[start - 1].isalpha()
    ends = end == len(word) or not word[end].islower()
    return begins and ends
