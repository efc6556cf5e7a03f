"""
The ways of choosing context that we are measured against, each a function of a task, its place, the index and a budget.
"""

from collections.abc import Callable, Iterable, Iterator
from posixpath import dirname

from lsp_server.context.gather import gather_now
from lsp_server.context.packing import pack
from lsp_server.context.question import ask
from lsp_server.context.report import Asked
from lsp_server.context.retrievers.imported import imported
from lsp_server.context.situation import WORD, Situation
from lsp_server.index.blocks import term_id
from lsp_server.index.workspace_index import WorkspaceIndex
from tests.evaluation.context.measures import Task

Method = Callable[[Task, Asked, WorkspaceIndex, int], str]

NEIGHBOURS = 8
WINDOW_LINES = 60


def nothing(task: Task, asked: Asked, index: WorkspaceIndex, budget: int) -> str:
    """
    No context at all.
    """
    return ""


def neighbour_heads(task: Task, asked: Asked, index: WorkspaceIndex, budget: int) -> str:
    """
    The beginnings of the files beside this one.
    """
    return _clipped((_head(text) for text in _neighbours(asked, index)), budget)


def neighbour_windows(task: Task, asked: Asked, index: WorkspaceIndex, budget: int) -> str:
    """
    Of each file beside this one the window that shares the most words with the last lines, as editors' plug-ins do it.
    """
    last = set(WORD.findall("\n".join(asked.document.slice(0, asked.offset).split("\n")[-WINDOW_LINES:])))
    scored: list[tuple[float, str]] = []
    for text in _neighbours(asked, index):
        lines = text.split("\n")
        windows = ("\n".join(lines[at : at + WINDOW_LINES]) for at in range(0, len(lines), WINDOW_LINES // 2))
        scored.append(max(((_jaccard(last, window), window) for window in windows), default=(0.0, "")))
    return _clipped((window for _, window in sorted(scored, reverse=True)), budget)


def import_definitions(task: Task, asked: Asked, index: WorkspaceIndex, budget: int) -> str:
    """
    Skeletons of what the file imports, and nothing else.
    """
    question = ask(Situation(asked, index.absolute(asked.document.uri, asked.path)), index)
    pieces = list(imported(question))
    return pack(pieces, budget, {piece.path: index.relative(piece.path) for piece in pieces}, {}).text


def bm25(task: Task, asked: Asked, index: WorkspaceIndex, budget: int) -> str:
    """
    The windows of the workspace that are most like the last lines.
    """
    situation = Situation(asked, index.absolute(asked.document.uri, asked.path))
    query = {term_id(word): weight for word, weight in situation.near.items()}
    found = index.windows.search(query, (situation.path,), 40)
    texts = ((index.text(window.path) or "").split("\n")[window.line : window.end_line] for window in found)
    return _clipped(("\n".join(lines) for lines in texts), budget)


def ours(task: Task, asked: Asked, index: WorkspaceIndex, budget: int) -> str:
    """
    What Pacenotes shows.
    """
    return gather_now(asked, budget, index).text


def oracle(task: Task, asked: Asked, index: WorkspaceIndex, budget: int) -> str:
    """
    What one would show who knew the hidden text: the best that can be had.
    """
    return _clipped(
        (f"{need.name} {need.head}" for need in sorted(task.needs, key=lambda need: not need.novel)), budget
    )


METHODS: tuple[Method, ...] = (nothing, neighbour_heads, neighbour_windows, import_definitions, bm25, ours, oracle)


def _neighbours(asked: Asked, index: WorkspaceIndex) -> Iterator[str]:
    path = index.absolute(asked.document.uri, asked.path)
    for other in [name for name in index.symbols.files_in(dirname(path)) if name != path][:NEIGHBOURS]:
        yield index.text(other) or ""


def _head(text: str) -> str:
    return "\n".join(text.split("\n")[:40])


def _jaccard(words: set[str], window: str) -> float:
    own = set(WORD.findall(window))
    return len(words & own) / len(words | own) if own else 0.0


def _clipped(parts: Iterable[str], budget: int) -> str:
    return "\n".join(parts)[: 4 * budget]
