"""
The definitions of names that are likely next: symbols not imported yet, and members by name.
"""

from collections.abc import Iterator

from lsp_server.context.likelihood import Likelihood
from lsp_server.context.piece import Piece, declaration_piece, member_piece
from lsp_server.context.question import Question
from lsp_server.index.record import Declaration
from lsp_server.index.symbols import Membership, Symbol

SHOWN = 130
NAMED = 250
SAME_NAME = 3
MANY_OWNERS = 12


def candidates(question: Question, likelihood: Likelihood) -> Iterator[Piece]:
    """
    Signatures of the likeliest names, wherever they are declared.
    """
    ranked = sorted(likelihood.of.items(), key=lambda item: (-item[1], item[0]))
    for name, chance in ranked[:SHOWN]:
        symbols = likelihood.pool.by_name.get(name, ())[:SAME_NAME]
        as_member = likelihood.similar.as_member(name) if symbols else 1.0
        for rank, symbol in enumerate(symbols):
            yield from _symbol(question, symbol, chance, 0.85 * (1 - as_member) * 0.4**rank)
        if as_member > 0.2:
            yield from _members(question, likelihood, name, chance * as_member)
    for name, chance in ranked[SHOWN : SHOWN + NAMED]:
        yield from _mention(question, likelihood, name, chance)


def _mention(question: Question, likelihood: Likelihood, name: str, chance: float) -> Iterator[Piece]:
    # How it is declared would hardly ever be shown, and takes time to find out.
    pool, index = likelihood.pool, question.source.symbols
    symbols = pool.by_name.get(name)
    files = () if symbols else index.member_files(name)
    if not symbols and not files:
        return
    path = symbols[0].path if symbols else max(files, key=lambda file: (pool.nearness(file), file))
    line = symbols[0].line if symbols else index.member_line(path, name)
    yield Piece(
        path=path,
        line=line,
        end_line=line + 1,
        text="",
        worth=chance,
        retriever="candidates",
        reason="by name",
        names=(name,),
        share=0.0,
    )


def _symbol(question: Question, symbol: Symbol, chance: float, share: float) -> Iterator[Piece]:
    record = question.source.record(symbol.path)
    here = [item for item in record.declarations if item.line == symbol.line] if record else []
    named = [item for item in here if item.name == symbol.name]
    for item in named or here[:1]:
        piece = declaration_piece(
            symbol.path, item, worth=chance, share=share, retriever="candidates", reason="not imported yet"
        )
        # Exported under another name, or as the default, which goes by the name of its file.
        renamed = f"{piece.text} // as {symbol.name}"
        yield piece if named else piece._replace(names=(symbol.name,), text=renamed)


def _members(question: Question, likelihood: Likelihood, name: str, chance: float) -> Iterator[Piece]:
    index = question.source.symbols
    owners = index.members(name) if index.has_member(name) <= MANY_OWNERS else ()
    if not owners or len(owners) > MANY_OWNERS:
        return
    targets = likelihood.pool.targets
    ranked = sorted(owners, key=lambda item: (item.path not in targets, -likelihood.pool.nearness(item.path), item))
    for member in ranked[:SAME_NAME]:
        found = _found(question, member)
        if found is not None:
            owner, number = found
            piece = member_piece(
                member.path,
                owner,
                owner.members[number],
                worth=chance,
                share=0.8 / min(len(owners), 4),
                retriever="candidates",
                reason="by name",
            )
            yield piece._replace(head=f"{owner.kind} {owner.name} {{") if piece.head and owner.signature else piece


def _found(question: Question, membership: Membership) -> tuple[Declaration, int] | None:
    record = question.source.record(membership.path)
    for item in record.declarations if record else ():
        if item.line == membership.owner_line:
            for number, member in enumerate(item.members):
                if member.line == membership.line:
                    return item, number
    return None
