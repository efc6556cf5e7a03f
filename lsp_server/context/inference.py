"""
Find the members of an expression by following names and annotations; syntactic, so it knows its limits and stays quick.

It follows annotations, initialisers, `new`, return types, `await`, array elements, destructuring, parameter properties,
base types, aliases and generics by name. It evaluates no conditional or mapped type and no overload.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lsp_server.context import types
from lsp_server.context.bindings import Binding, Origin, bindings
from lsp_server.context.returns import returned
from lsp_server.context.scope import Scope
from lsp_server.context.shapes import (
    Owned,
    Shape,
    as_function,
    constructor_of,
    module_at,
    replaced,
    substituted,
    value_of,
)
from lsp_server.context.situation import Situation
from lsp_server.context.source import Source
from lsp_server.index import lookup
from lsp_server.index.lookup import Found
from lsp_server.index.record import Member

MAX_STEPS = 400
MAX_DEPTH = 10

_SEGMENT = re.compile(r"\s*(?:(\?\.|!?\.)\s*([\w$]+)|(\()|(\[)|(!)|(<))")
_HEAD = re.compile(r"^(?:(new|await|typeof)\s+)?([A-Za-z_$][\w$]*|\()")


@dataclass
class Inference:
    """
    One run of inference at one cursor, with a bound on the steps it may take.
    """

    situation: Situation
    source: Source
    steps: int = 0
    scope: Scope = field(init=False)
    _locals: dict[str, tuple[Shape, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scope = Scope(self.situation, self.source)

    def expression(self, text: str, path: str | None = None, depth: int = 0) -> tuple[Shape, ...]:
        """
        What the expression `text` may be, read at the cursor or at the top level of the file `path`.
        """
        if not self._step(depth):
            return ()
        text = text.strip()
        lead = _HEAD.match(text)
        if not lead:
            return ()
        if lead[2] == "(":
            end = types.matching(text, lead.start(2))
            shapes = self._bracketed(text[lead.start(2) + 1 : end], path, depth)
            rest = text[end + 1 :]
        else:
            shapes = self._name(lead[2], path, depth)
            rest = text[lead.end() :]
        if lead[1] == "new":
            return self._constructed(shapes, rest, path, depth)
        return self._follow(shapes, rest, lead[2], path, depth)

    def members(self, shapes: Iterable[Shape], depth: int = 0) -> tuple[Owned, ...]:
        """
        The members that any of `shapes` has, those of base types after its own.
        """
        found: dict[tuple[str, int, str], Owned] = {}
        for shape in shapes:
            for owned in self._members(shape, depth):
                found.setdefault((owned.path, owned.member.line, owned.member.name), owned)
        return tuple(found.values())

    def declarations(self, shapes: Iterable[Shape], depth: int = 0) -> tuple[Found, ...]:
        """
        The declarations that give `shapes` their members.
        """
        found: dict[tuple[str, int], Found] = {}
        for shape in shapes:
            for item in self._declarations(shape, depth):
                found.setdefault((item.path, item.declaration.line), item)
        return tuple(found.values())

    def member_shapes(self, shapes: Iterable[Shape], name: str, depth: int = 0) -> tuple[Shape, ...]:
        """
        What the member `name` of any of `shapes` is.
        """
        found: list[Shape] = []
        for shape in shapes:
            inline = dict(types.object_members(shape.text))
            if name in inline:
                found.append(Shape(shape.paths, inline[name]))
                continue
            for owned in self._members(shape, depth + 1):
                if owned.member.name == name:
                    found.append(self._member_shape(owned))
                    break
        return tuple(found)

    def called(self, shapes: Iterable[Shape], depth: int = 0) -> tuple[Shape, ...]:
        """
        What calling any of `shapes` gives.
        """
        found: list[Shape] = []
        for shape in shapes:
            found.extend(self._called(shape, depth + 1))
        return tuple(found)

    def parameter(self, shapes: Iterable[Shape], number: int) -> tuple[Shape, ...]:
        """
        The type of the parameter `number` of any of `shapes`.
        """
        found: list[Shape] = []
        for shape in shapes:
            signature = shape.found.declaration.signature if shape.found else shape.text
            if shape.found is not None and shape.found.declaration.kind == "class":
                signature = constructor_of(shape.found.declaration)
            written = (
                (types.parameters(text), paths) for text, paths in ((signature, shape.paths), *self._texts(shape, 0))
            )
            listed, paths = next((item for item in written if item[0]), ((), ()))
            if listed:
                name, kind = listed[min(number, len(listed) - 1)]
                if number < len(listed) or name.startswith("..."):
                    found.append(Shape((*paths, *shape.paths), kind))
        return tuple(found)

    def _step(self, depth: int) -> bool:
        self.steps += 1
        return self.steps <= MAX_STEPS and depth <= MAX_DEPTH

    def _bracketed(self, inner: str, path: str | None, depth: int) -> tuple[Shape, ...]:
        cast = re.match(r"^(.*)\s+(?:as|satisfies)\s+(.*)$", inner, re.DOTALL)
        if cast:
            return (Shape((path or self.situation.path,), cast[2]),)
        return self.expression(inner, path, depth + 1)

    def _constructed(self, shapes: tuple[Shape, ...], rest: str, path: str | None, depth: int) -> tuple[Shape, ...]:
        instances = tuple(
            Shape((shape.found.path, *shape.paths), shape.found.declaration.name) for shape in shapes if shape.found
        )
        arguments = re.match(r"\s*(?:<[^()]*>)?\s*\(", rest)
        if arguments:
            rest = rest[types.matching(rest, arguments.end() - 1) + 1 :]
        return self._follow(instances, rest, "", path, depth)

    def _follow(
        self, shapes: tuple[Shape, ...], rest: str, head: str, path: str | None, depth: int
    ) -> tuple[Shape, ...]:
        explicit = ""
        unknown = head if not shapes else ""
        while rest.strip():
            found = _SEGMENT.match(rest)
            if not found or not self._step(depth):
                break
            if found[2]:
                shapes = self.member_shapes(shapes, found[2], depth)
                unknown = found[2] if not shapes else ""
                rest = rest[found.end() :]
            elif found[3]:
                end = types.matching(rest, found.start(3))
                arguments = rest[found.start(3) + 1 : end]
                called = self.called(shapes, depth)
                shapes = called or (self._asked_for(explicit, arguments, path) if unknown else ())
                explicit, rest = "", rest[end + 1 :]
            elif found[4]:
                end = types.matching(rest, found.start(4))
                shapes = self.elements(shapes, depth)
                rest = rest[end + 1 :]
            elif found[6]:
                end = types.matching(rest, found.start(6))
                explicit, rest = rest[found.start(6) + 1 : end], rest[end + 1 :]
            else:
                rest = rest[found.end() :]
        return shapes

    def _asked_for(self, explicit: str, arguments: str, path: str | None) -> tuple[Shape, ...]:
        # `inject(Service)`, `useRef<Item>()`: of a function that is not known, what is asked for is what comes.
        here = (path or self.situation.path,)
        if explicit:
            return (Shape(here, next(types.split(explicit, ","))),)
        first = next(types.split(arguments, ","), "")
        if not re.fullmatch(r"[A-Z][\w$]*", first):
            return ()
        return tuple(
            Shape((item.path, *here), item.declaration.name) if item.declaration.kind == "class" else value_of(item)
            for item in self.scope.named(here, first)
        )

    def elements(self, shapes: Iterable[Shape], depth: int = 0) -> tuple[Shape, ...]:
        """
        What iterating over or indexing into any of `shapes` gives.
        """
        found: list[Shape] = []
        for shape in shapes:
            for text, paths in self._texts(shape, depth):
                inner = types.element(text)
                if inner:
                    found.append(Shape(paths, inner))
        return tuple(found)

    def _texts(self, shape: Shape, depth: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        if shape.text:
            yield shape.text, shape.paths
            name, _ = types.generic(types.unwrapped(shape.text))
            if name and self._step(depth):
                for item in self.scope.named(shape.paths, name):
                    if item.declaration.kind == "type" and item.declaration.type:
                        yield item.declaration.type, (item.path,)
        elif shape.found is not None and shape.found.declaration.type:
            yield shape.found.declaration.type, (shape.found.path,)

    def _name(self, name: str, path: str | None, depth: int) -> tuple[Shape, ...]:
        if path is not None and path != self.situation.path:
            return tuple(value_of(item) for item in lookup.declared(self.source, path, name))
        if name not in self._locals:
            self._locals[name] = ()  # A name that is defined by itself leads nowhere.
            self._locals[name] = tuple(self._local(name, depth))
        return self._locals[name]

    def _local(self, name: str, depth: int) -> Iterator[Shape]:
        if name == "this":
            for item in self.situation.enclosing:
                if item.kind == "class":
                    yield Shape((self.situation.path,), item.name)
            return
        bound = tuple(self._bound(name, depth))
        if bound:
            yield from bound
            return
        own = [item for item in self.situation.record.declarations if item.name == name]
        for item in own:
            yield value_of(Found(self.situation.path, item))
        if not own and name in self.situation.imported:
            yield from self.scope.imported(name)

    def _bound(self, name: str, depth: int) -> Iterator[Shape]:
        for binding in bindings(name, self.situation.before):
            shapes = self._origin(binding, depth)
            if binding.key:
                shapes = self.member_shapes(shapes, binding.key, depth)
            if shapes:
                yield from shapes
                return

    def _origin(self, binding: Binding, depth: int) -> tuple[Shape, ...]:
        if binding.origin is Origin.TYPE:
            return (Shape((self.situation.path,), binding.text),) if binding.text else ()
        value = self.expression(binding.text, None, depth + 1)
        if binding.origin is Origin.ELEMENT_OF:
            return self.elements(value, depth)
        if binding.origin is Origin.PARAMETER_OF:
            return self.parameter(self.parameter(value, binding.argument), binding.number)
        return value

    def _member_shape(self, owned: Owned) -> Shape:
        return self._text_shape(owned.member.type, owned.paths, owned.member, owned.path)

    def _text_shape(self, text: str, paths: tuple[str, ...], member: Member, path: str) -> Shape:
        if member.kind in ("method", "function"):
            return Shape(paths, "", Found(path, as_function(member)))
        if text.endswith("()") or text.startswith(("new ", "await ")):
            shapes = self.expression(text, path, 4)
            return shapes[0] if shapes else Shape(paths, "")
        return Shape(paths, text.removeprefix("as "))

    def _called(self, shape: Shape, depth: int) -> Iterator[Shape]:
        if not self._step(depth):
            return
        if shape.found is None:
            for text, paths in self._texts(shape, depth):
                given = types.result(text)
                if given:
                    yield Shape(paths, given)
                    return
            return
        item = shape.found.declaration
        paths = (shape.found.path, *shape.paths)
        if item.kind == "class":
            yield Shape(paths, item.name)
        elif item.kind == "function" and item.type:
            yield Shape(paths, item.type)
        elif item.kind == "function":
            yield from self._returned(shape.found, depth)
        elif item.type:
            yield from self._called(Shape(paths, item.type), depth + 1)
        elif item.members:
            yield shape

    def _returned(self, found: Found, depth: int) -> Iterator[Shape]:
        text = self.source.text(found.path) if found.path != self.situation.path else self.situation.text
        given = returned(found.declaration, text) if text is not None else ""
        if isinstance(given, str):
            yield from self.expression(given, found.path, depth + 2)
        else:
            yield value_of(Found(found.path, given))

    def _members(self, shape: Shape, depth: int) -> Iterator[Owned]:
        if not self._step(depth):
            return
        if shape.found is not None and not shape.text:
            yield from self._value_members(shape.found, depth)
            return
        for part in types.alternatives(shape.text):
            yield from self._type_members(part, shape.paths, depth + 1)

    def _value_members(self, found: Found, depth: int) -> Iterator[Owned]:
        item = found.declaration
        paths = (found.path,)
        if item.kind == "module":
            yield from self._module_members(found.path)
            return
        if item.members:
            yield from (Owned(found.path, item, member, paths) for member in item.members if member.kind != "nested")
        if item.type:
            yield from self._members(Shape(paths, item.type), depth + 1)
        elif item.value and item.kind in ("const", "binding"):
            yield from self.members(self._value(item.value, found.path, depth + 1), depth + 1)
        for base in item.bases if item.kind == "class" else ():
            yield from self._type_members(base, paths, depth + 1)

    def _value(self, text: str, path: str, depth: int) -> tuple[Shape, ...]:
        if text.startswith("as "):
            return (Shape((path,), text[3:]),)
        return self.expression(text, path, depth)

    def _module_members(self, path: str) -> Iterator[Owned]:
        for name in lookup.export_names(self.source, path, limit=120):
            for item in lookup.exported(self.source, path, name)[:1]:
                declared = item.declaration
                member = Member(
                    name, declared.kind, declared.line, declared.end_line, declared.signature, declared.type
                )
                yield Owned(item.path, module_at(item.path).declaration, member, (item.path,))

    def _type_members(self, text: str, paths: tuple[str, ...], depth: int) -> Iterator[Owned]:
        if not self._step(depth):
            return
        for shape in self._aliased(text, paths, depth):
            yield from self._members(shape, depth + 1)
        for item, arguments in self.scope.referred(text, paths):
            yield from self._own_members(item, arguments, paths, depth)

    def _own_members(
        self, item: Found, arguments: tuple[str, ...], paths: tuple[str, ...], depth: int
    ) -> Iterator[Owned]:
        declared = item.declaration
        names = types.type_parameters(declared.signature, declared.name) if arguments else ()
        table = dict(zip(names, arguments, strict=False))
        own = (item.path, *paths)
        for member in declared.members:
            if member.kind != "nested":
                yield Owned(item.path, declared, substituted(member, table), own)
        bases = declared.bases
        if declared.kind == "type" and not declared.members and not bases:
            bases = types.alternatives(declared.type)
        for base in bases:
            yield from self._type_members(replaced(base, table), own, depth + 1)

    def _aliased(self, text: str, paths: tuple[str, ...], depth: int) -> Iterator[Shape]:
        path = paths[0]
        if text.startswith("typeof "):
            yield from self.expression(text[7:], path, depth + 1)
            return
        access = types.indexed(text)
        if access is not None:
            yield from self.member_shapes((Shape(paths, access[0]),), access[1], depth + 1)
            return
        name, arguments = types.generic(text)
        if not arguments:
            return
        if name in types.SEE_THROUGH or name.endswith(("Props", "Return")):
            yield Shape(paths, arguments[0])
        elif name == "ReturnType":
            inner = self.expression(arguments[0].removeprefix("typeof "), path, depth + 1)
            yield from self.called(inner, depth + 1)
        elif name == "InstanceType":
            yield Shape(paths, arguments[0].removeprefix("typeof "))
        elif name.rsplit(".", 1)[-1] in ("infer", "input", "output", "TypeOf", "Type"):
            yield Shape(paths, arguments[0])

    def _declarations(self, shape: Shape, depth: int) -> Iterator[Found]:
        if not self._step(depth):
            return
        if shape.found is not None and not shape.text:
            yield shape.found
            return
        for part in types.alternatives(shape.text):
            yield from (item for item, _ in self.scope.referred(part, shape.paths))
            for inner in self._aliased(part, shape.paths, depth + 1):
                yield from self._declarations(inner, depth + 1)
            plain = types.element(part)
            if plain:
                yield from self._declarations(Shape(shape.paths, plain), depth + 1)
