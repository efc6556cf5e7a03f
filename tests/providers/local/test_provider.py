"""
The local provider as the rest of the server sees it.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from lsp_server.providers.base import Purpose, StopReason
from lsp_server.providers.local.provider import MODEL, NOT_ANSWERED, LocalProvider
from tests.providers.local.support import ask, complete, corpus_of, inputs_at, prompt_of

SERVICE = """
import { Logger } from './logger';

export class OrderService {
  constructor(private readonly logger: Logger) {}

  async load(id: string): Promise<Order> {
    const order = await this.repository.findOne({ where: { id } });
    if (!order) {
      throw new NotFoundError(`No order ${id}`);
    }
    this.logger.info('order loaded', { id });
    return order;
  }
}
"""
WORKSPACE = {
    f"src/{name}/service.ts": SERVICE.replace("Order", name.title()).replace("order", name)
    for name in ("order", "invoice", "shipment", "payment", "refund")
}


def test_completes_a_line_as_the_workspace_writes_it() -> None:
    """
    A line that the workspace has five times is offered whole.
    """
    marked = SERVICE.replace("Order", "Client").replace("order", "client")
    marked = marked.replace("findOne({ where: { id } });", "█")
    assert complete(marked, WORKSPACE) == "findOne({ where: { id } });"


def test_names_are_those_of_the_open_file() -> None:
    """
    A place of the same shape speaks with the names at the cursor instead of its own.
    """
    marked = SERVICE.replace("Order", "Client").replace("order", "client")
    assert complete(marked.replace("if (!client) {", "if (█"), WORKSPACE).startswith("!client")


def test_what_stands_after_the_cursor_is_not_offered_again() -> None:
    """
    A closing bracket that the editor has already put there is left to it.
    """
    marked = SERVICE.replace("Order", "Client").replace("order", "client")
    marked = marked.replace("findOne({ where: { id } });", "findOne(█);")
    assert complete(marked, WORKSPACE) == "{ where: { id } }"


def test_a_word_half_typed_is_finished() -> None:
    """
    Only words that begin as typed are offered, and what was typed is not repeated.
    """
    marked = SERVICE.replace("Order", "Client").replace("order", "client")
    marked = marked.replace("throw new NotFoundError", "throw new NotF█\n//")
    assert complete(marked, WORKSPACE).startswith("oundError(")


@pytest.mark.parametrize("marked", ["█", "const x = █", "\n\n█\n"])
async def test_an_empty_workspace_is_met_with_silence(marked: str) -> None:
    """
    With nothing to learn from nothing is offered, and a sentence says so.
    """
    provider = LocalProvider(corpus_of({}))
    reply = await ask(provider, prompt_of(inputs_at(marked)))
    assert reply.text == ""
    assert reply.note.endswith(".")


async def test_comments_are_left_to_people() -> None:
    """
    In a comment the provider says that it does not write any.
    """
    reply = await ask(LocalProvider(corpus_of(WORKSPACE)), prompt_of(inputs_at("const a = 1; // this █")))
    assert reply.text == ""
    assert "comments" in reply.note
    assert reply.stop is StopReason.DECLINED


async def test_a_first_question_does_not_wait_for_learning() -> None:
    """
    Before the workspace is learnt the open file speaks alone.
    """

    lines = "".join(f"export const handler{i} = createHandler({{ name: 'h', retries: 3 }});\n" for i in range(8))
    provider = LocalProvider(corpus_of({}))
    reply = await ask(provider, prompt_of(inputs_at(f"{lines}export const handler9 = crea█", automatic=False)))
    assert reply.text.startswith("teHandler({ name: 'h', retries: 3 });")


@pytest.mark.parametrize("purpose", [Purpose.REVIEW, Purpose.ASK])
async def test_other_questions_are_declined(purpose: Purpose) -> None:
    """
    A prompt that is not for a completion ends at once with a note.
    """
    reply = await ask(LocalProvider(corpus_of(WORKSPACE)), prompt_of(None, purpose))
    assert reply.text == ""
    assert reply.note == NOT_ANSWERED


def test_nothing_leaves() -> None:
    """
    What the audit records has no code in it.
    """
    request = LocalProvider(corpus_of({})).wire_request(prompt_of(inputs_at("const secret = █")))
    assert (request.provider, request.model, request.route) == ("local", MODEL, "in-process")
    assert "secret" not in str(request.body)


def test_the_same_question_has_the_same_answer() -> None:
    """
    Two models that learnt the same files in another order agree to the letter.
    """
    marked = SERVICE.replace("this.logger.info", "this.█")
    backwards = dict(reversed(WORKSPACE.items()))
    assert complete(marked, WORKSPACE) == complete(marked, WORKSPACE) == complete(marked, backwards)


def test_importing_the_provider_imports_nothing_heavy() -> None:
    """
    The server may start with it before it has answered anything.
    """
    code = "import sys, lsp_server.providers.local.provider; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0
