"""
Lay the places in which settings are written over each other, strongest last, and name every mistake in one sentence.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from lsp_server.settings import Declaration, Form, Scope, Settings, declarations

LONGEST_TEXT = 2048
LONGEST_LIST = 500

DECLARED: Mapping[str, Declaration] = {row.name: row for row in declarations()}
GROUPS = frozenset(name.partition(".")[0] for name in DECLARED if "." in name)


class ProblemKind(StrEnum):
    """
    What is wrong with a setting, or with the place it is written in.
    """

    UNREADABLE = "unreadable"
    SYNTAX = "syntax"
    UNKNOWN_NAME = "unknown_name"
    WRONG_TYPE = "wrong_type"
    OUT_OF_RANGE = "out_of_range"
    REFUSED_VALUE = "refused_value"
    CONTRADICTORY = "contradictory"
    NOT_ALLOWED_HERE = "not_allowed_here"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """
    One mistake; what it concerns is ignored. `sentence` names the place and the setting and says what to do.

    A command stops at a problem that `is_error`; a server warns and goes on in either case.
    """

    kind: ProblemKind
    source: str
    name: str
    sentence: str
    is_error: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """
    The settings written in one place, flat and in their order.

    `scope` is the widest scope that this place may set. Values of a layer `as_text` are still to be read by their type.
    A layer that was `typed_now` makes an unknown name an error: nobody meant it for another version.
    """

    source: str
    entries: tuple[tuple[str, Any], ...] = ()
    scope: Scope = Scope.MACHINE
    as_text: bool = False
    typed_now: bool = False


def resolve(layers: Sequence[Layer]) -> tuple[Settings, tuple[Problem, ...]]:
    """
    Lay `layers` over the defaults, the weakest first.

    A value that can't be used is a problem, and the next weaker layer's value holds in its place.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for layer in layers:
        usable, found = _usable_values(layer)
        problems += found
        for declaration, value in usable:
            name = declaration.attribute
            values[name] = (*values.get(name, ()), *value) if declaration.adds_up else value
    return Settings(**values), tuple(problems)


def _usable_values(layer: Layer) -> tuple[list[tuple[Declaration, Any]], list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, raw in layer.entries:
        declaration = DECLARED.get(name)
        if declaration is None:
            problems.append(_unknown_name(layer, name))
        elif declaration.scope is Scope.MACHINE and layer.scope is Scope.WORKSPACE:
            problems.append(_not_allowed_here(layer, name))
        else:
            try:
                value = _read(raw, declaration, as_text=layer.as_text)
            except _NotUsableError as error:
                problems.append(_not_usable(layer, name, error))
                continue
            if values.setdefault(name, value) != value:
                problems.append(_contradictory(layer, name))
    return [(DECLARED[name], value) for name, value in values.items()], problems


class _NotUsableError(ValueError):
    """
    A value breaks its declaration; the text completes the sentence "NAME must …".
    """

    def __init__(self, kind: ProblemKind, must: str) -> None:
        super().__init__(must)
        self.kind = kind


def _read(raw: Any, declaration: Declaration, *, as_text: bool) -> Any:
    kind = declaration.type
    if kind is bool:
        return _read_switch(raw, as_text=as_text)
    if kind in (int, float):
        return _read_number(raw, declaration, as_text=as_text)
    if kind is str:
        return _read_text(raw, declaration)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(_read_choice(raw, tuple(kind)))
    return _read_list(_split(raw) if as_text else raw, declaration)


SWITCHES = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}


def _read_switch(raw: Any, *, as_text: bool) -> bool:
    value = SWITCHES.get(raw.strip().lower()) if as_text else raw
    if not isinstance(value, bool):
        raise _NotUsableError(ProblemKind.WRONG_TYPE, f"be true or false, not {shown(raw)}")
    return value


def _read_number(raw: Any, declaration: Declaration, *, as_text: bool) -> int | float:
    whole = declaration.type is int
    value = _parse_number(raw) if as_text else raw
    if isinstance(value, float) and whole and value.is_integer():
        value = int(value)
    accepted = int if whole else (int, float)
    if not isinstance(value, accepted) or isinstance(value, bool) or not math.isfinite(value):
        must = f"be {'a whole number' if whole else 'a number'}{_range(declaration)}, not {shown(raw)}"
        raise _NotUsableError(ProblemKind.WRONG_TYPE, must)
    limits = declaration.limits
    if not limits.get("minimum", -math.inf) <= value <= limits.get("maximum", math.inf):
        raise _NotUsableError(ProblemKind.OUT_OF_RANGE, f"lie{_range(declaration)}, and {shown(raw)} does not")
    return value if whole else float(value)


def _parse_number(text: str) -> int | float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _range(declaration: Declaration) -> str:
    limits = declaration.limits
    return f" between {limits['minimum']} and {limits['maximum']}" if limits else ""


def _split(text: str) -> object:
    if not text.lstrip().startswith("["):
        return [entry.strip() for entry in text.split(",") if entry.strip()]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _read_list(raw: Any, declaration: Declaration) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple):
        raise _NotUsableError(ProblemKind.WRONG_TYPE, f"be a list of texts, not {shown(raw)}")
    if len(raw) > LONGEST_LIST:
        raise _NotUsableError(ProblemKind.REFUSED_VALUE, f"have at most {LONGEST_LIST} entries, not {len(raw)}")
    if declaration.choices:
        return tuple(_read_choice(entry, declaration.choices) for entry in raw)
    return tuple(_read_text(entry, declaration) for entry in raw)


def _read_choice(raw: Any, choices: Sequence[str]) -> str:
    if raw not in choices:
        raise _NotUsableError(ProblemKind.OUT_OF_RANGE, f"be one of {', '.join(choices)}, not {shown(raw)}")
    return str(raw)


def _read_text(raw: Any, declaration: Declaration) -> str:
    if not isinstance(raw, str):
        raise _NotUsableError(ProblemKind.WRONG_TYPE, f"be a text in quotes, not {shown(raw)}")
    if len(raw) > LONGEST_TEXT:
        raise _NotUsableError(ProblemKind.REFUSED_VALUE, f"be at most {LONGEST_TEXT} characters long")
    if not raw.isprintable():
        raise _NotUsableError(ProblemKind.REFUSED_VALUE, "be free of control characters")
    if raw and declaration.form is Form.URL:
        _check_url(raw)
    if raw and declaration.form is Form.DIRECTORY:
        _check_directory(raw)
    return raw


def _check_url(raw: str) -> None:
    try:
        url = urlsplit(raw)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0 and " " not in raw
    except ValueError:
        usable = False
    if not usable:
        raise _NotUsableError(ProblemKind.REFUSED_VALUE, "be an address that begins with https:// or http://")
    if url.username or url.password or url.query or url.fragment:
        # Such an address would carry a credential into the audit and into messages.
        raise _NotUsableError(ProblemKind.REFUSED_VALUE, "be an address without user name, password or query")


def _check_directory(raw: str) -> None:
    drive = raw[1:3] in (":\\", ":/")
    if not drive and not raw.startswith(("/", "~", "\\\\")):
        raise _NotUsableError(ProblemKind.REFUSED_VALUE, "be an absolute path, or begin with ~")


def shown(value: object) -> str:
    """
    A value as a message may show it: short, and without characters that could steer a terminal.
    """
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(c if c.isprintable() else "?" for c in text[:61])
    return f"{text[:60]}…" if len(text) > 60 else text


def _unknown_name(layer: Layer, name: str) -> Problem:
    return Problem(
        kind=ProblemKind.UNKNOWN_NAME,
        source=layer.source,
        name=name,
        sentence=f"{layer.source}: there is no setting {shown(name)}; {_advice(name)}.",
        is_error=layer.typed_now,
    )


def _advice(name: str) -> str:
    from difflib import get_close_matches

    spelled = {known.lower(): known for known in DECLARED}
    if name in GROUPS:
        return f"it is a group, so set one of its members, such as {next(n for n in DECLARED if n.startswith(name))}"
    if name.lower().endswith(("key", "token", "secret", "password", "credentials")):
        return "credentials are never read from settings, so remove it and put it into the environment"
    if near := get_close_matches(name.lower(), spelled, n=1):
        return f"perhaps {spelled[near[0]]} was meant"
    return "remove it, or look up its name in SETTINGS.md"


def _not_allowed_here(layer: Layer, name: str) -> Problem:
    return Problem(
        kind=ProblemKind.NOT_ALLOWED_HERE,
        source=layer.source,
        name=name,
        sentence=f"{layer.source}: {name} is ignored here, since it may only be set in your user settings.",
        is_error=False,
    )


def _not_usable(layer: Layer, name: str, error: _NotUsableError) -> Problem:
    return Problem(kind=error.kind, source=layer.source, name=name, sentence=f"{layer.source}: {name} must {error}.")


def _contradictory(layer: Layer, name: str) -> Problem:
    return Problem(
        kind=ProblemKind.CONTRADICTORY,
        source=layer.source,
        name=name,
        sentence=f"{layer.source}: {name} is set twice, with different values; keep one of them.",
    )
