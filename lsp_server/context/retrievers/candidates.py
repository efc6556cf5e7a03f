"""
The definitions of names that are likely next: symbols not imported yet, and members by name.
"""

from collections.abc import Iterator
from dataclasses import replace

from lsp_server.context.likelihood import Likelihood
from lsp_server.context.piece import Piece, declaration_piece, member_piece
from lsp_server.context.question import Question
from lsp_server.index.record import Declaration
from lsp_server.index.symbols import Membership, Symbol

SHOWN = 130
SAME_NAME = 3
MANY_OWNERS = 12


def candidates(question: Question, likelihood: Likelihood) -> Iterator[Piece]:
    """
    Signatures of the likeliest names, wherever they are declared.
    """
    ranked = sorted(likelihood.of.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    for name, chance in ranked:
        symbols = likelihood.by_name.get(name, ())[:SAME_NAME]
        as_member = likelihood.as_member(name) if symbols else 1.0
        for rank, symbol in enumerate(symbols):
            yield from _symbol(question, symbol, chance, 0.85 * (1 - as_member) * 0.4**rank)
        if as_member > 0.2:
            yield from _members(question, likelihood, name, chance * as_member)


def _symbol(question: Question, symbol: Symbol, chance: float, share: float) -> Iterator[Piece]:
    record = question.source.record(symbol.path)
    aliases = tuple(entry.name for entry in record.exports if entry.name == symbol.name) if record else ()
    for item in record.declarations if record else ():
        if item.line == symbol.line and symbol.name in (item.name, *aliases):
            piece = declaration_piece(
                symbol.path, item, worth=chance, share=share, retriever="candidates", reason="not imported yet"
            )
            renamed = item.name != symbol.name
            yield replace(piece, names=(symbol.name,), text=f"{piece.text} // as {symbol.name}") if renamed else piece


def _members(question: Question, likelihood: Likelihood, name: str, chance: float) -> Iterator[Piece]:
    owners = question.source.symbols.members(name)
    if not owners or len(owners) > MANY_OWNERS:
        return
    targets = likelihood.targets
    ranked = sorted(owners, key=lambda item: (item.path not in targets, -likelihood.nearness(item.path), item))
    for member in ranked[:SAME_NAME]:
        found = _found(question, member)
        if found is not None:
            owner, number = found
            yield member_piece(
                member.path,
                owner,
                owner.members[number],
                worth=chance,
                share=0.8 / min(len(owners), 4),
                retriever="candidates",
                reason="by name",
            )


def _found(question: Question, membership: Membership) -> tuple[Declaration, int] | None:
    record = question.source.record(membership.path)
    for item in record.declarations if record else ():
        if item.line == membership.owner_line:
            for number, member in enumerate(item.members):
                if member.line == membership.line:
                    return item, number
    return None
