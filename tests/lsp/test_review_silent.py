"""
The silent arm of reviews: nothing is shown, everything is followed, and whoever asks is told so.
"""

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest

from lsp_server.files import path_of
from telemetry.events_review import FindingEnded, FindingShown, FindingSilent, ReviewGenerated
from tests.support.reviewer import PULLING, SETTINGS, URI, Reviewer, claim, folder_of

MEAN = "const mean = total / count;"
GUARDED = "const mean = count ? total / count : 0;"
SOURCE = f"load();\n{MEAN}\nsave(mean);\n"
SHOWN = SOURCE.replace(MEAN, f"«{MEAN}»")
HAZARD = claim(MEAN, replacement=GUARDED)
OTHER = claim("save(mean);", category="async")
SILENT = {"review": {"verify": "off", "onSave": "off", "silent": True}}


async def reviewer(*claims: Any, silent: bool = True, **params: Any) -> Reviewer:
    """
    An editor in the silent arm, or in none, with the document open.
    """
    client = await Reviewer.with_claims(*(claims or (HAZARD,)), settings=SILENT if silent else {}, **params)
    await client.open(SOURCE)
    return client


async def change_silence(client: Reviewer, silent: bool) -> None:
    """
    The week is over, or somebody has opted out.
    """
    settings = {**SETTINGS, **(SILENT if silent else {})}
    client.notify("workspace/didChangeConfiguration", {"settings": {"pacenotes": settings}})
    while (await client.server.session.settings_for(client.uri)).review_silent is not silent:
        await asyncio.sleep(0.001)
    await client.breathe()
    await client.settle()


async def outcomes(client: Reviewer) -> list[tuple[str, bool]]:
    """
    What has become of the findings, once the session is over.
    """
    await client.peer.close()
    return sorted((event.outcome.value, event.silent) for event in client.events(FindingEnded))


@pytest.mark.parametrize("capabilities", [{}, {"capabilities": PULLING}], ids=["push", "pull"])
async def test_nothing_is_shown(capabilities: Any) -> None:
    """
    No diagnostic by any way, no action, no hover, no id in the answer; that the review was made is not hidden.
    """
    client = await reviewer(**capabilities)
    answer = await client.review()
    await client.settle()
    place = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 8}}

    assert (answer["findings"], answer["silent"], answer["usage"]["requests"]) == ([], True, 1)
    assert client.diagnostics.get(URI, []) == []
    assert (await client.call("textDocument/diagnostic", {"textDocument": {"uri": URI}}))["items"] == []
    assert await client.actions(MEAN) == {}
    assert await client.call("textDocument/hover", place) is None


async def test_whoever_asks_is_told() -> None:
    """
    In a message that every editor shows, and that says how to leave, whether there was anything to find or not.
    """
    for claims in ((HAZARD,), ()):
        client = await Reviewer.with_claims(*claims, settings=SILENT)
        await client.open(SOURCE)
        await client.review()
        await client.settle()
        (said,) = client.said
        assert "not shown but counted" in said
        assert "set it to false in your own settings" in said


async def test_nobody_else_is_told() -> None:
    """
    A review on opening or saving says nothing, in the silent arm as outside of it.
    """
    client = await Reviewer.with_claims(HAZARD, settings={"review": {**SILENT["review"], "onSave": "model"}})
    await client.open(SOURCE)
    client.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
    while not client.server.session.reviews.silent.findings.of(URI):
        await client.settle()

    assert client.said == []
    assert client.diagnostics.get(URI, []) == []


async def test_a_silent_review_leaves_its_events() -> None:
    """
    Its claims add up, each of its findings is noted once and ends once, and none of them was shown.
    """
    client = await reviewer(HAZARD, OTHER, claim("is not there"))
    await client.review()
    await client.review()
    ends = await outcomes(client)

    for review in client.events(ReviewGenerated):
        counted = (review.claims, review.claims_shown, review.claims_silent, review.claims_withheld)
        assert counted == (3, 0, 2, 1)
    silent = client.events(FindingSilent)
    assert sorted(event.category for event in silent) == ["async", "correctness"]
    assert {event.fixable for event in silent} == {True, False}
    assert client.events(FindingShown) == []
    assert ends == [("ignored", True), ("ignored", True)]
    assert {event.finding_id for event in client.events(FindingEnded)} == {event.finding_id for event in silent}


async def test_what_is_repaired_without_a_word_is_fixed_later() -> None:
    """
    Whoever writes the very text of a fix that was not offered has not applied it.
    """
    same = await reviewer()
    await same.review()
    same.edit(0, 0, "// one 😀\n")
    same.replace(MEAN, GUARDED)
    same.undo()
    same.replace(MEAN, GUARDED)
    assert await outcomes(same) == [("fixed_later", True)]


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize(
    ("rewritten", "found_then", "outcome"),
    [
        ("const mean = average(total, count);", [], "fixed_later"),
        ("const mean = sum / count;", [claim("const mean = sum / count;")], "stale"),
        ("const mean = sum / count;", [claim("const mean = sum / count;", category="async")], "fixed_later"),
        ("", [], "stale"),
        (MEAN, [], "stale"),
    ],
    ids=["rewritten", "written otherwise", "another hazard", "deleted", "not found again"],
)
async def test_a_later_review_tells_what_was_repaired(
    silent: bool, rewritten: str, found_then: list[Any], outcome: str
) -> None:
    """
    In every arm: code that has become other code in which nothing of the kind is found, and nothing else.
    """
    client = await reviewer(silent=silent)
    await client.review()
    client.replace(MEAN, rewritten)
    assert client.surroundings.reviewer
    client.surroundings.reviewer.script(json.dumps({"findings": found_then}))
    await client.review()
    ended = await outcomes(client)

    assert (outcome, silent) in ended
    assert len(ended) == 1 + len(found_then)


async def test_what_is_taken_back_is_shown_again() -> None:
    """
    A review in between has found nothing, but the text that comes back is the one that was found.
    """
    client = await reviewer(silent=False)
    await client.review()
    client.replace(MEAN, "const mean = average(total, count);")
    assert client.surroundings.reviewer
    client.surroundings.reviewer.script('{"findings": []}')
    await client.review()
    assert "«" not in client.shown
    client.undo()
    await client.settle()

    assert client.shown == SHOWN


async def test_what_is_dismissed_is_not_counted(tmp_path: Path) -> None:
    """
    The baseline would have kept it from being shown, so the silent arm has not kept anything.
    """
    uri = (tmp_path / "src" / "a.ts").as_uri()
    client = await Reviewer.with_claims(HAZARD, uri=uri, workspaceFolders=[folder_of(tmp_path)])
    await client.open(SOURCE)
    await client.review()
    await client.run("pacenotes.dismissFinding", client.only_id)
    await change_silence(client, True)
    await client.review()

    assert client.events(FindingSilent) == []


async def test_a_file_that_goes_takes_its_silent_findings_along(tmp_path: Path) -> None:
    """
    They are stale, which says nothing about anybody.
    """
    file = tmp_path / "src" / "a.ts"
    file.parent.mkdir()
    file.write_text(SOURCE)
    client = await Reviewer.with_claims(
        HAZARD, uri=file.as_uri(), workspaceFolders=[folder_of(tmp_path)], settings=SILENT
    )
    await client.review()
    path = path_of(client.uri)
    assert path
    path.unlink()
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": client.uri, "type": 3}]})
    while client.server.session.reviews.silent.findings.all():
        await client.settle()

    assert client.diagnostics.get(client.uri, []) == []
    assert await outcomes(client) == [("stale", True)]


async def test_the_arm_may_change_within_a_session() -> None:
    """
    What was shown goes at once, what was silent is never shown by itself, and each side keeps its own account.
    """
    client = await reviewer(silent=False)
    await client.review()
    assert client.shown == SHOWN
    await change_silence(client, True)
    assert client.shown == SOURCE
    await client.review()
    assert client.shown == SOURCE
    await change_silence(client, False)
    assert client.shown == SOURCE
    await client.review()
    assert client.shown == SHOWN

    assert (len(client.events(FindingShown)), len(client.events(FindingSilent))) == (1, 1)
    assert await outcomes(client) == [("ignored", False), ("stale", True)]


@pytest.mark.parametrize("seed", range(12))
async def test_both_arms_judge_alike(seed: int) -> None:
    """
    The same edits and reviews lead to the same outcomes, so that the difference between the arms is what people do:
    only that a fix which was offered counts as applied.
    """
    found = []
    for silent in (False, True):
        client = await reviewer(HAZARD, OTHER, silent=silent)
        await live(client, random.Random(seed))
        ends = await outcomes(client)
        assert {kept_silent for _, kept_silent in ends} <= {silent}
        begun = client.events(FindingSilent if silent else FindingShown)
        assert len(ends) == len(begun)
        found.append(sorted(outcome.replace("applied", "fixed_later") for outcome, _ in ends))

    assert found[0] == found[1]


async def live(client: Reviewer, chance: random.Random) -> None:
    """
    A few minutes of somebody's editing, with reviews in between.
    """
    changes = (
        lambda: client.edit(0, 0, chance.choice(["\n", "// 漢字\n"])),
        lambda: client.replace(MEAN, chance.choice([GUARDED, "const mean = 1;", f"{MEAN} "])),
        lambda: client.replace("save(mean);", chance.choice(["save(mean) ;", "store(mean);", ""])),
        client.undo,
    )
    await client.review()
    for _ in range(8):
        if chance.random() < 0.3:
            await client.review()
            continue
        try:
            chance.choice(changes)()
        except (ValueError, IndexError):
            # The text is not there, or nothing is left to undo.
            continue
        await client.breathe()
