"""
What is kept of an index, and for how long.
"""

from lsp_server.index.memory import MAX_KEPT, Memory
from tests.context.scenes import scene


def test_an_answer_is_worked_out_once_until_something_changes() -> None:
    """
    The second question costs nothing, and a change makes it a new one.
    """
    memory, asked = Memory(), list[int]()

    def work_out() -> int:
        asked.append(len(asked))
        return asked[-1]

    assert [memory.of("key", work_out) for _ in range(3)] == [0, 0, 0]
    memory.forget()
    assert memory.of("key", work_out) == 1


def test_what_changed_while_it_was_worked_out_is_not_kept() -> None:
    """
    An answer from before a change is given to whoever asked before it, and to nobody else.
    """
    memory = Memory()

    def overtaken() -> str:
        memory.forget()
        return "old"

    assert memory.of("key", overtaken) == "old"
    assert memory.of("key", lambda: "new") == "new"


def test_no_more_is_kept_than_there_is_room_for() -> None:
    """
    Where nothing ever changes, it does not grow for ever.
    """
    memory = Memory()
    for number in range(MAX_KEPT + 1):
        memory.of(number, lambda: "kept")

    assert memory.of(0, lambda: "anew") == "anew"


def test_a_change_elsewhere_shows_in_the_next_context() -> None:
    """
    Windows, neighbours and declarations that were looked at are looked at again.
    """
    taken = scene(
        {
            "src/main.ts": "import { total } from './sums';\n\nexport function report(rows: number[]) {\n  total(█)\n}",
            "src/sums.ts": "export function total(rows: number[]): number { return 0; }\n",
        }
    )
    taken.build()
    before = taken.context().text
    taken.index.open_document(
        "/workspace/src/sums.ts", "export function total(rows: number[], currency: Currency): number { return 0; }\n"
    )

    assert "currency: Currency" not in before
    assert "currency: Currency" in taken.context().text
