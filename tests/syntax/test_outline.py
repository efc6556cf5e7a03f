"""
Outlines: what a file declares, in one line each, and what a place is within.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.syntax.outline import Declaration, DeclarationKind, outline
from lsp_server.syntax.tree import parse_text
from tests.support.edits import STEADY
from tests.syntax.samples import BY_LANGUAGE


def written(declaration: Declaration, depth: int = 0) -> list[str]:
    """
    A declaration and its members, one a line: kind, name, marks and signature.
    """
    marks = ("+" if declaration.exported else "") + ("!" if declaration.default else "")
    line = f"{'  ' * depth}{declaration.kind}{marks} {declaration.name}: {declaration.signature}"
    return [line, *(below for member in declaration.members for below in written(member, depth + 1))]


def check_outline(source: str, *expected: str, language_id: str = "typescriptreact") -> None:
    """
    The outline of `source` reads as expected; `+` marks what is exported, `!` the default.
    """
    declarations = outline(parse_text(source, language_id))
    assert [line for declaration in declarations for line in written(declaration)] == list(expected)


class TestFunctions:
    def test_show_their_head_without_the_body(self) -> None:
        """
        Parameters, defaults and types stay; the body goes.
        """
        check_outline(
            "export async function load<T>(id: string, n = 3): Promise<T> { return get(id); }",
            "function+ load: async function load<T>(id: string, n = 3): Promise<T>",
        )

    def test_are_told_on_one_line_without_comments(self) -> None:
        """
        However many lines the engineer gave them.
        """
        check_outline(
            "function f(\n  a: string, // the first\n  /* and */ b = 'x // y',\n): void {}",
            "function f: function f( a: string, b = 'x // y', ): void",
        )

    def test_count_each_overload(self) -> None:
        """
        Every signature is a declaration of its own.
        """
        check_outline(
            "function f(a: string): void;\nfunction f(a: number): void;\nfunction f(a: any) {}",
            "function f: function f(a: string): void",
            "function f: function f(a: number): void",
            "function f: function f(a: any)",
        )

    def test_include_generators_and_ambient_ones(self) -> None:
        """
        `function*` and `declare function`.
        """
        check_outline(
            "function* g() {}\ndeclare function h(a: string): void;",
            "function g: function* g()",
            "function h: function h(a: string): void",
        )

    def test_include_constants_that_hold_one(self) -> None:
        """
        Arrow functions, function expressions, and those handed through another function.
        """
        check_outline(
            "export const f = async (a: string): Promise<void> => { go(a); };\n"
            "const g = function (a) { return a; };\n"
            "export const View = memo(forwardRef((props: Props, ref) => { return <b/>; }));\n",
            "function+ f: const f = async (a: string): Promise<void> => …",
            "function g: const g = function (a) …",
            "const+ View: const View = memo(forwardRef((props: Props, ref) => …",
        )


class TestClasses:
    def test_show_their_members(self) -> None:
        """
        Methods, fields, accessors, and the properties that a constructor makes of its parameters.
        """
        check_outline(
            "export abstract class Q<T> extends B<T> implements I {\n"
            "  static #n = 1;\n"
            "  @Input() name!: string;\n"
            "  [key: string]: any;\n"
            "  run = (a: string) => { go(); };\n"
            "  constructor(private readonly http: Http, other: B) { super(); }\n"
            "  get size(): number { return 1; }\n"
            "  @Log() async *each<U>(a: U) {}\n"
            "  protected abstract find(id: string): T;\n"
            "  static { init(); }\n"
            "}",
            "class+ Q: abstract class Q<T> extends B<T> implements I",
            "  property #n: static #n = 1",
            "  property name: name!: string",
            "  property []: [key: string]: any",
            "  property run: run = (a: string) => …",
            "  method constructor: constructor(private readonly http: Http, other: B)",
            "  property http: private readonly http: Http",
            "  method size: get size(): number",
            "  method each: async *each<U>(a: U)",
            "  method find: protected abstract find(id: string): T",
        )

    def test_may_be_decorated_or_expressions(self) -> None:
        """
        Decorators are left out wherever they stand; a constant may be a class.
        """
        check_outline(
            "@Injectable({ a: 1 })\nexport class X {}\nexport @E class Y {}\nconst Z = class extends X { m() {} };",
            "class+ X: class X",
            "class+ Y: class Y",
            "class Z: const Z = class extends X …",
            "  method m: m()",
        )

    def test_of_javascript_have_fields_too(self) -> None:
        """
        The grammar calls them otherwise.
        """
        check_outline(
            "class Cart { #items = []; add(item) { return 1; } }",
            "class Cart: class Cart",
            "  property #items: #items = []",
            "  method add: add(item)",
            language_id="javascript",
        )


class TestTypes:
    def test_of_every_kind(self) -> None:
        """
        Interfaces, aliases, enums.
        """
        check_outline(
            "export interface I<T> extends J { (a: string): void; new (b: T): I<T>; m?(): void; readonly p?: string }\n"
            "type U = { [K in keyof P]: P[K] } | 'lit';\n"
            "type O = { a: string; m(): void };\n"
            "export const enum E { A = 1, B }",
            "interface+ I: interface I<T> extends J",
            "  method : (a: string): void",
            "  method new: new (b: T): I<T>",
            "  method m: m?(): void",
            "  property p: readonly p?: string",
            "type U: type U = { [K in keyof P]: P[K] } | 'lit'",
            "type O: type O = { a: string; m(): void }",
            "  property a: a: string",
            "  method m: m(): void",
            "enum+ E: const enum E",
            "  member A: A = 1",
            "  member B: B",
        )

    def test_in_namespaces_and_modules(self) -> None:
        """
        Also what is declared for everyone.
        """
        check_outline(
            "namespace N.M { export function f() {} namespace P { let x = 1; } }\n"
            "declare module 'm' { export interface A {} }\n"
            "declare global { interface Window { a: 1 } }",
            "namespace N.M: namespace N.M",
            "  function+ f: function f()",
            "  namespace P: namespace P",
            "    variable x: let x = 1",
            "namespace m: module 'm'",
            "  interface+ A: interface A",
            "namespace global: declare global",
            "  interface Window: interface Window",
            "    property a: a: 1",
        )


class TestVariables:
    def test_keep_short_values(self) -> None:
        """
        The keyword, the type and the value, each name for itself.
        """
        check_outline(
            "export const LIMIT = 10, NAME: string = 'x';\nlet open: boolean | undefined;\nvar old = 1;",
            "const+ LIMIT: const LIMIT = 10",
            "const+ NAME: const NAME: string = 'x'",
            "variable open: let open: boolean | undefined",
            "variable old: var old = 1",
        )

    def test_lose_the_rest_of_long_ones(self) -> None:
        """
        A table of data is not a signature.
        """
        (table,) = outline(parse_text(f"const TABLE = [{'1, ' * 500}];", "typescript"))
        assert table.signature.startswith("const TABLE = [1, 1,")
        assert table.signature.endswith("…")
        assert len(table.signature) <= 240

    def test_taken_apart_are_one_each(self) -> None:
        """
        Every name in a pattern is declared.
        """
        check_outline(
            "export const { a, b: { c }, ...d } = x;",
            "const+ a: const { a, b: { c }, ...d } = x",
            "const+ c: const { a, b: { c }, ...d } = x",
            "const+ d: const { a, b: { c }, ...d } = x",
        )


class TestExports:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("export default function () {}", "function+! default: function ()"),
            ("export default function f() {}", "function+! f: function f()"),
            ("export default class extends B {}", "class+! default: class extends B"),
            ("export default () => {};", "function+! default: () => …"),
            ("export default make(1);", "expression+! default: make(1)"),
            ("export = make(1);", "expression+! default: make(1)"),
            ("const a = 1;\nexport default a;", "const+! a: const a = 1"),
            ("const a = 1;\nexport = a;", "const+! a: const a = 1"),
            ("export { a };\nconst a = 1;", "const+ a: const a = 1"),
            ("export { a as b };\nconst a = 1;", "const+ a: const a = 1"),
            ("export { a as default };\nconst a = 1;", "const+! a: const a = 1"),
            ("export { a } from 'x';\nconst a = 1;", "const a: const a = 1"),
        ],
    )
    def test_in_every_form(self, source: str, expected: str) -> None:
        """
        Where a name is exported apart from where it is declared, the declaration says so.
        """
        check_outline(source, expected)

    def test_of_nothing_declared_here_declare_nothing(self) -> None:
        """
        Imports and re-exports are not declarations.
        """
        check_outline("import a from 'a';\nexport default a;\nexport * from 'b';\nfoo();\n")


class TestDocs:
    @pytest.mark.parametrize(
        ("comment", "sentence"),
        [
            ("/** Loads one. Or none. */", "Loads one."),
            ("/**\n * Loads one\n * from far away.\n *\n * More.\n */", "Loads one from far away."),
            ("/**\n * Loads v1.2 of it\n * @param a the id\n */", "Loads v1.2 of it"),
            ("/** @deprecated Use another. */", ""),
            ("/** See {@link Cart | the cart} and {@link Item}. */", "See Cart and Item."),
            ("/* Not for readers. */", ""),
            ("// Nor this.", ""),
        ],
    )
    def test_give_their_first_sentence(self, comment: str, sentence: str) -> None:
        """
        Of a documentation comment that stands right before.
        """
        (declaration,) = outline(parse_text(f"{comment}\nexport function f() {{}}\n", "typescript"))
        assert declaration.doc == sentence

    def test_stand_before_decorators_and_members_too(self) -> None:
        """
        Where engineers write them.
        """
        (declaration,) = outline(
            parse_text("/** A. */\n@D()\nexport class A {\n  /** M. */\n  @E()\n  m() {}\n}\n", "typescript")
        )
        assert (declaration.doc, declaration.members[0].doc) == ("A.", "M.")

    def test_spans_cover_the_whole_statement(self) -> None:
        """
        With `export` and to the last brace.
        """
        source = "foo();\nexport class A {\n}\n"
        (declaration,) = outline(parse_text(source, "typescript"))
        assert source[declaration.span.start : declaration.span.end] == "export class A {\n}"


class TestAnyText:
    @pytest.mark.parametrize("language_id", BY_LANGUAGE)
    def test_is_outlined_wherever_it_breaks_off(self, language_id: str) -> None:
        """
        A file that is being typed keeps the declarations above the cursor.
        """
        text = BY_LANGUAGE[language_id]
        whole = outline(parse_text(text, language_id))
        for end in range(0, len(text), 11):
            found = {declaration.name for declaration in outline(parse_text(text[:end], language_id))}
            complete = {declaration.name for declaration in whole if declaration.span.end < end - 1}
            assert complete <= found

    @STEADY
    @given(st.text(st.sampled_from("ab \n(){}[]<>`'\"/*=$;:@,.\u2028é😀\0"), max_size=60))
    def test_has_some_outline(self, text: str) -> None:
        """
        Nonsense too.
        """
        tree = parse_text(f"export class {text}", "typescriptreact")
        assert all(declaration.kind in DeclarationKind for declaration in outline(tree))

    def test_nesting_has_a_bound(self) -> None:
        """
        Namespaces in namespaces are followed some way and no farther.
        """
        depth = 5_000
        tree = parse_text("namespace N { " * depth + "}" * depth, "typescript")
        assert len(written(outline(tree)[0])) < 10
