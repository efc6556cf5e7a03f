"""
What code elsewhere that is like the code at hand says about a name: windows of similar lines, and files of similar aim.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname

from lsp_server.context.question import Question
from lsp_server.context.situation import WORD, Slot
from lsp_server.index.windows import Window

FILES = 10
LIKE_ENOUGH = 0.25
FOLLOWING_LINES = 5

_LEAD = re.compile(r"([\w$]+\s*\W{1,2}|[\w$]+\s)\s*[\w$]*$")


@dataclass(frozen=True, eq=False)
class Similar:
    """
    Similar code, each look at it taken once and only when asked for.
    """

    question: Question

    @cached_property
    def in_windows(self) -> dict[str, float]:
        """
        The words of similar windows, each at the score of the best window it stands in.
        """
        words: dict[str, float] = {}
        for window, excerpt in self.question.windows:
            score = self._relative(window)
            for word in excerpt.words:
                words.setdefault(word, score)
        return words

    @cached_property
    def window_shares(self) -> dict[str, float]:
        """
        In what share of the windows each word stands.
        """
        windows = self.question.windows
        counts = Counter(word for _, excerpt in windows for word in excerpt.words)
        return {word: count / len(windows) for word, count in counts.items()}

    @cached_property
    def in_files(self) -> dict[str, float]:
        """
        In what share of the files that import what this one imports each word stands, the more alike the heavier.
        """
        situation = self.question.situation
        key = ("in files", situation.path, self.question.imported_names)
        return self.question.source.memory.of(key, self._in_files)

    def _in_files(self) -> dict[str, float]:
        files = self._files
        total = sum(files.values())
        words: dict[str, float] = {}
        for path, likeness in files.items():
            share = likeness / total
            for word in self.question.source.words(path):
                words[word] = words.get(word, 0.0) + share
        return words

    @cached_property
    def continuations(self) -> dict[str, float]:
        """
        The words that follow, in similar windows, on lines like the last one here.
        """
        lines = [line for line in self.question.situation.before[-1500:].split("\n") if WORD.search(line)]
        last = set(WORD.findall(lines[-1])) if lines else set()
        words: dict[str, float] = {}
        for _, excerpt in self.question.windows if last else ():
            for number, row in enumerate(excerpt.rows):
                own = set(row)
                shared = len(own & last)
                likeness = shared / (len(own) + len(last) - shared) if shared else 0.0
                if likeness >= LIKE_ENOUGH:
                    for following in excerpt.rows[number : number + FOLLOWING_LINES]:
                        for word in following:
                            words[word] = max(words.get(word, 0.0), likeness)
        return words

    @cached_property
    def followers(self) -> frozenset[str]:
        """
        The words that stand, in similar windows, behind the same word and mark as the cursor does.
        """
        found = _LEAD.search(self.question.situation.line_prefix)
        if not found:
            return frozenset()
        lead = re.compile(re.escape(found[1].strip()) + r"\s*([A-Za-z_$][\w$]*)")
        return frozenset(word for _, excerpt in self.question.windows for word in lead.findall(excerpt.text))

    def as_member(self, name: str) -> float:
        """
        How likely a name that symbols and members share means a member: as it does in similar windows.
        """
        if not self.question.source.symbols.has_member(name):
            return 0.0
        members, uses = self._uses.get(name, (0, 0))
        prior = 0.7 if self.question.situation.slot in (Slot.MEMBER, Slot.PROPERTY, Slot.ATTRIBUTE) else 0.3
        return (members + prior) / (uses + 1)

    @cached_property
    def _uses(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for _, excerpt in self.question.windows:
            for name, (as_member, all_uses) in excerpt.uses.items():
                members, uses = found.get(name, (0, 0))
                found[name] = (members + as_member, uses + all_uses)
        return found

    @cached_property
    def _files(self) -> dict[str, float]:
        question = self.question
        path = question.situation.path
        found = question.source.symbols.similar_files(path, question.imported_names)
        if not found:
            found = dict.fromkeys((other for other in question.source.symbols.files_in(dirname(path))), 1.0)
            found.pop(path, None)
        best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:FILES]
        return dict(best)

    def _relative(self, window: Window) -> float:
        return window.score / self.question.windows[0][0].score
