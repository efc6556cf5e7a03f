"""
What the client is told of how we are: each change once, the most important thing first.
"""

from lsp_server.completion.request import NoCompletion, NoCompletionReason
from lsp_server.lsp.status import Status, StatusBoard, StatusKind

SILENT = "There is too little code in this workspace to learn from yet."


def nothing(reason: NoCompletionReason, detail: str = "") -> NoCompletion:
    """
    An outcome without a text.
    """
    return NoCompletion(id="c1", reason=reason, detail=detail)


class TestStatusBoard:
    def setup_method(self) -> None:
        """
        A board that is told of a normal start.
        """
        self.told: list[Status] = []
        self.board = StatusBoard(self.told.append)
        self.board.show(Status(provider="local"))

    def test_says_why_nothing_is_offered(self) -> None:
        """
        A provider that has nothing to say is no trouble, and its reason can be read.
        """
        self.board.after(nothing(NoCompletionReason.EMPTY_REPLY, SILENT), 0.0)

        assert self.told[-1] == Status(kind=StatusKind.NORMAL, message=SILENT, provider="local")

    def test_says_it_once(self) -> None:
        """
        The same reason, key after key, is one message.
        """
        for _ in range(3):
            self.board.after(nothing(NoCompletionReason.EMPTY_REPLY, SILENT), 0.0)

        assert [status.message for status in self.told] == ["", SILENT]

    def test_an_empty_reply_is_no_news_while_something_fails(self) -> None:
        """
        What a failure said stays until a model has answered.
        """
        self.board.after(nothing(NoCompletionReason.PROVIDER_FAILED, "The key was refused."), 0.0)
        self.board.after(nothing(NoCompletionReason.EMPTY_REPLY, SILENT), 0.0)

        assert self.told[-1].message == "The key was refused."
        assert self.told[-1].kind is StatusKind.WARNING

    def test_an_empty_reply_without_a_reason_takes_an_old_one_back(self) -> None:
        """
        What was said of one place is not left standing for another.
        """
        self.board.after(nothing(NoCompletionReason.EMPTY_REPLY, SILENT), 0.0)
        self.board.after(nothing(NoCompletionReason.EMPTY_REPLY), 0.0)

        assert self.told[-1].message == ""
