"""
What the client is told of how we are: each change once, the most important thing first.
"""

from dataclasses import replace

from lsp_server.completion.request import Completion, Extent, NoCompletion, NoCompletionReason, Source
from lsp_server.lsp.status import Status, StatusBoard, StatusKind
from lsp_server.text.document import Document
from lsp_server.text.positions import Span

SILENT = "There is too little code in this workspace to learn from yet."
REFUSED = "The key was refused."
MEANWHILE = Completion(
    id="c1",
    document=Document.create("file:///a.ts", "typescript", 1, ""),
    text="load();",
    span=Span(0, 0),
    offset=0,
    source=Source.MODEL,
    extent=Extent.LINE,
    provider="local",
    model="local-workspace-1",
    prompt_fingerprint="f",
    note=f"{REFUSED} Meanwhile completions come from `local`.",
    error_kind="not_authorised",
)


def nothing(reason: NoCompletionReason, detail: str = "", error_kind: str = "") -> NoCompletion:
    """
    An outcome without a text.
    """
    return NoCompletion(id="c1", reason=reason, detail=detail, error_kind=error_kind)


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

    def test_says_who_answers_meanwhile_and_why(self) -> None:
        """
        A refused key stays an error while another model completes; each change of that is told once.
        """
        refused = nothing(NoCompletionReason.PROVIDER_FAILED, REFUSED, "not_authorised")
        for outcome in (refused, MEANWHILE, refused, MEANWHILE, refused):
            self.board.after(outcome, 0.0)

        shown = [(status.kind, status.message, status.provider) for status in self.told[1:]]
        assert shown == [(StatusKind.ERROR, REFUSED, "local"), (StatusKind.ERROR, MEANWHILE.note, "local")]

    def test_the_next_try_is_not_counted_down(self) -> None:
        """
        What changes with every second while a provider is left alone is told once.
        """
        for seconds in range(3):
            note = f"Overloaded. (next try in {seconds} s) Meanwhile completions come from `local`."
            self.board.after(replace(MEANWHILE, note=note, error_kind="backing_off"), 0.0)

        assert len(self.told) == 2

    def test_an_answer_of_the_chosen_model_takes_it_back(self) -> None:
        """
        The failure is over when the model that was chosen answers again.
        """
        self.board.after(MEANWHILE, 0.0)
        self.board.after(replace(MEANWHILE, provider="anthropic", model="claude", note="", error_kind=""), 0.0)

        assert self.told[-1] == Status(provider="anthropic", model="claude")

    def test_an_empty_reply_without_a_reason_takes_an_old_one_back(self) -> None:
        """
        What was said of one place is not left standing for another.
        """
        self.board.after(nothing(NoCompletionReason.EMPTY_REPLY, SILENT), 0.0)
        self.board.after(nothing(NoCompletionReason.EMPTY_REPLY), 0.0)

        assert self.told[-1].message == ""

    def test_an_answer_without_a_text_takes_a_failure_back(self) -> None:
        """
        The model that was chosen answers, although it has nothing to add here.
        """
        self.board.after(nothing(NoCompletionReason.PROVIDER_FAILED, "Overloaded.", "overloaded"), 0.0)
        self.board.after(nothing(NoCompletionReason.EMPTY_REPLY), 0.0, is_answering=True)

        assert self.told[-1] == Status(provider="local")

    def test_what_comes_from_a_cache_says_nothing_of_the_model(self) -> None:
        """
        The failure is shown on.
        """
        self.board.after(nothing(NoCompletionReason.PROVIDER_FAILED, "Overloaded.", "overloaded"), 0.0)
        self.board.after(replace(MEANWHILE, source=Source.CACHE, note="", error_kind=""), 0.0)

        assert self.told[-1].message == "Overloaded."

    def test_a_slow_model_is_told_of(self) -> None:
        """
        Once, and until it is quick again.
        """
        answer = replace(MEANWHILE, provider="anthropic", model="claude", note="", error_kind="")
        for latency_s in (0.4, 3.1, 2.9, 1.1):
            self.board.after(answer, 0.0, latency_s=latency_s)

        said = "claude takes 3 s to begin an answer, so it is asked less often."
        assert [status.message for status in self.told[1:]] == ["", said, ""]
