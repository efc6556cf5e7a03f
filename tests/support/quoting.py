"""
Quotes as models get them wrong: true lines of a file, perturbed in ways that leave open what they mean or do not.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from lsp_server.review.finding import Category, Claim, Severity
from lsp_server.review.source import Source

Perturb = Callable[[list[str], Random], str]
"""Makes a quote of true lines, given with their indentation and without terminators."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrueQuote:
    """
    Lines that stand in a file: `first` and `last` are 1-based.
    """

    first: int
    last: int
    lines: tuple[str, ...]


def true_quotes(source: Source, random: Random, most: int) -> list[TrueQuote]:
    """
    Up to `most` runs of one to twelve lines that begin and end with code and touch an added line.
    """
    added = sorted(source.added_lines)
    found: dict[tuple[int, int], TrueQuote] = {}
    for _ in range(3 * most):
        if not added or len(found) == most:
            break
        length = random.choice((1, 1, 1, 2, 2, 3, 4, 6, 9, 12))
        first = max(1, random.choice(added) - random.randrange(length))
        last = min(first + length - 1, source.document.line_count)
        lines = tuple(source.document.line(number - 1) for number in range(first, last + 1))
        if lines[0].strip() and lines[-1].strip() and not added_is_missed(source, first, last):
            found[first, last] = TrueQuote(first=first, last=last, lines=lines)
    return list(found.values())


def added_is_missed(source: Source, first: int, last: int) -> bool:
    """
    Whether no line from `first` to `last` was added.
    """
    return source.added_lines.isdisjoint(range(first, last + 1))


def is_unique(source: Source, quote: TrueQuote) -> bool:
    """
    Whether nothing else in the file reads the same but for white space.
    """
    squeezed = [_squeezed(source.document.line(number)) for number in range(source.document.line_count)]
    wanted = [_squeezed(line) for line in quote.lines]
    said = [line for line in wanted if line]
    full = [line for line in squeezed if line]
    return sum(full[start : start + len(said)] == said for start in range(len(full) - len(said) + 1)) == 1


def claim_of(file: str, quote: str, replacement: str | None = None, *, evidence: str = "") -> Claim:
    """
    A claim with this quote.
    """
    return Claim(
        file=file,
        quote=quote,
        category=Category.CORRECTNESS,
        severity=Severity.WARNING,
        confidence=90,
        message="It does something else.",
        evidence=evidence,
        replacement=replacement,
    )


def invented(lines: Sequence[str], random: Random) -> str | None:
    """
    The lines with one name in them that is not there; None if they hold no name.
    """
    places = [(row, found) for row, line in enumerate(lines) for found in re.finditer(r"[A-Za-z_]\w{2,}", line)]
    if not places:
        return None
    row, found = random.choice(places)
    line = lines[row]
    changed = line[: found.end() - 1] + random.choice(("Qz", "9q")) + line[found.end() :]
    return "\n".join([*lines[:row], changed, *lines[row + 1 :]])


def _numbered(separator: str) -> Perturb:
    def perturb(lines: list[str], random: Random) -> str:
        start = random.randrange(1, 4000)
        return "\n".join(f"{number}{separator}{line}" for number, line in enumerate(lines, start))

    return perturb


def _indented_anew(lines: list[str], random: Random) -> str:
    by = random.choice(("  ", "    ", "\t"))
    return "\n".join(by + line for line in lines)


def _dedented(lines: list[str], random: Random) -> str:
    del random
    width = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[width:] for line in lines)


def _spaced_out(lines: list[str], random: Random) -> str:
    return "\n".join(line + random.choice(("", " ", "\t", "\n")) for line in lines)


def _elided(lines: list[str], random: Random) -> str:
    if len(lines) < 3:
        return "\n".join(lines)
    mark = random.choice(("...", "  ...", "// ...", "    // ... existing code ...", "…", "/* ... */"))
    head = random.randrange(1, len(lines) - 1)
    return "\n".join([*lines[:head], mark, lines[-1]])


PERTURBED: Mapping[str, Perturb] = {
    "verbatim": lambda lines, _: "\n".join(lines),
    "stripped": lambda lines, _: "\n".join(lines).strip(),
    "dedented": _dedented,
    "indented anew": _indented_anew,
    "without indentation": lambda lines, _: "\n".join(line.strip() for line in lines),
    "tabs": lambda lines, _: "\n".join(re.sub(r"^ +", lambda it: "\t" * (len(it[0]) // 2), line) for line in lines),
    "doubled": lambda lines, _: "\n".join(re.sub(r"^ +", lambda it: 2 * it[0], line) for line in lines),
    "spaced out": _spaced_out,
    "carriage returns": lambda lines, _: "\r\n".join(lines),
    "numbered with colons": _numbered(": "),
    "numbered with bars": _numbered(" | "),
    "numbered with tabs": _numbered("\t"),
    "as a diff": lambda lines, _: "\n".join("+" + line for line in lines),
    "as a diff with context": lambda lines, random: "\n".join(random.choice(("+", "+", " ")) + line for line in lines),
    "fenced": lambda lines, _: "```ts\n" + "\n".join(lines) + "\n```",
    "joined": lambda lines, _: " ".join(line.strip() for line in lines),
    "elided": _elided,
}


def _squeezed(line: str) -> str:
    return re.sub(r"\s+", "", line)
