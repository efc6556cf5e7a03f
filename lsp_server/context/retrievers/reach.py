"""
Skeletons of what is in reach at the cursor: the receiver's members, the expected type, the types of what stands near.
"""

import re
from collections.abc import Iterable, Iterator

from lsp_server.context import types
from lsp_server.context.piece import Piece, declaration_piece, member_piece
from lsp_server.context.question import Question
from lsp_server.context.shapes import Owned, Shape
from lsp_server.context.situation import KEYWORDS, Slot
from lsp_server.index.lookup import Found
from lsp_server.index.words import overlap

MAX_MEMBERS = 120
NEAR_VARIABLES = 10
CERTAINTY = {"receiver": 8.0, "expected": 4.0, "written": 4.0, "near": 4.0}
"""How much surer than a guess by name each is that a member which is used is the one that it found."""


def receiver(question: Question) -> Iterator[Piece]:
    """
    The members of what stands before the dot.
    """
    situation = question.situation
    if situation.slot is not Slot.MEMBER:
        return
    shapes = question.inference.expression(situation.receiver)
    owned = question.inference.members(shapes)
    yield from _members(question, owned, 0.9, "receiver", f"members of {situation.receiver[-30:]}")


def expected(question: Question) -> Iterator[Piece]:
    """
    What is expected at an argument, a property, an attribute or a value with a declared type.
    """
    for shapes, worth, reason in _expectations(question):
        owned = question.inference.members(shapes)
        yield from _members(question, owned, worth, "expected", reason)
        for found in question.inference.declarations(shapes):
            if found.path != question.situation.path and found.declaration.signature:
                yield _declared(question, found, 0.25, "expected", reason)


def near(question: Question) -> Iterator[Piece]:
    """
    The members of what the lines around the cursor speak of.
    """
    situation = question.situation
    ranked = sorted(situation.near.items(), key=lambda item: -item[1])
    names = [item for item in ranked if item[0] not in KEYWORDS and len(item[0]) > 1][: 3 * NEAR_VARIABLES]
    shown = 0
    for name, weight in [("this", 0.6), *names]:
        if shown >= NEAR_VARIABLES or question.inference.steps > 300:
            return
        shapes = question.inference.expression(name)
        owned = question.inference.members(shapes)
        if owned:
            shown += 1
            yield from _members(question, owned, 0.35 * weight, "near", f"type of {name}")


def written(question: Question) -> Iterator[Piece]:
    """
    The types in the signature of the function being written, and the bases of its class.
    """
    situation = question.situation
    for declared in situation.enclosing:
        texts = [(kind, 0.25) for _, kind in types.parameters(declared.signature) if kind]
        texts.append((declared.type, 0.4))
        texts.extend((base, 0.3) for base in declared.bases)
        for text, worth in texts:
            if text:
                owned = question.inference.members((Shape((situation.path,), text),))
                yield from _members(question, owned, worth, "written", f"type in {declared.name}")


def _expectations(question: Question) -> Iterator[tuple[tuple[Shape, ...], float, str]]:
    situation, inference = question.situation, question.inference
    if situation.element:
        component = inference.expression(situation.element)
        yield _props(question, component), 0.9, f"props of {situation.element}"
    for depth, (callee, number, keys) in enumerate(situation.calls[:3]):
        function = inference.expression(callee)
        kinds = inference.parameter(function, number)
        for key in keys:
            if key == "[]":
                kinds = inference.elements(kinds)
            elif key:
                kinds = inference.member_shapes(kinds, key)
        yield kinds, 0.7 / (1 + depth), f"argument of {callee[-30:]}"
    annotated = _annotated(situation.before, situation.brackets)
    if annotated:
        yield (Shape((situation.path,), annotated),), 0.7, "declared type"
    if situation.brackets and re.search(r"\breturn\s*$", situation.brackets[0].before[-12:]):
        for declared in situation.enclosing:
            yield (Shape((situation.path,), declared.type),), 0.6, f"returned by {declared.name}"


def _props(question: Question, component: tuple[Shape, ...]) -> tuple[Shape, ...]:
    inference = question.inference
    props = inference.parameter(component, 0)
    if props:
        return props
    found: list[Shape] = []
    for shape in component:
        declared = shape.found.declaration if shape.found else None
        if declared is None:
            continue
        text = declared.type or declared.value
        _, arguments = types.generic(text.removesuffix("()"))
        found.extend(Shape(shape.paths, argument) for argument in arguments)
        for base in declared.bases:
            found.extend(Shape(shape.paths, argument) for argument in types.generic(base)[1][:1])
    return tuple(found)


def _annotated(before: str, brackets: Iterable[object]) -> str:
    line = before[-400:].rsplit("\n", 1)[-1]
    found = re.search(r"\b(?:const|let|var)\s+[\w$]+\s*:\s*(.+?)\s*=\s*[\w$]*$", line)
    if found:
        return found[1]
    for bracket in brackets:
        text = getattr(bracket, "before", "")
        opened = re.search(r"(?:\b(?:const|let|var)\s+)?[\w$]+\s*\??:\s*([^=;{}]+?)\s*=\s*$", text)
        if opened:
            return opened[1]
    return ""


def _members(
    question: Question, owned: tuple[Owned, ...], worth: float, retriever: str, reason: str
) -> Iterator[Piece]:
    situation = question.situation
    foreign = [item for item in owned if item.path != situation.path and item.member.name != "constructor"]
    fresh = sum(1 for item in foreign if question.novelty(item.member.name) == 1.0) or 1
    near_parts = question.near_parts.keys()
    shared = [(overlap(item.member.name, near_parts), item) for item in foreign]
    if len(shared) > MAX_MEMBERS:
        shared.sort(key=lambda pair: -pair[0])
    for overlapping, item in shared[:MAX_MEMBERS]:
        likely = min(1.0, 2.5 / fresh) * (0.6 + 1.4 * overlapping)
        if item.member.name.startswith("_") or "private " in item.member.signature:
            likely *= 0.3
        yield member_piece(
            item.path,
            item.owner,
            item.member,
            worth=worth * min(likely, 1.0),
            retriever=retriever,
            reason=reason,
            share=CERTAINTY[retriever] * (0.5 + 2 * worth),
        )


def _declared(question: Question, found: Found, worth: float, retriever: str, reason: str) -> Piece:
    return declaration_piece(
        found.path,
        found.declaration,
        worth=worth,
        retriever=retriever,
        reason=reason,
    )
