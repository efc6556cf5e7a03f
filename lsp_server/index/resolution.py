"""
Find the file that an import leads to, as the TypeScript compiler does.

Where the compiler would find only built output that is not there, the source it is built from is found instead.
"""

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, join, normpath

from lsp_server.index import tsconfig
from lsp_server.index.disk import FileSystem
from lsp_server.index.endings import ENDINGS, candidates, sources_of, split_ending
from lsp_server.index.packages import (
    Package,
    as_map,
    best_pattern,
    conditions_of,
    entries_of,
    mapped,
    split_package,
    targets_of_package,
)
from lsp_server.index.tsconfig import CompilerOptions


class Resolver:
    """
    Resolves imports and remembers configurations, packages and answers until `forget`.

    `packages` maps the names of the packages of this workspace to their folders.
    """

    def __init__(self, files: FileSystem) -> None:
        self._files = files
        self.packages: dict[str, str] = {}
        self._configs: dict[str, CompilerOptions] = {}
        self._loaded: dict[str, CompilerOptions | None] = {}
        self._scopes: dict[str, Package | None] = {}
        self._answers: dict[tuple[str, str], str | None] = {}

    def resolve(self, specifier: str, importer: str) -> str | None:
        """
        The file that `specifier` means in the file `importer`, or None.
        """
        key = (specifier, dirname(importer))
        if key not in self._answers:
            self._answers[key] = self._resolve(specifier, importer)
        return self._answers[key]

    def add_packages(self, folders: Iterable[str]) -> None:
        """
        Learn the names of the packages whose `package.json` lies in one of `folders`.
        """
        for folder in folders:
            package = self._package_in(folder)
            if package is not None and package.name:
                self.packages.setdefault(package.name, folder)

    def forget(self) -> None:
        """
        Read configurations and packages anew from now on.
        """
        self._configs.clear()
        self._loaded.clear()
        self._scopes.clear()
        self._answers.clear()

    def forget_answers(self) -> None:
        """
        Resolve anew from now on, since files came or went.
        """
        self._answers.clear()

    def options_for(self, importer: str) -> CompilerOptions:
        """
        The options of the nearest configuration above `importer`.
        """
        folder = dirname(importer)
        known = self._configs.get(folder)
        if known is None:
            known = self._configs[folder] = self._nearest(folder)
        return known

    def _nearest(self, folder: str) -> CompilerOptions:
        for name in tsconfig.CONFIG_NAMES:
            options = self._load(join(folder, name))
            if options is not None:
                return self._project_of(options)
        parent = dirname(folder)
        if parent == folder:
            return CompilerOptions(resolution="node10")
        known = self._configs.get(parent)
        if known is None:
            known = self._configs[parent] = self._nearest(parent)
        return known

    def _project_of(self, options: CompilerOptions) -> CompilerOptions:
        # A "solution" lists no files of its own: the first project it refers to in the same folder speaks for it.
        if options.lists_files or options.paths or not options.references:
            return options
        for path in options.references:
            project = self._load(path)
            if project is not None and dirname(path) == dirname(options.config):
                return project
        return options

    def _load(self, path: str) -> CompilerOptions | None:
        if path not in self._loaded:
            self._loaded[path] = tsconfig.load(path, self._files)
        return self._loaded[path]

    def _resolve(self, specifier: str, importer: str) -> str | None:
        if not specifier or "\0" in specifier:
            return None
        options = self.options_for(importer)
        for endings in (0, 1):
            found = self._search(specifier, importer, options, endings)
            if found is not None:
                return self._files.real(found)
        return self._source_of_package(specifier, options)

    def _search(self, specifier: str, importer: str, options: CompilerOptions, endings: int) -> str | None:
        folder = dirname(importer)
        if specifier.startswith(("./", "../", "/")) or specifier in (".", ".."):
            target = normpath(join(folder, specifier))
            only_folder = specifier.endswith(("/", "/.", "/..")) or specifier in (".", "..")
            return self._relative(target, options, endings, only_folder=only_folder)
        return (
            self._by_paths(specifier, options, endings)
            or self._by_base(specifier, options, endings)
            or self._by_scope(specifier, folder, options, endings)
            or self._in_node_modules(specifier, folder, options, endings)
        )

    def _relative(self, target: str, options: CompilerOptions, endings: int, *, only_folder: bool) -> str | None:
        for candidate in (target, *_other_roots(target, options.root_dirs)):
            found = self._load_as(candidate, options, endings, only_folder=only_folder)
            if found is not None:
                return found
        return None

    def _by_paths(self, specifier: str, options: CompilerOptions, endings: int) -> str | None:
        pattern = best_pattern(specifier, options.paths)
        if pattern is None:
            return None
        head, _, tail = pattern.partition("*")
        matched = specifier[len(head) : len(specifier) - len(tail)] if "*" in pattern else ""
        for target in options.paths[pattern]:
            candidate = normpath(join(options.paths_base, target.replace("*", matched, 1)))
            if candidate.endswith(ENDINGS) and self._files.is_file(candidate):
                if (endings == 0) == candidate.endswith((".ts", ".tsx", ".mts", ".cts")):
                    return candidate
                continue
            found = self._load_as(candidate, options, endings)
            if found is not None:
                return found
        return None

    def _by_base(self, specifier: str, options: CompilerOptions, endings: int) -> str | None:
        if not options.base_url:
            return None
        return self._load_as(normpath(join(options.base_url, specifier)), options, endings)

    def _by_scope(self, specifier: str, folder: str, options: CompilerOptions, endings: int) -> str | None:
        if not options.exports_maps:
            return None
        package = self._scope_of(folder)
        if package is None:
            return None
        if specifier.startswith("#"):
            imports = package.data.get("imports")
            targets = mapped(specifier, imports, conditions_of(options)) if isinstance(imports, dict) else ()
            return self._first_target(targets, package, options, endings)
        name, rest = split_package(specifier)
        if package.name == name and package.data.get("exports") is not None:
            targets = mapped("." + rest, as_map(package.data["exports"]), conditions_of(options))
            return self._first_target(targets, package, options, endings)
        return None

    def _in_node_modules(self, specifier: str, folder: str, options: CompilerOptions, endings: int) -> str | None:
        name, rest = split_package(specifier)
        if not name:
            return None
        at = folder
        while True:
            if basename(at) != "node_modules":
                found = self._installed(join(at, "node_modules"), name, rest, options, endings)
                if found is not None:
                    return found
            if at == dirname(at):
                return None
            at = dirname(at)

    def _installed(self, shelf: str, name: str, rest: str, options: CompilerOptions, endings: int) -> str | None:
        found = self._in_package(join(shelf, name), rest, options, endings)
        if found is None and endings == 0:
            typed = name.removeprefix("@").replace("/", "__")
            found = self._in_package(join(shelf, "@types", typed), rest, options, endings)
        return found

    def _in_package(self, folder: str, rest: str, options: CompilerOptions, endings: int) -> str | None:
        package = self._package_in(folder)
        if package is None:
            return self._load_as(folder + rest, options, endings)
        if options.exports_maps and package.data.get("exports") is not None:
            targets = mapped("." + rest, as_map(package.data["exports"]), conditions_of(options))
            return self._first_target(targets, package, options, endings)
        if rest:
            versioned = self._types_versions(package, rest, options, endings)
            return versioned or self._load_as(folder + rest, options, endings)
        return self._folder(folder, options, endings)

    def _types_versions(self, package: Package, rest: str, options: CompilerOptions, endings: int) -> str | None:
        versions = package.data.get("typesVersions")
        if endings or not isinstance(versions, dict):
            return None
        table = versions.get("*") or next(iter(versions.values()), None)
        if not isinstance(table, dict):
            return None
        pattern = best_pattern(rest.lstrip("/"), table)
        if pattern is None:
            return None
        head, _, tail = pattern.partition("*")
        matched = rest.lstrip("/")[len(head) : len(rest.lstrip("/")) - len(tail)] if "*" in pattern else ""
        for target in table[pattern] if isinstance(table[pattern], list) else ():
            found = self._load_as(normpath(join(package.folder, target.replace("*", matched, 1))), options, endings)
            if found is not None:
                return found
        return None

    def _first_target(
        self, targets: Iterable[str], package: Package, options: CompilerOptions, endings: int
    ) -> str | None:
        for target in targets:
            if not target.startswith("./"):
                return self._in_node_modules(target, package.folder, options, endings)
            found = self._file(normpath(join(package.folder, target)), options, endings, adding=False)
            if found is not None:
                return found
        return None

    def _load_as(
        self, candidate: str, options: CompilerOptions, endings: int, *, only_folder: bool = False
    ) -> str | None:
        if not only_folder:
            found = self._file(candidate, options, endings, adding=True)
            if found is not None:
                return found
        return self._folder(candidate, options, endings)

    def _file(self, candidate: str, options: CompilerOptions, endings: int, *, adding: bool) -> str | None:
        for suffix in options.suffixes:
            for path in candidates(candidate, endings, adding=adding):
                stem, ending = split_ending(path) if suffix else (path, "")
                place = f"{stem}{suffix}{ending}" if suffix else path
                if self._files.is_file(place):
                    return place
        return None

    def _folder(self, folder: str, options: CompilerOptions, endings: int) -> str | None:
        package = self._package_in(folder)
        for entry in entries_of(package.data, endings) if package is not None else ():
            target = normpath(join(folder, entry))
            found = self._file(target, options, endings, adding=True) or self._file(
                join(target, "index"), options, endings, adding=True
            )
            if found is not None:
                return found
        return self._file(join(folder, "index"), options, endings, adding=True)

    def _package_in(self, folder: str) -> Package | None:
        if folder not in self._scopes:
            path = join(folder, "package.json")
            data = tsconfig.parse_jsonc(self._files.read(path) or "") if self._files.is_file(path) else None
            found = Package(folder, str(data.get("name") or ""), data) if isinstance(data, dict) else None
            self._scopes[folder] = found
        return self._scopes[folder]

    def _scope_of(self, folder: str) -> Package | None:
        while True:
            package = self._package_in(folder)
            if package is not None or folder == dirname(folder):
                return package
            folder = dirname(folder)

    def _source_of_package(self, specifier: str, options: CompilerOptions) -> str | None:
        name, rest = split_package(specifier)
        folder = self.packages.get(name)
        package = self._package_in(folder) if folder else None
        if package is None:
            return None
        for target in targets_of_package(package, rest, conditions_of(options)):
            for candidate in sources_of(normpath(join(package.folder, target))):
                found = self._file(candidate, options, 0, adding=True) or self._file(candidate, options, 1, adding=True)
                if found is not None:
                    return self._files.real(found)
        return self._guess_source(package, rest, options)

    def _guess_source(self, package: Package, rest: str, options: CompilerOptions) -> str | None:
        for base in ("src", "", "lib", "source"):
            found = self._load_as(normpath(join(package.folder, base) + rest), options, 0)
            if found is not None:
                return self._files.real(found)
        return None


def _other_roots(target: str, roots: tuple[str, ...]) -> Iterator[str]:
    for root in roots:
        if target.startswith(root + "/"):
            rest = target[len(root) :]
            yield from (other + rest for other in roots if other != root)
            return
