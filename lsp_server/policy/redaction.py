"""
Take secrets out of a text before it leaves, and put a placeholder that says what stood there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from lsp_server.policy import private_keys, secret_literals
from lsp_server.policy.secret_rules import RULES, Reading, Rule

MARGIN = 4096
"""How far beyond a window the text is searched, for a secret that its border cuts in two; a long key takes 3,300."""

RUN = r"[A-Za-z0-9_\-+/=.]"
# All that is no long run is skipped in one go, which is twice as fast as looking for the next one.
LONG_RUN = re.compile(rf"(?:{RUN}{{0,19}}+[^{RUN[1:]}++)*+(?:({RUN}{{20,}}+)|{RUN}{{0,19}}+\Z)")
DIGIT = re.compile("[0-9]")
REACH = 100
REPEATED_LENGTHS = range(12, 400)
REPETITION_WORK = 50_000_000
"""Characters to search at most for repetitions: enough for thousands of secrets in a prompt."""
PLACEHOLDER = re.compile("<redacted:([a-z0-9-]+)>")


@dataclass(frozen=True, slots=True, order=True)
class Secret:
    """
    Where a secret stands in a text, and of which kind it is.
    """

    start: int
    end: int
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Redacted:
    """
    A text without its secrets, and how many of each kind there were.
    """

    text: str
    counts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class RedactedAround:
    """
    What stands on either side of a cursor, without secrets.
    """

    prefix: str
    suffix: str
    counts: Mapping[str, int]


def redact(text: str) -> Redacted:
    """
    Replace every secret that is recognised; all else stands as it was, on the line where it was.
    """
    (redacted,), counts = redact_pieces((text,))
    return Redacted(text=redacted, counts=counts)


def redact_around(text: str, cursor: int, start: int, end: int) -> RedactedAround:
    """
    The window from `start` to `end`, cut at `cursor`, as it may be shown.

    A secret that a border or the cursor cuts in two is recognised from the text beyond, and goes on either side.
    """
    borders = (max(0, start - MARGIN), start, cursor, end, min(len(text), end + MARGIN))
    pieces = [text[low:high] for low, high in pairwise(borders)]
    (_, prefix, suffix, _), counts = redact_pieces(pieces, counted=(1, 2))
    return RedactedAround(prefix=prefix, suffix=suffix, counts=counts)


def redact_pieces(
    pieces: Sequence[str], *, counted: Sequence[int] | None = None
) -> tuple[tuple[str, ...], Mapping[str, int]]:
    """
    Redact one text that comes in pieces: each piece that holds part of a secret gets a placeholder for that part.

    Secrets are counted once, and only those that touch one of the pieces `counted` (all of them by default).
    """
    secrets = find_secrets("".join(pieces))
    if not secrets:
        return tuple(pieces), {}
    ends = list(accumulate(map(len, pieces)))
    redacted = []
    touched: dict[Secret, None] = {}
    for index, (piece, end) in enumerate(zip(pieces, ends, strict=True)):
        start = end - len(piece)
        here = [secret for secret in secrets if secret.start < end and secret.end > start]
        redacted.append(_replace(piece, start, here))
        if counted is None or index in counted:
            touched |= dict.fromkeys(here)
    return tuple(redacted), Counter(secret.kind for secret in touched)


def find_secrets(text: str) -> list[Secret]:
    """
    Every secret in `text`, first to last, none overlapping another.
    """
    recognised = list(_candidates(text))
    secrets: list[Secret] = []
    for secret in sorted([*recognised, *_repetitions(text, recognised)], key=lambda one: (one.start, -one.end)):
        last = secrets[-1] if secrets else None
        if last and secret.start < last.end:
            secrets[-1] = Secret(last.start, max(last.end, secret.end), last.kind)
        else:
            secrets.append(secret)
    return secrets


def count_placeholders(text: str) -> Mapping[str, int]:
    """
    How many secrets of each kind were taken out of a text that was redacted before.
    """
    return Counter(PLACEHOLDER.findall(text)) if "<redacted:" in text else {}


def _replace(piece: str, start: int, secrets: Iterable[Secret]) -> str:
    parts = []
    position = 0
    for secret in secrets:
        low, high = max(0, secret.start - start), min(len(piece), secret.end - start)
        # Line ends stay, so that what follows keeps its line number.
        parts += [piece[position:low], f"<redacted:{secret.kind}>", "\n" * piece.count("\n", low, high)]
        position = high
    return "".join([*parts, piece[position:]])


def _candidates(text: str) -> Iterator[Secret]:
    runs = [run.span(1) for run in LONG_RUN.finditer(text) if run[1]]
    if runs:
        yield from _matches(Reading.LONG_RUNS, "\n".join([text[start:end] for start, end in runs]), text, text)
    numbered = [span for span in runs if DIGIT.search(text, *span)]
    if numbered:
        lower = _lower(text)
        near = "\n".join([lower[max(0, start - REACH) : end] for start, end in numbered])
        yield from _matches(Reading.NEAR_NUMBERED_RUNS, near, text, lower)
    yield from _matches(Reading.WHOLE, text, text, text)
    for start, end in private_keys.find_private_keys(text):
        yield Secret(start, end, private_keys.KIND)
    for start, end in secret_literals.find_assigned_secrets(text):
        yield Secret(start, end, secret_literals.KIND)


def _repetitions(text: str, recognised: Sequence[Secret]) -> Iterator[Secret]:
    """
    Other places of secrets, or of their lines, that gave themselves away once, as by the name they are assigned to.
    """
    kinds = {line: secret.kind for secret in recognised for line in text[secret.start : secret.end].split("\n")}
    for value, kind in list(kinds.items())[: REPETITION_WORK // (len(text) + 1)]:
        if len(value) in REPEATED_LENGTHS:
            for found in re.finditer(re.escape(value), text):
                yield Secret(*found.span(), kind)


def _lower(text: str) -> str:
    """
    In lower case, every character at its place.
    """
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(character.lower() if character.isascii() else character for character in text)


def _matches(reading: Reading, excerpt: str, text: str, searched: str) -> Iterator[Secret]:
    """
    What the rules of one reading find in `text`, if `excerpt` holds one of their anchors.

    `searched` is the text in which the places of an anchor are looked up.
    """
    if reading in ANY_ANCHOR and not ANY_ANCHOR[reading].search(excerpt):
        return
    for rule, anchor in [pair for pair in ANCHORS[reading] if pair[1] in excerpt]:
        position = searched.find(anchor)
        while position >= 0:
            begin = position - rule.before
            found = rule.pattern.match(text, begin) if begin >= 0 else None
            if found:
                start, end = found.span("secret" if "secret" in rule.pattern.groupindex else 0)
                yield Secret(start, end, rule.kind)
            position = searched.find(anchor, found.end() if found else position + 1)


def _any_of(words: Iterable[str]) -> str:
    """
    An expression for any of `words`, by their beginnings: to find none takes a tenth of looking for each.
    """
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[:1], []).append(word[1:])
    if "" in by_first:
        return ""
    return "(?:" + "|".join(re.escape(first) + _any_of(rest) for first, rest in sorted(by_first.items())) + ")"


ANCHORS: Mapping[Reading, Sequence[tuple[Rule, str]]] = {
    reading: [(rule, anchor) for rule in RULES if rule.reading is reading for anchor in rule.anchors]
    for reading in Reading
}
ANY_ANCHOR = {
    reading: re.compile(_any_of(anchor for _, anchor in ANCHORS[reading]))
    for reading in (Reading.LONG_RUNS, Reading.NEAR_NUMBERED_RUNS)
}
