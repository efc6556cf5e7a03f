"""
Each rule finds its slip, where it stands, and keeps quiet about what only looks like it.
"""

import pytest

from lsp_server.review.finding import Origin, Severity
from lsp_server.review.rules import RULES
from lsp_server.review.rules.rule import Rule
from tests.review.rules.marks import findings, parse_marks

FOUND = {
    "same-operands": [
        "«if (arrow.start || arrow.start) draw();»",
        "«const size = width - width;»",
        "«if (row.id === row.id) f();»",
        "f(\n  a.b &&\n  c &&\n  «a.b &&»\n  d,\n);",
        "«if (a && b && a) f();»",
        "«if (a ?? (b ?? a)) f();»",
        "«const x = list[i] < list[i];»",
        "«if (!name || ! name) f();»",
        "«const same = (left) >= left;»",
        "«if (kind === 'a' || kind === 'b' || kind === 'a') f();»",
    ],
    "contradictory-comparisons": [
        "«if (kind !== 'file' || kind !== 'folder') f();»",
        "«if (kind === 'file' && kind === 'folder') f();»",
        "«if (x !== null || x !== undefined) f();»",
        "«if (ok || x.y !== 1 || x.y !== 2) f();»",
        "«if (1 === n && 2 === n) f();»",
        "«if (kind !== Kind.File || kind !== Kind.Folder) f();»",
        "«if (typeof x === 'string' && typeof x === 'number') f();»",
    ],
    "repeated-condition": [
        "if (a === 1) f();\n«else if (a === 1) g();»",
        "if (a) f();\nelse if (b) g();\n«else if (a) h();»",
        "if (a || b) f();\n«else if (b) g();»",
        "if (a) f();\n«else if (a && b) g();»",
        "«if (isOpen(x)) { f(); } else if (isOpen( x )) { g(); }»",
    ],
    "assignment-as-condition": [
        "«if (state = 'done') close();»",
        "«while (this.state = State.Open) wait();»",
        "«if (left = right) f();»",
        "function f(kind: string) {\n  «if (kind = other.kind) g();»\n}",
    ],
    "empty-if": ["«if (isStale);»\n  reload();", "«if (isStale) ;»"],
    "same-branches": [
        "«const tip = isStart ? from : from;»",
        "const tip =\n  «isStart\n    ? f(from, 1)\n    : f(from,1);»",
        "«const c = isDark ? 'a b' : 'a b';»",
        "«const c = count > 1 ? one(count) : one(count);»",
    ],
    "self-assignment": [
        "function f(loading: boolean) {\n  «loading = loading;»\n}",
        "«this.rows = this.rows;»",
        "«options.low ??= options.low;»",
        "«rows[i] = rows[i];»",
    ],
    "impossible-size": [
        "«if (rows.length >= 0) f();»",
        "«const none = this.rows.length < 0;»",
        "«if (0 <= rows.length) f();»",
        "«if (0 > rows.length) f();»",
        "const seen = new Set();\n«if (seen.size >= 0) f();»",
        "class A {\n  private byName: Map<string, B>;\n  f() {\n    «return this.byName.size < 0;»\n  }\n}",
    ],
    "compare-with-new-object": [
        "«if (items === []) f();»",
        "«if ({} !== item) f();»",
        "«if (made === new Date(0)) f();»",
        "«if (x === (() => 1)) f();»",
    ],
    "compare-with-nan": [
        "«if (total === NaN) f();»",
        "«if (Number.NaN != total) f();»",
        "«if (total < NaN) f();»",
    ],
    "unknown-typeof": [
        "«if (typeof f === 'fucntion') f();»",
        "«if ('undefned' !== typeof f) f();»",
        "«if (typeof f === undefined) f();»",
        "«if (typeof list == 'array') f();»",
    ],
    "negated-left-operand": ["«if (!key in cache) f();»", "«if (!error instanceof TypeError) f();»"],
    "duplicate-case": [
        "switch (key) {\n  case 'up': f(); break;\n  «case 'up': g(); break;»\n}",
        "switch (key) {\n  case 1: f(); break;\n  «case 1.0: g(); break;»\n}",
        "switch (key) {\n  case Key.Up: f(); break;\n  case \"b\": break;\n  «case Key.Up: g(); break;»\n}",
    ],
    "duplicate-key": [
        "const a = {\n  low: 1,\n  «low: 5,»\n};",
        "const a = {\n  low,\n  «'low': 5,»\n};",
        "const a = {\n  f() {},\n  «f: 5,»\n};",
        "const a = {\n  ...b,\n  low: 1,\n  «low: 5,»\n};",
    ],
    "unthrown-error": [
        "if (!user) {\n  «new Error('no user');»\n}",
        "«new errors.NotFoundException();»",
    ],
    "loop-direction": [
        "«for (let i = 9; i >= 0; i++) f(i);»",
        "«for (let i = 0; i < n; i--) f(i);»",
        "«for (let i = 0; n > i; i -= 2) f(i);»",
        "«for (let i = n; i > 0; i += 1) f(i);»",
        "«for (let i = 0; i < n; i += -1) f(i);»",
    ],
    "async-callback": [
        "«rows.forEach(async (row) => { await save(row); });»",
        "«const live = hosts.filter(async (host) => await ping(host));»",
        "function f() {\n  «return names.some(async function (name) { return await has(name); });»\n}",
    ],
    "async-promise-executor": ["«new Promise(async (resolve) => { resolve(await load()); });»"],
    "unsafe-finally": [
        "function f() {\n  try { g(); } finally {\n    «return 1;»\n  }\n}",
        "try { g(); } finally {\n  if (x) {\n    «throw new Error('x');»\n  }\n}",
    ],
    "lost-cause": ["try { f(); } catch (error) {\n  «throw new Error('bad file');»\n}"],
    "case-fallthrough": [
        "switch (a) {\n  case 1:\n    «b = 2;»\n  case 2:\n    c();\n}",
        "switch (a) {\n  case 1:\n    «rows.push(1);»\n  default:\n    c();\n}",
        "switch (a) {\n  «case 1: {\n    if (b) return;\n  }»\n  default:\n    c();\n}",
    ],
}  # fmt: skip

SILENT = {
    "same-operands": [
        "if (arrow.start || arrow.end) draw();",
        "if (next() || next()) f();",
        "if (i++ < i++) f();",
        "const area = side * side;",
        "const int = hash & hash;",
        "const both = a.b === a.c;",
        "if (a && (a = b) && a) f();",
        "return options && options.inherit && options;",
        "function isNaN(x) { return x !== x; }",
        "const is = (a === b) || (a !== a && b !== b);",
        "const ok = 'a b' === 'ab';",
        "const ok = (await f()) || (await f());",
        "const ratio = 1 / 1;",
        "const x = a === b! || a === b!.c;",
        "if (!a!.b || !a!.c) f();",
        "if (x && x!.y) f();",
        "if (!x || !x!.y) f();",
        "const x = a as B === a as C;",
    ],
    "contradictory-comparisons": [
        "if (kind !== 'file' && kind !== 'folder') f();",
        "if (kind === 'file' || kind === 'folder') f();",
        "if (a !== 'x' || b !== 'x') f();",
        "if (x != null || x != undefined) f();",
        "if (next() !== 'a' || next() !== 'b') f();",
        "if (a === 'x' && (a = g()) && a === 'y') f();",
        "if (a !== min || a !== max) f();",
        "if (a !== A.B || a !== C.D) f();",
        "if (a !== 'x' || (b && a !== 'y')) f();",
        "if (a !== 'x' || a !== c) f();",
    ],
    "repeated-condition": [
        "if (a === 1) f();\nelse if (a === 2) g();",
        "if (a) f();\nif (a) g();",
        "if (eat('x')) f();\nelse if (eat('x')) g();",
        "if (a && b) f();\nelse if (a) g();",
        "if (Math.random() < 0.5) f();\nelse if (Math.random() < 0.5) g();",
        "if (a) f();\nelse if ((b = c)) g();\nelse if (a) h();",
    ],
    "assignment-as-condition": [
        "if (state === 'done') close();",
        "while ((match = re.exec(text))) f();",
        "while (match = re.exec(text)) f();",
        "if ((a = b)) f();",
        "while (node = node.parent) f();",
        "let found;\nif (found = byName[name]) f(found);",
        "let found: A | null = null;\nif (found = other) f(found);",
        "for (let at; at = queue[i]; i++) f(at);",
    ],
    "empty-if": ["if (a) f();", "while (next());", "if (a) {}", "if (a); else f();", "for (;;);"],
    "same-branches": [
        "const tip = isStart ? from : to;",
        "const tip = isStart ? from : /* to */ from;",
        "const tip = isStart ? from : from; // : to",
        "const c = isDark ? 'a b' : 'ab';",
        "const x = typeof y === 'string' ? f(y) : f(y);",
        "type A<T> = T extends string ? B : B;",
    ],
    "self-assignment": [
        "this.loading = loading;",
        "a.b = a.c;",
        "x += x;",
        "location.href = location.href;",
        "list.length = list.length;",
        "class A {\n  set index(i) {}\n  f() { this.index = this.index; }\n}",
        "// Once more, to tell everyone.\nthis.protocol.active = this.protocol.active;",
        "function f(x = x) {}",
        "x = x as Foo;",
        "next().a = next().a;",
    ],
    "impossible-size": [
        "if (rows.length > 0) f();",
        "if (rows.length <= 0) f();",
        "if (offset >= 0) f();",
        "if (file.size < 0) f();",
        "if (options.length < 0) throw new RangeError();",
        "if (bytes.length < 0) throw new RangeError();",
        "if (0 < rows.length) f();",
        "if (rows.length >= 1) f();",
    ],
    "compare-with-new-object": [
        "if (items.length === 0) f();",
        "if (x == []) f();",
        "if (x === y) f();",
        "if (x === (y)) f();",
        "const f = x => ({ a: x === 1 });",
    ],
    "compare-with-nan": ["if (Number.isNaN(total)) f();", "const x = NaN;", "if (total === Infinity) f();", "f(NaN);"],
    "unknown-typeof": [
        *(f"if (typeof x === '{kind}') f();" for kind in ("string", "bigint", "symbol", "object", "function")),
        "if (typeof x === kind) f();",
        "if (typeof x === typeof y) f();",
        "if (typeof x !== 'unknown') f();",
        "if (-x === 'a') f();",
    ],
    "negated-left-operand": [
        "if (!(key in cache)) f();",
        "if ((!key) in cache) f();",
        "if (!!key in cache) f();",
        "for (const key in !a) f();",
        "if (!a && b in c) f();",
    ],
    "duplicate-case": [
        "switch (a) {\n  case 1: break;\n  case 2: break;\n}",
        "switch (a) {\n  case f(): break;\n  case f(): break;\n}",
        "switch (a) {\n  case 1: switch (b) {\n    case 1: break;\n  }\n}",
        "switch (a) {\n  case '1': break;\n  case 1: break;\n}",
    ],
    "duplicate-key": [
        "const a = { low: 1, high: 5 };",
        "const a = { get low() { return 1; }, set low(x) {} };",
        "const a = { low: 1, ...b, low: 5 };",
        "const a = { [k]: 1, [k]: 2 };",
        "const a = { b: { c: 1 }, d: { c: 1 } };",
        "const { a, a: b } = c;",
        "const a = { __proto__: b, __proto__: c };",
    ],
    "unthrown-error": [
        "throw new Error('x');",
        "const e = new Error('x');",
        "f(new Error('x'));",
        "new Worker('x');",
        "const f = () => new Error('x');",
        "return new Error('x');",
    ],
    "loop-direction": [
        "for (let i = 0; i < n; i++) f(i);",
        "for (let i = n; i--; ) f(i);",
        "for (let i = n; i > 0; i -= step) f(i);",
        "for (let i = 0; i !== n; i--) f(i);",
        "for (let i = 0; j < n; i--) f(i);",
        "for (let i = 0; i < n; i += 0) f(i);",
    ],
    "async-callback": [
        "await Promise.all(rows.map(async (row) => { await save(row); }));",
        "await cursor.forEach(async (row) => { await save(row); });",
        "rows.forEach(async (row) => { try { await save(row); } catch (e) { log(e); } });",
        "rows.forEach((row) => { save(row); });",
        "stream.filter(async (row) => await has(row));",
        "rows.filter(async (row) => row.ok);",
        "return pages.forEach(async (page) => { await f(page); });",
    ],
    "async-promise-executor": [
        "new Promise((resolve) => { load().then(resolve); });",
        "new Promise(async (resolve, reject) => { try { resolve(await f()); } catch (e) { reject(e); } });",
        "new Task(async (resolve) => { resolve(await f()); });",
    ],
    "unsafe-finally": [
        "try { f(); } finally { close(); }",
        "try { f(); } finally { rows.forEach((row) => { return row.close(); }); }",
        "try { return 1; } catch (e) { throw e; }",
    ],
    "lost-cause": [
        "try { f(); } catch (error) { throw new Error('bad', { cause: error }); }",
        "try { f(); } catch (error) { throw new Error(`bad: ${error}`); }",
        "try { f(); } catch (error) { log(error); throw new Error('bad'); }",
        "try { f(); } catch { throw new Error('bad'); }",
        "try { f(); } catch (_error) { throw new Error('bad'); }",
        "try { f(); } catch (error) { throw new NotFound(); }",
        "try { f(); } catch (error) { try { g(); } catch (other) { throw new Error(`bad ${other}`); } }",
    ],
    "case-fallthrough": [
        "switch (a) {\n  case 1:\n  case 2:\n    c();\n}",
        "switch (a) {\n  case 1:\n    b();\n    break;\n  case 2:\n    c();\n}",
        "switch (a) {\n  case 1:\n    b();\n    // falls through\n  case 2:\n    c();\n}",
        "switch (a) {\n  case 1:\n    if (b) return 1;\n    else throw e;\n  case 2:\n    c();\n}",
        "switch (a) {\n  case 1:\n    assertNever(a);\n  case 2:\n    c();\n}",
        "function stop(x: string): never { throw x; }\nswitch (a) {\n  case 1:\n    stop(a);\n  case 2:\n    c();\n}",
        "switch (a) {\n  case 1: {\n    return b;\n  }\n  default:\n    c();\n}",
    ],
}


@pytest.mark.parametrize(
    ("rule", "marked"), [(rule, text) for rule, texts in FOUND.items() for text in texts], ids=lambda value: value[:40]
)
@pytest.mark.parametrize("ending", ["ts", "tsx", "js"])
def test_finds_the_slip_where_it_stands(rule: str, marked: str, ending: str) -> None:
    """
    A planted slip is reported once, on its whole lines, by its own rule alone, in every language we read.
    """
    text, spans = parse_marks(marked)
    if ending == "js" and any(sign in text for sign in (": boolean", ": string", "private ", ": Map")):
        ending = "ts"

    placed = findings(text, f"src/a.{ending}")

    assert [(rule, span) for span in spans] == [(found.claim.rule, found.span) for found in placed]
    assert [text[span.start : span.end] for span in spans] == [found.claim.quote.strip() for found in placed]


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in SILENT.items() for text in texts], ids=lambda value: value[:40]
)
def test_keeps_quiet_about_what_is_right(rule: str, text: str) -> None:
    """
    Code that only looks like the slip is not reported, by that rule or by another.
    """
    assert [found.claim.message for found in findings(text)] == []


def test_every_rule_is_tried_both_ways() -> None:
    """
    No rule is declared without cases of its own.
    """
    names = [rule.id for rule in RULES]

    assert len(names) == len(set(names))
    assert set(names) == set(FOUND) == set(SILENT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_examples_of_the_page_are_true(rule: Rule) -> None:
    """
    The bad example is found by its rule alone, and the good one by none.
    """
    bad, good = findings(rule.bad), findings(rule.good)

    assert [rule.id] == [found.claim.rule for found in bad]
    assert good == ()
    assert bool(rule.mends) == (bad[0].claim.replacement is not None)
    assert rule.severity is (Severity.INFO if rule.hint else Severity.WARNING)
    assert all(found.claim.origin is Origin.RULE and found.claim.category is rule.category for found in bad)
