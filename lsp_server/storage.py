"""
Where state lives: the platform's user folders, readable by this user alone.
"""

from dataclasses import dataclass
from pathlib import Path

PRIVATE = 0o700


@dataclass(frozen=True, kw_only=True, slots=True)
class Storage:
    """
    The places of everything that outlives a process.

    `state` must not be lost (telemetry, audit); `cache` can be made again (replies, index).
    """

    state: Path
    cache: Path

    @property
    def telemetry(self) -> Path:
        """
        The store of usage events.
        """
        return self.state / "telemetry.sqlite"

    @property
    def audit(self) -> Path:
        """
        The record of what was sent.
        """
        return self.state / "audit.sqlite"

    @property
    def identity_key(self) -> Path:
        """
        The key that turns user and workspace into pseudonyms.
        """
        return self.state / "identity.key"

    @property
    def replies(self) -> Path:
        """
        The folder of the reply cache.
        """
        return self.cache / "replies"

    @property
    def local_model(self) -> Path:
        """
        The folder of what the local provider has read, one file a workspace.
        """
        return self.cache / "local-model"

    @property
    def index(self) -> Path:
        """
        The folder of workspace indexes, one file a workspace.
        """
        return self.cache / "index"


def locate(storage_directory: str) -> Storage:
    """
    The places under `storage_directory`, or in the platform's user folders when it is empty. Creates nothing.
    """
    if storage_directory:
        root = Path(storage_directory).expanduser()
        return Storage(state=root / "state", cache=root / "cache")
    import platformdirs

    return Storage(
        state=Path(platformdirs.user_state_dir("pacenotes", appauthor=False)),
        cache=Path(platformdirs.user_cache_dir("pacenotes", appauthor=False)),
    )


def make_private(folder: Path) -> Path:
    """
    Create `folder` for this user alone, or close it to others when it is there.

    Raises:
        OSError: when it can neither be made nor used.
    """
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(PRIVATE)
    return folder
