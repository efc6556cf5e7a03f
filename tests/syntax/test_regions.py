"""
What surrounds a cursor, in whole code and in code that is being typed.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.syntax.regions import Region, region_at
from lsp_server.syntax.scan import Opener, openings_at_end
from lsp_server.syntax.tree import parse_text
from tests.support.edits import STEADY
from tests.support.marked import parse_marked
from tests.syntax.samples import BY_LANGUAGE

CODE, COMMENT, STRING, TEMPLATE, REGEX, JSX_TEXT = Region


def check_region(marked: str, region: Region, language_id: str = "typescriptreact") -> None:
    """
    A character typed at the cursor becomes part of `region`.
    """
    source = parse_marked(marked)
    assert region_at(parse_text(source.text, language_id), source.offset) is region


class TestStrings:
    @pytest.mark.parametrize(
        ("marked", "region"),
        [
            ('const a = "x█";', STRING),
            ('const a = "█";', STRING),
            ('const a = █"x";', CODE),
            ('const a = "x"█;', CODE),
            ('const a = "it\\"s█";', STRING),
            ('const a = "two\\\n lines█";', STRING),
            ('const a = "x\u2028█y";', STRING),
            ('import { a } from "./█";', STRING),
            ('type A = "x█";', STRING),
            ('const s = "it\'s";█', CODE),
        ],
    )
    def test_in_whole_code(self, marked: str, region: Region) -> None:
        """
        Between the quotes it is a string, outside it is not.
        """
        check_region(marked, region)

    @pytest.mark.parametrize(
        ("marked", "region"),
        [
            ('const a = "x█', STRING),
            ("const a = 'x█\nfoo()\n", STRING),
            ("const a = 'x\n█foo()\n", CODE),
            ("f('it█", STRING),
            ("f('it', █", CODE),
            ('import { a } from "./█', STRING),
            ("// it's\nfoo(█", CODE),
        ],
    )
    def test_in_code_half_typed(self, marked: str, region: Region) -> None:
        """
        A string that lacks its end reaches to the end of its line, and no farther.
        """
        check_region(marked, region)

    @pytest.mark.parametrize("word", ["string", "object"])
    def test_a_type_called_string_is_none(self, word: str) -> None:
        """
        The name of the type is code, though the grammar calls it as it calls literals.
        """
        check_region(f"let a: {word[:3]}█{word[3:]};", CODE)


class TestTemplates:
    @pytest.mark.parametrize(
        ("marked", "region"),
        [
            ("const a = `x█`", TEMPLATE),
            ("const a = `x ${█}`", CODE),
            ("const a = `x $█{a}`", TEMPLATE),
            ("const a = `x ${a}█`", TEMPLATE),
            ("const a = `x ${f(`${b█}`)}`", CODE),
            ("const a = `x ${f(`█${b}`)}`", TEMPLATE),
            ("type A = `x█`;", TEMPLATE),
            ("type A = `x${█}`;", CODE),
        ],
    )
    def test_in_whole_code(self, marked: str, region: Region) -> None:
        """
        Inside a substitution it is code again, to any depth.
        """
        check_region(marked, region)

    @pytest.mark.parametrize(
        ("marked", "region"),
        [
            ("const a = `x █", TEMPLATE),
            ("const a = `x ${█", CODE),
            ("const a = `x ${a█ y\nfoo()\n", CODE),
            ("const a = `x ${a} █ y\nfoo()\n", TEMPLATE),
            ("const a = `x ${{ b: 1 }.b} █\nfoo()\n", TEMPLATE),
            ("`${`${█`", CODE),
            ("f(`a`, █", CODE),
            ("const q = `\n  SELECT a\n  FROM b█\n\nconst c = 1;\nfunction f() {\n  return c;\n}\n", TEMPLATE),
            ("const q = `\n  SELECT a;\n  foo();\n  █\n\nfunction f() {\n  return 1;\n}\n", TEMPLATE),
        ],
    )
    def test_in_code_half_typed(self, marked: str, region: Region) -> None:
        """
        A template that lacks its end goes on, whatever the lines below look like.
        """
        check_region(marked, region)


class TestComments:
    @pytest.mark.parametrize(
        ("marked", "region"),
        [
            ("// x█", COMMENT),
            ("// x█\nfoo();\n", COMMENT),
            ("foo(); // x\n█", CODE),
            ("foo(); █// x", CODE),
            ("/* x█ */", COMMENT),
            ("/* x */█", CODE),
            ("/** x\n * █\n */\nfoo();", COMMENT),
            ("#!/usr/bin/env █node\nfoo();", COMMENT),
        ],
    )
    def test_in_whole_code(self, marked: str, region: Region) -> None:
        """
        A line comment holds the place at its end, a block comment does not.
        """
        check_region(marked, region)

    @pytest.mark.parametrize(
        "marked",
        [
            "/* x█",
            "/** x\n * █\nfunction f() {\n  return 1;\n}\n",
            "/** See `a`:\n * foo();\n * bar();\n█",
            "/* eslint-disable jsx-a11y/he█",
            "foo();\n/* see a/b and █\nbar();\n",
        ],
    )
    def test_goes_on_without_its_end(self, marked: str) -> None:
        """
        Though a grammar may take what follows for code, or the comment for a regular expression.
        """
        check_region(marked, COMMENT)

    def test_a_glob_in_a_string_begins_none(self) -> None:
        """
        `/*` in a string is just that.
        """
        check_region('include("src/**/*.ts");\nfoo(█);', CODE)
        check_region('include("src/**/*.t█s");', STRING)


class TestRegularExpressions:
    @pytest.mark.parametrize(
        ("marked", "region"),
        [
            ("const r = /a█b/g;", REGEX),
            ("const r = /ab█/g;", REGEX),
            ("const r = /ab/█g;", CODE),
            ("const r = █/ab/;", CODE),
            ("const r = /[/█]/;", REGEX),
            ("const r = a / b█;", CODE),
        ],
    )
    def test_in_whole_code(self, marked: str, region: Region) -> None:
        """
        Between the slashes, and not in what is a division.
        """
        check_region(marked, region)

    @pytest.mark.parametrize(
        ("marked", "region"),
        [
            ("const r = /ab█", REGEX),
            ("const r = a.replace(/[\"'█", REGEX),
            ("return /a█", REGEX),
            ("x = y.return /a█", CODE),
            ('const a = (b + c) / "d/█', STRING),
            ('const a = b[0] / "d/█', STRING),
            ('const a = b! / "c/█', STRING),
            ('const a = b++ / "c/█', STRING),
            ('const a = b /* x */ / "c/█', STRING),
            ("const a = b / c█", CODE),
            ("const a = !/ab█", REGEX),
        ],
    )
    def test_in_code_half_typed(self, marked: str, region: Region) -> None:
        """
        What stands before a slash tells whether it divides.
        """
        check_region(marked, region)


class TestJsx:
    @pytest.mark.parametrize(
        ("marked", "region"),
        [
            ("const v = <div>█</div>;", JSX_TEXT),
            ("const v = <div>it's // █</div>;", JSX_TEXT),
            ("const v = <div>hi {█}</div>;", CODE),
            ("const v = <div>hi {name}█</div>;", JSX_TEXT),
            ("const v = <div cl█assName='a'>x</div>;", CODE),
            ("const v = <div className='a█'>x</div>;", STRING),
            ("const v = <div><b>x</b>█</div>;", JSX_TEXT),
            ("const v = <div>█<b/></div>;", JSX_TEXT),
            ("const v = <div><█b/></div>;", CODE),
            ("const v = <div>x</█div>;", CODE),
            ("const v = <div>x</div>█;", CODE),
            ("const v = <>█</>;", JSX_TEXT),
            ("const v = <a b={<c>█</c>} />;", JSX_TEXT),
        ],
    )
    @pytest.mark.parametrize("language_id", ["typescriptreact", "javascript"])
    def test_in_whole_code(self, marked: str, region: Region, language_id: str) -> None:
        """
        Text between tags, strings and names in them, code in braces.
        """
        check_region(marked, region, language_id)

    @pytest.mark.parametrize(
        ("marked", "region"),
        [
            ("const v = <div className='a█", STRING),
            ("const v = <div className={█", CODE),
            ("const v = <div className={a}>█", JSX_TEXT),
            ("const v = <div>hello <b █", CODE),
            ("const v = <div>x</d█", CODE),
            ("const v = <div>x</div>, '█", STRING),
            ("const x = cond && <b>█", JSX_TEXT),
            ("return cond ? <A/> : <B>█", JSX_TEXT),
            ("function A() {\n  return (\n    <ul>\n      {items.map((i) => <li>█\n    </ul>\n  );\n}", JSX_TEXT),
            ("function A() {\n  return (\n    <ul>\n      {items.map((i) => █\n    </ul>\n  );\n}", CODE),
            ("const f = <T,>(x: T) => { '█", STRING),
            ("const f = async <T extends U>(x: T) => { '█", STRING),
            ("let f: <T>(x: T) => '█", STRING),
            ("foo<Bar>('█", STRING),
            ("if (a < b && c > '█", STRING),
        ],
    )
    def test_in_code_half_typed(self, marked: str, region: Region) -> None:
        """
        Tags that lack their ends are followed, type parameters and comparisons are not taken for tags.
        """
        check_region(marked, region)

    def test_plain_typescript_has_none(self) -> None:
        """
        There, `<T>` before an expression is a type assertion.
        """
        check_region("const a = <T>foo('█", STRING, "typescript")


class TestScanningAndReading:
    @pytest.mark.parametrize("language_id", BY_LANGUAGE)
    def test_agree_everywhere_in_whole_code(self, language_id: str) -> None:
        """
        At every place the text before it, scanned alone, says what the tree of the whole says.
        """
        text = BY_LANGUAGE[language_id]
        tree = parse_text(text, language_id)
        regions = {
            Opener.STRING: STRING,
            Opener.TEMPLATE: TEMPLATE,
            Opener.COMMENT: COMMENT,
            Opener.REGEX: REGEX,
            Opener.JSX_CHILDREN: JSX_TEXT,
        }
        for offset in range(len(text) + 1):
            if text[offset - 1 : offset + 1] in ("//", "/*"):
                continue  # Half a delimiter: nobody can tell yet what it will be.
            openings = openings_at_end(text[:offset], jsx=tree.has_jsx)
            scanned = regions.get(openings[-1].kind, CODE) if openings else CODE
            assert scanned is region_at(tree, offset), text[:offset][-40:]

    @pytest.mark.parametrize("language_id", BY_LANGUAGE)
    def test_the_text_behind_does_not_matter(self, language_id: str) -> None:
        """
        Wherever the text breaks off, the region at its end is what it was in the whole.
        """
        text = BY_LANGUAGE[language_id]
        tree = parse_text(text, language_id)
        for offset in range(0, len(text), 7):
            if text[offset - 1 : offset + 1] not in ("//", "/*"):
                cut = parse_text(text[:offset], language_id)
                assert region_at(cut, offset) is region_at(tree, offset), text[:offset][-40:]

    @STEADY
    @given(st.text(st.sampled_from("ab \n(){}[]<>`'\"/*=$;:!&\\\u2028é😀\0"), max_size=60), st.integers(0, 60))
    def test_answer_for_any_text(self, text: str, offset: int) -> None:
        """
        Nonsense has some region too.
        """
        offset = min(offset, len(text))
        for language_id in ("typescript", "typescriptreact"):
            tree = parse_text(text, language_id)
            assert region_at(tree, offset) in Region

    def test_a_flaw_far_above_does_not_slow_a_place_below(self) -> None:
        """
        Only so much text is scanned, and still from a line's start.
        """
        text = "let = ;\n" + "const a = `x`;\n" * 20_000
        assert region_at(parse_text(text, "typescript"), len(text) - 3) is TEMPLATE
