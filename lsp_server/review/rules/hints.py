"""
Hints: what they say is so, but it may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from lsp_server.review.finding import Category
from lsp_server.review.rules.code import FUNCTIONS, Code, walk
from lsp_server.review.rules.ends import runs_on
from lsp_server.review.rules.rule import Captures, Hit, Rule

if TYPE_CHECKING:
    from tree_sitter import Node


def _async_callbacks(code: Code, found: Captures) -> Iterator[Hit]:
    method, call, callback = code.text(found["method"]), found["it"], found["callback"]
    # Streams, cursors and other async collections have the same methods, and theirs wait.
    if method not in _WAITLESS or _WAITING.search(code.text(found["owner"])):
        return
    is_loop = method == "forEach"
    if _is_awaited(call, returned=is_loop) or not (_lets_failures_out(callback) if is_loop else _awaits(callback)):
        return
    consequence = (
        "nothing waits for it, and its failures go unhandled"
        if is_loop
        else "the promise that it returns always counts as true"
    )
    yield Hit(node=found["method"], message=f"`{method}` is given an async function: {consequence}.")


def _is_awaited(call: Node, *, returned: bool) -> bool:
    """
    Whether someone waits for what the call gives, or may do so because it is `returned`.
    """
    holder = call.parent
    while holder is not None and holder.type in ("parenthesized_expression", "member_expression", "call_expression"):
        holder = holder.parent
    if holder is None or holder.type in ("await_expression", "yield_expression"):
        return True
    return returned and holder.type in ("return_statement", "arrow_function", "arguments")


def _awaits(function: Node) -> bool:
    return any(part.type == "await_expression" for part in walk(function, into_functions=False))


def _async_executors(code: Code, found: Captures) -> Iterator[Hit]:
    if code.text(found["name"]) != "Promise" or not _lets_failures_out(found["executor"]):
        return
    yield Hit(
        node=found["name"],
        message="The executor of this promise is async: when it throws, the promise is not rejected but never settles.",
    )


def _lets_failures_out(function: Node) -> bool:
    """
    Whether it waits for something outside of any `try` that catches.
    """
    waiting = [function]
    while waiting:
        part = waiting.pop()
        if part.type == "await_expression":
            return True
        if part.type == "try_statement" and (handler := part.child_by_field_name("handler")) is not None:
            finalizer = part.child_by_field_name("finalizer")
            waiting.extend((handler, finalizer) if finalizer is not None else (handler,))
        elif part is function or part.type not in FUNCTIONS:
            waiting.extend(part.named_children)
    return False


def _overriding_ends(code: Code, found: Captures) -> Iterator[Hit]:
    for part in walk(found["body"], into_functions=False):
        if part.type in ("return_statement", "throw_statement"):
            word = part.type.removesuffix("_statement")
            yield Hit(
                node=part,
                message=f"A `{word}` in `finally` takes the place of what was being returned or thrown before.",
            )


def _lost_causes(code: Code, found: Captures) -> Iterator[Hit]:
    caught = code.text(found["caught"])
    is_used = re.search(rf"(?<![\w$.]){re.escape(caught)}(?![\w$])", code.text(found["body"])) is not None
    # A name with an underscore says that it is ignored on purpose.
    if is_used or caught.startswith("_"):
        return
    for part in _thrown(found["body"]):
        made = part.named_children[0] if part.named_children else None
        if made is not None and _BUILT_IN.match(code.text(made)) and "cause" not in code.text(made):
            yield Hit(
                node=part,
                message=f"The new error says nothing of `{caught}`, which led to it: pass it on as `cause`.",
            )


def _thrown(body: Node) -> Iterator[Node]:
    """
    The `throw` statements of a `catch` block, without those that answer to another error inside it.
    """
    waiting = [body]
    while waiting:
        part = waiting.pop()
        if part.type == "throw_statement":
            yield part
        elif part.type not in FUNCTIONS and part.type != "try_statement":
            waiting.extend(reversed(part.named_children))


def _fallthroughs(code: Code, found: Captures) -> Iterator[Hit]:
    cases = [child for child in found["body"].named_children if child.type in ("switch_case", "switch_default")]
    for case, following in pairwise(cases):
        statements = [child for child in case.children_by_field_name("body") if child.type != "comment"]
        if not statements or not runs_on(code, statements):
            continue
        between = code.utf8[statements[-1].start_byte : following.start_byte]
        if b"//" in between or b"/*" in between:
            continue
        label = code.shown(following).partition(":")[0]
        yield Hit(
            node=statements[-1],
            others=(following.children[0],),
            message=f"This case goes on into `{label}`; if that is meant, say so in a comment.",
        )


_WAITLESS = frozenset(("forEach", "filter", "some", "every", "findIndex"))
_WAITING = re.compile(
    r"(?i)stream|cursor|readable|iter|queue|pages?\b|collection|repo|model|query|\bdb\b|promise|async"
)
_BUILT_IN = re.compile(r"new\s+(?:Error|TypeError|RangeError|SyntaxError|EvalError|URIError|ReferenceError)\b")

ASYNC_CALLBACK = Rule(
    id="async-callback",
    category=Category.ASYNC,
    sentence="An async function is given to `forEach`, `filter`, `some`, `every` or `findIndex`.",
    why="These methods do not wait: `forEach` lets go of the promise, and the others take it for `true`.",
    bad="const live = hosts.filter(async (host) => await ping(host));",
    good="const up = await Promise.all(hosts.map(ping));\nconst live = hosts.filter((_, index) => up[index]);",
    query="""
        (call_expression
            function: (member_expression object: (_) @owner property: (property_identifier) @method)
            arguments: (arguments . [(arrow_function "async") (function_expression "async")] @callback)) @it
    """,
    judge=_async_callbacks,
    elsewhere=("typescript-eslint no-misused-promises",),
    hint=True,
    in_tests=False,
)

ASYNC_EXECUTOR = Rule(
    id="async-promise-executor",
    category=Category.ASYNC,
    sentence="`new Promise` is given an async function that can throw.",
    why="The promise learns nothing of what the async function throws: whoever waits for it waits for ever.",
    bad="new Promise(async (resolve) => { resolve(await load()); });",
    good="load();",
    query="""
        (new_expression constructor: (identifier) @name
            arguments: (arguments . [(arrow_function "async") (function_expression "async")] @executor)) @it
    """,
    judge=_async_executors,
    elsewhere=("ESLint no-async-promise-executor",),
    hint=True,
    in_tests=False,
)

UNSAFE_FINALLY = Rule(
    id="unsafe-finally",
    category=Category.ERROR_HANDLING,
    sentence="A `return` or `throw` in `finally`.",
    why="An exception that was on its way is silently dropped.",
    bad="try { save(); } finally { return true; }",
    good="try { save(); } finally { close(); }\nreturn true;",
    query="(finally_clause body: (statement_block) @body)",
    judge=_overriding_ends,
    elsewhere=("ESLint no-unsafe-finally", "SonarJS S1143"),
    hint=True,
    in_tests=False,
)

LOST_CAUSE = Rule(
    id="lost-cause",
    category=Category.ERROR_HANDLING,
    sentence="A `catch` throws a new error and says nothing of the one that it caught.",
    why="Whoever reads the log sees where it was noticed, not what went wrong.",
    bad="try { parse(text); } catch (error) { throw new Error('bad file'); }",
    good="try { parse(text); } catch (error) { throw new Error('bad file', { cause: error }); }",
    query="(catch_clause parameter: (identifier) @caught body: (_) @body)",
    judge=_lost_causes,
    elsewhere=("ESLint preserve-caught-error",),
    hint=True,
    in_tests=False,
)

FALLTHROUGH = Rule(
    id="case-fallthrough",
    category=Category.CORRECTNESS,
    sentence="A case with statements goes on into the next one, and no comment says that it should.",
    why="A `break` is easily forgotten, and both look the same to a reader.",
    bad="switch (size) {\n  case 1: small();\n  default: large();\n}",
    good="switch (size) {\n  case 1: small(); break;\n  default: large();\n}",
    query="(switch_statement body: (switch_body) @body)",
    judge=_fallthroughs,
    elsewhere=("TypeScript noFallthroughCasesInSwitch", "ESLint no-fallthrough"),
    hint=True,
    in_tests=False,
)
