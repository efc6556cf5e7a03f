"""
The smallest unit of context: one line of a skeleton, or one window of code, with what it is worth.
"""

from typing import NamedTuple

from lsp_server.index.record import Declaration, Member


class Piece(NamedTuple):
    """
    Something that may be shown; a plain tuple, since hundreds are made while somebody waits.

    `worth` is how sure its retriever is, `share` how likely it is the right definition of `names` if they are used;
    where several claim the same name, they divide it in proportion, so that a sure one may well claim more than 1.
    `interest` is what showing it is worth besides its names.
    Pieces of one `owner` stand together under `head`, which is shown once, before the first of them.
    Lines are 0-based and half-open.
    """

    path: str
    line: int
    end_line: int
    text: str
    worth: float
    retriever: str
    reason: str
    names: tuple[str, ...] = ()
    share: float = 0.8
    interest: float = 0.0
    owner: str = ""
    head: str = ""

    @property
    def key(self) -> tuple[str, int, str]:
        """
        Pieces with the same key say the same.
        """
        return self.path, self.line, self.names[0] if self.names else ""


def declaration_piece(
    path: str, item: Declaration, *, worth: float, retriever: str, reason: str, share: float = 0.8
) -> Piece:
    """
    A declaration as one line.
    """
    return Piece(
        path=path,
        line=item.line,
        end_line=item.end_line,
        text=shown_signature(item),
        worth=worth,
        retriever=retriever,
        reason=reason,
        names=(item.name,),
        share=share,
        owner=_label(item) if item.members else "",
    )


def member_piece(
    path: str, owner: Declaration, member: Member, *, worth: float, retriever: str, reason: str, share: float = 0.8
) -> Piece:
    """
    A member as one line under the head of what it belongs to.
    """
    return Piece(
        path=path,
        line=member.line,
        end_line=member.end_line,
        text=("  " if owner.signature else "") + shown_member(member),
        worth=worth,
        retriever=retriever,
        reason=reason,
        names=(member.name,),
        share=share,
        owner=_label(owner) if owner.signature else "",
        head=shown_signature(owner),
    )


def shown_signature(item: Declaration) -> str:
    """
    The head of a declaration as code.
    """
    text = item.signature.removesuffix("=>").rstrip()
    if item.members and item.kind in ("class", "interface", "enum", "namespace", "type"):
        return text if text.endswith(("{", ";")) else text + " {"
    return text


def shown_member(member: Member) -> str:
    """
    A member as code, without its body.
    """
    return member.signature.removesuffix("=>").rstrip().rstrip(",;")


def _label(item: Declaration) -> str:
    # Declarations of one name may be merged; each keeps its own head.
    return f"{item.name}:{item.line}"
