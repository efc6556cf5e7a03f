"""
Reading declarations from words alone.
"""

import numpy as np
import pytest

from lsp_server.providers.local.corpus import SourceFile
from lsp_server.providers.local.declared import literal_members, read_declared, receiver_members
from lsp_server.providers.local.vocabulary import Vocabulary
from lsp_server.providers.local.workspace_index import build_index, lex_file

SOURCE = """
export interface User { name: string; readonly email?: string;
  greet(other: User): void;
}
type Point = { x: number, y: number };
enum Colour { Red, Green = 'green' }
const LIMITS = { small: 1, large: { nested: 2 } };
export abstract class Store<T> extends Base {
  private items: T[] = [];
  async load(id: string) { const inner = { hidden: 1 }; return inner; }
  static create() { return new Store(); }
}
function show(user: User, at?: Point) { const store = new Store(); }
"""


def members(source: str, owner: str) -> list[str]:
    vocabulary = Vocabulary()
    words = lex_file(SourceFile("a.ts", source), vocabulary).words
    declared = read_declared(words, vocabulary)
    return [vocabulary.words[word] for word in declared.members.get(vocabulary[owner], ())]


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        ("User", ["name", "email", "greet"]),
        ("Point", ["x", "y"]),
        ("Colour", ["Red", "Green"]),
        ("LIMITS", ["small", "large"]),
        ("Store", ["items", "load", "create"]),
        ("show", []),
    ],
)
def test_members(owner: str, expected: list[str]) -> None:
    """
    Types, enums and constant objects have the members at their first level, whatever modifiers these carry.
    """
    assert members(SOURCE, owner) == expected


def test_an_imported_type_has_no_members_here() -> None:
    """
    `import { type User }` declares nothing.
    """
    assert members("import { type User } from './user';\nconst a = { b: 1 };\n", "User") == []


@pytest.mark.parametrize(
    "source", ["", "class", "interface A {", "const x = {", "enum { , } type = <", "}}}} class A {"]
)
def test_broken_code_is_read_without_complaint(source: str) -> None:
    """
    Half a declaration is no reason to fail.
    """
    members(source, "A")


def read(source: str) -> tuple[Vocabulary, list[int]]:
    vocabulary = Vocabulary()
    return vocabulary, lex_file(SourceFile("a.ts", source), vocabulary).words.tolist()[:-1]


def test_the_members_of_a_receiver_are_those_of_its_type() -> None:
    """
    A parameter has the members of the type it is declared with, `this` those of the class.
    """
    vocabulary, words = read(f"{SOURCE}user.")
    declared = read_declared(np.array(words, dtype=np.int32), vocabulary)
    context = words[::-1]
    names = receiver_members(context, (declared,), vocabulary, vocabulary["Store"])
    assert [vocabulary.words[name] for name in names] == ["name", "email", "greet"]
    this = receiver_members([vocabulary["."], vocabulary["this"]], (declared,), vocabulary, vocabulary["Store"])
    assert vocabulary["items"] in this


def test_fields_of_a_literal_come_from_its_type_and_attributes_from_the_props() -> None:
    """
    Braces that belong to a type offer its members; a tag offers those of its component's props.
    """
    vocabulary, words = read(f"{SOURCE}interface ButtonProps {{ label: string; onPress(): void }}\nButton")
    declared = read_declared(np.array(words, dtype=np.int32), vocabulary)
    assert literal_members(vocabulary["Point"], (declared,), vocabulary) == [vocabulary["x"], vocabulary["y"]]
    assert literal_members(vocabulary["Button"], (declared,), vocabulary) == [
        vocabulary["label"],
        vocabulary["onPress"],
    ]


def test_exports_are_known_by_file() -> None:
    """
    Who exports a name is known for the whole workspace; what is not exported is not listed.
    """
    vocabulary = Vocabulary()
    files = [
        lex_file(SourceFile("src/a.ts", "export async function alpha() {}\nfunction beta() {}\n"), vocabulary),
        lex_file(SourceFile("src/b.ts", "export abstract class Gamma {}\nexport const alpha = 1;\n"), vocabulary),
    ]
    index = build_index(files, vocabulary)
    exported = {
        vocabulary.words[name]: [index.paths[file] for file in where] for name, where in index.declared.exported.items()
    }
    assert exported == {"alpha": ["src/a.ts", "src/b.ts"], "Gamma": ["src/b.ts"]}
