"""
Prompt files are whole, their placeholders are all filled, and a changed word shows in the fingerprint.
"""

from importlib.resources import files

import pytest

from lsp_server.prompts.template import load, parse_template

NAMES = sorted(
    path.name.removesuffix(".md") for path in files("lsp_server.prompts").iterdir() if path.name[-3:] == ".md"
)

SOURCE = """---
purpose: Greet.
inputs:
  name: Who is greeted.
output: A greeting.
---

# system

Be kind.

# user

Greet {{name}}.
"""


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_file_is_well_formed(name: str) -> None:
    """
    Each says what it is for, what it needs and what is to be answered, and uses exactly what it declares.
    """
    template = load(name)

    assert template.purpose
    assert template.output
    assert all(template.inputs.values())
    assert "system" in template.sections


def test_a_section_is_rendered() -> None:
    """
    Placeholders give way to values, and white space round a section is dropped.
    """
    assert parse_template(SOURCE).render("user", name="Ada") == "Greet Ada."


def test_values_are_not_searched_for_placeholders() -> None:
    """
    A value that looks like a placeholder stands as it is.
    """
    assert parse_template(SOURCE).render("user", name="{{name}}") == "Greet {{name}}."


@pytest.mark.parametrize(("section", "values"), [("user", {}), ("system", {"name": "Ada"}), ("user", {"nome": "Ada"})])
def test_missing_and_superfluous_values_fail(section: str, values: dict[str, str]) -> None:
    """
    Nothing is left unfilled or passed in vain.
    """
    with pytest.raises(ValueError, match=r"name|nome"):
        parse_template(SOURCE).render(section, **values)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("---\npurpose", "purpose"),
        ("purpose: Greet.\n", ""),
        ("output: A greeting.\n", ""),
        ("  name: Who is greeted.\n", ""),
        ("  name: Who is greeted.\n", "  name:\n"),
        ("{{name}}", "you"),
        ("{{name}}", "{{whom}}"),
    ],
)
def test_malformed_files_fail(old: str, new: str) -> None:
    """
    A file without its header, or whose declaration and text disagree, is refused.
    """
    with pytest.raises(ValueError, match=r"prompt|declared"):
        parse_template(SOURCE.replace(old, new))


def test_the_fingerprint_changes_with_every_word() -> None:
    """
    Cache keys and events can tell one wording from another.
    """
    original, changed = parse_template(SOURCE), parse_template(SOURCE.replace("kind", "polite"))

    assert original.fingerprint == parse_template(SOURCE).fingerprint
    assert original.fingerprint != changed.fingerprint
