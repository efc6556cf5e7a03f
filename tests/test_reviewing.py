"""
Reviews in a workspace folder: its own baseline and guidelines and nobody else's, what is remembered, who calls what.
"""

from pathlib import Path
from typing import Any

import pytest

from lsp_server.files import WorkspaceFiles
from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.review.baseline import BaselineMalformed, of_findings, write
from lsp_server.review.run import Options
from lsp_server.reviewing import LONGEST_GUIDELINES, Reviewing
from lsp_server.settings import Settings, Verification
from tests.review.changes import change, file_change
from tests.support.answering import AnsweringVendor, Remembering, finding

BEFORE = "export function mean(values: number[]): number {\n  return 0;\n}\n"
AFTER = BEFORE.replace("return 0;", "return sum(values) / values.length;")
CHANGE = change(file_change(AFTER, BEFORE))


class Bench:
    """
    A folder, and what reviews in it.
    """

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.vendor = AnsweringVendor(lambda prompt: [finding("  return sum(values) / values.length;")])
        self.indexed = 0
        self.index = WorkspaceIndex(
            [folder.as_posix()], read=lambda path: Path(path).read_text(), is_excluded=lambda path: False
        )
        chosen = Settings(review_verify=Verification.OFF, **settings)
        self.reviewing = Reviewing(
            settings=chosen,
            folder=folder,
            files=WorkspaceFiles([folder], chosen, {}),
            index=self.index,
            indexed=self._read_all,
            provider=self.vendor,
            no_model="",
            memory=Remembering(),
        )

    async def _read_all(self) -> None:
        self.indexed += 1
        self.index.build(sorted(self.folder.rglob("*.ts")))


async def test_the_folders_own_baseline_silences(tmp_path: Path) -> None:
    """
    What was dismissed there is not shown; a baseline that can't be read is an error and no empty one.
    """
    bench = Bench(tmp_path)
    (found,) = (await bench.reviewing.review(CHANGE, Options())).findings
    baseline = tmp_path / "pacenotes-baseline.json"
    baseline.write_text(write(of_findings([found]).entries.values()))

    assert (await bench.reviewing.review(CHANGE, Options())).findings == ()
    for content in (b"{", b"\xff"):
        baseline.write_bytes(content)
        with pytest.raises(BaselineMalformed):
            await bench.reviewing.review(CHANGE, Options())


async def test_settings_of_a_workspace_reach_no_file_outside_of_it(tmp_path: Path) -> None:
    """
    Neither baseline nor guidelines are read from elsewhere, whatever path or link leads there.
    """
    (tmp_path / "outside.md").write_text("The password is swordfish.")
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "link.md").symlink_to(tmp_path / "outside.md")
    (folder / "own.md").write_text("Our own rules.")
    names = ("../outside.md", "link.md", str(tmp_path / "outside.md"), "own.md")

    bench = Bench(folder, review_guidelines=names, review_baseline="../outside.md")
    await bench.reviewing.review(CHANGE, Options())

    assert bench.reviewing.guidelines() == "Our own rules."
    assert "swordfish" not in repr(bench.vendor.prompts)
    assert "Our own rules." in bench.vendor.prompts[0].system[1].text


async def test_guidelines_have_a_limit(tmp_path: Path) -> None:
    """
    A project that says very much is heard in part, and without hidden characters.
    """
    (tmp_path / "AGENTS.md").write_text("\u202eBe kind. " * LONGEST_GUIDELINES)

    guidelines = Bench(tmp_path).reviewing.guidelines()

    assert guidelines.startswith("\\u{202E}Be kind. ")
    assert "\u202e" not in guidelines


async def test_rules_alone_cost_nothing(tmp_path: Path) -> None:
    """
    Asked for rules only, nobody asks a model, reads the index or explains why.
    """
    bench = Bench(tmp_path)
    review = await bench.reviewing.review(CHANGE, Options(), rules_only=True)

    assert (bench.vendor.prompts, bench.indexed, review.notices) == ([], 0, ())


async def test_what_was_paid_for_is_remembered_unless_it_must_not_be(tmp_path: Path) -> None:
    """
    A second review is free; one that is recorded is not, since a recording must be whole.
    """
    bench = Bench(tmp_path)
    for remember, asked in ((True, 1), (True, 1), (False, 2)):
        await bench.reviewing.review(CHANGE, Options(remember=remember))
        assert len(bench.vendor.prompts) == asked


async def test_callers_of_a_changed_signature_are_in_the_request(tmp_path: Path) -> None:
    """
    Only then is the whole workspace read first.
    """
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.ts").write_text(BEFORE)
    (tmp_path / "src" / "user.ts").write_text('import { mean } from "./a";\nexport const all = mean([1]);\n')
    bench = Bench(tmp_path)
    await bench.reviewing.review(CHANGE, Options())
    assert bench.indexed == 0
    head = BEFORE.replace("values: number[]", "values: bigint[]")
    await bench.reviewing.review(change(file_change(head, BEFORE)), Options())

    assert bench.indexed == 1
    assert "=== elsewhere: src/user.ts\n export const all = mean([1]);" in bench.vendor.prompts[-1].messages[0].text
