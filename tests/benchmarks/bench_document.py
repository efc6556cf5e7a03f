"""
What a keystroke costs in a long file: the edit, reading again, positions; and pygls's own document beside them.

Run it as `python -m tests.benchmarks.bench_document [--lines 10000] [--json FILE]`.
All times are of the processor, in milliseconds; look at ratios within one run.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lsprotocol import types
from pygls.workspace import PositionCodec, TextDocument

from lsp_server.syntax.tree import SyntaxTree, parse
from lsp_server.text.document import ContentChange, Document
from lsp_server.text.positions import Position, PositionEncoding

UTF16 = PositionEncoding.UTF16
PLACES = (0.02, 0.5, 0.98)
STATEMENT = "const total = items.filter((item) => item.open).map((item) => `${item.id}: ${item.price}`);"
CLOSERS = {"(": ")", "{": "}", "[": "]", "`": "`"}

FUNCTION = """
/** Works out the {noun} of a {other}. */
export async function {noun}{n}(id: string, {other}s: {Type}[], limit = {n}): Promise<{Type} | null> {{
  const reply = await fetch(`/api/${{id}}?limit=${{limit}}`);
  if (!reply.ok) {{
    throw new Error("no {noun}: " + reply.status);
  }}
  for (const {other} of {other}s) {{
    if ({other}.price * {other}.count > limit && /^[a-z]+$/.test({other}.name)) {{
      return {{ ...{other}, name: {other}.name.trim(), tags: ["{noun}", "{other}"] }};
    }}
  }}
  return null;
}}
"""

CLASS = """
export class {Type}Store{n} extends Store<{Type}> implements Closable {{
  private readonly {noun}s = new Map<string, {Type}>();

  constructor(private readonly http: Http, public limit: number = {n}) {{
    super("{noun}");
  }}

  get {noun}(): {Type} | undefined {{
    return this.{noun}s.get("{other}") ?? undefined;
  }}

  add(...{other}s: {Type}[]): void {{
    {other}s.forEach(({other}) => this.{noun}s.set({other}.name, {other}));
  }}
}}

export interface {Type}{n} {{
  name: string;
  price: number;
  count?: number;
  onChange: (before: {Type}, after: {Type}) => void;
}}
"""


LIMIT_MS = 2.0
LIMITED_LINES = 10_000


def main() -> int:
    """
    Print a table, and write it as JSON if asked; 1 when a keystroke in 10,000 lines is over the limit in the median.
    """
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lines", type=int, default=10_000)
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    text = source(given.lines)
    figures = {name: summary(times) for name, times in measure(text)}
    slowest = max(row["p50"] for name, row in figures.items() if name.startswith("edit + read again"))
    print(f"{text.count(chr(10))} lines, {len(text)} characters; CPU ms")
    print(f"{'':44}{'p50':>10}{'p95':>10}{'max':>10}{'n':>7}")
    for name, row in figures.items():
        print(f"{name:44}{row['p50']:10.4f}{row['p95']:10.4f}{row['max']:10.4f}{row['n']:7}")
    if given.json:
        given.json.write_text(json.dumps({"lines": given.lines, "characters": len(text), "figures": figures}))
    print(f"slowest median of a keystroke {slowest:.2f} ms (limit {LIMIT_MS} at {LIMITED_LINES} lines)")
    return 1 if slowest > LIMIT_MS and given.lines <= LIMITED_LINES else 0


def source(lines: int) -> str:
    """
    A file of about so many lines, no two pieces of it the same.
    """
    chance = random.Random(7)
    nouns = ("order", "price", "stage", "note", "route", "driver", "ticket", "wheel")
    pieces: list[str] = ['import { Store, type Http, type Closable } from "./store";\n']
    written = 1
    while written < lines:
        noun, other = chance.sample(nouns, 2)
        shape = chance.choice((FUNCTION, CLASS))
        pieces.append(shape.format(n=len(pieces), noun=noun, other=other, Type=noun.capitalize()))
        written += pieces[-1].count("\n")
    return "".join(pieces)


def measure(text: str) -> Iterator[tuple[str, list[float]]]:
    """
    Every figure by its name.
    """
    document = Document.create("file:///long.ts", "typescript", 1, text)
    tree = parse(document)
    yield "read the whole file", repeated(lambda: parse(document), 5)
    yield from typing("pairs closed by the editor", document, tree, keys_with_pairs(STATEMENT))
    yield from typing("nothing closed", document, tree, [(key, "") for key in STATEMENT])
    last = document.line_count - 3
    offset = document.line_start(last)
    yield "position -> offset, near the end", repeated(lambda: document.offset_at(Position(last, 4), UTF16), 300)
    yield "offset -> position, near the end", repeated(lambda: document.position_at(offset, UTF16), 300)
    yield from beside_pygls(text, last)


def keys_with_pairs(statement: str) -> list[tuple[str, str]]:
    """
    What is typed, with what the editor puts behind the cursor by itself; typing over that adds nothing.
    """
    keys, waiting = [], ""
    for key in statement:
        if waiting.startswith(key):
            waiting = waiting[1:]
            keys.append((key, "over"))
            continue
        waiting = CLOSERS.get(key, "") + waiting
        keys.append((key, CLOSERS.get(key, "")))
    return keys


def typing(
    name: str, document: Document, tree: SyntaxTree, keys: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, list[float]]]:
    """
    Type a statement into the body of a function, at three places of the file.
    """
    edits: list[float] = []
    readings: list[float] = []
    for place in PLACES:
        line = next(
            number
            for number in range(int(place * document.line_count), document.line_count)
            if document.line(number).startswith("  const reply")
        )
        start = document.line_end(line)
        here = document.position_at(start, UTF16)
        after, changes = document.apply([ContentChange((here, here), "\n  ")], 1, UTF16)
        latest, offset = parse(after, tree, changes), start + 3
        for key, closer in keys:
            if closer == "over":
                offset += 1
                continue
            began = time.process_time()
            cursor = after.position_at(offset, UTF16)
            after, changes = after.apply([ContentChange((cursor, cursor), key + closer)], 1, UTF16)
            edited = time.process_time()
            latest = parse(after, latest, changes)
            edits.append(edited - began)
            readings.append(time.process_time() - edited)
            offset += 1
    yield f"edit, {name}", edits
    yield f"read again, {name}", readings
    yield f"edit + read again, {name}", [sum(pair) for pair in zip(edits, readings, strict=True)]


def beside_pygls(text: str, line: int) -> Iterator[tuple[str, list[float]]]:
    """
    The same edit and the same position in pygls's document.
    """
    theirs = TextDocument("file:///long.ts", text, position_codec=PositionCodec())
    ours = Document.create("file:///long.ts", "typescript", 1, text)
    where = types.Position(line // 2, 2)
    change = types.TextDocumentContentChangePartial(types.Range(where, where), "x")
    here = Position(line // 2, 2)
    yield "pygls: edit", repeated(lambda: theirs.apply_change(change), 100)
    yield "ours: edit", repeated(lambda: ours.apply([ContentChange((here, here), "x")], 2, UTF16), 100)
    end = types.Position(line, 4)
    yield "pygls: position -> offset, near the end", repeated(lambda: theirs.offset_at_position(end), 100)
    yield "ours: position -> offset, near the end", repeated(lambda: ours.offset_at(Position(line, 4), UTF16), 100)


def repeated(work: Callable[[], object], times: int) -> list[float]:
    """
    How long it takes each time.
    """
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return taken


def summary(taken: Sequence[float]) -> dict[str, float]:
    """
    Percentiles in milliseconds.
    """
    ordered = sorted(1000 * one for one in taken)
    return {
        "p50": statistics.median(ordered),
        "p95": ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
        "max": ordered[-1],
        "n": len(ordered),
    }


if __name__ == "__main__":
    sys.exit(main())
