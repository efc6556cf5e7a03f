"""
What a name stands for in a file: its own declarations, what it imports, and what a namespace holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lsp_server.context import types
from lsp_server.context.shapes import Shape, module_at, value_of
from lsp_server.context.situation import Situation
from lsp_server.context.source import Source
from lsp_server.index import lookup
from lsp_server.index.lookup import Found


@dataclass(frozen=True, eq=False)
class Scope:
    """
    Names as the files of the workspace see them, the file at the cursor as it is in the editor.
    """

    situation: Situation
    source: Source

    def named(self, paths: tuple[str, ...], name: str) -> tuple[Found, ...]:
        """
        The declarations that `name`, which may hold dots, has in the first of `paths` that knows it.
        """
        head, _, rest = name.partition(".")
        for path in paths:
            found = self._declared(path, head)
            if found and rest:
                found = tuple(
                    Found(item.path, lookup.as_declaration(member))
                    for item in found
                    for member in item.declaration.members
                    if member.name == rest
                )
            if found:
                return found
        return self._through_namespace(paths, head, rest) if rest else ()

    def referred(self, text: str, paths: tuple[str, ...]) -> Iterator[tuple[Found, tuple[str, ...]]]:
        """
        The types that the reference `text` names, each with the arguments it is given.
        """
        name, arguments = types.generic(text)
        for item in self.named(paths, name) if name else ():
            if item.declaration.kind in ("class", "interface", "type", "enum", "namespace"):
                yield item, arguments

    def imported(self, name: str) -> Iterator[Shape]:
        """
        What the name is that the file at the cursor imports.
        """
        specifier, imported = self.situation.imported[name]
        target = self.source.resolve(specifier, self.situation.path)
        if target is None:
            return
        if imported == "*":
            whole = lookup.assigned(self.source, target) or (module_at(target),)
            yield from (Shape((target,), "", item) for item in whole)
            return
        for item in lookup.exported(self.source, target, imported):
            yield value_of(item)

    def _through_namespace(self, paths: tuple[str, ...], head: str, rest: str) -> tuple[Found, ...]:
        for path in paths:
            record = self.situation.record if path == self.situation.path else self.source.record(path)
            origin = lookup.import_of(record, head) if record else None
            target = self.source.resolve(origin[0].specifier, path) if origin and origin[1] == "*" else None
            if target:
                return lookup.exported(self.source, target, rest)
        return ()

    def _declared(self, path: str, name: str) -> tuple[Found, ...]:
        if path != self.situation.path:
            return lookup.declared(self.source, path, name)
        own = tuple(Found(path, item) for item in self.situation.record.declarations if item.name == name)
        if own or name not in self.situation.imported:
            return own
        specifier, imported = self.situation.imported[name]
        target = self.source.resolve(specifier, path)
        return lookup.exported(self.source, target, imported) if target else ()
