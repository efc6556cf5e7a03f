"""
The envelope that every event travels in: when it happened, in which session, on whose word.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from telemetry.declaration import (
    EventError,
    Field,
    build,
    choice,
    declaration_of,
    fields_of,
    flag,
    identifier,
    keyed_hash,
    label,
    measure,
    record,
    values_of,
    version,
)
from telemetry.events import EVENTS, Body
from telemetry.vocabulary import Basis, Editor, Language, Unit

SCHEMA = "1.1"
"""Version of this vocabulary: the first number changes when a reader of the old one would misunderstand."""

SCHEMAS = ("1.0", SCHEMA)
"""Every version of it that is read. 1.1 added `synthetic` and the events of reviews, people and deliveries."""


@record
class Client:
    """
    The program at the other end.
    """

    editor: Editor = choice("The editor, or `other`.")
    editor_version: str | None = version("Its version.")
    plugin_version: str | None = version(
        "The version of our extension in it; null when the editor speaks LSP by itself."
    )
    server_version: str | None = version("The version of Pacenotes.")


@record
class Assignment:
    """
    An experiment that the session takes part in.
    """

    id: str = label("The experiment.")
    arm: str = label("The arm that the unit was assigned to.")
    unit: Unit = choice("What was assigned.")


@record
class Origin:
    """
    What all events of a session share.
    """

    dev_id: str = keyed_hash("The person, by a key that never leaves the machine.")
    session_id: str = identifier("One run of the server.")
    client: Client
    synthetic: bool = flag("Whether a generator made it up.", default=False)
    experiment: tuple[Assignment, ...] = ()


@record
class Subject:
    """
    Which kind of document an event is about, never which one. All null when it is about none.
    """

    repo_id: str | None = keyed_hash("The workspace folder.")
    lang: Language | None = choice("The document's language.")
    test_file: bool | None = flag("Whether it is a test, by its name.")


NO_SUBJECT = Subject(repo_id=None, lang=None, test_file=None)


@record
class Stamp:
    """
    When an event happened, and on whose word.
    """

    event_id: str = identifier("UUIDv7; a store keeps each once.")
    ts: int = measure("Milliseconds since 1970, UTC.", unit="ms")
    basis: Basis = choice("`client`: said by the client or done by the server. `inferred`: concluded from changes.")
    dropped_before: int = measure("Events lost directly before this one.", unit="events")


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """
    One thing that happened, as it is stored and exported.
    """

    stamp: Stamp
    origin: Origin
    subject: Subject
    body: Body

    def __post_init__(self) -> None:
        if type(self.body) not in EVENTS:
            raise EventError("the body is not a declared event")

    @property
    def name(self) -> str:
        """
        The event's declared name.
        """
        return declaration_of(type(self.body)).name

    def after_loss_of(self, events: int) -> "Event":
        """
        The same event, telling that so many before it were lost.
        """
        return replace(self, stamp=replace(self.stamp, dropped_before=self.stamp.dropped_before + events))


def uuid7(now_ms: int, randomness: int) -> str:
    """
    An id that sorts by time: RFC 9562, version 7. The lowest 74 bits of `randomness` are used.
    """
    value = (
        (now_ms & (2**48 - 1)) << 80 | 7 << 76 | (randomness >> 62 & 0xFFF) << 64 | 2 << 62 | randomness & (2**62 - 1)
    )
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def to_json(event: Event) -> str:
    """
    The event as one line, envelope and body side by side.
    """
    return json.dumps(to_dict(event), separators=(",", ":"))


def to_dict(event: Event) -> dict[str, Any]:
    """
    The event as a JSON object.
    """
    return {
        "schema": SCHEMA,
        "name": event.name,
        **values_of(event.stamp),
        **values_of(event.origin),
        "client": values_of(event.origin.client),
        "experiment": [values_of(assignment) for assignment in event.origin.experiment],
        **values_of(event.subject),
        **values_of(event.body),
    }


def from_json(line: str) -> Event:
    """
    Read back what `to_json` wrote.

    Raises:
        EventError: it is no event, or one of a later schema.
    """
    try:
        values = json.loads(line)
    except ValueError:
        raise EventError("not JSON") from None
    if not isinstance(values, dict) or not isinstance(values.get("schema"), str):
        raise EventError("not an event")
    if values["schema"].split(".")[0] != SCHEMA.split(".", maxsplit=1)[0]:
        raise EventError("an event of another schema version")
    body = next((cls for cls in EVENTS if declaration_of(cls).name == values.get("name")), None)
    if body is None:
        raise EventError("an event of an unknown name")
    return Event(
        stamp=build(Stamp, values), origin=_origin(values), subject=build(Subject, values), body=build(body, values)
    )


def envelope_fields() -> tuple[Field, ...]:
    """
    The declared scalar fields that every event has.
    """
    return (*fields_of(Stamp), *fields_of(Origin), *fields_of(Subject))


def _origin(values: dict[str, Any]) -> Origin:
    client, experiment = values.get("client"), values.get("experiment")
    if not isinstance(client, dict) or not isinstance(experiment, list) or not all(map(_is_object, experiment)):
        raise EventError("an event without a client or experiments")
    return Origin(
        dev_id=values.get("dev_id", ""),
        session_id=values.get("session_id", ""),
        client=build(Client, client),
        synthetic=values.get("synthetic", False),
        experiment=tuple(build(Assignment, assignment) for assignment in experiment),
    )


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)
