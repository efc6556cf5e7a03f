"""
What the code declares, read from its words alone: members of types, types of names, and who exports what.

It needs no parse, so it holds in half-typed files and costs little; what it misses is only not proposed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lsp_server.providers.local.rows import Numbers
from lsp_server.providers.local.vocabulary import CLASSES, NEWLINE_ID, Kind, Vocabulary

MOST_MEMBERS = 60
LONGEST_BODY = 4000


@dataclass(frozen=True, slots=True)
class Declared:
    """
    `members` of each type, enum or constant object; the usual `types` of names; the places where names are `exported`.
    """

    members: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    types: Mapping[int, int] = field(default_factory=dict)
    exported: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def read_declared(words: Numbers, vocabulary: Vocabulary, file_of: Numbers | None = None) -> Declared:
    """
    Read a row of words; without `file_of` nothing counts as exported.
    """
    if len(words) < 4:
        return Declared()
    kinds = np.frombuffer(bytes(vocabulary.kinds), dtype=np.uint8)[words]
    classes = np.frombuffer(bytes(vocabulary.classes), dtype=np.uint8)[words]
    named = kinds == Kind.IDENTIFIER
    return Declared(
        members=_members(words, kinds, named, vocabulary),
        types=_types(words, named, classes == CLASSES.index("Name"), vocabulary),
        exported={} if file_of is None else _exported(words, file_of, named, vocabulary),
    )


def _numbers(vocabulary: Vocabulary, *words: str) -> list[int]:
    return [vocabulary[word] for word in words]


def _members(
    words: Numbers, kinds: NDArray[np.uint8], named: NDArray[np.bool_], vocabulary: Vocabulary
) -> dict[int, tuple[int, ...]]:
    depth = np.cumsum((kinds == Kind.OPENER).astype(np.int32) - (kinds == Kind.CLOSER))
    listed = np.zeros(len(words), dtype=np.bool_)
    before = np.isin(words[:-2], _numbers(vocabulary, "\n", "{", ";", ",", *_MODIFIERS))
    after = np.isin(words[2:], _numbers(vocabulary, *":(?=<;,!}", "\n"))
    listed[1:-1] = before & named[1:-1] & after
    at = np.flatnonzero(listed)
    braces = np.flatnonzero(words == vocabulary["{"])
    found: dict[int, dict[int, None]] = {}
    for place in _declarations(words, named, vocabulary).tolist():
        which = int(np.searchsorted(braces, place))
        if which >= len(braces) or braces[which] - place > 40:
            continue
        begin = int(braces[which])
        body = depth[begin : begin + LONGEST_BODY]
        ends = body < body[0]
        end = begin + (int(ends.argmax()) if ends.any() else len(body))
        low, high = np.searchsorted(at, (begin, end)).tolist()
        inside = at[low:high]
        names = words[inside[depth[inside] == body[0]]][:MOST_MEMBERS].tolist()
        found.setdefault(int(words[place]), {}).update(dict.fromkeys(names))
    return {owner: tuple(names)[:MOST_MEMBERS] for owner, names in found.items() if names}


_MODIFIERS = ("public", "private", "protected", "readonly", "static", "async", "get", "set", "override", "abstract")


def _declarations(words: Numbers, named: NDArray[np.bool_], vocabulary: Vocabulary) -> Numbers:
    """
    Where the names of types, and of constants that are objects, stand in their declarations.
    """
    typed = np.isin(words[:-1], _numbers(vocabulary, "class", "interface", "enum")) & named[1:]
    aliases = (words[:-2] == vocabulary["type"]) & named[1:-1] & np.isin(words[2:], _numbers(vocabulary, "=", "<"))
    typed[:-1] |= aliases
    equals, brace, const = _numbers(vocabulary, "=", "{", "const")
    objects = np.zeros(len(words) - 1, dtype=np.bool_)
    objects[:-2] = (words[:-3] == const) & named[1:-2] & (words[2:-1] == equals) & (words[3:] == brace)
    places: Numbers = (np.flatnonzero(typed | objects) + 1).astype(np.int32)
    return places


def _types(
    words: Numbers, named: NDArray[np.bool_], upper: NDArray[np.bool_], vocabulary: Vocabulary
) -> dict[int, int]:
    """
    The commonest type of each name: from `name: Type`, `name?: Type` and `name = new Type`.
    """
    colon, question, equals, new = _numbers(vocabulary, ":", "?", "=", "new")
    plain = np.flatnonzero(named[:-2] & (words[1:-1] == colon) & upper[2:])
    optional = np.flatnonzero(named[:-3] & (words[1:-2] == question) & (words[2:-1] == colon) & upper[3:])
    created = np.flatnonzero(named[:-3] & (words[1:-2] == equals) & (words[2:-1] == new) & upper[3:])
    names = np.concatenate((words[plain], words[optional], words[created])).astype(np.int64)
    types = np.concatenate((words[plain + 2], words[optional + 3], words[created + 3])).astype(np.int64)
    pairs, counts = np.unique(names << 32 | types, return_counts=True)
    order = np.argsort(counts, kind="stable")
    return dict(zip((pairs[order] >> 32).tolist(), (pairs[order] & 0xFFFFFFFF).tolist(), strict=True))


def _exported(
    words: Numbers, file_of: Numbers, named: NDArray[np.bool_], vocabulary: Vocabulary
) -> dict[int, tuple[int, ...]]:
    export = vocabulary["export"]
    declares = np.isin(words[2:-1], _numbers(vocabulary, *_EXPORTED))
    places = np.flatnonzero(declares & named[3:] & ((words[1:-2] == export) | (words[:-3] == export))) + 3
    found: dict[int, tuple[int, ...]] = {}
    for name, file in zip(words[places].tolist(), file_of[places].tolist(), strict=True):
        others = found.get(name, ())
        if file not in others and len(others) < 8:
            found[name] = (*others, file)
    return found


_EXPORTED = ("function", "class", "const", "let", "interface", "type", "enum", "namespace")


def receiver_members(
    context: list[int], spheres: tuple[Declared, ...], vocabulary: Vocabulary, owner: int
) -> list[int]:
    """
    The members of what stands before the dot at the end of `context` (nearest first); the first sphere comes first.

    `owner` is the class round the cursor, for `this`.
    """
    receiver = context[1]
    kinds = (owner,) if vocabulary.words[receiver] == "this" else (receiver,)
    found: dict[int, None] = {}
    for name in kinds:
        types = [name, *(sphere.types[name] for sphere in spheres if name in sphere.types)]
        for declared in spheres:
            for kind in types:
                found.update(dict.fromkeys(declared.members.get(kind, ())))
    return list(found)


def literal_members(owner: int, spheres: tuple[Declared, ...], vocabulary: Vocabulary) -> list[int]:
    """
    What may be written inside the brackets that belong to `owner`: a type, a component with props, or a typed name.
    """
    props = vocabulary.get(f"{vocabulary.words[owner]}Props", owner)
    found: dict[int, None] = {}
    for declared in spheres:
        for kind in (owner, props, declared.types.get(owner, owner)):
            found.update(dict.fromkeys(declared.members.get(kind, ())))
    return list(found)


def enclosing_class(words: Numbers, vocabulary: Vocabulary) -> int:
    """
    The name of the last class that begins in these words.
    """
    places = np.flatnonzero(words[:-1] == vocabulary["class"])
    return int(words[places[-1] + 1]) if len(places) else NEWLINE_ID
