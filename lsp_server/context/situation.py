"""
What can be read off the code around the cursor: what is visible, what is open, what stands near.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from lsp_server.context.brackets import Bracket, chain_before, open_brackets
from lsp_server.context.place import Place
from lsp_server.index.extraction import extract
from lsp_server.index.record import Declaration, FileRecord

SEEN_BEFORE = 120_000
SEEN_AFTER = 60_000
NEAR_LINES = 10
WORD = re.compile(r"[A-Za-z_$][\w$]*")

_RESERVED = (
    "const let var function return if else for while do switch case break continue new await async import export from"
    " default class extends implements interface type enum public private protected readonly static get set this super"
    " true false null undefined void typeof instanceof in of as is keyof throw try catch finally yield string number"
    " boolean any unknown never object it describe test expect"
)
KEYWORDS = frozenset(_RESERVED.split())
"""Words that no declaration introduces."""

_IMPORT = re.compile(r"^import\b[^;'\"`()=]*?\bfrom\s*[\"'][^\"'\n]*[\"']", re.MULTILINE)
_ATTRIBUTES = re.compile(r"<([A-Za-z_$][\w$.]*)(?:<[^<>]*>)?\s(?:[^<>]|=>)*$")
_CALLEE = re.compile(r"([A-Za-z_$][\w$.?!]*|\))\s*(?:<[^<>()]*(?:<[^<>]*>)?[^<>()]*>)?\s*$")
_TYPE_BEFORE = re.compile(
    r"(?:[\w$)\]?]\s*:\s*|\bas\s+|\bsatisfies\s+|<\s*|\bextends\s+|\bimplements\s+|[|&]\s*)[\w$.]*$"
)
_KEY = re.compile(r"([\w$]+|\"[^\"]+\"|'[^']+')\s*:\s*$")
_NOT_CALLED = {"if", "for", "while", "switch", "catch", "function", "return", "typeof", "await", "with", "constructor"}


class Slot(StrEnum):
    """
    What kind of thing is expected at the cursor.
    """

    MEMBER = "member"
    ARGUMENT = "argument"
    PROPERTY = "property"
    ATTRIBUTE = "attribute"
    ELEMENT = "element"
    TYPE = "type"
    IMPORT = "import"
    VALUE = "value"
    STATEMENT = "statement"


@dataclass(frozen=True, eq=False)
class Situation:
    """
    A cursor and everything that retrievers ask about it, each worked out once and only when asked for.
    """

    place: Place
    path: str

    @cached_property
    def text(self) -> str:
        """
        The whole document.
        """
        return self.place.document.text

    @cached_property
    def before(self) -> str:
        """
        The code before the cursor, as far as it matters.
        """
        return self.text[max(0, self.place.offset - SEEN_BEFORE) : self.place.offset]

    @cached_property
    def after(self) -> str:
        """
        The code behind the cursor, as far as it matters.
        """
        return self.text[self.place.offset : self.place.offset + SEEN_AFTER]

    @cached_property
    def line_prefix(self) -> str:
        """
        The cursor's line up to the cursor.
        """
        return self.before.rsplit("\n", 1)[-1]

    @cached_property
    def typed(self) -> str:
        """
        The part of a name that stands directly before the cursor.
        """
        found = re.search(r"[A-Za-z_$][\w$]*$", self.line_prefix)
        return found[0] if found else ""

    @cached_property
    def visible(self) -> Counter[str]:
        """
        Every word of the visible file, counted where it is used: an import alone shows nothing of a name.
        """
        return Counter(WORD.findall(_IMPORT.sub("", self.before))) + Counter(WORD.findall(self.after))

    @cached_property
    def record(self) -> FileRecord:
        """
        The declarations, imports and exports of the document as it is now.
        """
        document = self.place.document
        return extract(self.place.tree.root, document.utf8, near=document.byte_offset(self.place.offset))

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """
        Local names that are imported, with the specifier and the name at its origin.
        """
        return {
            local: (statement.specifier, name) for statement in self.record.imports for name, local in statement.names
        }

    @cached_property
    def near(self) -> dict[str, float]:
        """
        The words of the last lines before the cursor and the next ones after it; the nearer, the heavier.
        """
        weights: dict[str, float] = {}
        lines = self.before[-4000:].split("\n")[-NEAR_LINES:]
        for distance, line in enumerate(reversed(lines)):
            _add(weights, line, 1.0 / (1.0 + 0.25 * distance))
        for distance, line in enumerate(self.after[:1500].split("\n")[:6]):
            _add(weights, line, 0.5 / (1.0 + 0.35 * distance))
        for depth, name in enumerate(reversed(self.enclosing_names)):
            weights[name] = max(weights.get(name, 0.0), 0.9 / (1 + 0.3 * depth))
        return weights

    @cached_property
    def brackets(self) -> tuple[Bracket, ...]:
        """
        What is open at the cursor, innermost first.
        """
        return open_brackets(self.before)

    @cached_property
    def enclosing(self) -> tuple[Declaration, ...]:
        """
        The top-level declarations of this file that the cursor stands in.
        """
        row = self.place.document.line_of(self.place.offset)
        return tuple(item for item in self.record.declarations if item.line <= row < item.end_line)

    @cached_property
    def enclosing_names(self) -> tuple[str, ...]:
        """
        The names of the functions, classes and members around the cursor, outermost first.
        """
        names = [item.name for item in self.enclosing]
        for bracket in reversed(self.brackets):
            if bracket.kind == "{":
                names.extend(_named_before(bracket.before))
        return tuple(dict.fromkeys(names))

    @cached_property
    def receiver(self) -> str:
        """
        The expression before the dot at the cursor, or empty.
        """
        found = re.search(r"(\?\.|!?\.)\s*[\w$]*$", self.before[-120:])
        if not found or self.before[: len(self.before) - len(found[0])].endswith("."):
            return ""
        return chain_before(self.before[-3000 : len(self.before) - len(found[0])])

    @cached_property
    def element(self) -> str:
        """
        The JSX element whose attributes are being written, or empty.
        """
        inner = self.before[self.brackets[0].offset + 1 :] if self.brackets else self.before[-2000:]
        found = _ATTRIBUTES.search(inner[-2000:])
        return found[1] if found and not found[0].rstrip().endswith("=") else ""

    @cached_property
    def calls(self) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
        """
        The calls whose arguments are open: callee, number of the argument, keys of the object literals opened in it.
        """
        found: list[tuple[str, int, tuple[str, ...]]] = []
        keys: list[str] = []
        for bracket in self.brackets:
            if bracket.kind == "(":
                callee = _callee(bracket.before)
                if callee:
                    found.append((callee, bracket.commas, tuple(reversed(keys))))
                keys = []
            elif bracket.kind == "{":
                keys.append(_key_before(bracket.before))
            else:
                keys.append("[]")
        return tuple(found)

    @cached_property
    def slot(self) -> Slot:
        """
        What kind of thing is expected.
        """
        return next((slot for slot, fits in _SLOTS if fits(self)), Slot.VALUE)


def _is_value_colon(situation: Situation) -> bool:
    innermost = situation.brackets[0] if situation.brackets else None
    return innermost is not None and innermost.kind == "{" and _is_literal(innermost.before)


def _is_literal(before: str) -> bool:
    text = before.rstrip()
    if text.endswith("=>") or not text:
        return False
    return text.endswith(("(", ",", "=", ":", "[", "?", "return", "&&", "||", "??", "{"))


def _add(weights: dict[str, float], line: str, weight: float) -> None:
    for word in WORD.findall(line):
        if weight > weights.get(word, 0.0):
            weights[word] = weight


def _named_before(before: str) -> Iterator[str]:
    found = re.search(
        r"(?:function\*?\s+([\w$]+)|class\s+([\w$]+)|(?:const|let)\s+([\w$]+)[^;\n]*=>?|([\w$]+)\s*(?:<[^<>]*>)?\([^()]*\)\s*(?::[^{};=]+)?)\s*(?:=>)?\s*$",
        before[-200:],
    )
    if found:
        name = next(group for group in found.groups() if group)
        if name not in _NOT_CALLED:
            yield name


def _callee(before: str) -> str:
    found = _CALLEE.search(before)
    if not found:
        return ""
    generic = found[0][len(found[1]) :]
    chain = chain_before(before[: len(before) - len(generic)] if generic.strip() else before)
    name = chain.rsplit(".", 1)[-1]
    if not chain or name in _NOT_CALLED or re.search(r"\bfunction\*?\s+[\w$]*$", before):
        return ""
    return chain


def _key_before(before: str) -> str:
    found = _KEY.search(before)
    return found[1].strip("'\"") if found else ""


def _in_import(situation: Situation) -> bool:
    prefix = situation.line_prefix
    return bool(re.match(r"\s*(import|export)\b[^=(]*$", prefix)) and not _EXPORTING.match(prefix)


def _in_element(situation: Situation) -> bool:
    prefix = situation.line_prefix
    return bool(re.search(r"<[A-Z]?[\w$]*$", prefix)) and not re.search(r"[\w$]<[\w$]*$", prefix)


def _in_property(situation: Situation) -> bool:
    if not _is_value_colon(situation):
        return False
    inner = situation.before[situation.brackets[0].offset + 1 :].rstrip()
    return not inner or inner.endswith((",", "..."))


def _in_type(situation: Situation) -> bool:
    return bool(_TYPE_BEFORE.search(situation.line_prefix)) and not _is_value_colon(situation)


def _in_call(situation: Situation) -> bool:
    brackets = situation.brackets
    return bool(brackets) and brackets[0].kind == "(" and bool(_callee(brackets[0].before))


_EXPORTING = re.compile(r"\s*export\s+(const|let|function|class|default|async|abstract|interface|type|enum)\b")
_SLOTS: tuple[tuple[Slot, Callable[[Situation], bool]], ...] = (
    (Slot.MEMBER, lambda situation: bool(situation.receiver)),
    (Slot.IMPORT, _in_import),
    (Slot.ATTRIBUTE, lambda situation: bool(situation.element)),
    (Slot.ELEMENT, _in_element),
    (Slot.PROPERTY, _in_property),
    (Slot.TYPE, _in_type),
    (Slot.ARGUMENT, _in_call),
    (Slot.STATEMENT, lambda situation: not situation.line_prefix.strip()),
)
