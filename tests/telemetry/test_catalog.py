"""
The pages that people and programs read say what the declarations say.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, ValidationError

from telemetry.catalog import EVENTS_PAGE, KINDS, events_page, json_schema
from telemetry.declaration import Kind, declaration_of, fields_of
from telemetry.envelope import Event, Stamp, Subject, to_dict, to_json
from telemetry.events import EVENTS, Body
from telemetry.inventory import INVENTORY_PAGE, inventory_page
from tests.support import events as made

VALIDATOR = Draft202012Validator(json_schema())


def test_events_md_is_current() -> None:
    """
    EVENTS.md is what the declarations give; `python -m telemetry.catalog` writes it anew.
    """
    assert EVENTS_PAGE.read_text(encoding="utf-8") == events_page()


@pytest.mark.parametrize("cls", EVENTS)
def test_the_page_says_everything_about_an_event(cls: type) -> None:
    """
    Its name, owner, reason, expiry and each field with its sentence stand on the page.
    """
    declared = declaration_of(cls)
    section = events_page().split(f"## `{declared.name}`\n")[1].split("\n## ")[0]
    for said in (declared.sentence, declared.owner, declared.why, declared.sensitivity, str(declared.expires)):
        assert said in section
    for field in declared.fields:
        row = next(line for line in section.splitlines() if line.startswith(f"| `{field.name}` |"))
        assert field.sentence in row
        assert field.unit in row
        assert all(f"`{word}`" in row for word in field.choices)


def test_the_data_inventory_is_current() -> None:
    """
    DATA_INVENTORY.md is what the declarations give; `python -m telemetry.catalog` writes it anew.
    """
    assert INVENTORY_PAGE.read_text(encoding="utf-8") == inventory_page()


@pytest.mark.parametrize("cls", EVENTS)
def test_the_data_inventory_accounts_for_every_record(cls: type) -> None:
    """
    Each event stands in it with its purpose, and each field that could single somebody out with its form.
    """
    declared = declaration_of(cls)
    row = next(line for line in inventory_page().splitlines() if line.startswith(f"| `{declared.name}` |"))
    assert declared.why in row
    for field in declared.fields:
        if field.kind in (Kind.KEYED_HASH, Kind.ID, Kind.BUCKET):
            assert f"| `{field.name}` |" in inventory_page()


def test_every_kind_is_explained() -> None:
    """
    A reader finds out what each kind of field holds.
    """
    assert set(KINDS) == set(Kind)


def test_the_schema_is_a_schema() -> None:
    """
    JSON Schema's own schema accepts it, and it is plain JSON.
    """
    Draft202012Validator.check_schema(json_schema())
    assert json.loads(json.dumps(json_schema())) == json_schema()


@given(made.records(Stamp), made.records(Subject), made.bodies)
def test_every_event_conforms(stamp: Stamp, subject: Subject, body: Body) -> None:
    """
    Whatever is emitted passes the published schema.
    """
    event = Event(stamp=stamp, origin=made.ORIGIN, subject=subject, body=body)
    VALIDATOR.validate(json.loads(to_json(event)))


@pytest.mark.parametrize("cls", EVENTS)
def test_the_schema_leaves_no_gap(cls: type[Any]) -> None:
    """
    A missing field, an unknown one, and a text where none belongs are refused; only 1.0 knew no `synthetic`.
    """
    body = cls(**{field.name: made.sample(field) for field in fields_of(cls)})
    sound = to_dict(Event(stamp=made.tick(1).stamp, origin=made.ORIGIN, subject=made.SUBJECT, body=body))
    VALIDATOR.validate(sound)
    broken = [
        *(
            {key: value for key, value in sound.items() if key != missing}
            for missing in sound
            if missing != "synthetic"
        ),
        *({**sound, field: "const password = load();"} for field in sound),
        {**sound, "path": "src/invoice.ts"},
    ]
    for event in broken:
        with pytest.raises(ValidationError):
            VALIDATOR.validate(event)
