"""
How the parts of a session are put together.
"""

from pathlib import Path

from lsp_server.app import open_backend, services
from lsp_server.files import uri_of
from lsp_server.lsp.dependencies import ClientIdentity
from lsp_server.settings import Settings
from lsp_server.workspace import Folder, Workspace


def test_a_change_of_settings_does_not_begin_another_session(tmp_path: Path) -> None:
    """
    Telemetry is opened anew, and its events still belong to the same session.
    """
    made = services({})
    settings = [Settings(storage_directory=str(tmp_path / name)) for name in ("before", "after")]

    opened = [made.open_telemetry(each, ClientIdentity()) for each in settings]

    assert len({telemetry.recorder.origin.session_id for telemetry in opened}) == 1


async def test_each_folder_is_reviewed_by_its_own_guidelines(tmp_path: Path) -> None:
    """
    What one folder of a window tells its reviewers is not told about another.
    """
    folders = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "AGENTS.md").write_text(f"The rules of {name}.")
        folders.append(Folder(uri=uri_of(tmp_path / name), path=str(tmp_path / name), name=name))
    settings, workspace = Settings(storage_directory=str(tmp_path / "state")), Workspace()
    telemetry = services({}).open_telemetry(settings, ClientIdentity())
    backend = open_backend(settings, folders, workspace.snapshot, telemetry, environ={})

    guidelines = [backend.reviewing_in(tmp_path / name, settings).guidelines() for name in ("one", "two", "one")]
    await backend.aclose()

    assert guidelines == ["The rules of one.", "The rules of two.", "The rules of one."]
