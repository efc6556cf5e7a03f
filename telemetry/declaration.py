"""
The language that events are declared in: each field has a kind, a sentence and a unit, and no kind can hold free text.

A value is checked when it is made, so that source text, a path or a name cannot get into an event by mistake.
"""

import dataclasses
import datetime
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, dataclass_transform, get_args, get_type_hints

T = TypeVar("T")

MOST = 2**53 - 1
"""The largest count: beyond it JSON readers lose digits."""


class EventError(ValueError):
    """
    A value that its declaration does not allow. The message names the field and never repeats the value.
    """


class Kind(StrEnum):
    """
    What a field can hold.
    """

    FLAG = "flag"
    COUNT = "count"
    RATIO = "ratio"
    BUCKET = "bucket"
    STEP = "step"
    CHOICE = "choice"
    ID = "id"
    KEYED_HASH = "keyed hash"
    MODEL = "model id"
    VERSION = "version"
    LABEL = "label"


PATTERNS: Mapping[Kind, str] = {
    Kind.ID: r"[0-9a-f]{8,32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    Kind.KEYED_HASH: r"[0-9a-f]{16}",
    Kind.MODEL: (
        r"(?:[a-z-]{2,12}\.)?(?:anthropic\.)?claude-[a-z0-9.-]{1,60}(?::[0-9]{1,3})?"
        r"|local(?:-[a-z0-9.]{1,12}){0,3}|other"
    ),
    Kind.VERSION: r"[0-9]{1,8}(?:\.[0-9]{1,8}){0,3}",
    Kind.LABEL: r"[a-z][a-z0-9]{0,15}(?:-[a-z0-9]{1,16}){0,3}",
}
"""Every kind of string but a choice, and all that it may look like."""


class Sensitivity(StrEnum):
    """
    How much an event tells of a person.
    """

    TECHNICAL = "technical"
    """How the software fared: durations, tokens, errors."""

    INTERACTION = "interaction"
    """What somebody did with what was offered, without what it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """
    One declared field.
    """

    name: str
    kind: Kind
    sentence: str
    unit: str = ""
    optional: bool = False
    absent: Any = dataclasses.MISSING
    choices: tuple[StrEnum, ...] = ()
    steps: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """
    One declared event, as the catalogue shows it.
    """

    name: str
    sentence: str
    owner: str
    why: str
    sensitivity: Sensitivity
    expires: datetime.date
    fields: tuple[Field, ...]


def measure(sentence: str, *, unit: str) -> Any:
    """
    A whole number of something, never negative.
    """
    return _field(Kind.COUNT, sentence, unit=unit)


def ratio(sentence: str) -> Any:
    """
    A share between 0 and 1.
    """
    return _field(Kind.RATIO, sentence, unit="1")


def bucket(sentence: str, *, unit: str, floors: tuple[int, ...]) -> Any:
    """
    A number known only as the lower end of the bucket that it falls into.
    """
    return _field(Kind.BUCKET, sentence, unit=unit, steps=floors)


def step(sentence: str, *, unit: str, steps: tuple[int, ...]) -> Any:
    """
    One of a few fixed numbers.
    """
    return _field(Kind.STEP, sentence, unit=unit, steps=steps)


def flag(sentence: str, *, default: bool | None = None) -> Any:
    """
    Yes or no. With a default, older events that don't have the field are read as if they held it.
    """
    return _field(Kind.FLAG, sentence, default=dataclasses.MISSING if default is None else default)


def choice(sentence: str) -> Any:
    """
    A member of the enumeration that the field is typed with.
    """
    return _field(Kind.CHOICE, sentence)


def identifier(sentence: str) -> Any:
    """
    A random id that joins events.
    """
    return _field(Kind.ID, sentence)


def keyed_hash(sentence: str) -> Any:
    """
    A pseudonym.
    """
    return _field(Kind.KEYED_HASH, sentence)


def model_id(sentence: str) -> Any:
    """
    A model's public id; one that is not known to be public is `other`.
    """
    return _field(Kind.MODEL, sentence)


def version(sentence: str) -> Any:
    """
    Digits and dots.
    """
    return _field(Kind.VERSION, sentence)


def label(sentence: str) -> Any:
    """
    A short name that the measuring team has given, such as an experiment's.
    """
    return _field(Kind.LABEL, sentence)


def bucket_of(number: int, floors: tuple[int, ...]) -> int:
    """
    The lower end of the bucket that `number` falls into.
    """
    return max((floor for floor in floors if floor <= number), default=floors[0])


@dataclass_transform(
    kw_only_default=True,
    frozen_default=True,
    field_specifiers=(measure, ratio, bucket, step, flag, choice, identifier, keyed_hash, model_id, version, label),
)
def record(cls: type[T]) -> type[T]:
    """
    Make a frozen dataclass whose declared fields are checked on construction.
    """
    fields: tuple[Field, ...] = ()
    nested: tuple[str, ...] = ()

    def check(self: Any) -> None:
        for declared in fields:
            _check(cls.__name__, declared, getattr(self, declared.name))
        for name in nested:
            _check_nested(cls.__name__, name, getattr(self, name))

    cls.__post_init__ = check  # type: ignore[attr-defined]  # The dataclass machinery looks for it by name.
    made = dataclass(frozen=True, kw_only=True, slots=True)(cls)
    fields = _declared_fields(made)
    every = dataclasses.fields(made)  # type: ignore[arg-type]  # `made` is a dataclass, which mypy cannot see here.
    nested = tuple(f.name for f in every if "kind" not in f.metadata)
    made.__fields_declared__ = fields  # type: ignore[attr-defined]  # Read back by `fields_of`.
    return made


@dataclass_transform(
    kw_only_default=True,
    frozen_default=True,
    field_specifiers=(measure, ratio, bucket, step, flag, choice, identifier, keyed_hash, model_id, version, label),
)
def event(name: str, *, owner: str, why: str, sensitivity: Sensitivity, expires: str) -> Callable[[type[T]], type[T]]:
    """
    Declare an event: what it is called, who answers for it, what question it serves, and until when.
    """

    def declare(cls: type[T]) -> type[T]:
        made = record(cls)
        made.__event_declared__ = Declaration(  # type: ignore[attr-defined]  # Read back by `declaration_of`.
            name=name,
            sentence=" ".join((cls.__doc__ or "").split()),
            owner=owner,
            why=why,
            sensitivity=sensitivity,
            expires=datetime.date.fromisoformat(expires),
            fields=fields_of(made),
        )
        return made

    return declare


def fields_of(cls: type[Any]) -> tuple[Field, ...]:
    """
    The declared fields of a record or event, in order.
    """
    declared: tuple[Field, ...] = cls.__fields_declared__
    return declared


def declaration_of(cls: type[Any]) -> Declaration:
    """
    What `@event` was told about a class.
    """
    declared: Declaration = cls.__event_declared__
    return declared


def values_of(item: Any) -> dict[str, Any]:
    """
    The declared fields of a record as JSON values.
    """
    return {declared.name: _plain(getattr(item, declared.name)) for declared in fields_of(type(item))}


def build(cls: type[T], values: Mapping[str, Any]) -> T:
    """
    Make a record from JSON values; what it does not declare is left aside.

    Raises:
        EventError: a value is missing or not allowed.
    """
    return cls(**{declared.name: _revived(cls.__name__, declared, values) for declared in fields_of(cls)})


def _field(
    kind: Kind, sentence: str, *, unit: str = "", steps: tuple[int, ...] = (), default: Any = dataclasses.MISSING
) -> Any:
    metadata = {"kind": kind, "sentence": sentence, "unit": unit, "steps": steps}
    return dataclasses.field(default=default, metadata=metadata)


def _declared_fields(cls: type[Any]) -> tuple[Field, ...]:
    hints = get_type_hints(cls)
    return tuple(_declared_field(f, hints[f.name]) for f in dataclasses.fields(cls) if "kind" in f.metadata)


def _declared_field(f: "dataclasses.Field[Any]", hint: Any) -> Field:
    types = get_args(hint) or (hint,)
    enumeration = next((t for t in types if isinstance(t, type) and issubclass(t, StrEnum)), None)
    return Field(
        name=f.name,
        kind=f.metadata["kind"],
        sentence=f.metadata["sentence"],
        unit=f.metadata["unit"],
        optional=type(None) in types,
        absent=f.default,
        choices=tuple(enumeration) if enumeration else (),
        steps=f.metadata["steps"],
    )


def _check(owner: str, declared: Field, value: Any) -> None:
    if value is None and declared.optional:
        return
    if not _allows(declared, value):
        raise EventError(f"{owner}.{declared.name} is not {_expected(declared)}")


def _check_nested(owner: str, name: str, value: Any) -> None:
    items = value if isinstance(value, tuple) else (value,)
    if not all(hasattr(type(item), "__fields_declared__") for item in items):
        raise EventError(f"{owner}.{name} is not made of declared fields")


def _allows(declared: Field, value: Any) -> bool:
    match declared.kind:
        case Kind.FLAG:
            return isinstance(value, bool)
        case Kind.COUNT:
            return type(value) is int and 0 <= value <= MOST
        case Kind.RATIO:
            return type(value) in (int, float) and math.isfinite(value) and 0 <= value <= 1
        case Kind.BUCKET | Kind.STEP:
            return type(value) is int and value in declared.steps
        case Kind.CHOICE:
            return any(value is allowed for allowed in declared.choices)
    return type(value) is str and re.fullmatch(PATTERNS[declared.kind], value) is not None


def _expected(declared: Field) -> str:
    if declared.choices:
        return f"one of {', '.join(declared.choices)}"
    if declared.steps:
        return f"one of {', '.join(map(str, declared.steps))}"
    return f"a {declared.kind}"


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _revived(owner: str, declared: Field, values: Mapping[str, Any]) -> Any:
    value = values.get(declared.name)
    if value is None and declared.absent is not dataclasses.MISSING:
        return declared.absent
    if declared.kind is Kind.CHOICE and value is not None:
        value = next((allowed for allowed in declared.choices if allowed.value == value), value)
    if value is None and not declared.optional:
        raise EventError(f"{owner}.{declared.name} is missing")
    return value
