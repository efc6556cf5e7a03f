"""
What is read off a file: declarations, members, imports and exports.
"""

import pytest

from lsp_server.index.extraction import MAX_STATEMENTS, extract
from lsp_server.index.nodes import tree_of
from lsp_server.index.record import Declaration, FileRecord, from_json, to_json
from lsp_server.index.records import record_of


def extracted(source: str, path: str = "a.ts") -> FileRecord:
    """
    The record of a source.
    """
    return record_of(path, source.encode())


def only(source: str, path: str = "a.ts") -> Declaration:
    """
    The one declaration of a source.
    """
    (found,) = extracted(source, path).declarations
    return found


@pytest.mark.parametrize(
    ("source", "name", "kind", "signature"),
    [
        ("export function f<T>(a: T): T[] { return [a] }", "f", "function", "export function f<T>(a: T): T[]"),
        (
            "const f = async (a: string): Promise<void> => { b() }",
            "f",
            "function",
            "const f = async (a: string): Promise<void> =>",
        ),
        ("export const n: number = 3", "n", "const", "export const n: number = 3"),
        (
            "export abstract class C<T> extends B<T> implements I { m() {} }",
            "C",
            "class",
            "export abstract class C<T> extends B<T> implements I",
        ),
        ("@Injectable()\nexport class C {}", "C", "class", "export class C"),
        (
            "export interface I extends A, B<string> { x: 1 }",
            "I",
            "interface",
            "export interface I extends A, B<string>",
        ),
        ("export type T = 'a' | 'b';", "T", "type", "export type T = 'a' | 'b';"),
        ("export enum E { A = 1, B }", "E", "enum", "export enum E"),
        ("export declare namespace N { const x: number }", "N", "namespace", "export declare namespace N"),
        ("export const o = { a: 1, b() {} } as const", "o", "const", "export const o = {"),
        ("export const M = memo(({ a }: P) => <div/>)", "M", "function", "export const M = memo(({ a }: P) =>"),
    ],
)
def test_declarations(source: str, name: str, kind: str, signature: str) -> None:
    """
    Each kind of declaration is found with its name and its head on one line, without its body.
    """
    found = only(source, "a.tsx" if "<div" in source else "a.ts")

    assert (found.name, found.kind, found.signature) == (name, kind, signature)


@pytest.mark.parametrize(
    ("source", "members"),
    [
        ("class C { private a = new B(); m(x: string): D { return 1 } }", [("a", "new B"), ("m", "D")]),
        ("class C { constructor(private readonly s: Service) {} }", [("constructor", ""), ("s", "Service")]),
        ("interface I { a?: string; b(): void; 'c-d': 1 }", [("a", "string"), ("b", "void"), ("c-d", "1")]),
        ("type T = { a: A } & { b: B }", [("a", "A"), ("b", "B")]),
        ("enum E { A = 'a', B }", [("A", ""), ("B", "")]),
        ("const o = { a: createA(), b, c() { return 1 } }", [("a", "createA()"), ("b", "b"), ("c", "")]),
        ("const s = createSlice({ name: 'x', reducers: { add() {} } })", [("name", ""), ("reducers", ""), ("add", "")]),
        ("function F({ open }: { open: boolean }) {}", [("open", "boolean")]),
        ("interface I { nested: { deep: string } }", [("nested", "{ deep: string }"), ("deep", "string")]),
    ],
)
def test_members(source: str, members: list[tuple[str, str]]) -> None:
    """
    Members come with their types, those that initialisers and constructor parameters imply included.
    """
    assert [(member.name, member.type) for member in only(source).members] == members


def test_exports_in_all_their_forms() -> None:
    """
    Named, renamed, default, star and namespace exports are told apart.
    """
    record = extracted(
        """
        export { a, b as c };
        export { default as d } from './d';
        export * from './e';
        export * as ns from './f';
        export default a;
        """
    )

    assert [tuple(entry) for entry in record.exports] == [
        ("a", "a", ""),
        ("c", "b", ""),
        ("d", "default", "./d"),
        ("*", "*", "./e"),
        ("ns", "*", "./f"),
        ("default", "a", ""),
    ]


def test_imports_in_all_their_forms() -> None:
    """
    Default, named, renamed, namespace, type-only, side-effect and `require` imports are told apart.
    """
    record = extracted(
        """
        import a, { b, c as d } from './a';
        import * as ns from './ns';
        import type { T } from './t';
        import './effect';
        import old = require('./old');
        """
    )

    assert [(entry.specifier, entry.names, entry.type_only) for entry in record.imports] == [
        ("./a", (("default", "a"), ("b", "b"), ("c", "d")), False),
        ("./ns", (("*", "ns"),), False),
        ("./t", (("T", "T"),), True),
        ("./effect", (), False),
        ("./old", (("*", "old"),), False),
    ]


def test_the_first_sentence_of_a_doc_comment_is_kept() -> None:
    """
    Tags and further sentences are left out.
    """
    found = only("/**\n * Loads a user. Slowly.\n * @param id whose\n */\nexport function load(id: string) {}")

    assert found.doc == "Loads a user"


def test_half_typed_code_still_yields_what_stands() -> None:
    """
    A broken statement costs only itself.
    """
    record = extracted("export function whole(): void {}\nconst x = foo(\nexport class Later { a: string }")

    assert "whole" in [item.name for item in record.declarations]


def test_a_union_of_thousands_is_no_trouble() -> None:
    """
    Nesting has no bound in what is read.
    """
    union = " | ".join(f"{{ k{number}: {number} }}" for number in range(5000))

    assert only(f"export type Big = {union};").name == "Big"


def test_a_record_survives_storing() -> None:
    """
    What was stored is read back equal, and what is no record is refused.
    """
    record = extracted("import { a } from './a';\nexport class C extends B { m(): a {} }\nexport * from './x';")

    assert from_json(to_json(record)) == record
    with pytest.raises(ValueError, match="not a record"):
        from_json("[[1], [], []]")


def test_of_an_endless_file_the_top_and_the_cursor_count() -> None:
    """
    What stands between is not read, wherever the cursor is.
    """
    rows = [f"const row{number} = {number};\n" for number in range(3 * MAX_STATEMENTS)]
    source = "".join(rows).encode()
    root = tree_of("a.ts", source).root_node

    for place in (0, len(rows) // 2, len(rows) - 1):
        near = len("".join(rows[:place]))
        found = {declared.name for declared in extract(root, source, near=near).declarations}

        assert {"row0", f"row{place}"} <= found
        assert len(found) == MAX_STATEMENTS


def test_repeated_nonsense_is_given_up() -> None:
    """
    A file that would cost the parser gigabytes has no declarations, and costs little.
    """
    assert extract(tree_of("a.ts", b"(|yield" * 5000).root_node, b"").declarations == ()
