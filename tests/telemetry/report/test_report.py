"""
A report says the same in every format, opens with what it justifies, and protects people.
"""

import csv
import io
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from telemetry.engines import DuckDbEngine
from telemetry.envelope import Event
from telemetry.events import CompletionEnded, CompletionRequested, CompletionReturned, CompletionShown
from telemetry.report.command import report
from telemetry.report.gather import Wish, report_of
from telemetry.sources import opened
from telemetry.store import Store
from telemetry.vocabulary import EndOutcome
from tests.support.days import happened, written
from tests.support.measures import NOW_MS

SCHEMA = json.loads(Path(__file__).with_name("copilot_day.schema.json").read_text("utf-8"))
RESULT = {
    "effect": 0.09,
    "ci_low": -0.03,
    "ci_high": 0.21,
    "p_value": 0.14,
    "n": 300,
    "clusters": 38,
    "method": "least squares",
    "relative": True,
    "notices": [],
}


def run(*arguments: str | Path, store: Path = Path("none.sqlite")) -> Result:
    """
    `pacenotes report` with these arguments.
    """
    return CliRunner().invoke(report, [str(argument) for argument in arguments], obj=lambda: store)


def rendered(folder: Path, kind: str, *arguments: str | Path) -> str:
    """
    The report on a folder in one format.
    """
    done = run(folder, "--output", kind, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def document(company: Path) -> dict[str, Any]:
    """
    The report on the company as JSON.
    """
    loaded: dict[str, Any] = json.loads(rendered(company, "json"))
    return loaded


@pytest.fixture(scope="module")
def page(company: Path) -> str:
    """
    The same as HTML.
    """
    return rendered(company, "html")


def test_both_sides_of_every_rate(document: dict[str, Any]) -> None:
    """
    Each figure is its numerator over its denominator, and has a definition.
    """
    figures = [figure for section in document["sections"] for figure in section["figures"]]
    assert len(figures) > 30
    for figure in figures:
        assert figure["definition"].endswith(".")
        per = 1_000 if figure["name"] == "cost_per_1000_retained" else 1
        if figure["denominator"]:
            assert figure["value"] == pytest.approx(per * figure["numerator"] / figure["denominator"])
        else:
            assert figure["value"] is None


def test_everything_adds_up(document: dict[str, Any]) -> None:
    """
    All identities hold in a company where nothing was lost.
    """
    assert len(document["identities"]) == 8
    assert {identity["verdict"] for identity in document["identities"]} == {"holds"}


def test_csv_holds_what_json_holds(document: dict[str, Any], company: Path) -> None:
    """
    Every figure with both sides, and every cell of every table, marked as synthetic.
    """
    rows = list(csv.DictReader(io.StringIO(rendered(company, "csv"))))
    figures = {row["name"]: row for row in rows if not row["group"] and row["numerator"]}
    cells = 0
    for section in document["sections"]:
        for figure in section["figures"]:
            assert float(figures[figure["name"]]["numerator"]) == figure["numerator"]
        cells += sum(len(table["rows"]) * (len(table["columns"]) - 1) for table in section["tables"])
    assert len(rows) == len(figures) + cells
    assert {row["synthetic"] for row in rows} == {"true"}


def test_text_says_it_in_words(company: Path) -> None:
    """
    The verdict, the label and the headline come first; no line is wider than asked for.
    """
    lines = rendered(company, "text").splitlines()
    assert lines[0] == "Pacenotes report"
    assert "No causal evidence yet" in lines[3]
    assert any("SYNTHETIC" in line for line in lines[:14])
    assert any("Retained characters per developer-day" in line for line in lines[:20])
    assert max(map(len, lines)) <= 110


class Outline(HTMLParser):
    """
    What a structural check needs of a page.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """
        Note it.
        """
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """
        The attributes of all tags of a name.
        """
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_stands_alone(page: str) -> None:
    """
    No script, no address of anything elsewhere, and a policy that forbids both.
    """
    outline = Outline()
    outline.feed(page)
    assert not outline.all("script")
    assert not outline.all("link")
    assert not outline.all("img")
    assert not re.search(r"https?:|url\(|@import|=.javascript:|\son\w+=", page)
    assert "default-src 'none'" in page


def test_the_page_is_accessible_by_its_structure(page: str) -> None:
    """
    Language, one heading of the first level, no level skipped, ids once, named pictures, headed tables in the focus.
    """
    outline = Outline()
    outline.feed(page)
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert outline.all("html") == [{"lang": "en"}]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert len(ids) == len(set(ids))
    for picture in outline.all("svg"):
        if picture.get("role") == "img":
            assert set(str(picture["aria-labelledby"]).split()) <= set(ids)
    assert page.count("<table") == page.count("<caption") == page.count('tabindex="0"')
    assert all(heading.get("scope") in ("col", "row") for heading in outline.all("th"))


def test_every_picture_has_a_table_beside_it(page: str, document: dict[str, Any]) -> None:
    """
    Each chart is followed by a table with all its values.
    """
    pictures = re.findall(r'aria-labelledby="(\w+)-title', page)
    tables = {table["name"]: table for section in document["sections"] for table in section["tables"]}
    assert len(pictures) >= 10
    for name in pictures:
        title = tables[name]["title"]
        assert f"{title}, as a table</summary>" in page.replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("decision", "headline"),
    [("invest_more", "Invest more"), ("hold", "Hold"), ("less", "Invest less"), ("inconclusive", "Inconclusive")],
)
def test_the_page_opens_with_the_verdict(tmp_path: Path, company: Path, decision: str, headline: str) -> None:
    """
    The registered rule's decision is the first heading after the title, with the effect and what defends it.
    """
    verdict = {"decision": decision, "sentence": "That is what the rule says.", "needed_n": None}
    file = tmp_path / "result.json"
    file.write_text(json.dumps({**RESULT, "verdict": verdict, "registration": "ab12" * 16}))
    page = rendered(company, "html", "--experiment", file)
    headings = re.findall(r"<h[12][^>]*>([^<]+)<", page)
    assert headings[:2] == ["Pacenotes report", headline]
    assert "That is what the rule says." in page
    assert "+9.0 %, 95 % interval -3.0 % to +21.0 %" in page
    assert "ab12ab12ab12…" in page


def test_an_effect_without_a_rule_decides_nothing(tmp_path: Path, company: Path) -> None:
    """
    Whoever promised nothing beforehand gets the effect and no verdict.
    """
    file = tmp_path / "result.json"
    file.write_text(json.dumps(RESULT))
    opening = json.loads(rendered(company, "json", "--experiment", file))["verdict"]
    assert opening["standing"] == "no_rule"
    assert opening["effect"]["effect"] == 0.09


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"effect": "large"}', '{"effect": NaN, "ci_low": 0}'])
def test_a_result_that_is_none(tmp_path: Path, company: Path, content: str) -> None:
    """
    A file that holds no result is refused in one sentence.
    """
    file = tmp_path / "result.json"
    file.write_text(content)
    done = run(company, "--experiment", file)
    assert done.exit_code == 2
    assert "experiment analyze --json" in done.output
    assert "Traceback" not in done.output


def test_copilot_rows_are_valid(company: Path, document: dict[str, Any]) -> None:
    """
    Each line conforms to the fields of GitHub's report, and the lines add up to the report's own counts.
    """
    days = [json.loads(line) for line in rendered(company, "copilot-metrics").splitlines()]
    for day in days:
        Draft202012Validator(SCHEMA).validate(day)
        for split in ("totals_by_ide", "totals_by_feature", "totals_by_language_feature", "totals_by_language_model"):
            for count in ("code_generation_activity_count", "code_acceptance_activity_count", "loc_added_sum"):
                assert sum(row[count] for row in day[split]) == day[count]
    figures = {f["name"]: f for section in document["sections"] for f in section["figures"]}
    shown = sum(day["code_generation_activity_count"] for day in days)
    hidden = {day["day"] for day in days}
    assert shown <= figures["acceptance_by_count"]["denominator"]
    assert all(day["daily_active_users"] >= 5 for day in days)
    assert hidden


def test_the_28_day_report(tmp_path: Path, company: Path) -> None:
    """
    A file that ends in `.json` holds the days as one report.
    """
    file = tmp_path / "report.json"
    assert run(company, "--output", f"copilot-metrics={file}").exit_code == 0
    whole = json.loads(file.read_text("utf-8"))
    assert whole["report_start_day"] == whole["day_totals"][0]["day"]
    assert len(whole["day_totals"]) <= 28


def test_small_groups_are_left_out(document: dict[str, Any]) -> None:
    """
    No group with fewer than five developers is in any table that says how many they are.
    """
    for section in document["sections"]:
        for table in section["tables"]:
            if table["name"] not in ("funnel", "cohorts"):
                assert all(row["developers"] >= 5 for row in table["rows"] if "developers" in row), table["name"]
    hidden = sum(table["hiddenGroups"] for section in document["sections"] for table in section["tables"])
    assert hidden > 0


def completed(person: int) -> list[Event]:
    """
    One completion of one person.
    """
    id = f"{person:08x}"
    return [
        happened(CompletionRequested, completion_id=id, person=person),
        happened(CompletionReturned, completion_id=id, person=person),
        happened(CompletionShown, completion_id=id, person=person),
        happened(CompletionEnded, completion_id=id, outcome=EndOutcome.ACCEPTED, accepted_chars=9, person=person),
    ]


def test_ones_own_view(tmp_path: Path) -> None:
    """
    `--personal` reads the store of this machine, hides nothing of it, and takes no other source.
    """
    store = Store(tmp_path / "telemetry.sqlite", warn=print, clock=lambda: 1)
    for event in completed(1):
        store.emit(event)
    assert store.flush()
    store.close()
    done = run("--personal", "--output", "json", store=tmp_path / "telemetry.sqlite")
    made = json.loads(done.stdout)
    names = [section["name"] for section in made["sections"]]
    assert made["title"] == "Pacenotes: your own view"
    assert "adoption" not in names
    assert all(table["hiddenGroups"] == 0 for section in made["sections"] for table in section["tables"])
    assert run("--personal", tmp_path).exit_code == 2


def test_few_people_are_told_of(tmp_path: Path) -> None:
    """
    A report on three people says that it tells of single people, and hides their groups.
    """
    events = [event for person in (1, 2, 3) for event in completed(person)]
    made = json.loads(rendered(written(events, tmp_path / "few.jsonl"), "json"))
    assert any("tell of single people" in notice for notice in made["notices"])
    tables = {table["name"]: table for section in made["sections"] for table in section["tables"]}
    assert tables["acceptance_by_lang"]["rows"] == []
    assert tables["acceptance_by_lang"]["hiddenGroups"] == 1


@pytest.mark.parametrize("kind", ["text", "html", "json", "csv", "copilot-metrics"])
def test_no_data_is_no_zero(kind: str) -> None:
    """
    Without events a report says what to do next; nothing in it is a zero.
    """
    done = run("--output", kind)
    assert done.exit_code == 0
    if kind in ("text", "html", "json"):
        assert "There are no events yet" in done.stdout
        assert "telemetry synthesize" in done.stdout
    assert "0.0" not in re.sub(r"<style>.*</style>", "", done.stdout, flags=re.DOTALL)


def test_wrong_events_are_told_of(tmp_path: Path) -> None:
    """
    Copies and events from the future are left out, lost ones and clocks that ran backwards are told of.
    """
    right = completed(1)
    future = happened(CompletionShown, completion_id="ffffffff", day=40_000)
    backward = [
        happened(CompletionShown, completion_id="eeeeeeee", at_ms=5_000),
        happened(CompletionEnded, completion_id="eeeeeeee", outcome=EndOutcome.REJECTED, at_ms=1_000),
    ]
    lossy = happened(CompletionRequested, completion_id="dddddddd").after_loss_of(7)
    file = written([*right, *right, future, *backward, lossy], tmp_path / "wrong.jsonl")
    made = json.loads(rendered(file, "json"))
    said = " ".join(made["notices"])
    assert "4 events had arrived twice" in said
    assert "1 events are dated more than a day ahead" in said
    assert "1 completions ended before they were shown" in said
    assert "7 events were lost" in said
    assert made["events"] == 7
    broken = {identity["identity"]: identity["verdict"] for identity in made["identities"]}
    assert broken["requested = nothing offered + returned"] == "broken"
    assert broken["shown = ended"] == "holds"


class Muddled(DuckDbEngine):
    """
    An engine whose fingerprints are the same for nearly everything.
    """

    def fingerprint(self, column: Any) -> Any:
        """
        The last digit.
        """
        return column.right(1)


def test_a_fingerprint_proves_no_copy(tmp_path: Path) -> None:
    """
    Events whose ids have one fingerprint are different all the same: only equal ids are copies.
    """
    different = [event for person in range(6) for event in completed(person)]
    for events, copies in ((different, 0), ([*different, different[0]], 1)):
        file = written(events, tmp_path / f"{copies}.jsonl")
        with opened([str(file)], local=Path()) as engine:
            assert isinstance(engine, DuckDbEngine)
            engine.__class__ = Muddled  # The same connection, seen otherwise.
            made = report_of(engine, Wish(now_ms=NOW_MS))
        assert made.events == len(different)
        assert sum("had arrived twice" in notice for notice in made.notices) == copies


@pytest.mark.parametrize("kind", ["text", "html", "json", "csv", "copilot-metrics"])
def test_nothing_but_the_future(tmp_path: Path, kind: str) -> None:
    """
    Where every clock is ahead, or no date holds the moments, there are no events, and it is said why.
    """
    file = written([happened(CompletionShown, completion_id="a" * 8)], tmp_path / "ahead.jsonl")
    for moment in ("9999999999999", "9223372036854775807"):
        file.write_text(re.sub(r'"ts":\d+', f'"ts":{moment}', file.read_text()))
        said = rendered(file, kind)
        if kind in ("text", "html", "json"):
            assert "1 events are dated more than a day ahead" in said


def test_moments_in_seconds(tmp_path: Path) -> None:
    """
    Events that seem to be of 1970 are told of.
    """
    file = written(completed(1), tmp_path / "seconds.jsonl")
    file.write_text(re.sub(r'"ts":(\d+)000', r'"ts":\1', file.read_text()))
    assert "4 events are dated before 2020" in " ".join(json.loads(rendered(file, "json"))["notices"])


def test_since(company: Path) -> None:
    """
    Only what happened since a day is in the report.
    """
    made = json.loads(rendered(company, "json", "--since", "2026-05-18"))
    assert made["firstDay"] == "2026-05-18"
    assert run(company, "--since", "soon").exit_code == 2


@pytest.mark.parametrize("output", ["pdf", "html=", "=x"])
def test_outputs_that_are_none(company: Path, output: str) -> None:
    """
    An unknown format and a missing file name are named.
    """
    done = run(company, "--output", output)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_several_outputs_and_one_that_cannot_be_written(tmp_path: Path, company: Path) -> None:
    """
    All formats come out of one run; a folder that isn't there gets one sentence.
    """
    wanted = [tmp_path / name for name in ("a.html", "a.json", "a.csv")]
    done = run(company, *(f"--output={file.suffix[1:]}={file}" for file in wanted), "--output", "text")
    assert done.exit_code == 0
    assert all(file.stat().st_size for file in wanted)
    assert done.stdout.startswith("Pacenotes report")
    refused = run(company, "--output", f"html={tmp_path}/none/a.html")
    assert refused.exit_code == 2
    assert "can't be written" in refused.output
