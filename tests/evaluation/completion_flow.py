"""
How much of a perfect reply survives the completion flow, and how many faulty replies it repairs.

    python -m tests.evaluation.completion_flow FOLDER… [--cursors 1000] [--seed 1] [--fault NAME]… [--at-end] [--show 5]

A piece of real TypeScript is taken out at a random cursor, and a provider answers with exactly that piece, or with the
same in the ways in which chat models spoil it.
A piece has come through if the completion makes the file what it was.
"""

import argparse
import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lsp_server.completion.engine import complete
from lsp_server.completion.request import Completion, CompletionRequest, NoCompletion, NoCompletionReason, Outcome
from lsp_server.completion.trigger import REASONS
from lsp_server.context.snippet import Context
from lsp_server.providers.base import Chunk, MessageStop, StopReason, TextDelta
from lsp_server.settings import Settings
from lsp_server.syntax.tree import SyntaxTree, parse
from lsp_server.text.document import Document
from tests.support.scripted import ScriptedProvider

LONGEST_FILE = 100_000
LONGEST_TRUTH = 1_500
"""In characters, which are about as many as the 256 tokens of a reply can hold."""

STATEMENTS = ("_statement", "_declaration", "_definition", "_signature", "pair", "jsx_element", "jsx_attribute")
GATES = frozenset(REASONS) | {NoCompletionReason.FILE_TOO_LARGE}


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    One cursor: a file without `truth`, which stood at `offset`.
    """

    path: Path
    kind: str
    before: str
    truth: str
    after: str

    @property
    def language_id(self) -> str:
        """
        By the file's ending.
        """
        return "typescriptreact" if self.path.suffix == ".tsx" else "typescript"


Fault = Callable[[Case, random.Random], str | None]


def in_pieces(reply: str) -> list[Chunk]:
    """
    A reply as a model streams it, a few characters at a time.
    """
    return [*(TextDelta(reply[at : at + 5]) for at in range(0, len(reply), 5)), MessageStop(reason=StopReason.END)]


# --- cursors ---------------------------------------------------------------------------------------------------------


def cases(folders: list[Path], wanted: int, rng: random.Random, *, at_end: bool = False) -> Iterator[Case]:
    """
    Random cursors in random files, of every kind in turn.

    `at_end` leaves nothing behind them, as in a file that has just been begun.
    """
    files = sorted(path for folder in folders for path in folder.rglob("*.ts*") if is_source(path))
    makers = (rest_of_line, rest_of_statement, whole_statement, body)
    made = 0
    while made < wanted:
        path = rng.choice(files)
        text = path.read_bytes().decode("utf-8", "replace")
        if len(text) > LONGEST_FILE or not text.strip():
            continue
        maker = makers[made % len(makers)]
        span = maker(text, path, rng)
        if span is None:
            continue
        start, end = span
        truth = text[start:end]
        if truth.strip() and len(truth) <= LONGEST_TRUTH:
            made += 1
            after = "" if at_end else text[end:]
            yield Case(path=path, kind=maker.__name__, before=text[:start], truth=truth, after=after)


def is_source(path: Path) -> bool:
    """
    Whether people wrote it.
    """
    return path.is_file() and not path.name.endswith(".d.ts") and "node_modules" not in path.parts


def rest_of_line(text: str, _path: Path, rng: random.Random) -> tuple[int, int] | None:
    """
    From anywhere in a line to its end.
    """
    lines = text.split("\n")
    number = rng.randrange(len(lines))
    line = lines[number].rstrip()
    indent = len(line) - len(line.lstrip())
    if len(line) - indent < 2:
        return None
    start = sum(len(earlier) + 1 for earlier in lines[:number])
    return start + rng.randrange(indent, len(line)), start + len(line)


def rest_of_statement(text: str, path: Path, rng: random.Random) -> tuple[int, int] | None:
    """
    From somewhere in the first line of a statement, member, property or element to its end.
    """
    span = whole_statement(text, path, rng)
    if span is None:
        return None
    start, end = span
    first_line_end = min(end, text.find("\n", start) if "\n" in text[start:end] else end)
    return rng.randrange(start + 1, first_line_end) if first_line_end - start > 1 else start, end


def whole_statement(text: str, path: Path, rng: random.Random) -> tuple[int, int] | None:
    """
    All of a statement that begins its line and ends it.
    """
    tree = syntax_of(text, path)
    spans = [tree.span_of(node) for node in nodes(tree) if node.type.endswith(STATEMENTS) and not node.has_error]
    rng.shuffle(spans)
    for span in spans[:20]:
        end = span.end + (text[span.end : span.end + 1] in tuple(",;"))
        lead = text[text.rfind("\n", 0, span.start) + 1 : span.start]
        if not lead.strip() and text[end : end + 1] in ("\n", "\r", "") and end - span.start <= LONGEST_TRUTH:
            return span.start, end
    return None


def body(text: str, path: Path, rng: random.Random) -> tuple[int, int] | None:
    """
    The inside of a body that begins and ends with a line of its own.
    """
    tree = syntax_of(text, path)
    kinds = ("statement_block", "class_body", "object", "object_type", "interface_body")
    spans = [tree.span_of(node) for node in nodes(tree) if node.type in kinds and not node.has_error]
    rng.shuffle(spans)
    for span in spans[:20]:
        inside = text[span.start + 1 : span.end - 1]
        if inside.lstrip(" ").startswith("\n") and inside.strip() and len(inside) <= LONGEST_TRUTH:
            start = span.start + 1 + len(inside) - len(inside.lstrip())
            return start, start + len(inside.strip())
    return None


def syntax_of(text: str, path: Path) -> SyntaxTree:
    """
    A file's syntax.
    """
    return parse(Document.create(path.as_uri(), language_of(path), 1, text))


def language_of(path: Path) -> str:
    """
    By the file's ending.
    """
    return "typescriptreact" if path.suffix == ".tsx" else "typescript"


def nodes(tree: SyntaxTree) -> Iterator:  # type: ignore[type-arg]  # Of tree_sitter nodes.
    """
    All of them.
    """
    waiting = [tree.root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.children)


# --- what models do to a reply ---------------------------------------------------------------------------------------


def exact(case: Case, _rng: random.Random) -> str | None:
    return case.truth


def tagged(case: Case, _rng: random.Random) -> str | None:
    return f"<completion>{case.truth}</completion>"


def tagged_on_own_lines(case: Case, _rng: random.Random) -> str | None:
    return f"<completion>\n{case.truth}\n</completion>"


def fenced(case: Case, _rng: random.Random) -> str | None:
    return f"```typescript\n{case.truth}\n```"


def tagged_and_fenced(case: Case, _rng: random.Random) -> str | None:
    return f"<completion>\n```ts\n{case.truth}\n```\n</completion>"


def introduced(case: Case, _rng: random.Random) -> str | None:
    return f"Here's the completion for this code:\n\n```typescript\n{case.truth}\n```\n\nThis fits the existing style."


def explained(case: Case, _rng: random.Random) -> str | None:
    return f"{case.truth}\n\nThis completes the code by following the pattern that is used in the rest of the file."


def echoed_line(case: Case, _rng: random.Random) -> str | None:
    line = case.before.rpartition("\n")[2]
    return line + case.truth if line.strip() else None


def echoed_trimmed_line(case: Case, _rng: random.Random) -> str | None:
    line = case.before.rpartition("\n")[2].lstrip()
    return line + case.truth if line else None


def echoed_lines(case: Case, _rng: random.Random) -> str | None:
    lines = case.before.split("\n")
    if sum(len(line.strip()) > 8 for line in lines[-4:-1]) < 2:
        return None
    return "\n".join(lines[-4:]).lstrip() + case.truth


def echoed_word(case: Case, _rng: random.Random) -> str | None:
    word = ""
    while case.before[: len(case.before) - len(word)][-1:].isalnum():
        word = case.before[-len(word) - 1 :]
    return word + case.truth if len(word) > 1 and case.truth[0].isalnum() and not word.isdigit() else None


def closed_again(case: Case, _rng: random.Random) -> str | None:
    below = case.after.split("\n")[1:]
    closing = next((line for line in below if line.strip()), "")
    return f"{case.truth}\n{closing}" if closing.strip().strip(")}];,") == "" and closing.strip() else None


def went_on_with_the_file(case: Case, _rng: random.Random) -> str | None:
    return case.truth + case.after[:2000] if case.after.strip() else None


def went_on_with_something_else(case: Case, _rng: random.Random) -> str | None:
    indent = " " * (len(case.before) - len(case.before.rpartition("\n")[2]) and 0)
    other = "\n\nexport function somethingElse(value: string): string {\n  return value.trim();\n}\n"
    return case.truth + indent + other if case.kind != "rest_of_line" or case.truth.rstrip().endswith(";") else None


def without_base_indentation(case: Case, _rng: random.Random) -> str | None:
    line = case.before.rpartition("\n")[2]
    indent = line[: len(line) - len(line.lstrip())] if line.strip() else line
    if not indent or "\n" not in case.truth or "`" in case.truth:
        return None
    return case.truth.replace("\n" + indent, "\n")


def with_tabs(case: Case, _rng: random.Random) -> str | None:
    if (
        "\n  " not in case.truth
        or "\n  " not in case.before + case.after
        or "`" in case.truth
        or "\n\t" in case.before
        or "*" in case.truth
    ):
        return None
    lines = case.truth.split("\n")
    widths = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    if any(width % 2 for width in widths):
        return None
    return "\n".join([lines[0], *("\t" * ((len(x) - len(x.lstrip())) // 2) + x.lstrip() for x in lines[1:])])


def with_crlf(case: Case, _rng: random.Random) -> str | None:
    return case.truth.replace("\n", "\r\n") if "\n" in case.truth else None


FAULTS: tuple[Fault, ...] = (
    exact,
    tagged,
    tagged_on_own_lines,
    fenced,
    tagged_and_fenced,
    introduced,
    explained,
    echoed_line,
    echoed_trimmed_line,
    echoed_lines,
    echoed_word,
    closed_again,
    went_on_with_the_file,
    went_on_with_something_else,
    without_base_indentation,
    with_tabs,
    with_crlf,
)


# --- measuring -------------------------------------------------------------------------------------------------------


async def run(case: Case, reply: str) -> Outcome:
    """
    Send one reply through the flow.
    """
    document = Document.create(case.path.as_uri(), case.language_id, 1, case.before + case.after)
    request = CompletionRequest(
        id="e", document=document, tree=parse(document), offset=len(case.before), path=case.path.name
    )
    return await complete(
        request,
        previous=None,
        provider=ScriptedProvider(in_pieces(reply)),
        gather=nothing,
        settings=Settings(completion_debounce_ms=0),
        clock=time.perf_counter,
    )


async def nothing(_request: CompletionRequest, _budget: int) -> Context:
    """
    No context.
    """
    return Context()


def came_through(case: Case, outcome: Outcome) -> bool:
    """
    Whether the file is as it was, white space at line ends aside.
    """
    if not isinstance(outcome, Completion):
        return False
    text = outcome.document.text
    result = text[: outcome.span.start] + outcome.text + text[outcome.span.end :]
    return lines_of(result) == lines_of(case.before + case.truth + case.after)


def lines_of(text: str) -> list[str]:
    """
    A text's lines without their ends.
    """
    return [line.rstrip() for line in text.rstrip().split("\n")]


def report(case: Case, fault: str, outcome: Outcome) -> None:
    """
    Show what went wrong.
    """
    print(f"\n--- {fault} / {case.kind}: {case.path}:{case.before.count(chr(10)) + 1}")
    print("\n".join(case.before.split("\n")[-4:]) + "█" + "\n".join(case.after.split("\n")[:4]))
    print(f"truth : {case.truth!r}")
    print(f"got   : {outcome.text!r}" if isinstance(outcome, Completion) else f"reason: {outcome.reason}")


def main() -> None:
    """
    Measure, and print a table.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--cursors", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", action="append")
    parser.add_argument("--at-end", action="store_true", help="the file ends at the cursor")
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    counts: Counter[tuple[str, str, str]] = Counter()
    spent = 0.0
    for case in cases([folder.resolve() for folder in given.folders], given.cursors, rng, at_end=given.at_end):
        for fault in FAULTS:
            name = fault.__name__
            reply = fault(case, rng)
            if reply is None or (given.fault and name not in given.fault):
                continue
            started = time.perf_counter()
            outcome = asyncio.run(run(case, reply))
            spent += time.perf_counter() - started
            if isinstance(outcome, NoCompletion) and outcome.reason in GATES:
                counts[name, case.kind, "gated"] += 1
                continue
            fine = came_through(case, outcome)
            counts[name, case.kind, "fine" if fine else "spoiled"] += 1
            if not fine:
                reason = outcome.reason if isinstance(outcome, NoCompletion) else "other text"
                counts[name, case.kind, reason] += 1
                if counts[name, "", "shown"] < given.show:
                    counts[name, "", "shown"] += 1
                    report(case, name, outcome)
    table(counts)


def table(counts: Counter[tuple[str, str, str]]) -> None:
    """
    A line for each fault: the share that came through, in all and by kind of cursor.
    """
    kinds = [maker.__name__ for maker in (rest_of_line, rest_of_statement, whole_statement, body)]
    print(f"\n{'reply':30}{'asked':>7}{'gated':>7}{'fine':>9}  " + "".join(f"{kind:>19}" for kind in kinds))
    for fault in FAULTS:
        name = fault.__name__
        fine, spoiled, gated = (sum(counts[name, kind, key] for kind in kinds) for key in ("fine", "spoiled", "gated"))
        if fine + spoiled:
            shares = "".join(f"{share(counts[name, k, 'fine'], counts[name, k, 'spoiled']):>19}" for k in kinds)
            print(f"{name:30}{fine + spoiled:7}{gated:7}{share(fine, spoiled):>9}  {shares}")


def share(fine: int, spoiled: int) -> str:
    """
    In per cent.
    """
    return f"{100 * fine / (fine + spoiled):.1f} %" if fine + spoiled else "-"


if __name__ == "__main__":
    main()
