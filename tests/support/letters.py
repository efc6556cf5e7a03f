"""
Who is who in a text that is edited: every character has an identity, so that equal text in another place is told apart.
"""

from itertools import count

from lsp_server.text.positions import Span


class Letters:
    """
    The identities of a text's characters, and which of them stood before, in and behind a passage at the start.
    """

    def __init__(self, text: str, passage: Span) -> None:
        self._numbers = count()
        self._quote = text[passage.start : passage.end]
        self.row = [next(self._numbers) for _ in text]
        self._left = frozenset(self.row[: passage.start])
        self._own = frozenset(self.row[passage.start : passage.end])
        self._right = frozenset(self.row[passage.end :])

    def edit(self, old: str, start: int, end: int, text: str) -> None:
        """
        `text` takes the place of `old[start:end]`.
        """
        start, end, text = self._least(old, start, end, text)
        self.row[start:end] = [next(self._numbers) for _ in text]

    def prove(self, text: str, start: int, end: int) -> None:
        """
        What stands there is the passage, in its own place: behind all that stood before it, before all that followed.
        """
        assert text[start:end] == self._quote
        # A deletion between equal letters can be read either way, so a few at the border may be a neighbour's.
        strangers = [letter for letter in self.row[start:end] if letter in self._left | self._right]
        assert len(strangers) < len(self._quote) // 2
        assert self._right.isdisjoint(self.row[:start])
        assert self._left.isdisjoint(self.row[end:])

    def _least(self, old: str, start: int, end: int, text: str) -> tuple[int, int, str]:
        """
        The same edit as one that leaves as many letters alone as it can, those of the passage first.
        """
        while start < end and text and old[start] == text[0]:
            start, text = start + 1, text[1:]
        while start < end and text and old[end - 1] == text[-1]:
            end, text = end - 1, text[:-1]
        if text or start == end:
            return start, end, text
        places = [(start, end)]
        while places[-1][0] > 0 and old[places[-1][0] - 1] == old[places[-1][1] - 1]:
            places.append((places[-1][0] - 1, places[-1][1] - 1))
        while end < len(old) and old[start] == old[end]:
            start, end = start + 1, end + 1
            places.append((start, end))
        start, end = min(places, key=lambda place: len(self._own.intersection(self.row[slice(*place)])))
        return start, end, ""
