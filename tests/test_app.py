"""
How the parts of a session are put together.
"""

from pathlib import Path

from lsp_server.app import services
from lsp_server.lsp.dependencies import ClientIdentity
from lsp_server.settings import Settings


def test_a_change_of_settings_does_not_begin_another_session(tmp_path: Path) -> None:
    """
    Telemetry is opened anew, and its events still belong to the same session.
    """
    made = services({})
    settings = [Settings(storage_directory=str(tmp_path / name)) for name in ("before", "after")]

    opened = [made.open_telemetry(each, ClientIdentity()) for each in settings]

    assert len({telemetry.recorder.origin.session_id for telemetry in opened}) == 1
