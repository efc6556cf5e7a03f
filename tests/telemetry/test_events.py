"""
Events hold what they declare, nothing else, and come back as they were written.
"""

import datetime
import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from telemetry.declaration import EventError, Field, Kind, bucket_of, declaration_of, fields_of
from telemetry.envelope import (
    NO_SUBJECT,
    Assignment,
    Client,
    Event,
    Origin,
    Stamp,
    Subject,
    from_json,
    to_dict,
    to_json,
    uuid7,
)
from telemetry.events import EVENTS, PREFIX_FLOORS, Body, CompletionEnded, LlmCall, SessionTick
from telemetry.vocabulary import Basis, Editor, EndCause, EndOutcome, Unit
from tests.support import events as made

RECORDS = (*EVENTS, Stamp, Origin, Subject, Client, Assignment)

TEXT_FIELDS = [
    pytest.param(cls, declared, id=f"{cls.__name__}.{declared.name}")
    for cls in RECORDS
    for declared in fields_of(cls)
    if declared.kind in (*made.TEXTS, Kind.CHOICE)
]

CANARIES = (
    "const password = load();",
    "getUserSecret",
    "src/billing/invoice.ts",
    "file:///home/jane/project/secret-project",
    "C:\\Users\\jane\\invoice.ts",
    "jane.doe@example.com",
    "Jane Doe",
    "sk-ant-api03-" + "Ab1_" * 20,
    "",
    "\n",
    "claude-x\n",
    "0123456789abcdef\n",
    "ünïcödé",
)


@given(made.records(Stamp), made.records(Subject), made.bodies)
def test_an_event_comes_back_as_it_was_written(stamp: Stamp, subject: Subject, body: Body) -> None:
    """
    Reading the JSON of any event gives that event.
    """
    event = Event(stamp=stamp, origin=made.ORIGIN, subject=subject, body=body)
    assert from_json(to_json(event)) == event


def test_an_event_as_a_reader_sees_it() -> None:
    """
    Envelope and body stand side by side in one JSON object.
    """
    event = Event(
        stamp=Stamp(event_id=uuid7(1_700_000_000_000, 0), ts=1_700_000_000_000, basis=Basis.INFERRED, dropped_before=2),
        origin=Origin(
            dev_id="0123456789abcdef",
            session_id="aaaaaaaa",
            client=Client(editor=Editor.VSCODE, editor_version="1.140.0", plugin_version="0.1.0", server_version=None),
            experiment=(Assignment(id="debounce", arm="slow", unit=Unit.USER),),
        ),
        subject=NO_SUBJECT,
        body=CompletionEnded(
            completion_id="bbbbbbbb",
            outcome=EndOutcome.ACCEPTED,
            cause=EndCause.INSERTED,
            visible_ms=900,
            accepted_chars=12,
            accepted_lines=1,
        ),
    )
    assert json.loads(to_json(event)) == {
        "schema": "1.1",
        "name": "completion.ended",
        "event_id": "018bcfe5-6800-7000-8000-000000000000",
        "ts": 1_700_000_000_000,
        "basis": "inferred",
        "dropped_before": 2,
        "dev_id": "0123456789abcdef",
        "session_id": "aaaaaaaa",
        "synthetic": False,
        "client": {
            "editor": "vscode",
            "editor_version": "1.140.0",
            "plugin_version": "0.1.0",
            "server_version": None,
        },
        "experiment": [{"id": "debounce", "arm": "slow", "unit": "user"}],
        "repo_id": None,
        "lang": None,
        "test_file": None,
        "completion_id": "bbbbbbbb",
        "outcome": "accepted",
        "cause": "inserted",
        "visible_ms": 900,
        "accepted_chars": 12,
        "accepted_lines": 1,
    }


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize(("cls", "declared"), TEXT_FIELDS)
def test_no_text_field_takes_source_paths_or_names(cls: type, declared: Field, canary: str) -> None:
    """
    A string that is not of the declared kind is refused, and the refusal doesn't repeat it.
    """
    sound = {field.name: made.sample(field) for field in fields_of(cls)}
    if cls is Origin:
        sound["client"] = made.ORIGIN.client
    cls(**sound)
    with pytest.raises(EventError) as refusal:
        cls(**{**sound, declared.name: canary})
    assert not canary.strip() or canary.strip() not in str(refusal.value)


@given(st.text())
def test_model_ids_are_those_of_claude_or_our_own(text: str) -> None:
    """
    A gateway's own name for a model never gets in.
    """
    assume(not text.startswith(("claude-", "local", "other")) and ".claude-" not in text)
    with pytest.raises(EventError):
        LlmCall(**{**{f.name: made.sample(f) for f in fields_of(LlmCall)}, "request_model": text})


@pytest.mark.parametrize("number", [-1, 2**53, 1.0, True, "1", float("nan")])
def test_a_count_is_a_whole_number_that_is_not_negative(number: object) -> None:
    """
    Nothing but an int of a size that JSON carries is a count.
    """
    with pytest.raises(EventError):
        SessionTick(active_ms=number, typed_chars=0, deleted_chars=0)  # type: ignore[arg-type]  # The point of it.


@pytest.mark.parametrize("smuggled", ["text", ("a", "b"), {"editor": "vscode"}, None])
def test_nothing_undeclared_travels_in_the_envelope(smuggled: object) -> None:
    """
    The parts of an envelope are declared records, and the body is a declared event.
    """
    with pytest.raises(EventError):
        Origin(dev_id="0" * 16, session_id="aaaaaaaa", client=smuggled)  # type: ignore[arg-type]  # The point of it.
    with pytest.raises(EventError):
        Event(stamp=made.tick(1).stamp, origin=made.ORIGIN, subject=NO_SUBJECT, body=smuggled)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "null",
        '{"schema": 1}',
        '{"schema": "1.0", "name": "no.such"}',
        json.dumps({**to_dict(made.tick(1)), "schema": "2.0"}),
        json.dumps({**to_dict(made.tick(1)), "client": "vscode"}),
        json.dumps({**to_dict(made.tick(1)), "experiment": ["a"]}),
        json.dumps({**to_dict(made.tick(1)), "dev_id": "jane"}),
        json.dumps({**to_dict(made.tick(1)), "typed_chars": None}),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason(line: str) -> None:
    """
    Reading never fails in another way than with `EventError`.
    """
    with pytest.raises(EventError):
        from_json(line)


def test_a_later_minor_version_is_read_without_its_news() -> None:
    """
    A field that we don't know yet is left aside.
    """
    event = made.tick(1)
    assert from_json(json.dumps({**to_dict(event), "schema": "1.7", "novelty": "x"})) == event


def test_an_event_of_the_first_version_is_read() -> None:
    """
    Schema 1.0 had no `synthetic`: its events are real ones.
    """
    event = made.tick(1)
    old = {key: value for key, value in to_dict(event).items() if key != "synthetic"}
    assert from_json(json.dumps({**old, "schema": "1.0"})) == event


def test_fields_of_the_same_name_hold_the_same() -> None:
    """
    Events lie side by side in one table, so that a name stands for one kind of value in all of them.
    """
    kinds: dict[str, set[tuple[Kind, str]]] = {}
    for cls in (*EVENTS, Stamp, Origin, Subject):
        for field in fields_of(cls):
            kinds.setdefault(field.name, set()).add((field.kind, field.unit))
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


def test_losses_add_up() -> None:
    """
    An event that came after a loss says how much was lost.
    """
    assert made.tick(1).after_loss_of(2).after_loss_of(3).stamp.dropped_before == 5


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**80 - 1))
def test_event_ids_are_version_7_and_sort_by_time(now: int, randomness: int) -> None:
    """
    Ids follow RFC 9562, so that sorting by id is sorting by time.
    """
    made_id = uuid7(now, randomness)
    assert made_id[14] == "7"
    assert made_id[19] in "89ab"
    assert int(made_id.replace("-", "")[:12], 16) == now
    assert len(made_id) == 36


@pytest.mark.parametrize(
    ("number", "floor"), [(0, 0), (1, 1), (9, 1), (10, 10), (99_999, 10_000), (10**9, 100_000), (-5, 0)]
)
def test_a_bucket_is_named_by_its_lower_end(number: int, floor: int) -> None:
    """
    Only the bucket is kept of a number that would tell too much.
    """
    assert bucket_of(number, PREFIX_FLOORS) == floor


@pytest.mark.parametrize("cls", EVENTS)
def test_every_event_answers_for_itself(cls: type) -> None:
    """
    Each has an owner, a question that it serves, a sentence a field, a unit a number.
    """
    declared = declaration_of(cls)
    assert declared.owner
    assert declared.why.endswith(".")
    assert declared.sentence.endswith(".")
    for field in declared.fields:
        assert field.sentence.endswith("."), field.name
        assert bool(field.unit) == (field.kind in (Kind.COUNT, Kind.RATIO, Kind.BUCKET, Kind.STEP)), field.name


@pytest.mark.parametrize("cls", EVENTS)
def test_no_event_has_expired(cls: type) -> None:
    """
    An event past its date is renewed with a reason, or removed; and none is declared for ever.
    """
    today = datetime.datetime.now(tz=datetime.UTC).date()
    assert today <= declaration_of(cls).expires <= today + datetime.timedelta(days=3 * 366)


def test_names_are_told_apart() -> None:
    """
    No two events share a name, and no field of a body hides one of the envelope.
    """
    names = [declaration_of(cls).name for cls in EVENTS]
    assert len(set(names)) == len(names)
    envelope = {field.name for cls in (Stamp, Origin, Subject) for field in fields_of(cls)} | {"schema", "name"}
    for cls in EVENTS:
        assert not envelope & {field.name for field in fields_of(cls)}
