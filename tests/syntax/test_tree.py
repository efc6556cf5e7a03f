"""
Trees: the right grammar, the right nodes, and the same tree by whichever way.
"""

import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.syntax.reading import Grammar
from lsp_server.syntax.tree import parse, parse_once, parse_text
from lsp_server.syntax.walk import errors
from lsp_server.text.document import ContentChange
from lsp_server.text.positions import Position, PositionEncoding, Span
from tests.support.edits import AWKWARD, ENCODINGS, HALVES, STEADY, changes, document_of, texts
from tests.support.marked import parse_marked
from tests.support.trees import written_out
from tests.syntax.samples import BY_LANGUAGE, TYPESCRIPT

UTF16 = PositionEncoding.UTF16

TYPED = (
    *("a", " ", "\n", "{", "}", "(", ")", "[", "]", "`", "${", "'", '"', "/", "*", "/*", "*/", "//", "<", ">"),
    *("</", "/>", "=", "=>", ";", ",", ".", ":", "?", "@", "return ", "const x = ", "class A {", "import "),
)


class TestNodes:
    @pytest.mark.parametrize(
        ("language_id", "grammar"),
        [
            ("typescript", Grammar.TYPESCRIPT),
            ("typescriptreact", Grammar.TSX),
            ("javascript", Grammar.JAVASCRIPT),
            ("javascriptreact", Grammar.JAVASCRIPT),
            ("plaintext", Grammar.TYPESCRIPT),
        ],
    )
    def test_reads_each_language_with_its_grammar(self, language_id: str, grammar: Grammar) -> None:
        """
        A language that we do not know is read as TypeScript.
        """
        assert parse_text("let a;", language_id).language is grammar

    @pytest.mark.parametrize(
        ("source", "sound_in"),
        [
            ("const a = <T>b;", {"typescript"}),
            ("const a = <b>c</b>;", {"typescriptreact", "javascript", "javascriptreact"}),
            ("const a: string = b;", {"typescript", "typescriptreact"}),
            ("const a = b;", set(BY_LANGUAGE)),
        ],
    )
    def test_finds_fault_where_the_language_would(self, source: str, sound_in: set[str]) -> None:
        """
        Type assertions, elements and annotations are errors in the languages that lack them.
        """
        assert {language for language in BY_LANGUAGE if not parse_text(source, language).error_count()} == sound_in

    def test_finds_the_smallest_node_at_a_place(self) -> None:
        """
        In characters of the text, though the grammar counts bytes.
        """
        source = parse_marked("const é = '😀'; foo(b█ar);")
        tree = parse_text(source.text, "typescript")
        node = tree.node_at(source.offset)
        assert tree.text_of(node) == "bar"
        assert tree.span_of(node) == Span(source.offset - 1, source.offset + 2)

    def test_names_the_path_to_a_place(self) -> None:
        """
        From the root down.
        """
        source = parse_marked("function f() { return █1; }")
        path = parse_text(source.text, "typescript").path_at(source.offset)
        assert [node.type for node in path] == [
            "program",
            "function_declaration",
            "statement_block",
            "return_statement",
            "number",
        ]

    def test_the_path_to_a_place_between_nodes_ends_at_what_holds_them(self) -> None:
        """
        Space belongs to the node that it is in.
        """
        source = parse_marked("function f() { █ return 1; }")
        path = parse_text(source.text, "typescript").path_at(source.offset)
        assert [node.type for node in path][-1] == "statement_block"

    def test_any_place_has_a_node(self) -> None:
        """
        Also the end of the text, and the only place of an empty one.
        """
        assert parse_text("", "typescript").node_at(0).type == "program"
        assert parse_text("a\n\n", "typescript").node_at(3).type == "program"
        assert [node.type for node in parse_text("", "typescript").path_at(0)] == ["program"]


class TestErrors:
    @pytest.mark.parametrize(
        ("source", "count"),
        [("let a = 1;", 0), ("let a = ;", 1), ("foo(", 1), ("function f() {", 1), ("let let let = ; )", 2)],
    )
    def test_counts_what_could_not_be_read(self, source: str, count: int) -> None:
        """
        Stretches that fit nowhere, and tokens that had to be made up.
        """
        assert (parse_text(source, "typescript").error_count() > 0) == (count > 0)
        assert (
            len(list(errors(parse_text(source, "typescript").root))) == parse_text(source, "typescript").error_count()
        )

    def test_counts_only_those_that_touch_a_span(self) -> None:
        """
        An error elsewhere does not matter.
        """
        text = "let a = ;\nlet b = 1;\n"
        tree = parse_text(text, "typescript")
        assert tree.error_count(Span(0, 9)) == 1
        assert tree.error_count(Span(10, len(text))) == 0


class TestReadingAgain:
    def test_an_edit_leads_to_the_tree_of_the_new_text(self) -> None:
        """
        The plain case: one character, in a sound text.
        """
        before = document_of("const a = 1;\nconst b = 2;\n")
        after, edits = before.apply([ContentChange((Position(0, 10), Position(0, 11)), "foo(3)")], 2, UTF16)
        tree = parse(after, parse(before), edits)
        assert tree.document is after
        assert written_out(tree) == written_out(parse(after))

    def test_the_earlier_tree_stays_as_it_was(self) -> None:
        """
        Whoever still works with the old tree sees the old nodes.
        """
        before = document_of("const a = 1;\n")
        tree = parse(before)
        as_it_was = written_out(tree)
        after, edits = before.apply([ContentChange((Position(0, 0), Position(0, 5)), "let")], 2, UTF16)
        parse(after, tree, edits)
        assert written_out(tree) == as_it_was

    def test_a_tree_of_another_language_is_no_help(self) -> None:
        """
        When the editor changes the language of a document, it is read afresh.
        """
        tree = parse(document_of("const a = <b>c</b>;", "typescript"))
        again = parse(document_of("const a = <b>c</b>;", "typescriptreact"), tree)
        assert again.error_count() == 0

    def test_an_error_ends_with_the_edit_that_mends_it(self) -> None:
        """
        A back-tick that was open over the whole file is closed, and nothing of it remains.
        """
        document = document_of(TYPESCRIPT)
        tree = parse(document)
        for text in ("`", "a", "`"):
            column = document.line_end(4) - document.line_start(4)
            document, edits = document.apply(
                [ContentChange((Position(4, column), Position(4, column)), text)], 2, UTF16
            )
            tree = parse(document, tree, edits)
            assert written_out(tree) == written_out(parse(document))
        assert tree.error_count() == 0

    def test_an_error_at_the_end_of_a_block_is_read_as_afresh(self) -> None:
        """
        Here plain incremental parsing finds another way to read the text than a fresh read does.
        """
        lines = TYPESCRIPT + "const view = (p: P) => { try { f(p) } catch (e) { g() } };\n"
        document = document_of(lines)
        row = lines.count("\n") - 1
        after, edits = document.apply([ContentChange((Position(row, 31), Position(row, 33)), "{")], 2, UTF16)
        assert written_out(parse(after, parse(document), edits)) == written_out(parse(after))

    @pytest.mark.parametrize("language_id", BY_LANGUAGE)
    def test_any_sequence_of_edits_leads_to_the_tree_of_a_fresh_read(self, language_id: str) -> None:
        """
        Whatever is sent, in any encoding, in code that is sound or broken.
        """

        @settings(STEADY, max_examples=150)
        @given(
            st.lists(
                st.lists(changes(texts((*TYPED, *AWKWARD, *HALVES), most=4), lines=36), min_size=1, max_size=2),
                max_size=8,
            ),
            ENCODINGS,
        )
        def check(batches: list[list[ContentChange]], encoding: PositionEncoding) -> None:
            document = document_of(BY_LANGUAGE[language_id], language_id)
            tree = parse(document)
            for batch in batches:
                document, edits = document.apply(batch, document.version + 1, encoding)
                tree = parse(document, tree, edits)
                assert written_out(tree) == written_out(parse(document))

        check()

    @settings(STEADY, max_examples=60)
    @given(st.integers(0, 34), st.text(st.sampled_from("ab1 \n(){}[]<>`'\"/*=.,;:$?!&|+-"), max_size=12))
    def test_typing_and_taking_back_leads_to_the_tree_of_a_fresh_read(self, row: int, typed: str) -> None:
        """
        Key by key, and each key undone, as an engineer at work does.
        """
        document = document_of(BY_LANGUAGE["typescriptreact"], "typescriptreact")
        tree = parse(document)
        keys = [*typed, *([""] * len(typed))]
        place = document.line_start(row)
        for key in keys:
            here = document.position_at(place, UTF16)
            there = here if key else document.position_at(place - 1, UTF16)
            document, edits = document.apply([ContentChange((there, here), key)], document.version + 1, UTF16)
            place += 1 if key else -1
            tree = parse(document, tree, edits)
            assert written_out(tree) == written_out(parse(document))

    def test_a_long_statement_with_an_error_is_read_as_afresh(self) -> None:
        """
        A class longer than what is read again as a whole.
        """
        methods = "".join(f"  m{n}(a: string) {{ if (a) {{ return [a, `${{a}}`]; }} }}\n" for n in range(400))
        document = document_of(f"class Long {{\n{methods}}}\nfoo();\n")
        tree = parse(document)
        for number, text in enumerate(("x(", "{", "`", "`", ")", "/* ", " */", "}", "${")):
            where = Position(100 + 20 * number, 22)
            document, edits = document.apply([ContentChange((where, where), text)], number, UTF16)
            tree = parse(document, tree, edits)
            assert written_out(tree) == written_out(parse(document))


class TestAnyInput:
    @pytest.mark.parametrize(
        "unit",
        [
            *("(", "[", "{", "a(", "`${", "<a>", "if(a)", "a=>", "x?", "!", "a+", "a.", "\0\x01\xff", "'\ud83d", "/*"),
            *("class A{", "<", "a<b,", "\r", "\u2028", "({a:", "@", "/["),
        ],
        ids=ascii,
    )
    @pytest.mark.parametrize("language_id", ["typescript", "typescriptreact", "javascript"])
    def test_is_read_however_deep_it_nests(self, unit: str, language_id: str) -> None:
        """
        Tens of thousands of anything, one in another, neither crash nor hang.
        """
        text = unit * 20_000
        tree = parse_text(text, language_id)
        tree.node_at(len(text) // 2)
        tree.error_count()
        assert tree.span_of(tree.root).end <= len(text)

    @pytest.mark.parametrize("unit", ["a<b,", "(|yield", "b<>", "\n~;", "+import;"], ids=ascii)
    def test_nonsense_that_would_take_gigabytes_is_left_unread(self, unit: str) -> None:
        """
        A text that repeats what makes no sense counts as one error, and the rest goes on without a tree of it.
        """
        tree = parse_text(unit * 20_000, "typescript")
        assert tree.error_count() == 1
        assert tree.root.child_count == 0
        assert tree.reading.broken == (Span(0, len(unit) * 20_000),)

    def test_patience_with_the_rest_ends(self) -> None:
        """
        Text that is no nonsense by its look and yet takes time without bound is left unread too.
        """
        assert parse_text(",-" * 50_000, "typescript").error_count() == 1

    def test_what_was_left_unread_is_read_once_most_of_it_is_gone(self) -> None:
        """
        Nonsense that was pasted by mistake is not held against the document for ever.
        """
        document = document_of("let a = 1;\n" + "a<b," * 5000)
        tree = parse(document)
        assert tree.error_count() == 1
        typed, edits = document.apply([ContentChange((Position(0, 0), Position(0, 0)), "x")], 2, UTF16)
        assert parse(typed, tree, edits).error_count() == 1
        mended, edits = document.apply([ContentChange((Position(1, 0), Position(2, 0)), "")], 2, UTF16)
        assert parse(mended, tree, edits).error_count() == 0

    def test_nonsense_that_is_pasted_is_found_out(self) -> None:
        """
        Not only when a document is opened with it.
        """
        document = document_of("let a = 1;\n")
        pasted, edits = document.apply([ContentChange((Position(1, 0), Position(1, 0)), "a<b," * 5000)], 2, UTF16)
        assert parse(pasted, parse(document), edits).root.child_count == 0

    @pytest.mark.parametrize(
        "line", ["const a = 1;\n", "  0, 0, 0, 0,\n", "// ----\n", "a();\n", "  { a: 1, b: [2] },\n", "\n"], ids=ascii
    )
    def test_code_that_repeats_itself_is_read(self, line: str) -> None:
        """
        Generated code may say the same line ten thousand times.
        """
        text = line * 10_000
        tree = parse_text(f"[{text}]" if line.startswith(" ") else text, "typescript")
        assert tree.error_count() == 0
        assert tree.root.end_byte >= len(text.rstrip())

    def test_is_read_when_it_nests_and_closes(self) -> None:
        """
        A tree that really is fifty thousand nodes deep can be walked to its end.
        """
        depth = 50_000
        text = "(" * depth + "a" + ")" * depth
        tree = parse_text(text, "typescript")
        assert tree.error_count() == 0
        assert len(tree.path_at(depth)) > depth

    def test_can_be_edited_however_deep_it_nests(self) -> None:
        """
        The same for reading again.
        """
        depth = 20_000
        document = document_of("[" * depth + "a" + "]" * depth)
        after, edits = document.apply([ContentChange((Position(0, depth), Position(0, depth + 1)), "b, c")], 2, UTF16)
        assert parse(after, parse(document), edits).error_count() == 0

    def test_is_read_in_many_threads_at_once(self) -> None:
        """
        Each thread has a parser of its own.
        """
        document = document_of(TYPESCRIPT * 20)
        trees = []
        threads = [threading.Thread(target=lambda: trees.append(parse(document))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expected = written_out(parse(document))
        assert [written_out(tree) == expected for tree in trees] == [True] * 8


def test_importing_costs_no_grammar() -> None:
    """
    The grammars are loaded by the first text, since a server must answer before.
    """
    rooms = "lsp_server.workspace, lsp_server.syntax.tree, lsp_server.syntax.regions, lsp_server.syntax.reading"
    code = f"import sys, {rooms}; print([name for name in sys.modules if 'tree_sitter' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


class TestOnce:
    def test_a_text_that_was_read_is_not_read_again(self) -> None:
        """
        Whatever document holds it; the tree belongs to the document that was asked about.
        """
        first, second = (document_of("const a = (b;\n", "typescript") for _ in range(2))

        trees = [parse_once(first), parse_once(second)]

        assert trees[0].reading is trees[1].reading
        assert [tree.document for tree in trees] == [first, second]

    def test_each_language_reads_for_itself(self) -> None:
        """
        The same text has another tree in each.
        """
        trees = [parse_once(document_of("const a = <b>c</b>;", name)) for name in ("typescript", "typescriptreact")]

        assert [tree.error_count() > 0 for tree in trees] == [True, False]

    def test_only_a_few_are_kept(self) -> None:
        """
        A session is long.
        """
        tree = parse_once(document_of("let first;", "typescript"))
        for number in range(20):
            parse_once(document_of(f"let a{number};", "typescript"))

        assert parse_once(tree.document).reading is not tree.reading
