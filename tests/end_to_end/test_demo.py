"""
The tour, as a newcomer takes it, and as the README shows it.
"""

import re
from pathlib import Path

from tests.support.workplace import Workplace

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_shows_what_the_tour_prints(workplace: Workplace) -> None:
    """
    The transcript is real: it differs from today's in times alone.
    """
    done = workplace.run("demo", COLUMNS="80", NO_COLOR="1")

    assert (done.returncode, done.stderr) == (0, "")
    assert _without_times(_transcript()) == _without_times(done.stdout)


def test_the_tour_needs_no_key_and_leaves_nothing_behind(workplace: Workplace) -> None:
    """
    Credentials that happen to be there are not used, and state goes away with the tour.
    """
    done = workplace.run("demo", ANTHROPIC_API_KEY="sk-ant-unused", ANTHROPIC_BASE_URL="http://127.0.0.1:9")

    assert done.returncode == 0
    assert "provider local" in done.stdout
    assert list(workplace.state_bytes()) == []


def _transcript() -> str:
    return README.read_text(encoding="utf-8").split("```text\n", 1)[1].split("```", 1)[0]


def _without_times(text: str) -> list[str]:
    timeless = re.sub(r"\d\d:\d\d:\d\d|\d+(?= ms\b)|(?<=_ms=)\d+", "…", text)
    # Which of two things that happen at once is written down first is chance.
    return sorted(line.rstrip() for line in timeless.splitlines())
