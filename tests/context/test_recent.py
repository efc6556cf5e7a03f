"""
What was just edited or visited elsewhere, as context.
"""

from lsp_server.context.gather import gather_now
from lsp_server.context.question import Region
from lsp_server.context.snippet import Context
from lsp_server.context.visits import KEPT, Visits
from tests.context.scenes import ROOT, Scene, scene

STAGES = "\n".join(f"const before{number} = {number};" for number in range(40))
EDITED = f"{STAGES}\nexport function chargePenalty(seconds: number) {{\n  return seconds;\n}}\n{STAGES}\n"
FILES = {"src/penalty.ts": EDITED, "src/far/away.ts": "export const unrelated = 1;\n", "src/main.ts": "total = █"}


def context(built: Scene, *regions: Region, budget: int = 600) -> Context:
    """
    What is shown after something happened in `regions`, the latest first.
    """
    built.build()
    return gather_now(built.cursor, budget, built.index, recent=regions)


def edited(path: str, line: int) -> Region:
    """
    An edit.
    """
    return Region(f"{ROOT}/{path}", line, edited=True)


def test_the_lines_around_an_edit_are_shown() -> None:
    """
    What was changed a moment ago stands in the context with its neighbourhood, and says so; the rest of the file not.
    """
    found = context(scene(FILES), edited("src/penalty.ts", 41))
    snippet = next(item for item in found.snippets if item.retriever == "recent")

    assert snippet.reason == "edited just now"
    assert "  return seconds;\n}" in snippet.text
    assert "before10 =" not in snippet.text


def test_what_was_only_visited_says_so() -> None:
    """
    A place where the cursor was is worth less than an edit, and more than nothing.
    """
    found = context(scene(FILES), Region(f"{ROOT}/src/penalty.ts", 41, edited=False))

    assert "visited just now" in [item.reason for item in found.snippets]


def test_an_excluded_file_is_not_shown_for_having_been_edited() -> None:
    """
    Exclusion goes before everything.
    """
    found = context(scene(FILES, excluded=("penalty.ts",)), edited("src/penalty.ts", 41))

    assert "chargePenalty" not in found.text


def test_the_file_at_the_cursor_and_lost_lines_are_left_out() -> None:
    """
    The model sees this file anyway, and a line that is gone since shows nothing.
    """
    found = context(scene(FILES), edited("src/main.ts", 0), edited("src/far/away.ts", 500), edited("gone.ts", 3))

    assert not [item for item in found.snippets if item.retriever == "recent"]


def test_two_edits_near_each_other_are_one_region() -> None:
    """
    Typing on in the next line does not show the same lines twice.
    """
    found = context(scene(FILES), edited("src/penalty.ts", 41), edited("src/penalty.ts", 42))

    assert found.text.count("return seconds;") == 1


def test_visits_remember_the_last_cursor_of_each_file() -> None:
    """
    The latest file comes first, each with its last line, and edits come before visits.
    """
    visits = Visits()
    for path, line in (("/w/a.ts", 1), ("/w/b.ts", 2), ("/w/a.ts", 9)):
        visits.note(path, line)

    assert visits.files() == ("/w/a.ts", "/w/b.ts")
    assert visits.regions([("/w/c.ts", 5), ("/w/c.ts", 5)]) == (
        Region("/w/c.ts", 5, edited=True),
        Region("/w/a.ts", 9, edited=False),
        Region("/w/b.ts", 2, edited=False),
    )


def test_visits_stay_few() -> None:
    """
    A day's work does not pile up.
    """
    visits = Visits()
    for number in range(5 * KEPT):
        visits.note(f"/w/{number}.ts", number)

    assert len(visits.files()) == KEPT
