"""
The composition root: the only place that builds providers, caches, stores and what the engine is given.
"""

import functools
import gc
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_server.lsp.dependencies import ClientIdentity, Services, Telemetry

if TYPE_CHECKING:
    # For the checker alone: an editor waits for `initialize`, and these take their time.
    from lsp_server.backend import Backend
    from lsp_server.experiment import Participant
    from lsp_server.policy.audit import CallRecord
    from lsp_server.providers.base import Provider
    from lsp_server.settings import Settings
    from lsp_server.workspace import Folder, Snapshot
    from telemetry.sink import Sink

logger = logging.getLogger("pacenotes")


def serve_stdio() -> int:
    """
    Serve the editor that started this process; returns the exit code.
    """
    # Nothing that is made while starting is ever garbage. The session switches the collector on again.
    gc.disable()
    from lsp_server.lsp.server import serve
    from lsp_server.lsp.transport import stdio

    return serve(services(), stdio())


def services(environ: Mapping[str, str] = os.environ, clock: Callable[[], float] = time.monotonic) -> Services:
    """
    What a session of the language server is made of; `clock` gives seconds that only go forward.
    """
    session_id = functools.cache(new_id)  # One for the process, made when it is first asked for.
    return Services(
        load_settings=lambda editor, folder: load_settings(editor, folder, environ),
        open_telemetry=lambda settings, client: open_telemetry(settings, client, session_id(), environ),
        open_backend=lambda settings, folders, snapshot, telemetry: open_backend(
            settings, folders, snapshot, telemetry, environ=environ, clock=clock
        ),
        clock=clock,
        new_id=new_id,
    )


def new_id() -> str:
    """
    The id of a completion: a UUIDv7.
    """
    from telemetry.recorder import new_id as new_event_id

    return new_event_id()


def load_settings(
    editor: object, folder: Path | None, environ: Mapping[str, str]
) -> "tuple[Settings, tuple[str, ...]]":
    """
    The settings in force in one folder of an editor's workspace, with a sentence for each problem.
    """
    from lsp_server import configuration

    settings, problems = configuration.load(folder=folder, environ=environ, editor=editor, participant=participant())
    return settings, tuple(problem.sentence for problem in problems)


def open_backend(
    settings: "Settings",
    folders: "Sequence[Folder]",
    snapshot: "Callable[[], Snapshot]",
    telemetry: Telemetry,
    *,
    environ: Mapping[str, str],
    clock: Callable[[], float] = time.monotonic,
    warn: Callable[[str], None] = logger.warning,
    tape: "Callable[[Provider], Provider]" = lambda provider: provider,
) -> "Backend":
    """
    Everything that answers requests under `settings`; its model calls are noted as events of the session.

    Reads the folders' ignore files: call it in a thread.
    """
    from lsp_server.backend import Backend
    from lsp_server.lsp import to_events

    def on_call(call: "CallRecord") -> None:
        telemetry.recorder.record(to_events.llm_call(call))

    return Backend(settings, folders, snapshot, environ=environ, on_call=on_call, warn=warn, clock=clock, tape=tape)


def open_telemetry(
    settings: "Settings", client: ClientIdentity, session_id: str, environ: Mapping[str, str]
) -> Telemetry:
    """
    The local store of events, or nowhere when the user, the editor or the environment objects.
    """
    from lsp_server import __version__
    from lsp_server.experiment import participation
    from lsp_server.lsp import to_events
    from lsp_server.storage import locate
    from telemetry import consent, identity
    from telemetry.envelope import Origin
    from telemetry.recorder import Recorder
    from telemetry.sink import NullSink, Sink
    from telemetry.store import Limits, Store

    storage = locate(settings.storage_directory)
    decision = consent.decide(environ=environ, enabled=settings.telemetry_enabled, level=client.telemetry_level)
    if not decision.allowed:
        sink: Sink = NullSink()
        who = identity.Identity(bytes(identity.KEY_BYTES), kept=False)
    else:
        sink = Store(storage.telemetry, warn=logger.warning, limits=Limits(days=settings.telemetry_retention_days))
        who = identity.load(storage.identity_key)
        if settings.telemetry_export_to:
            sink = _exporting(sink, storage.telemetry, settings)
    taking_part = participation(settings, participant())
    origin = Origin(
        dev_id=who.dev_id(_user()),
        session_id=session_id,
        client=to_events.client(client, __version__),
        experiment=to_events.assignments(taking_part),
    )
    recorder = Recorder(origin, sink)
    for body in to_events.experiment(taking_part):
        recorder.record(body)
    return Telemetry(recorder=recorder, repo_id=who.repo_id, finding_id=who.finding_id, opted_in=False)


def participant() -> "Participant":
    """
    Who takes part in experiments here and now.
    """
    from datetime import UTC, datetime

    from lsp_server.experiment import Participant

    year, week, _ = datetime.now(UTC).isocalendar()
    return Participant(user=_user(), week=f"{year}-W{week:02}")


def _exporting(kept: "Sink", store: Path, settings: "Settings") -> "Sink":
    from telemetry.sinks.background import ExportingSink

    return ExportingSink(
        kept,
        store,
        settings.telemetry_export_to,
        sums_only=settings.telemetry_aggregate_only,
        warn=logger.warning,
    )


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        # Containers run as users that have no name.
        return "unnamed"
