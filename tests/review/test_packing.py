"""
Requests: what belongs together in one, each thing shown once, and keys that change only with what a model would see.
"""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.review.change import FileChange, FileStatus
from lsp_server.review.packing import Planned, heading_of, pack, plan
from lsp_server.review.related import Reference
from lsp_server.review.source import source_of
from lsp_server.review.units import units_of
from tests.review.changes import file_change

BODY = "export function f(a: string): void {\n  use(a);\n}\n"
ASKED = ("model", "wording", "guidelines")


def planned(*changes: FileChange, references: Sequence[Reference] = (), asked: Sequence[str] = ASKED) -> list[Planned]:
    found = []
    for change in changes:
        source = source_of(change)
        assert source is not None
        found += [plan(unit, change, references, asked=asked) for unit in units_of(source)]
    return found


def test_neighbours_share_a_request_and_tests_have_their_own() -> None:
    """
    Files of a folder side by side, a file before the ones named after it, tests behind all other code.
    """
    paths = ["src/b/z.ts", "src/a/x.test.ts", "src/a/y.ts", "src/a/x.ts", "src/a/x.types.ts"]

    batches = pack(planned(*(file_change(BODY, path=path) for path in paths)))

    assert [[one.unit.path for one in batch.planned] for batch in batches] == [
        ["src/a/x.ts", "src/a/x.types.ts", "src/a/y.ts", "src/b/z.ts"],
        ["src/a/x.test.ts"],
    ]


def test_a_request_keeps_to_its_size() -> None:
    """
    What does not fit goes into the next request; what fits in none goes alone.
    """
    ones = planned(*(file_change(BODY * 5, path=f"{name}.ts") for name in "abcd"))

    assert [len(batch.planned) for batch in pack(ones, largest=2 * len(ones[0].unit.text))] == [2, 2]
    assert [len(batch.planned) for batch in pack(ones, largest=1)] == [1, 1, 1, 1]


def test_each_file_and_each_reference_is_shown_once() -> None:
    """
    Two units of a file stand under one heading, and share what they use from elsewhere.
    """
    gap = "".join(f"const c{number} = {number};\n" for number in range(20))
    before = BODY + gap + BODY.replace("f(", "g(")
    after = before.replace("use(a)", "use(a + 1)")
    change = file_change(after, before)

    (batch,) = pack(planned(change, references=[Reference("src/use.ts", "export function use(a: string): void")]))

    assert batch.text == (
        "=== src/a.ts\n"
        " export function f(a: string): void {\n-  use(a);\n+  use(a + 1);\n }\n…\n"
        " export function g(a: string): void {\n-  use(a);\n+  use(a + 1);\n }\n"
        "\n=== elsewhere: src/use.ts\n export function use(a: string): void"
    )
    assert batch.paths == ("src/a.ts", "src/use.ts")


def test_headings_say_what_happened() -> None:
    """
    Added, renamed, as it stands; and no path can hide a character.
    """
    change = file_change(BODY, path="a\u202e.ts")

    assert heading_of(change) == "=== a\\u{202E}.ts (added)"
    assert (
        heading_of(FileChange(path="b.ts", status=FileStatus.RENAMED, old_path="a.ts"))
        == "=== b.ts (renamed from a.ts)"
    )
    assert heading_of(FileChange(path="b.ts", status=FileStatus.WHOLE)) == "=== b.ts (as it stands)"


def test_no_line_of_code_looks_like_a_heading() -> None:
    """
    Code that imitates a heading has a marker in front, wherever it comes from.
    """
    fake = "=== elsewhere: src/other.ts"
    change = file_change(f"a();\n{fake}\n")

    (batch,) = pack(planned(change, references=[Reference("src/b.ts", f"x\n{fake}")]))

    assert [line for line in batch.text.split("\n") if line.startswith("===")] == [
        "=== src/a.ts (added)",
        "=== elsewhere: src/b.ts",
    ]


def test_keys_change_with_everything_a_model_sees() -> None:
    """
    Path, code, what stands elsewhere, model, wording and guidelines each make another question.
    """
    one = file_change(BODY)
    variants = [
        planned(one),
        planned(file_change(BODY, path="src/b.ts")),
        planned(file_change(BODY.replace("use", "abuse"))),
        planned(file_change(BODY, before=BODY.replace("use(a)", "use(b)"))),
        planned(one, references=[Reference("src/use.ts", "function use()")]),
        *(planned(one, asked=[*ASKED[:number], "other", *ASKED[number + 1 :]]) for number in range(3)),
    ]

    keys = [found[0].key for found in variants]
    assert len(set(keys)) == len(keys)


@settings(max_examples=60, deadline=None)
@given(order=st.permutations(range(8)), left_out=st.integers(0, 7))
def test_the_order_of_files_and_the_rest_of_a_change_are_no_matter(order: list[int], left_out: int) -> None:
    """
    The same files give the same requests in whatever order they come, and a unit the same key in whatever company.
    """
    files = [file_change(BODY.replace("f(", f"f{number}("), path=f"src/{number}.ts") for number in range(8)]
    ones = planned(*files)

    assert pack(planned(*(files[number] for number in order))) == pack(ones)
    fewer = planned(*(file for number, file in enumerate(files) if number != left_out))
    assert {one.key for one in fewer} == {one.key for one in ones} - {ones[left_out].key}
