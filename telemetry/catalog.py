"""
Render what the declarations say: `telemetry/EVENTS.md` for people, JSON Schema for programs.

`python -m telemetry.catalog` writes EVENTS.md and DATA_INVENTORY.md anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, replace
from pathlib import Path
from typing import Any

from telemetry.declaration import MOST, PATTERNS, Declaration, Field, Kind, declaration_of, fields_of
from telemetry.envelope import SCHEMA, SCHEMAS, Assignment, Client, envelope_fields
from telemetry.events import EVENTS

EVENTS_PAGE = Path(__file__).with_name("EVENTS.md")

INTRODUCTION = f"""\
<!-- Made by `python -m telemetry.catalog` from telemetry/events.py and telemetry/envelope.py: do not edit. -->

# Events

Everything that Pacenotes notes about its use, schema {SCHEMA}.
Events go to a store on this machine; nothing is sent anywhere unless somebody exports it.
No event holds source text, prompts, paths, names or addresses, and no kind of field could:

| kind | holds |
| --- | --- |
"""

KINDS: Mapping[Kind, str] = {
    Kind.FLAG: "yes or no",
    Kind.COUNT: "a whole number that is not negative",
    Kind.RATIO: "a number from 0 to 1",
    Kind.BUCKET: "the lower end of the bucket that a number falls into",
    Kind.STEP: "one of a few fixed numbers",
    Kind.CHOICE: "one of a few fixed words",
    Kind.ID: "a random id",
    Kind.KEYED_HASH: "a pseudonym made with a key that never leaves the machine",
    Kind.MODEL: "a public model id, else `other`",
    Kind.VERSION: "digits and dots",
    Kind.LABEL: "a short name given by those who measure, such as an experiment's",
}

IDENTITIES = """\
## What must add up

- Each `completion.requested` is followed by exactly one `completion.suppressed` or `completion.returned`.
  Those that failed are the suppressed ones with the reason `provider_failed` or `failed`.
- `completion.shown` is at most as many as `completion.returned`: one that the client cancelled is not shown, and one
  that goes on with the same text as the one before belongs to the one before.
- Each `completion.shown` is followed by exactly one `completion.ended`.
- `completion.persistence` at 30 s comes once for each end that is `accepted` or `partial`,
  less those whose document or session was closed before.
- In each `review.generated`, `claims` is `claims_shown` + `claims_silent` + `claims_withheld`, and its
  `review.withheld` add up to the last of these.
- Each `review.finding_shown` in an editor and each `review.finding_silent` is followed by exactly one
  `review.finding_ended`.
- `survey.answer` is at most as many as `survey.asked`.
- Whatever a killed process still owed is missing; whatever a store dropped is counted in `dropped_before`.
"""


def events_page() -> str:
    """
    EVENTS.md.
    """
    kinds = "".join(f"| {kind} | {meaning} |\n" for kind, meaning in KINDS.items())
    envelope = _section(
        "## In every event",
        "The envelope. A field may be null where it says so.",
        (
            *envelope_fields(),
            *_prefixed("client", fields_of(Client)),
            *_prefixed("experiment[]", fields_of(Assignment)),
        ),
    )
    events = "\n".join(_event(declaration_of(cls)) for cls in EVENTS)
    return f"{INTRODUCTION}{kinds}\n{envelope}\n{events}\n{IDENTITIES}"


def json_schema() -> dict[str, Any]:
    """
    The schema of one event, as JSON Schema 2020-12.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pacenotes event",
        "oneOf": [_event_schema(declaration_of(cls)) for cls in EVENTS],
        "$defs": {"client": _object(fields_of(Client)), "assignment": _object(fields_of(Assignment))},
    }


def main() -> None:
    """
    Write EVENTS.md and DATA_INVENTORY.md.
    """
    from telemetry.inventory import INVENTORY_PAGE, inventory_page

    EVENTS_PAGE.write_text(events_page(), encoding="utf-8")
    INVENTORY_PAGE.write_text(inventory_page(), encoding="utf-8")


def _event(declared: Declaration) -> str:
    facts = (
        f"{declared.sentence}\n\n"
        f"- Serves: {declared.why}\n"
        f"- Owner: {declared.owner}\n"
        f"- Sensitivity: {declared.sensitivity}\n"
        f"- Expires: {declared.expires.isoformat()}"
    )
    return _section(f"## `{declared.name}`", facts, declared.fields)


def _section(heading: str, text: str, fields: Iterable[Field]) -> str:
    rows = "".join(
        f"| `{declared.name}` | {_kind(declared)} | {declared.unit} | {_sentence(declared)} |\n" for declared in fields
    )
    return f"{heading}\n\n{text}\n\n| field | kind | unit | meaning |\n| --- | --- | --- | --- |\n{rows}"


def _kind(declared: Field) -> str:
    return f"{declared.kind} or null" if declared.optional else str(declared.kind)


def _sentence(declared: Field) -> str:
    allowed = [f"`{word}`" for word in declared.choices or declared.steps]
    return f"{declared.sentence} {', '.join(allowed)}." if allowed else declared.sentence


def _prefixed(owner: str, fields: Iterable[Field]) -> Iterable[Field]:
    return (replace(declared, name=f"{owner}.{declared.name}") for declared in fields)


def _event_schema(declared: Declaration) -> dict[str, Any]:
    schema = _object((*envelope_fields(), *declared.fields))
    schema["properties"] = {
        "schema": {"enum": list(SCHEMAS)},
        "name": {"const": declared.name},
        "client": {"$ref": "#/$defs/client"},
        "experiment": {"type": "array", "items": {"$ref": "#/$defs/assignment"}},
        **schema["properties"],
    }
    return {
        "title": declared.name,
        "description": declared.sentence,
        **schema,
        "required": ["schema", "name", "client", "experiment", *schema["required"]],
        "x-owner": declared.owner,
        "x-why": declared.why,
        "x-sensitivity": declared.sensitivity.value,
        "x-expires": declared.expires.isoformat(),
    }


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {declared.name: _field_schema(declared) for declared in fields},
        "required": [declared.name for declared in fields if declared.absent is MISSING],
        "additionalProperties": False,
    }


def _field_schema(declared: Field) -> dict[str, Any]:
    allowed = _allowed(declared)
    schema = {"anyOf": [allowed, {"type": "null"}]} if declared.optional else allowed
    unit = {"x-unit": declared.unit} if declared.unit else {}
    return {"description": declared.sentence, **schema, **unit}


def _allowed(declared: Field) -> dict[str, Any]:
    match declared.kind:
        case Kind.FLAG:
            return {"type": "boolean"}
        case Kind.COUNT:
            return {"type": "integer", "minimum": 0, "maximum": MOST}
        case Kind.RATIO:
            return {"type": "number", "minimum": 0, "maximum": 1}
        case Kind.BUCKET | Kind.STEP:
            return {"enum": list(declared.steps)}
        case Kind.CHOICE:
            return {"enum": [word.value for word in declared.choices]}
    return {"type": "string", "pattern": f"^(?:{PATTERNS[declared.kind]})$"}


if __name__ == "__main__":
    main()
