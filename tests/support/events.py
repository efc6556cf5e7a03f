"""
Events of every kind, made from their declarations.
"""

from typing import Any

from hypothesis import strategies as st

from telemetry.declaration import MOST, Field, Kind, fields_of
from telemetry.envelope import NO_SUBJECT, Client, Event, Origin, Stamp, Subject, uuid7
from telemetry.events import EVENTS, Body, SessionTick
from telemetry.vocabulary import Basis, Editor, Language

TEXTS = {
    Kind.ID: st.text("0123456789abcdef", min_size=8, max_size=32),
    Kind.KEYED_HASH: st.text("0123456789abcdef", min_size=16, max_size=16),
    Kind.MODEL: st.sampled_from(
        ("other", "local", "local-ngram-1", "claude-haiku-4-5", "us.anthropic.claude-haiku-4-5-20251001-v1:0")
    ),
    Kind.VERSION: st.sampled_from(("1", "1.140.0", "0.10.4.1")),
    Kind.LABEL: st.sampled_from(("control", "debounce-75", "b")),
}

ORIGIN = Origin(
    dev_id="0123456789abcdef",
    session_id="aaaaaaaa",
    client=Client(editor=Editor.NEOVIM, editor_version="0.12", plugin_version=None, server_version="0.1.0"),
)


SUBJECT = Subject(repo_id="fedcba9876543210", lang=Language.TYPESCRIPT, test_file=False)


def values(declared: Field) -> st.SearchStrategy[Any]:
    """
    All that a field may hold.
    """
    match declared.kind:
        case Kind.FLAG:
            allowed: st.SearchStrategy[Any] = st.booleans()
        case Kind.COUNT:
            allowed = st.integers(0, MOST)
        case Kind.RATIO:
            allowed = st.floats(0, 1)
        case Kind.BUCKET | Kind.STEP:
            allowed = st.sampled_from(declared.steps)
        case Kind.CHOICE:
            allowed = st.sampled_from(declared.choices)
        case _:
            allowed = TEXTS[declared.kind]
    return st.none() | allowed if declared.optional else allowed


def records(cls: type[Any]) -> st.SearchStrategy[Any]:
    """
    Records of a class.
    """
    return st.builds(cls, **{declared.name: values(declared) for declared in fields_of(cls)})


bodies: st.SearchStrategy[Body] = st.one_of(*(records(cls) for cls in EVENTS))


def tick(number: int, *, ts: int | None = None) -> Event:
    """
    A small event that is told from others by its number.
    """
    stamp = Stamp(event_id=uuid7(number, number), ts=number if ts is None else ts, basis=Basis.CLIENT, dropped_before=0)
    body = SessionTick(active_ms=number, typed_chars=0, deleted_chars=0)
    return Event(stamp=stamp, origin=ORIGIN, subject=NO_SUBJECT, body=body)


def sample(declared: Field) -> Any:
    """
    One value that a field may hold.
    """
    match declared.kind:
        case Kind.FLAG:
            return True
        case Kind.COUNT | Kind.RATIO:
            return 1
        case Kind.BUCKET | Kind.STEP:
            return declared.steps[0]
        case Kind.CHOICE:
            return declared.choices[0]
    return {Kind.MODEL: "local", Kind.VERSION: "1.0", Kind.LABEL: "control"}.get(declared.kind, "0123456789abcdef")
