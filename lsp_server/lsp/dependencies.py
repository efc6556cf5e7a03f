"""
What a session needs from the rest of the house; `app.py` supplies it, tests supply something smaller.

Nothing here is called before `initialize` has been answered, so that it may import and open what it likes.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    # For the checker alone: this module is imported before `initialize`, the rooms below are not.
    from lsp_server.completion.request import CompletionRequest
    from lsp_server.context.snippet import Context
    from lsp_server.files import WorkspaceFiles
    from lsp_server.providers.base import Provider
    from lsp_server.review.change import Change
    from lsp_server.review.outcome import Review
    from lsp_server.review.run import Options
    from lsp_server.review.run import Progress as ReviewProgress
    from lsp_server.settings import Settings
    from lsp_server.workspace import Folder, Snapshot
    from telemetry.recorder import Recorder


class Backend(Protocol):
    """
    Everything that answers requests under one set of settings; a change of settings or folders opens a new one.
    """

    @property
    def provider(self) -> "Provider":
        """
        Who answers, with guard, cache, back-off and audit around it.
        """
        ...

    @property
    def files(self) -> "WorkspaceFiles":
        """
        The files that may be read.
        """
        ...

    @property
    def known_names(self) -> Container[str] | None:
        """
        The names that a completion may use without being suspected; None where that can't be told.
        """
        ...

    async def review(
        self,
        change: "Change",
        options: "Options",
        on_progress: "Callable[[ReviewProgress], None]",
        *,
        folder: Path | None,
        settings: "Settings",
        rules_only: bool = False,
    ) -> "Review":
        """
        Review a change, whose paths are relative to `folder`, as the settings there have it.

        With `rules_only` no model is asked.

        Raises:
            BaselineMalformed: the folder's own can't be used.
        """
        ...

    async def gather(self, request: "CompletionRequest", budget: int) -> "Context":
        """
        What the model should see besides the code around the cursor.
        """
        ...

    async def gather_for(self, request: "CompletionRequest", budget: int, open_files: Sequence[str]) -> "Context":
        """
        The same as if `open_files` were open.
        """
        ...

    def why_excluded(self, uri: str) -> str | None:
        """
        The rule that keeps a document from being read and shown, or `None`.
        """
        ...

    def files_changed(self, uris: Sequence[str]) -> None:
        """
        Files on disk have been made, saved or deleted. Called in a thread.
        """
        ...

    def show_request(self, request_id: str) -> Mapping[str, Any] | None:
        """
        What was sent to a model for this id, from the audit. Called in a thread.
        """
        ...

    def spent_today_usd(self) -> float:
        """
        What the model calls of today have cost so far. Cheap.
        """
        ...

    async def ready(self) -> None:
        """
        Wait until the index of the workspace is complete.
        """
        ...

    async def warm_up(self) -> None:
        """
        Import and make what the first request would otherwise wait for.
        """
        ...

    async def read_workspace(self, progress: Callable[[int, int], None]) -> None:
        """
        Learn what is in the workspace. `progress` is told, in any thread, how many files of how many are read.

        Cancelling the task leaves the rest unread.
        """
        ...

    async def aclose(self) -> None:
        """
        Close connections and stores.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientIdentity:
    """
    Who is at the other end, the version of our extension in it (empty without one), and what its telemetry setting says
    (`None` when it says nothing).
    """

    name: str = ""
    version: str = ""
    plugin_version: str = ""
    telemetry_level: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Telemetry:
    """
    Where events go, and the pseudonyms of a workspace folder by its URI and of a finding by its id.

    `opted_in` tells that somebody has switched telemetry on, rather than left it as it was.
    """

    recorder: "Recorder"
    repo_id: Callable[[str], str]
    finding_id: Callable[[str], str]
    opted_in: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """
    How to make the parts of a session.

    `load_settings` takes what the editor sent and a folder, and gives the settings in force there with a sentence
    for each problem that somebody has to mend. A change of settings opens telemetry and backend again.
    All three are called in a thread, since they read files.
    """

    load_settings: "Callable[[object, Path | None], tuple[Settings, tuple[str, ...]]]"
    open_telemetry: "Callable[[Settings, ClientIdentity], Telemetry]"
    open_backend: "Callable[[Settings, Sequence[Folder], Callable[[], Snapshot], Telemetry], Backend]"
    clock: Callable[[], float]
    """Seconds that only go forward."""
    new_id: Callable[[], str]
