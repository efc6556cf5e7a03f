/**
 * What the server is told of a completion, by what a person does to it. `█` is the cursor.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { type Change, Lifecycle, type Signal } from "../src/lifecycle.ts";

const URI = "file:///a.ts";

/** An editor with one document, and a completion on offer at its cursor. */
class Editor {
  readonly told: Signal[] = [];
  readonly lifecycle = new Lifecycle((signal) => this.told.push(signal));
  #text: string;
  #cursor: number;

  constructor(marked: string) {
    this.#cursor = marked.indexOf("█");
    this.#text = marked.replace("█", "");
  }

  offer(text: string, id = "one", { before = 0, after = 0 } = {}): this {
    const cursor = this.#cursor;
    this.lifecycle.handedOver({ id, uri: URI, text, start: cursor - before, cursor, end: cursor + after });
    this.lifecycle.visible(id);
    return this;
  }

  type(text: string): this {
    for (const key of text) {
      this.insert(key);
    }
    return this;
  }

  insert(text: string, byKey = false, behind = ""): this {
    this.change([{ offset: this.#cursor, length: 0, text: text + behind }], byKey);
    this.#cursor -= behind.length;
    return this;
  }

  change(changes: Change[], byKey = false): this {
    for (const { offset, length, text } of changes) {
      this.#text = this.#text.slice(0, offset) + text + this.#text.slice(offset + length);
      this.#cursor = offset + text.length;
    }
    this.lifecycle.changed(URI, changes, byKey);
    return this;
  }

  get summary(): string[] {
    return this.told.map((signal) =>
      signal.kind === "partial" ? `partial ${signal.id} ${signal.acceptedLength}` : signal.kind === "shown" ? `shown ${signal.id}` : `${signal.reason} ${signal.id}`,
    );
  }
}

test("what is drawn is told once", () => {
  const editor = new Editor("const a = █");
  editor.offer("1 + 2;");
  editor.lifecycle.visible("one");
  assert.deepEqual(editor.summary, ["shown one"]);
});

test("what was replaced before it was drawn is not told", () => {
  const editor = new Editor("const a = █");
  editor.lifecycle.handedOver({ id: "early", uri: URI, text: "1", start: 10, cursor: 10, end: 10 });
  editor.offer("2", "late");
  editor.lifecycle.visible("early");
  assert.deepEqual(editor.summary, ["shown late"]);
});

test("words by key add up, in units from the start of the item", () => {
  const editor = new Editor("const a = b█").offer("bar.baz();", "one", { before: 1 });
  editor.insert("ar", true).insert(".", true);
  assert.deepEqual(editor.summary, ["shown one", "partial one 3", "partial one 4"]);
});

test("the last word by key is told as well", () => {
  const editor = new Editor("const a = █").offer("go();");
  editor.insert("go", true).insert("();", true);
  assert.deepEqual(editor.summary, ["shown one", "partial one 2", "partial one 5"]);
});

test("an editor that writes the line anew for a word is understood", () => {
  const editor = new Editor("const a = x█").offer("xy.z", "one", { before: 1 });
  editor.change([{ offset: 10, length: 1, text: "xy" }], true);
  assert.deepEqual(editor.summary, ["shown one", "partial one 2"]);
});

test("typing as offered keeps it, and counts towards what a key then takes", () => {
  const editor = new Editor("const a = █").offer("go.on();");
  editor.type("go").insert(".on", true);
  assert.deepEqual(editor.summary, ["shown one", "partial one 5"]);
});

test("brackets that the editor closes and types over are typing as offered", () => {
  const editor = new Editor("const a = █").offer("f(1) + g");
  editor.type("f").insert("(", false, ")").type("1");
  editor.change([{ offset: 13, length: 1, text: ")" }]);
  assert.equal(editor.lifecycle.offered, "one");
});

test("a bracket that is offered closed is typed by halves", () => {
  const editor = new Editor("const a = █").offer("f();");
  editor.type("f").insert("(", false, ")");
  assert.equal(editor.lifecycle.cursor?.offset, 12);
  editor.change([{ offset: 12, length: 1, text: ")" }]);
  assert.equal(editor.lifecycle.cursor?.offset, 13);
});

test("a menu that writes what was typed once more changes nothing", () => {
  const editor = new Editor("const a = █").offer("go.on();").type("go");
  editor.change([{ offset: 10, length: 2, text: "go" }]).type(".");
  assert.equal(editor.lifecycle.offered, "one");
});

test("typing something else ends it, and the server sees that itself", () => {
  const editor = new Editor("const a = █").offer("go();").type("x");
  assert.equal(editor.lifecycle.offered, undefined);
  assert.deepEqual(editor.summary, ["shown one"]);
});

test("the rest under the same id goes on as the same completion", () => {
  const editor = new Editor("const a = █").offer("go.on();").insert("go", true).offer(".on();");
  editor.insert(".on", true);
  assert.deepEqual(editor.summary, ["shown one", "partial one 2", "partial one 5"]);
});

test("Esc rejects, even before it was told as drawn", () => {
  const editor = new Editor("const a = █");
  editor.lifecycle.handedOver({ id: "one", uri: URI, text: "1", start: 10, cursor: 10, end: 10 });
  editor.lifecycle.dismissed();
  editor.lifecycle.dismissed();
  assert.deepEqual(editor.summary, ["rejected one"]);
});

test("a cursor that goes elsewhere leaves it behind, if it was drawn", () => {
  const drawn = new Editor("const a = █").offer("go();");
  drawn.lifecycle.left();
  assert.deepEqual(drawn.summary, ["shown one", "superseded one"]);

  const undrawn = new Editor("const a = █");
  undrawn.lifecycle.handedOver({ id: "one", uri: URI, text: "1", start: 10, cursor: 10, end: 10 });
  undrawn.lifecycle.left();
  assert.deepEqual(undrawn.summary, []);
});

test("once accepted, nothing more is told", () => {
  const editor = new Editor("const a = █").offer("go();");
  editor.change([{ offset: 10, length: 0, text: "go();" }]);
  editor.lifecycle.accepted("one");
  editor.lifecycle.dismissed();
  assert.deepEqual(editor.summary, ["shown one"]);
});

test("an answer with nothing in it takes the completion away", () => {
  const editor = new Editor("const a = █").offer("go();");
  editor.lifecycle.handedNothing(URI);
  editor.lifecycle.left();
  assert.deepEqual(editor.summary, ["shown one"]);
});

test("other documents are none of its business", () => {
  const editor = new Editor("const a = █").offer("go();");
  editor.lifecycle.changed("file:///b.ts", [{ offset: 0, length: 0, text: "x" }], false);
  editor.lifecycle.handedNothing("file:///b.ts");
  assert.equal(editor.lifecycle.offered, "one");
});
