"""
Where a name would be imported from, written as the open file writes its imports.
"""

import re
from collections import Counter
from pathlib import PurePosixPath

from lsp_server.providers.local.cursor import Cursor
from lsp_server.providers.local.hypothesis import Hypothesis

MOST_SOURCES = 3
_ENDING = re.compile(r"\.(tsx?|jsx?|mts|cts)$")
_INDEX = re.compile(r"/index$")


def import_sources(cursor: Cursor, hypothesis: Hypothesis) -> list[int]:
    """
    Words for the string after `from`, for the names just listed; nearest file first.
    """
    if cursor.words[hypothesis.context[0]] != "from":
        return []
    quote, ending = _habits(cursor)
    votes: Counter[str] = Counter()
    for word in hypothesis.context[1:]:
        if cursor.words[word] in ("import", "export", "\n", ";"):
            break
        for number in cursor.index.declared.exported.get(word, ()):
            path = cursor.index.paths[number]
            if path != cursor.path and cursor.file_weights[number] > 0:
                votes[path] += 1
    here = PurePosixPath(cursor.path).parent
    nearest = sorted(votes, key=lambda path: (-votes[path], len(relative(here, path).split("/")), path))
    found = [cursor.make_up(f"{quote}{relative(here, path)}{ending}{quote}") for path in nearest[:MOST_SOURCES]]
    return [word for word in found if word]


def relative(folder: PurePosixPath, path: str) -> str:
    """
    The import specifier of `path`, without ending, for a file in `folder`.
    """
    target = _INDEX.sub("", _ENDING.sub("", path))
    there, here = target.split("/"), [part for part in folder.parts if part != "."]
    same = 0
    while same < min(len(here), len(there) - 1) and here[same] == there[same]:
        same += 1
    up = len(here) - same
    return "/".join(([".."] * up if up else ["."]) + there[same:])


def _habits(cursor: Cursor) -> tuple[str, str]:
    """
    The quotation mark and the file ending that imports of the open file have.
    """
    quotes: Counter[str] = Counter()
    endings: Counter[str] = Counter()
    for word in cursor.strings:
        text = cursor.words[word]
        quotes[text[0]] += 1
        if text[1:2] == ".":
            match = _ENDING.search(text[1:-1])
            endings[match[0] if match else ""] += 1
    quote = cursor.partial[0] if cursor.partial[:1] in ("'", '"') else ""
    return quote or (quotes.most_common(1)[0][0] if quotes else "'"), endings.most_common(1)[0][0] if endings else ""
