"""
Where imports lead. What the compiler itself says of real repositories is compared in tests/evaluation/context.
"""

from pathlib import Path

import pytest

from lsp_server.index.disk import Disk
from lsp_server.index.resolution import Resolver
from tests.support.memory_files import MemoryFiles

BUNDLER = '{"compilerOptions": {"moduleResolution": "bundler"}}'


def resolved(
    files: dict[str, str], specifier: str, importer: str = "/w/src/main.ts", links: dict[str, str] | None = None
) -> str | None:
    """
    Where `specifier` leads among `files`, all of whose folders may be packages.
    """
    resolver = Resolver(MemoryFiles({f"/w/{path}": text for path, text in files.items()}, links))
    resolver.add_packages({f"/w/{path}".rsplit("/", 1)[0] for path in files})
    found = resolver.resolve(specifier, importer)
    return found.removeprefix("/w/") if found else None


@pytest.mark.parametrize(
    ("specifier", "there", "expected"),
    [
        ("./a", ["src/a.ts", "src/a.tsx"], "src/a.ts"),
        ("./a", ["src/a.d.ts", "src/a.js"], "src/a.d.ts"),
        ("./a", ["src/a/index.tsx"], "src/a/index.tsx"),
        ("./a", ["src/a.ts", "src/a/index.ts"], "src/a.ts"),
        ("./a/", ["src/a.ts", "src/a/index.ts"], "src/a/index.ts"),
        ("..", ["index.ts", "src/index.ts"], "index.ts"),
        (".", ["src/index.ts"], "src/index.ts"),
        ("./a.js", ["src/a.ts"], "src/a.ts"),
        ("./a.js", ["src/a.tsx", "src/a.js"], "src/a.tsx"),
        ("./a.jsx", ["src/a.tsx"], "src/a.tsx"),
        ("./a.mjs", ["src/a.mts"], "src/a.mts"),
        ("./a.js", ["src/a.js.ts"], "src/a.js.ts"),
        ("./a.service", ["src/a.service.ts"], "src/a.service.ts"),
        ("./a", ["src/a.js"], "src/a.js"),
        ("./a", ["src/b.ts"], None),
        ("/w/src/a", ["src/a.ts"], "src/a.ts"),
    ],
)
def test_relative_specifiers(specifier: str, there: list[str], expected: str | None) -> None:
    """
    Endings are added and rewritten in the compiler's order, files before folders.
    """
    assert resolved(dict.fromkeys(there, ""), specifier) == expected


def test_paths_take_the_longest_prefix_and_the_first_target_that_exists() -> None:
    """
    An exact pattern beats a star, a longer prefix a shorter one.
    """
    config = """{
      // Comments and trailing commas are common here.
      "compilerOptions": {
        "paths": {"@/*": ["./none/*", "./src/*"], "@/lib/*": ["./library/*"], "exact": ["./src/exact.ts"],},
      },
    }"""
    files = {"tsconfig.json": config, "src/a.ts": "", "src/lib/b.ts": "", "library/b.ts": "", "src/exact.ts": ""}

    assert resolved(files, "@/a") == "src/a.ts"
    assert resolved(files, "@/lib/b") == "library/b.ts"
    assert resolved(files, "exact") == "src/exact.ts"


def test_options_are_inherited_and_stay_relative_to_where_they_were_written() -> None:
    """
    `extends` brings `baseUrl` and `paths` along; the nearest configuration counts.
    """
    files = {
        "tsconfig.base.json": '{"compilerOptions": {"baseUrl": "./packages", "paths": {"~/*": ["core/*"]}}}',
        "packages/app/tsconfig.json": '{"extends": "../../tsconfig.base.json"}',
        "packages/core/x.ts": "",
        "packages/shared.ts": "",
    }

    assert resolved(files, "~/x", "/w/packages/app/main.ts") == "packages/core/x.ts"
    assert resolved(files, "shared", "/w/packages/app/main.ts") == "packages/shared.ts"


def test_a_circle_of_extends_ends() -> None:
    """
    Configurations that extend each other are read, not followed for ever.
    """
    files = {"tsconfig.json": '{"extends": "./b.json"}', "b.json": '{"extends": "./tsconfig.json"}', "src/a.ts": ""}

    assert resolved(files, "./a") == "src/a.ts"


def test_a_solution_speaks_through_the_project_it_refers_to() -> None:
    """
    A configuration without files of its own, as new projects have it, leads to the one beside it.
    """
    files = {
        "tsconfig.json": '{"files": [], "references": [{"path": "./tsconfig.app.json"}]}',
        "tsconfig.app.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
        "src/a.ts": "",
    }

    assert resolved(files, "@/a") == "src/a.ts"


def test_exports_maps_of_linked_packages() -> None:
    """
    Conditions, subpaths and patterns of `exports` are followed, and links to their real place.
    """
    package = """{"name": "@x/p", "exports": {
      ".": {"types": "./src/index.ts"}, "./sub": "./src/sub.ts", "./f/*": {"import": "./src/features/*.ts"},
      "./hidden/*": null}}"""
    files = {
        "tsconfig.json": BUNDLER,
        "packages/p/package.json": package,
        "packages/p/src/index.ts": "",
        "packages/p/src/sub.ts": "",
        "packages/p/src/features/one.ts": "",
    }
    links = {"/w/node_modules/@x/p": "/w/packages/p"}

    for specifier, expected in [("@x/p", "index.ts"), ("@x/p/sub", "sub.ts"), ("@x/p/f/one", "features/one.ts")]:
        assert resolved(files, specifier, links=links) == f"packages/p/src/{expected}"


def test_a_workspace_package_that_is_not_built_leads_to_its_source() -> None:
    """
    Without node_modules and without `dist`, the source that would be built is found.
    """
    files = {
        "packages/p/package.json": '{"name": "@x/p", "main": "./dist/index.js", "types": "./dist/index.d.ts"}',
        "packages/p/src/index.ts": "",
        "packages/p/src/deep/thing.ts": "",
    }

    assert resolved(files, "@x/p") == "packages/p/src/index.ts"
    assert resolved(files, "@x/p/deep/thing") == "packages/p/src/deep/thing.ts"


def test_own_imports_and_own_name() -> None:
    """
    `#internal` and the package's own name go through its `package.json`.
    """
    files = {
        "tsconfig.json": BUNDLER,
        "package.json": '{"name": "me", "imports": {"#i/*": "./src/*.ts"}, "exports": {"./a": "./src/a.ts"}}',
        "src/a.ts": "",
    }

    assert resolved(files, "#i/a") == "src/a.ts"
    assert resolved(files, "me/a") == "src/a.ts"


def test_declarations_of_dependencies() -> None:
    """
    `types` of an installed package, else its `@types`.
    """
    files = {
        "node_modules/dep/package.json": '{"name": "dep", "types": "./lib/dep.d.ts"}',
        "node_modules/dep/lib/dep.d.ts": "",
        "node_modules/@types/plain/index.d.ts": "",
        "node_modules/plain/index.js": "",
    }

    assert resolved(files, "dep") == "node_modules/dep/lib/dep.d.ts"
    assert resolved(files, "plain") == "node_modules/@types/plain/index.d.ts"


def test_nonsense_leads_nowhere() -> None:
    """
    Empty, scoped-only and unreadable configurations are no error.
    """
    for specifier in ("", "@", "@scope", "\0", "https://x/y.js", "node:fs"):
        assert resolved({"tsconfig.json": "{not json", "src/a.ts": ""}, specifier) is None


def test_the_disk_is_asked_again_after_forgetting(tmp_path: Path) -> None:
    """
    A file that was created later is found once the disk was told to look again.
    """
    disk = Disk()
    path = tmp_path / "later.ts"

    assert not disk.is_file(path.as_posix())
    path.write_text("")
    assert not disk.is_file(path.as_posix())
    disk.forget()
    assert disk.is_file(path.as_posix())
