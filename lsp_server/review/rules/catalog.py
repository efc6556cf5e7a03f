"""
Render the page of all rules from their declarations.

`python -m lsp_server.review.rules.catalog` writes RULES.md anew; a test fails while it is stale.
"""

from collections.abc import Mapping
from pathlib import Path

from lsp_server.review.rules.pack import RULES
from lsp_server.review.rules.rule import Rule

PAGE = Path(__file__).parents[1] / "RULES.md"


def generated_files() -> Mapping[Path, str]:
    """
    The file that is rendered from the declarations, with what it must hold.
    """
    return {PAGE: markdown()}


def markdown() -> str:
    """
    The reference of all rules: a table, then a section for each.
    """
    rows = "\n".join(
        f"| [`{rule.id}`](#{rule.id}) | {rule.category} | {rule.severity} | {_fix(rule)} |" for rule in RULES
    )
    return f"{INTRODUCTION}{rows}\n\n" + "\n".join(map(_section, RULES))


INTRODUCTION = """\
<!-- Made by `python -m lsp_server.review.rules.catalog` from the rules' declarations: do not edit. -->

# Rules

What Pacenotes finds without asking a model: slips that look certain, at no cost and with no network.
They are few on purpose, and a review in which none of them speaks says nothing about the rest of the code.

A rule looks at the lines that a change adds.
It keeps quiet where the grammar could not read the code, in generated and minified files, and in folders of fixtures.
The findings marked `info` are hints: what they say is so, but it may be meant; they are silent in tests.
Some of these checks are made by TypeScript or ESLint too, where they are set up; each section names them.
A comment that disables the same rule of ESLint is honoured.

To silence one finding, write `// pacenotes-ignore[rule]: reason` behind the code or on the line above it.
To silence a whole category, leave it out of `review.categories`.

| rule | category | severity | quick fix |
| --- | --- | --- | --- |
"""


def _fix(rule: Rule) -> str:
    return rule.mends or "–"


def _section(rule: Rule) -> str:
    tests = "" if rule.in_tests else "\nIt is silent in tests.\n"
    fix = f"\nThe quick fix {rule.mends}.\n" if rule.mends else ""
    elsewhere = f"\nElsewhere: {', '.join(rule.elsewhere)}.\n" if rule.elsewhere else ""
    return (
        f"## {rule.id}\n\n{rule.sentence}\n{rule.why}\n\n"
        f"```typescript\n// Found:\n{rule.bad}\n\n// Fine:\n{rule.good}\n```\n{fix}{tests}{elsewhere}"
    )


if __name__ == "__main__":
    for path, content in generated_files().items():
        path.write_text(content, encoding="utf-8")
