"""
Imports: every way in which a file names another module.
"""

import pytest

from lsp_server.syntax.imports import Import, imports
from lsp_server.syntax.tree import parse_text


def only_import(source: str, language_id: str = "typescriptreact") -> Import:
    """
    The one module that `source` names.
    """
    (found,) = imports(parse_text(source, language_id))
    return found


class TestImportStatements:
    @pytest.mark.parametrize(
        ("source", "names", "default", "namespace"),
        [
            ('import "m";', (), None, None),
            ('import a from "m";', (), "a", None),
            ('import * as n from "m";', (), None, "n"),
            ('import { a, b as c } from "m";', (("a", "a"), ("b", "c")), None, None),
            ('import d, { a } from "m";', (("a", "a"),), "d", None),
            ('import d, * as n from "m";', (), "d", "n"),
            ('import { default as d } from "m";', (("default", "d"),), None, None),
            ('import a = require("m");', (), "a", None),
            ('import data from "m" with { type: "json" };', (), "data", None),
            ("import {\n  a,\n  b,\n} from 'm'\n", (("a", "a"), ("b", "b")), None, None),
        ],
    )
    def test_bind_names(
        self, source: str, names: tuple[tuple[str, str], ...], default: str | None, namespace: str | None
    ) -> None:
        """
        Each with its name there and its name here.
        """
        found = only_import(source)
        assert (found.specifier, found.names, found.default, found.namespace) == ("m", names, default, namespace)
        assert not found.type_only
        assert not found.reexport

    @pytest.mark.parametrize(
        ("source", "type_only"),
        [
            ('import type { A } from "m";', True),
            ('import type A from "m";', True),
            ('import { type A, type B } from "m";', True),
            ('import { type A, b } from "m";', False),
            ('import { type } from "m";', False),
            ('export type { A } from "m";', True),
        ],
    )
    def test_say_whether_only_types_come(self, source: str, type_only: bool) -> None:
        """
        For the statement as a whole; a module may well be called `type`.
        """
        assert only_import(source).type_only is type_only

    def test_cover_their_statement(self) -> None:
        """
        The span is the whole of it.
        """
        source = 'foo();\nimport a from "m";\n'
        span = only_import(source).span
        assert source[span.start : span.end] == 'import a from "m";'


class TestReexports:
    @pytest.mark.parametrize(
        ("source", "names", "namespace"),
        [
            ('export * from "m";', (), None),
            ('export * as n from "m";', (), "n"),
            ('export { a, b as c, default } from "m";', (("a", "a"), ("b", "c"), ("default", "default")), None),
        ],
    )
    def test_pass_names_on(self, source: str, names: tuple[tuple[str, str], ...], namespace: str | None) -> None:
        """
        Each with its name there and the name that it is passed on under.
        """
        found = only_import(source)
        assert (found.specifier, found.names, found.namespace) == ("m", names, namespace)
        assert found.reexport

    @pytest.mark.parametrize("source", ["export { a };", "export default a;", "export const a = 1;", "import q = N.M;"])
    def test_are_no_exports_of_its_own(self, source: str) -> None:
        """
        Without a module there is nothing imported.
        """
        assert imports(parse_text(source, "typescript")) == ()


class TestCalls:
    @pytest.mark.parametrize(
        ("source", "names", "namespace"),
        [
            ('require("m");', (), None),
            ('const m = require("m");', (), "m"),
            ('const { a, b: c } = require("m");', (("a", "a"), ("b", "c")), None),
            ('const m = await import("m");', (), "m"),
            ('const { a } = await import("m");', (("a", "a"),), None),
            ('const View = lazy(() => import("m"));', (), None),
            ("import(`m`).then(go);", (), None),
            ('type A = import("m").B;', (), None),
            ('function f() { return require(\n  "m",\n); }', (), None),
        ],
    )
    @pytest.mark.parametrize("language_id", ["typescript", "typescriptreact"])
    def test_bind_what_they_are_assigned_to(
        self, source: str, names: tuple[tuple[str, str], ...], namespace: str | None, language_id: str
    ) -> None:
        """
        `require` and `import()`, wherever they stand.
        """
        found = only_import(source, language_id)
        assert (found.specifier, found.names, found.namespace) == ("m", names, namespace)

    @pytest.mark.parametrize(
        "source",
        [
            '// require("m")',
            '/* import("m") */',
            "const s = 'require(\"m\")';",
            'require.resolve("m");',
            "require(name);",
            "import(`./${name}`);",
            'this.require_("m");',
        ],
    )
    def test_must_be_calls_with_a_name(self, source: str) -> None:
        """
        Comments, strings and computed names are not followed.
        """
        assert imports(parse_text(source, "typescript")) == ()


class TestWholeFiles:
    def test_list_modules_in_order(self) -> None:
        """
        Whatever the form.
        """
        source = 'import a from "1";\nconst b = require("2");\nexport * from "3";\nimport("4");\n'
        found = imports(parse_text(source, "typescript"))
        assert [module.specifier for module in found] == ["1", "2", "3", "4"]

    @pytest.mark.parametrize("half_typed", ["function f() {\n  foo(", "const s = `", "class A {", 'import { x, from "'])
    def test_keep_them_while_something_below_is_broken(self, half_typed: str) -> None:
        """
        The imports above a cursor are known while it types.
        """
        source = 'import a, { b } from "1";\nimport type { C } from "2";\n' + half_typed
        found = imports(parse_text(source, "typescriptreact"))
        assert [module.specifier for module in found[:2]] == ["1", "2"]
        assert found[0].names == (("b", "b"),)
