"""
Units of review: every hunk in one, with the signatures of what it lies in, and nothing secret or hidden.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.review.units import LARGEST_UNIT, Detail, Unit, is_test, units_of
from lsp_server.review.view import LONGEST_LINE, MOST_REMOVED
from tests.review.changes import source

CLASS = """\
export class Cart {
  private items: Item[] = [];

  constructor(
    private readonly rates: Rates,
    private readonly clock: Clock,
  ) {}

  total(currency: string): number {
    let sum = 0;
    for (const item of this.items) {
      sum += this.rates.convert(item.price, currency);
    }
    return sum;
  }

  clear(): void {
    this.items = [];
  }
}
"""
LONG = "export function long(\n  input: string,\n): void {\n" + "".join(f"  step({n});\n" for n in range(300)) + "}\n"


def units(after: str, before: str = "", path: str = "src/a.ts", detail: Detail = Detail.FULL) -> tuple[Unit, ...]:
    return units_of(source(after, before, path), detail)


def test_a_short_function_is_shown_whole_with_its_class() -> None:
    """
    One changed line brings its method and the head of its class, and the line it replaced once, in its place.
    """
    after = CLASS.replace("return sum;", "return Math.round(sum);")

    (unit,) = units(after, CLASS)

    assert (
        unit.text
        == """\
 export class Cart {
…
   total(currency: string): number {
     let sum = 0;
     for (const item of this.items) {
       sum += this.rates.convert(item.price, currency);
     }
-    return sum;
+    return Math.round(sum);
   }"""
    )
    assert (unit.path, unit.changed_lines) == ("src/a.ts", 2)


def test_a_long_function_is_shown_by_its_signature() -> None:
    """
    The whole head stands there even if it goes over several lines, and of the body what is near.
    """
    (unit,) = units(LONG.replace("step(150)", "leap(150)"), LONG)

    assert (
        unit.text
        == """\
 export function long(
   input: string,
 ): void {
…
   step(147);
   step(148);
   step(149);
-  step(150);
+  leap(150);
   step(151);
   step(152);
   step(153);"""
    )


def test_lean_units_show_no_whole_function() -> None:
    """
    Where there is little room, signatures are shown all the same.
    """
    (unit,) = units(CLASS.replace("let sum = 0", "let sum = 1"), CLASS, detail=Detail.LEAN)

    assert "export class Cart {" in unit.text
    assert "total(currency: string): number {" in unit.text
    assert "return sum;" not in unit.text


def test_what_touches_is_one_unit_and_what_does_not_is_not() -> None:
    """
    Two changes in one method are judged together, changes in two distant functions apart.
    """
    together = units(CLASS.replace("let sum = 0", "let sum = 1").replace("return sum", "return -sum"), CLASS)
    apart = units(LONG.replace("step(5)", "leap(5)").replace("step(200)", "leap(200)"), LONG)

    assert [len(unit.pieces) for unit in together] == [2]
    assert [len(unit.pieces) for unit in apart] == [1, 1]


def test_a_unit_does_not_change_with_the_rest_of_the_file() -> None:
    """
    Lines that are added far above move a unit and leave it the same, so that it is not paid again.
    """
    changed = LONG.replace("step(200)", "leap(200)")
    moved = "import { x } from './x';\n\n" + changed
    own = next(unit for unit in units(moved, LONG) if "leap" in unit.text)

    assert own.text == units(changed, LONG)[0].text


def test_an_arrow_function_has_its_name() -> None:
    """
    The constant that a function is the value of belongs to its signature.
    """
    before = "export const load = async (\n  id: string,\n): Promise<User> => {\n" + LONG.split("{\n", 1)[1]

    (unit,) = units(before.replace("step(99)", "leap(99)"), before)

    assert unit.text.startswith(" export const load = async (\n   id: string,\n ): Promise<User> => {\n…\n")


def test_a_large_new_file_comes_in_pieces_at_its_borders() -> None:
    """
    Each piece of a long hunk begins with a declaration where possible, and together they hold every line once.
    """
    text = "".join(f"export function f{n}(): void {{\n" + "  step();\n" * 20 + "}\n" for n in range(60))

    found = units(text)

    lines = [line for unit in found for piece in unit.pieces for line in piece.lines]
    assert lines == list(range(1, text.count("\n") + 1))
    assert all(len(unit.text) <= LARGEST_UNIT + 500 for unit in found)
    assert all(unit.view.lines[unit.pieces[0].first - 1].startswith("export function") for unit in found)


def test_deletions_show_what_was_there() -> None:
    """
    A pure deletion is a piece without added lines, with what was removed in its place.
    """
    (unit,) = units(CLASS.replace("    this.items = [];\n", ""), CLASS)

    assert "   clear(): void {\n-    this.items = [];\n   }" in unit.text
    assert [list(piece.lines) for piece in unit.pieces] == [[]]


def test_everything_removed_leaves_a_unit() -> None:
    """
    An emptied file, and a file that lost its end, have units and no crash.
    """
    assert [unit.changed_lines for unit in units("", "a();\nb();\n")] == [2]
    assert [unit.changed_lines for unit in units("a();\n", "a();\nb();\n")] == [1]


def test_secrets_and_hidden_characters_are_not_shown() -> None:
    """
    A secret over several lines is gone from both sides, with every line in its place; what is hidden is spelled out.
    """
    mark = "RSA PRIVATE " + "KEY-----"
    body = "".join(
        f"MIIE{number * 7919:x}owIBAAKCAQEA7bq7Zb9Zk1+/qWkJx0s{number * 104729:x}PzLmYt3\n" for number in range(1, 14)
    )
    key = f"-----BEGIN {mark}\n{body}-----END {mark}"
    before = f"const old = `{key}`;\n"
    after = f"const key = `{key}`;\nconst admin\u202e = 1;\nconst token = 'ghp_{'a1B2' * 9}';\n"

    found = units(after, before)

    text = "\n".join(unit.text for unit in found)
    assert "MIIE" not in text
    assert "ghp_" not in text
    assert "+const admin\\u{202E} = 1;" in text
    assert len(found[0].view.lines) == after.count("\n")


def test_very_long_lines_are_clipped_and_told() -> None:
    """
    Of a line of data only the beginning is shown, and the unit says that it is not whole.
    """
    (unit,) = units(f"const data = '{'x y ' * LONGEST_LINE}';\n")

    assert unit.is_clipped
    assert len(unit.text) < LONGEST_LINE + 10


def test_of_much_that_was_removed_the_beginning_is_shown() -> None:
    """
    A hundred removed lines do not crowd out what was added.
    """
    (unit,) = units("keep();\n", "keep();\n" + "".join(f"gone{n}();\n" for n in range(100)))

    assert unit.text.count("\n-gone") == MOST_REMOVED
    assert f"({100 - MOST_REMOVED} more removed lines)" in unit.text


def test_changed_heads_and_used_names_are_known() -> None:
    """
    What callers and definitions are looked up by: declarations whose heads have changed, words of added lines.
    """
    (unit,) = units(CLASS.replace("total(currency: string)", "total(currency: Currency)"), CLASS)

    assert unit.symbols == ("Cart.total",)
    assert unit.names == ("total", "currency", "Currency", "number")
    assert units(CLASS.replace("return sum", "return sum + 1"), CLASS)[0].symbols == ()


def test_tests_are_known_by_their_names() -> None:
    """
    The usual names, and no others.
    """
    tests = ["a.test.ts", "src/b.spec.tsx", "tests/c.ts", "src/__tests__/d.ts", "e2e/login.ts"]
    code = ["src/contest.ts", "src/latest/a.ts", "src/test-utils.ts", "spec.ts"]

    assert [path for path in tests + code if is_test(path)] == tests


LINES = st.lists(
    st.sampled_from(
        [
            "class A {",
            "  f(a: string) {",
            "    if (a) {",
            "      g();",
            "    }",
            "  }",
            "}",
            "",
            "x();",
            "const y = () => {",
            "};",
        ]
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(old=LINES, new=LINES, detail=st.sampled_from(Detail))
def test_every_added_line_is_in_exactly_one_unit(old: list[str], new: list[str], detail: Detail) -> None:
    """
    Whatever the code looks like, broken or not, all changed lines are shown, and each is counted once.
    """
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    one = source(after, before)

    found = units_of(one, detail)

    lines = [line for unit in found for piece in unit.pieces for line in piece.lines]
    assert sorted(lines) == sorted(one.added_lines)
    assert all(set(piece.lines) <= set(unit.shown) for unit in found for piece in unit.pieces)
    changed = sum(len(hunk.added) + len(hunk.removed) for hunk in one.change.hunks)
    assert sum(unit.changed_lines for unit in found) == changed
    assert sum(line.startswith("-") for unit in found for line in unit.text.split("\n")) == sum(
        len(hunk.removed) for hunk in one.change.hunks
    )
