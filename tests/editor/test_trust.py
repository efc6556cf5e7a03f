"""
A workspace that is not trusted: nothing is read and nothing is sent.
"""

from tests.editor.conftest import Stage, Windows
from tests.editor.teacher import Taught

LINE = "const limit = 42 * 1000;"
FILE = "export const one = 1;\n"


def test_a_restricted_workspace_is_silent(windows: Windows, stage: Stage) -> None:
    """
    Nothing is started and nothing is sent before the workspace is trusted; then it works without another start.
    """
    stage.api.script(Taught([LINE]))
    asked, serving = len(stage.api.exchanges), len(stage.code_server.language_servers())
    window = windows.open({"src/a.ts": FILE}, trusted=False)
    window.wait_for_status("restricted")
    window.to_the_end(FILE)
    window.type("const limit = ")
    window.shoot("restricted")

    assert window.ghost() == ""
    assert (len(stage.api.exchanges), len(stage.code_server.language_servers())) == (asked, serving)
    window.command("Workspaces: Manage Workspace Trust")
    window.page.get_by_role("button", name="Trust", exact=True).first.click()
    window.wait_for_status("anthropic")
