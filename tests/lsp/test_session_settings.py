"""
Where a session's settings come from, what a change of them does, and what the user is told.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.conversation import ServedClient

PULLS = {"workspace": {"configuration": True}}


class Configured(ServedClient):
    """
    A client that answers when it is asked for settings.
    """

    async def answer_configuration(self, *sections: Any) -> None:
        asked = await self.until(lambda message: message.get("method") == "workspace/configuration")
        assert [item["section"] for item in asked["params"]["items"]] == ["pacenotes", "telemetry"]
        self.send({"jsonrpc": "2.0", "id": asked["id"], "result": list(sections)})

    async def backends(self, count: int) -> None:
        while len(self.surroundings.backends) < count:
            await asyncio.sleep(0.001)
        await self.breathe()

    async def changed_files(self, count: int) -> list[str]:
        while len(self.surroundings.backend.changed_files) < count:
            await asyncio.sleep(0.001)
        return list(self.surroundings.backend.changed_files)

    @property
    def messages_shown(self) -> list[str]:
        shown = self.take(lambda message: message.get("method") == "window/showMessage")
        return [message["params"]["message"] for message in shown]


@pytest.fixture
async def client() -> Configured:
    return Configured()


@pytest.mark.parametrize(
    "options",
    [
        {"pacenotes": {"completion": {"debounceMs": 11}}},
        {"completion": {"debounceMs": 11}},
        {"completion.debounceMs": 11, "telemetryLevel": "all"},
        {"pacenotes.completion.debounceMs": 11, "editor.fontSize": 12},
    ],
)
async def test_settings_of_the_start(client: Configured, options: Any) -> None:
    """
    Nested or flat, with or without our name before them, and beside settings that are not ours.
    """
    await client.initialize(initializationOptions=options)
    await client.backends(1)

    assert client.surroundings.backend.settings.completion_debounce_ms == 11
    assert client.messages_shown == []


@pytest.mark.parametrize("options", [None, [], "text", 5, {"pacenotes": None}])
async def test_senseless_settings_of_the_start_are_survived(client: Configured, options: Any) -> None:
    """
    The defaults hold.
    """
    await client.initialize(initializationOptions=options)
    await client.backends(1)

    assert client.surroundings.backend.settings.completion_debounce_ms == 75


async def test_a_client_that_can_be_asked_is_asked(client: Configured) -> None:
    """
    What it answers counts more than what it sent at the start; it is who is told about telemetry as well.
    """
    await client.initialize(
        capabilities=PULLS,
        initializationOptions={"completion.debounceMs": 11, "telemetryLevel": "all", "pluginVersion": "0.2.0"},
        clientInfo={"name": "Neovim", "version": "0.12.4"},
    )
    await client.answer_configuration({"completion": {"debounceMs": 12}}, {"telemetryLevel": "off"})
    await client.backends(1)

    assert client.surroundings.backend.settings.completion_debounce_ms == 12
    (identity,) = client.surroundings.identities
    assert (identity.name, identity.version, identity.telemetry_level) == ("Neovim", "0.12.4", "off")
    assert identity.plugin_version == "0.2.0"


@pytest.mark.parametrize("answer", [[], [None], [None, None], "x", {"a": 1}, [5, 5]])
async def test_an_answer_without_settings_leaves_those_of_the_start(client: Configured, answer: Any) -> None:
    """
    As with an editor that knows of no settings for us.
    """
    await client.initialize(
        capabilities=PULLS, initializationOptions={"completion.debounceMs": 11, "telemetryLevel": "all"}
    )
    asked = await client.until(lambda message: message.get("method") == "workspace/configuration")
    client.send({"jsonrpc": "2.0", "id": asked["id"], "result": answer})
    await client.backends(1)

    assert client.surroundings.backend.settings.completion_debounce_ms == (75 if answer == [5, 5] else 11)
    assert client.surroundings.identities[0].telemetry_level == "all"


def settings_changed(client: Configured, settings: Any) -> None:
    client.notify("workspace/didChangeConfiguration", {"settings": settings})


async def test_changed_settings_bring_a_new_backend(client: Configured) -> None:
    """
    The old one is closed and the new one warmed; settings that stay the same change nothing.
    """
    await client.initialize()
    await client.backends(1)
    settings_changed(client, {"pacenotes": {"completion.debounceMs": 12}})
    settings_changed(client, {"pacenotes": {"completion": {"debounceMs": 12}}})
    settings_changed(client, None)
    await client.backends(2)
    settings_changed(client, {"pacenotes": {"completion.debounceMs": 13}})
    await client.backends(3)

    assert [backend.closed for backend in client.surroundings.backends] == [True, True, False]
    assert [backend.warm for backend in client.surroundings.backends] == [True, True, True]
    assert [backend.settings.completion_debounce_ms for backend in client.surroundings.backends] == [75, 12, 13]
    assert client.event_names == ["session.started"]


async def test_a_mistake_is_told_once(client: Configured) -> None:
    """
    In the sentence that names it; the other settings hold, and the same mistake is not told again.
    """
    await client.initialize(initializationOptions={"completion": {"debounceMs": "fast", "menu": True}})
    await client.backends(1)
    settings_changed(client, {"completion": {"debounceMs": "fast", "menu": False}})
    await client.backends(2)

    told = await client.until(lambda message: message.get("method") == "window/showMessage")
    assert "completion.debounceMs" in told["params"]["message"]
    assert client.messages_shown == []
    assert client.surroundings.backends[0].settings.completion_menu


async def test_each_folder_has_its_own_settings(client: Configured, tmp_path: Path) -> None:
    """
    As its `pacenotes.toml` says; what any folder excludes is excluded for all.
    """
    folders = []
    for name, content in (("one", 'exclude = ["gen/"]'), ("two", 'exclude = ["out/"]\n[completion]\nmenu = true')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pacenotes.toml").write_text(content)
        folders.append({"uri": (tmp_path / name).as_uri(), "name": name})
    await client.initialize(workspaceFolders=folders)
    session = client.server.session
    in_one, in_two = [await session.settings_for(f"{folder['uri']}/a.ts") for folder in folders]

    assert (in_one.completion_menu, in_two.completion_menu) == (False, True)
    assert (await session.settings_for("untitled:Untitled-1")) == in_one
    assert set(client.surroundings.backend.settings.exclude) == {"gen/", "out/"}


async def test_a_folder_that_comes_or_goes_is_taken_note_of(client: Configured, tmp_path: Path) -> None:
    """
    Its settings are read, and a backend for the new set of folders is made.
    """
    (tmp_path / "pacenotes.toml").write_text("[completion]\ndebounceMs = 12")
    folder = {"uri": tmp_path.as_uri(), "name": "new"}
    await client.initialize()
    await client.backends(1)
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
    await client.backends(2)
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}})
    await client.backends(3)

    assert [backend.settings.completion_debounce_ms for backend in client.surroundings.backends] == [75, 12, 75]


async def test_a_changed_settings_file_is_read_again(client: Configured, tmp_path: Path) -> None:
    """
    The client tells that it has changed, since we asked to be told.
    """
    folder = {"uri": tmp_path.as_uri(), "name": "new"}
    dynamic = {"dynamicRegistration": True}
    await client.initialize(workspaceFolders=[folder], capabilities={"workspace": {"didChangeWatchedFiles": dynamic}})
    asked = await client.until(lambda message: message.get("method") == "client/registerCapability")
    patterns = [
        watcher["globPattern"]
        for registration in asked["params"]["registrations"]
        for watcher in registration["registerOptions"]["watchers"]
    ]
    await client.backends(1)
    file = tmp_path / "pacenotes.toml"
    file.write_text("[completion]\ndebounceMs = 12")
    changes = [{"uri": file.as_uri(), "type": 1}, {"uri": f"{tmp_path.as_uri()}/a.ts", "type": 2}]
    client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    await client.backends(2)

    assert any("pacenotes.toml" in pattern for pattern in patterns)
    assert client.surroundings.backend.settings.completion_debounce_ms == 12
    assert await client.changed_files(2) == [change["uri"] for change in changes]


@pytest.mark.parametrize("setting", ["enabled", "completion.enabled"])
async def test_switched_off_is_said(client: Configured, setting: str) -> None:
    """
    The status is inactive, and says why.
    """
    await client.initialize(initializationOptions={setting: False})
    status = await client.until(lambda message: message.get("method") == "pacenotes/status")

    assert status["params"]["kind"] == "inactive"
    assert "switched off" in status["params"]["message"]


async def test_the_server_stays_up_when_it_cannot_be_equipped(client: Configured) -> None:
    """
    Requests fail in one sentence and the status says so; mended settings bring everything back.
    """
    client.surroundings.fail_to_open = OSError(28, "No space left on device")
    await client.initialize()
    answer = await client.answer_to(client.request("pacenotes/ready"))
    status = await client.until(lambda message: message.get("method") == "pacenotes/status")
    assert (answer["error"]["code"], status["params"]["kind"]) == (-32803, "error")
    assert answer["error"]["message"] == status["params"]["message"]
    assert "No space left on device" in status["params"]["message"]
    document = {"uri": "file:///a.ts", "languageId": "typescript", "version": 1, "text": "const a = "}
    client.notify("textDocument/didOpen", {"textDocument": document})
    place = {"textDocument": {"uri": "file:///a.ts"}, "position": {"line": 0, "character": 10}}
    assert await client.call("textDocument/inlineCompletion", {**place, "context": {"triggerKind": 2}}) == {"items": []}

    client.surroundings.fail_to_open = None
    settings_changed(client, {"pacenotes": {"completion.debounceMs": 12}})
    await client.backends(1)
    client.surroundings.backend.indexed.set()
    assert await client.call("pacenotes/ready") is None
