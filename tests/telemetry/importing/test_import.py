"""
Deliveries are imported as times, sizes and pseudonyms; a bad export is refused whole, in one sentence.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from telemetry import store
from telemetry.importing.command import import_outcomes
from telemetry.importing.history import read_git
from telemetry.importing.tables import read_csv, read_github, read_jira
from telemetry.report.command import report

CANARIES = ("Jane Doe", "jane@example.com", "jdoe", "PAY-17", "refund", "invoice", "topsecret", "acme/shop")

MAY_4 = 1_777_852_800_000
DAY_MS = 86_400_000


def run(home: Path, *arguments: str | Path) -> Result:
    """
    `pacenotes telemetry import` into a store in `home`.
    """
    return CliRunner().invoke(import_outcomes, list(map(str, arguments)), obj=lambda: home / "telemetry.sqlite")


def kept(home: Path) -> list[dict[str, Any]]:
    """
    The events in that store.
    """
    return [json.loads(line) for line in store.read(home / "telemetry.sqlite")]


def test_a_csv_of_pull_requests(tmp_path: Path) -> None:
    """
    Times become milliseconds, what is missing becomes null, and the same file twice changes nothing.
    """
    file = tmp_path / "prs.csv"
    file.write_text(
        "pull_request,author,opened,merged,lines_added,title\n"
        "17,jdoe,2026-05-04T00:00:00Z,2026-05-05T00:00:00+00:00,40,topsecret refund\n"
        "18,jdoe,2026-05-04,,,\n"
    )
    for _ in range(2):
        assert run(tmp_path, "--csv", file).exit_code == 0
    first, second = kept(tmp_path)
    assert (first["opened_ts"], first["merged_ts"], first["lines_added"]) == (MAY_4, MAY_4 + DAY_MS, 40)
    assert (first["pull_request_state"], second["pull_request_state"]) == ("merged", "open")
    assert (second["merged_ts"], second["lines_added"]) == (None, None)
    assert first["dev_id"] == second["dev_id"]
    assert first["pull_request_id"] != second["pull_request_id"]


def test_a_csv_of_tickets(tmp_path: Path) -> None:
    """
    Kinds are words of ours, and an error in production is kept with its time.
    """
    file = tmp_path / "tickets.csv"
    file.write_text(
        "ticket,kind,started,closed,production_error\nPAY-17,Bug,2026-05-04,2026-05-06,2026-05-20\nPAY-18,Epos,2026-05-04,,\n"
    )
    assert run(tmp_path, "--csv", file).exit_code == 0
    first, second = kept(tmp_path)
    assert (first["ticket_kind"], first["ticket_state"]) == ("defect", "closed")
    assert first["production_error_ts"] == MAY_4 + 16 * DAY_MS
    assert (second["ticket_kind"], second["ticket_state"]) == ("other", "started")


def test_a_newer_state_is_another_event(tmp_path: Path) -> None:
    """
    The same pull request, merged since, is kept beside its older state, under the same pseudonym.
    """
    file = tmp_path / "prs.csv"
    for merged in ("", "2026-05-09"):
        file.write_text(f"pull_request,opened,merged\n17,2026-05-04,{merged}\n")
        assert run(tmp_path, "--csv", file).exit_code == 0
    older, newer = kept(tmp_path)
    assert older["pull_request_id"] == newer["pull_request_id"]
    assert older["ts"] < newer["ts"]


GITHUB = {
    "number": 17,
    "title": "topsecret refund",
    "user": {"login": "jdoe"},
    "created_at": "2026-05-04T00:00:00Z",
    "merged_at": "2026-05-05T00:00:00Z",
    "closed_at": "2026-05-05T00:00:00Z",
    "additions": 12,
    "deletions": 3,
    "base": {"repo": {"full_name": "acme/shop"}},
}
GH = {
    "number": 18,
    "author": {"login": "jdoe"},
    "createdAt": "2026-05-04T00:00:00Z",
    "closedAt": "2026-05-06T00:00:00Z",
}
JIRA = {
    "key": "PAY-17",
    "fields": {
        "summary": "topsecret refund",
        "assignee": {"accountId": "jane@example.com", "displayName": "Jane Doe"},
        "issuetype": {"name": "Bug"},
        "created": "2026-05-04T00:00:00.000+0000",
        "resolutiondate": "2026-05-08T00:00:00.000+0000",
    },
    "changelog": {
        "histories": [
            {
                "created": "2026-05-05T00:00:00.000+0000",
                "items": [{"field": "status", "fromString": "To Do", "toString": "In Progress"}],
            },
            {
                "created": "2026-05-07T00:00:00.000+0000",
                "items": [{"field": "status", "fromString": "Done", "toString": "In Progress"}],
            },
        ]
    },
}


@pytest.mark.parametrize("text", [json.dumps([GITHUB, GH]), f"{json.dumps(GITHUB)}\n{json.dumps(GH)}\n"])
def test_exports_of_github(tmp_path: Path, text: str) -> None:
    """
    The API's names and those of `gh` mean the same, in an array and one a line.
    """
    (tmp_path / "prs.json").write_text(text)
    first, second = read_github(tmp_path / "prs.json")
    assert (first.opened_ts, first.merged_ts) == (MAY_4, MAY_4 + DAY_MS)
    assert (first.lines_added, first.lines_deleted) == (12, 3)
    assert (second.merged_ts, second.closed_ts) == (None, MAY_4 + 2 * DAY_MS)


def test_exports_of_jira(tmp_path: Path) -> None:
    """
    Work begins when the status says so, and leaving `Done` is being opened again.
    """
    (tmp_path / "issues.json").write_text(json.dumps({"issues": [JIRA]}))
    (ticket,) = read_jira(tmp_path / "issues.json")
    assert ticket.started_ts == MAY_4 + DAY_MS
    assert ticket.closed_ts == MAY_4 + 4 * DAY_MS
    assert ticket.reopened_ts == MAY_4 + 3 * DAY_MS


class History:
    """
    A git repository with a clock of its own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.day = folder, 4
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        """
        Run git as Jane, on the day that it is.
        """
        date = f"2026-05-{self.day:02}T00:00:00Z"
        environ = {
            "GIT_AUTHOR_NAME": "Jane Doe", "GIT_AUTHOR_EMAIL": "jane@example.com", "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": "Jane Doe", "GIT_COMMITTER_EMAIL": "jane@example.com", "GIT_COMMITTER_DATE": date,
            "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/usr/bin:/bin:/usr/local/bin",
        }  # fmt: skip
        done = subprocess.run(["git", "-C", str(self.folder), *arguments], env=environ, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, subject: str, text: str, day: int) -> str:
        """
        A commit of one file on a day of May.
        """
        self.day = day
        (self.folder / "invoice.ts").write_text(text)
        self.git("add", ".")
        self.git("commit", "-q", "-m", subject)
        return self.git("rev-parse", "HEAD")


def test_a_git_history(tmp_path: Path) -> None:
    """
    A squash, a merge of two commits and a revert: opened with the first commit, merged when it landed, taken back.
    """
    history = History(tmp_path / "repo")
    history.commit("Begin", "a\n", 4)
    squashed = history.commit("Refund invoices (#17)", "a\nb\nc\n", 5)
    history.git("checkout", "-q", "-b", "side")
    history.commit("One", "a\nb\nc\nd\n", 6)
    history.commit("Two", "a\nb\nc\nd\ne\n", 7)
    history.git("checkout", "-q", "main")
    history.day = 9
    history.git("merge", "-q", "--no-ff", "-m", "Merge pull request #18 from acme/side", "side")
    history.day = 10
    history.commit(f'Revert "Refund invoices (#17)"\n\nThis reverts commit {squashed}.', "a\nd\ne\n", 10)

    first, second = read_git(history.folder)
    assert (first.key[-3:], first.lines_added, first.reverted_ts) == ("#17", 2, MAY_4 + 6 * DAY_MS)
    assert (second.key[-3:], second.lines_added, second.reverted_ts) == ("#18", 2, None)
    assert (second.opened_ts, second.merged_ts) == (MAY_4 + 2 * DAY_MS, MAY_4 + 5 * DAY_MS)


def test_no_name_title_or_path_is_kept(tmp_path: Path) -> None:
    """
    Canaries in every text of every kind of export are in no event and no report, nor in what is said.
    """
    history = History(tmp_path / "repo")
    history.commit("topsecret refund (#17)", "const topsecret = 1;\n", 5)
    (tmp_path / "prs.csv").write_text("pull_request,author,opened,title\nPAY-17,Jane Doe,2026-05-04,topsecret\n")
    (tmp_path / "prs.json").write_text(json.dumps([GITHUB]))
    (tmp_path / "issues.json").write_text(json.dumps([JIRA]))
    said = ""
    for option, name in (("--git", "repo"), ("--csv", "prs.csv"), ("--github", "prs.json"), ("--jira", "issues.json")):
        done = run(tmp_path, option, tmp_path / name)
        assert done.exit_code == 0, done.output
        said += done.output
    for kind in ("text", "html", "json", "csv", "copilot-metrics"):
        done = CliRunner().invoke(report, ["--output", kind], obj=lambda: tmp_path / "telemetry.sqlite")
        assert done.exit_code == 0
        said += done.output
    whole = said + (tmp_path / "telemetry.sqlite").read_bytes().decode("latin-1") + json.dumps(kept(tmp_path))
    assert len(kept(tmp_path)) == 4
    assert [canary for canary in CANARIES if canary in whole] == []


def test_people_are_who_they_are_here(tmp_path: Path) -> None:
    """
    With a list of people, an author has the pseudonym of the user of that name.
    """
    from telemetry import identity

    (tmp_path / "prs.csv").write_text("pull_request,author,opened\n17,jdoe,2026-05-04\n")
    (tmp_path / "people.csv").write_text("author,user\njdoe,jane\n")
    done = run(tmp_path, "--csv", tmp_path / "prs.csv", "--people", tmp_path / "people.csv")
    assert done.exit_code == 0
    assert kept(tmp_path)[0]["dev_id"] == identity.load(tmp_path / "identity.key").dev_id("jane")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column pull_request or ticket"),
        ("number,opened\n1,2026-05-04\n", "no column pull_request or ticket"),
        ("pull_request,opened\n1,yesterday\n", "line 2, opened is no time"),
        ("pull_request,opened\n1,NaN\n", "line 2, opened is no time"),
        ("pull_request,opened,lines_added\n1,2026-05-04,NaN\n", "line 2, lines_added is no whole number"),
        ("pull_request,opened,lines_added\n1,2026-05-04,many\n", "line 2, lines_added is no number"),
        ("pull_request,opened,lines_added\n1,2026-05-04,-3\n", "line 2, lines_added is no whole number"),
        ("pull_request,opened\n1,2026-05-04\n2,2126-05-04\n", "line 3: opened lies in the future"),
        ("pull_request,opened,merged\n1,2026-05-04,2026-05-01\n", "merged comes before opened; a clock ran backwards"),
        ("ticket,started\nPAY-17,\n", "line 2 has no time at all"),
        ("ticket,started\n,2026-05-04\n", "line 2 has no number or key"),
        ("ticket,started\n", "There is no pull request or ticket in it"),
    ],
)
def test_bad_tables_are_refused_whole(tmp_path: Path, text: str, said: str) -> None:
    """
    Nothing of a bad file is imported, and the sentence says where it is bad without repeating it.
    """
    file = tmp_path / "bad.csv"
    file.write_text(text)
    done = run(tmp_path, "--csv", file)
    assert done.exit_code == 2
    assert said in done.output
    assert not any(canary in done.output for canary in CANARIES)
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    ("option", "text"),
    [("--github", "{"), ("--github", "[1]"), ("--github", '[{"title": "x"}]'), ("--jira", '[{"key": "PAY-17"}]')],
)
def test_bad_documents_are_refused(tmp_path: Path, option: str, text: str) -> None:
    """
    What is cut off or something else gets one sentence.
    """
    (tmp_path / "bad.json").write_text(text)
    done = run(tmp_path, option, tmp_path / "bad.json")
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert "PAY-17" not in done.output


def test_what_is_no_repository(tmp_path: Path) -> None:
    """
    A folder without a history is named.
    """
    (tmp_path / "plain").mkdir()
    done = run(tmp_path, "--git", tmp_path / "plain")
    assert done.exit_code == 2
    assert "no git history" in done.output


def test_one_export_at_a_time(tmp_path: Path) -> None:
    """
    None and two are usage errors.
    """
    assert run(tmp_path).exit_code == 2
    (tmp_path / "a.csv").write_text("")
    assert run(tmp_path, "--csv", tmp_path / "a.csv", "--jira", tmp_path / "a.csv").exit_code == 2


def test_a_byte_order_mark_is_no_column(tmp_path: Path) -> None:
    """
    Spreadsheets put one before the first name.
    """
    (tmp_path / "prs.csv").write_bytes(b"\xef\xbb\xbfpull_request,opened\n17,2026-05-04\n")
    assert len(read_csv(tmp_path / "prs.csv")) == 1
