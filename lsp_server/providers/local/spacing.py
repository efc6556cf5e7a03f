"""
Whether white space stands between two words where no other place shows it.
"""

from lsp_server.providers.local.vocabulary import Kind, Vocabulary

_TIGHT_AFTER = frozenset(("", "(", "[", ".", "?.", "!", "~", "...", "@", "</", "<", "++", "--", "\n"))
_TIGHT_BEFORE = frozenset((")", "]", ",", ";", ".", "?.", ":", "(", "[", "<", ">", "++", "--", "\n"))
_SPACED_PARENTHESIS = frozenset(
    "if for while switch catch return await typeof in of case new = => && || ?? ? : + - * / === !== , {".split()  # noqa: SIM905  It would fill forty lines.
)


def usual_space(vocabulary: Vocabulary, previous: int, word: int) -> bool:
    """
    The habit of most formatters.
    """
    left, right = vocabulary.words[previous], vocabulary.words[word]
    if vocabulary.kinds[previous] == Kind.BOUNDARY or left in _TIGHT_AFTER:
        return False
    if right in ("(", "["):
        return left in _SPACED_PARENTHESIS
    if vocabulary.kinds[previous] == Kind.TEMPLATE and left.endswith("${"):
        return False
    if vocabulary.kinds[word] == Kind.TEMPLATE and right.startswith("}"):
        return False
    return right not in _TIGHT_BEFORE
