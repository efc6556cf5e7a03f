"""
Everybody can read the HTML report: axe finds no serious fault on any page, however it is looked at.

Pictures of what was looked at are left in `build/accessibility`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page

from telemetry.report.command import report
from tests.telemetry.report.test_report import RESULT

ROOT = Path(__file__).parents[2]
INSTALLED = ROOT / "build" / "accessibility"
SERIOUS = ("serious", "critical")

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1200, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1200, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 800}, "device_scale_factor": 2},
    "phone in the dark": {"color_scheme": "dark", "viewport": {"width": 390, "height": 800}},
    "print": {"color_scheme": "dark", "viewport": {"width": 800, "height": 1100}},
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, company: Path) -> dict[str, Path]:
    """
    A report of each kind, as a file.
    """
    folder = tmp_path_factory.mktemp("pages")
    result = folder / "result.json"
    verdict = {"decision": "hold", "sentence": "The interval holds zero and the promised effect."}
    result.write_text(json.dumps({**RESULT, "registration": "0" * 64, "verdict": verdict}))
    (folder / "empty.jsonl").touch()
    part = next(company.glob("*/*.parquet"))
    asked: dict[str, tuple[str | Path, ...]] = {
        "use": (company,),
        "verdict": (company, "--experiment", result),
        "few": (part,),
        "empty": (folder / "empty.jsonl",),
    }
    return {name: _written(folder / f"{name}.html", *arguments) for name, arguments in asked.items()}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[str, Page]]:
    """
    A way of looking at a page, by its name.
    """
    name = request.param
    context = browser.new_context(**LOOKS[name])
    page = context.new_page()
    if name == "print":
        page.emulate_media(media="print")
    yield name, page
    context.close()


@pytest.mark.parametrize("name", ["use", "verdict", "few", "empty"])
def test_axe_finds_no_serious_fault(name: str, pages: dict[str, Path], look: tuple[str, Page]) -> None:
    """
    By the rules of WCAG 2.2 on levels A and AA, and by its own best practices.
    """
    way, page = look
    page.goto(pages[name].as_uri())
    page.screenshot(path=INSTALLED / f"{name}, {way}.png", full_page=True)
    page.evaluate((INSTALLED / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")

    assert found["passes"]
    assert [
        (fault["id"], fault["impact"], [node["target"] for node in fault["nodes"]][:3])
        for fault in found["violations"]
        if fault["impact"] in SERIOUS
    ] == []


@pytest.mark.parametrize("name", ["use", "verdict"])
def test_nothing_sticks_out(name: str, pages: dict[str, Path], look: tuple[str, Page]) -> None:
    """
    Nobody has to scroll sideways to read, not even on a phone; wide tables scroll by themselves.
    """
    _, page = look
    page.goto(pages[name].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_axe_would_find_one(browser: Browser) -> None:
    """
    What is known to be a fault is found, so that finding none says something.
    """
    with browser.new_page() as page:
        page.set_content("<html><body><img src='x.png'><p style='color:#999;background:#aaa'>pale</p></body></html>")
        page.evaluate((INSTALLED / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
        found = page.evaluate("axe.run()")
    assert {"image-alt", "color-contrast", "html-has-lang"} <= {fault["id"] for fault in found["violations"]}


def _written(file: Path, *arguments: str | Path) -> Path:
    done = CliRunner().invoke(report, [*map(str, arguments), "--output", f"html={file}"], obj=lambda: Path("none"))
    assert done.exit_code == 0, done.output
    return file
