"""
Read type annotations as text: enough of their grammar to follow names, unions, generics and object types.
"""

import re
from collections.abc import Iterator

_OPENING = "([{<"
_CLOSING = ")]}>"
_NAME = re.compile(r"^[A-Za-z_$][\w$.]*")

_WRAPPERS = (
    "Promise Readonly Partial Required Pick Omit NonNullable Awaited PromiseLike Ref RefObject MutableRefObject Signal"
    " Extract Exclude Observable BehaviorSubject Subject WritableSignal DeepPartial DeepReadonly Mutable NoInfer"
    " Prettify Simplify PropsWithChildren ForwardRefExoticComponent FC FunctionComponent ComponentType Component"
    " React.FC React.RefObject React.MutableRefObject React.PropsWithChildren React.ComponentType Resolved"
)
_LISTED = "Array ReadonlyArray Set ReadonlySet Iterable AsyncIterable Iterator Generator AsyncGenerator"
SEE_THROUGH = frozenset(_WRAPPERS.split())
"""Generics whose members are, near enough, those of their first argument."""
LISTS = frozenset(_LISTED.split())
KEYED = frozenset(("Map", "ReadonlyMap", "Record", "WeakMap"))


def split(text: str, separators: str) -> Iterator[str]:
    """
    The parts of `text` between separators that stand outside every bracket and string.
    """
    depth, start, quote = 0, 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'`":
            quote = char
        elif char in _OPENING:
            depth += 1
        elif char in _CLOSING and not (char == ">" and text[at - 1 : at] == "="):
            depth -= 1
        elif char in separators and depth == 0:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def alternatives(text: str) -> tuple[str, ...]:
    """
    The types that a union or an intersection is made of, without the empty ones.
    """
    text = unwrapped(text)
    if " ? " in text and " extends " in text:
        return ()
    if _arrow(text) is not None:
        return (text,)
    parts = (unwrapped(part) for part in split(text, "|&"))
    return tuple(part for part in parts if part and part not in ("null", "undefined", "never", "void"))[:24]


def unwrapped(text: str) -> str:
    """
    A type without the brackets round it and the words before it.
    """
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _closes(text):
        text = text[1:-1].strip()
    for word in ("readonly ", "asserts ", "unique "):
        text = text.removeprefix(word)
    found = re.match(r"^[\w$]+ is (.*)$", text)
    return found[1] if found else text


def generic(text: str) -> tuple[str, tuple[str, ...]]:
    """
    A type reference as its name and its arguments.
    """
    found = _NAME.match(text)
    if not found:
        return "", ()
    rest = text[found.end() :].strip()
    if rest.startswith("<") and rest.endswith(">"):
        return found[0], tuple(part for part in split(rest[1:-1], ",") if part)
    return (found[0], ()) if not rest else ("", ())


def element(text: str) -> str:
    """
    The type of the elements of a list, else empty.
    """
    for part in alternatives(text):
        if part.endswith("[]"):
            return unwrapped(part[:-2])
        name, arguments = generic(part)
        if arguments and name in LISTS:
            return arguments[0]
        if len(arguments) > 1 and name in KEYED:
            return arguments[1]
        if arguments and name in SEE_THROUGH:
            return element(arguments[0])
    return ""


def indexed(text: str) -> tuple[str, str] | None:
    """
    `T["key"]` as the two of them, or None.
    """
    found = re.match(r"^(.*\S)\s*\[\s*[\"']([\w$]+)[\"']\s*\]$", text, re.DOTALL)
    return (found[1], found[2]) if found else None


def result(text: str) -> str:
    """
    What a function type gives back, else empty.
    """
    for part in (unwrapped(text), *alternatives(text)):
        at = _arrow(part)
        if at is not None:
            return part[at + 2 :].strip()
    return ""


def parameters(text: str) -> tuple[tuple[str, str], ...]:
    """
    Names and types of the parameters of a signature or function type, in order.
    """
    start = _parameter_list(text)
    if start is None:
        return ()
    end = matching(text, start)
    return tuple(named(part) for part in split(text[start + 1 : end], ",") if part)


def named(part: str) -> tuple[str, str]:
    """
    `name?: Type = value` as name and type; a destructured parameter keeps its pattern as name.
    """
    pieces = list(split(part, ":"))
    name = re.sub(
        r"^(?:@\w+\([^)]*\)\s*)*(?:(?:public|private|protected|readonly|override|static|declare|\.\.\.)\s*)*",
        "",
        pieces[0],
    )
    annotated = part[part.index(pieces[0]) + len(pieces[0]) :].lstrip(" :") if len(pieces) > 1 else ""
    return name.rstrip("?! "), next(iter(_without_default(annotated)), "")


def object_members(text: str) -> tuple[tuple[str, str], ...]:
    """
    Names and types of the members of an object type written out.
    """
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return ()
    found: list[tuple[str, str]] = []
    for part in split(text[1:-1], ";,"):
        matched = re.match(r"^(?:readonly\s+)?([\w$]+|\"[^\"]+\"|'[^']+')\??\s*(?:\(|:|$)", part)
        if matched:
            kind = (
                part[matched.end() - 1 :] if part[matched.end() - 1 : matched.end()] == "(" else part[matched.end() :]
            )
            found.append((matched[1].strip("'\""), kind.strip()))
    return tuple(found)


def type_parameters(signature: str, name: str) -> tuple[str, ...]:
    """
    The names of the type parameters that a declaration takes.
    """
    found = re.search(rf"\b{re.escape(name)}\s*<", signature)
    if not found:
        return ()
    end = matching(signature, found.end() - 1)
    return tuple(part.split(" ")[0] for part in split(signature[found.end() : end], ",") if part)


def matching(text: str, start: int) -> int:
    """
    Where the bracket at `start` closes; the end of the text when it doesn't.
    """
    depth = 0
    for at in range(start, len(text)):
        char = text[at]
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING and not (char == ">" and text[at - 1 : at] == "="):
            depth -= 1
            if depth == 0:
                return at
    return len(text)


def _without_default(text: str) -> Iterator[str]:
    # A default value begins at the first `=` outside brackets that is no arrow.
    depth = 0
    for at, char in enumerate(text):
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING and text[at - 1 : at] != "=":
            depth -= 1
        elif char == "=" and depth == 0 and text[at + 1 : at + 2] != ">":
            yield text[:at].strip()
            return
    yield text.strip()


def _arrow(text: str) -> int | None:
    if not text.startswith(("(", "<", "new ", "async")):
        return None
    start = _parameter_list(text)
    if start is None:
        return None
    end = matching(text, start)
    found = re.match(r"\s*=>", text[end + 1 :])
    return end + 1 + found.end() - 2 if found else None


def _parameter_list(text: str) -> int | None:
    depth = 0
    for at, char in enumerate(text):
        if char == "<":
            depth += 1
        elif char == ">" and text[at - 1 : at] != "=":
            depth -= 1
        elif char == "(" and depth <= 0:
            return at
    return None


def _closes(text: str) -> bool:
    return matching(text, 0) == len(text) - 1
