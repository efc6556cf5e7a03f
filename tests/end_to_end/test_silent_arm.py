"""
An experiment on reviews from the assignment to the report: real processes, one for each engineer.
"""

import json
import sys
from typing import Any

from tests.support.editor import Editor
from tests.support.workplace import Workplace

SERVER = (sys.executable, "-m", "lsp_server", "serve")
EXPERIMENT = """
[experiment]
id = "reviews"
salt = "2026"
arms = ["shown=1", "silent=1"]
overrides = ["silent:review.silent=true"]
"""
ARMS = ("--experiment", "reviews", "--salt", "2026", "--arm", "shown=1", "--arm", "silent=1")
SLIP = "export function same(a: string) {\n  return a === a;\n}\n"
REPAIRED = SLIP.replace("a === a", "a.length === 0")
EACH = 3
"""Engineers in an arm; together they are more than the five of whom a report may tell."""


def test_what_is_repaired_without_a_word(workplace: Workplace) -> None:
    """
    Everybody in an arm sees what it says, all but one of them repair the code, and the report tells the arms apart.
    """
    workplace.write("pacenotes.toml", EXPERIMENT)
    everybody = (f"engineer-{n}" for n in range(20))
    arms = {
        row["unit"]: row["arm"] for row in workplace.json_lines("experiment", "assign", *ARMS, "--json", *everybody)
    }
    for arm, repairing in (("shown", EACH - 1), ("silent", 1)):
        for n, user in enumerate([user for user, its in arms.items() if its == arm][:EACH]):
            seen = work(workplace, user, repairs=n < repairing)
            assert seen == (arm == "shown")

    report = json.loads(workplace.run("report", "--output", "json").stdout)
    reviews = next(section for section in report["sections"] if section["name"] == "review")
    found = {one["name"]: (one["numerator"], one["denominator"]) for one in reviews["figures"]}
    assert found["review_precision"] == (EACH - 1, EACH)
    assert found["silent_precision"] == (1, EACH)
    assert {one["verdict"] for one in report["identities"]} == {"holds"}
    events = workplace.json_lines("telemetry", "events")
    assert {arm_of(one) for one in events if one["name"] == "review.finding_silent"} == {"silent"}
    assert {arm_of(one) for one in events if one["name"] == "review.finding_shown"} == {"shown"}


def work(workplace: Workplace, user: str, *, repairs: bool) -> bool:
    """
    One engineer's session, in which they come upon the slip by themselves or not; gives whether it was shown to them.
    """
    file = workplace.write("src/same.ts", SLIP)
    uri = file.as_uri()
    with Editor(SERVER, environ={**workplace.environ, "LOGNAME": user}) as editor:
        editor.initialize(workspaceFolders=[{"uri": workplace.workspace.as_uri(), "name": "work"}])
        editor.open(uri, SLIP)
        # It has been looked at once it was opened; asked for, that is certain.
        answer = editor.call("workspace/executeCommand", {"command": "pacenotes.reviewFile", "arguments": [uri]})
        assert answer["silent"] is not bool(answer["findings"])
        if repairs:
            document = {"uri": uri, "version": 2}
            editor.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": REPAIRED}]})
            editor.call("workspace/executeCommand", {"command": "pacenotes.reviewFile", "arguments": [uri]})
        assert editor.shut_down() == 0
        published = [one for one in editor.unread() if one.get("method") == "textDocument/publishDiagnostics"]
    return any(one["params"]["diagnostics"] for one in published)


def arm_of(event: dict[str, Any]) -> str:
    (assignment,) = event["experiment"]
    return str(assignment["arm"])
