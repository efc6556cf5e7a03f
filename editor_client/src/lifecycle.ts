/**
 * Follow what becomes of the completion on offer, as far as an editor with a stable API can see it.
 *
 * The server hears of every edit itself. What only the editor knows is told here: that a completion became visible, which
 * parts were accepted by key, that Esc sent it away, and that the cursor left it without an edit. Offsets are UTF-16 units.
 */

import type { DismissReason } from "./extensions.ts";

/** A completion as it was handed to the editor: `text` stands for what lies between `start` and `end`. */
export interface Offer {
  readonly id: string;
  readonly uri: string;
  readonly text: string;
  readonly start: number;
  readonly cursor: number;
  readonly end: number;
}

/** One change of a document: `length` units at `offset` were replaced by `text`. */
export interface Change {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** What the server is told. */
export type Signal =
  | { readonly kind: "shown"; readonly id: string; readonly text: string }
  | { readonly kind: "partial"; readonly id: string; readonly text: string; readonly acceptedLength: number }
  | { readonly kind: "dismissed"; readonly id: string; readonly reason: DismissReason };

interface Followed {
  readonly offer: Offer;
  /** How much of the text, from its start, stands in the document. */
  readonly done: number;
  readonly tail: number;
  readonly shown: boolean;
}

const CLOSERS = new Map([["(", ")"], ["[", "]"], ["{", "}"], ['"', '"'], ["'", "'"], ["`", "`"], ["<", ">"]]);

/** Follows one completion at a time: an editor shows no second one. */
export class Lifecycle {
  #followed: Followed | undefined;
  readonly #tell: (signal: Signal) => void;

  constructor(tell: (signal: Signal) => void) {
    this.#tell = tell;
  }

  /** The id of the completion on offer. */
  get offered(): string | undefined {
    return this.#followed?.offer.id;
  }

  /** Where the cursor stands as long as the completion does. */
  get cursor(): { readonly uri: string; readonly offset: number } | undefined {
    const now = this.#followed;
    return now && { uri: now.offer.uri, offset: now.offer.start + now.done };
  }

  /** The editor was handed a completion. The rest of the one on offer, under its own id, goes on as the same. */
  handedOver(offer: Offer): void {
    const before = this.#followed;
    const same = before?.offer.id === offer.id && before.offer.start + before.done === offer.cursor;
    if (!same) {
      this.#followed = { offer, done: offer.cursor - offer.start, tail: offer.end - offer.cursor, shown: false };
    }
  }

  /** The editor was handed nothing for this document, so that it shows nothing any more. */
  handedNothing(uri: string): void {
    if (this.#followed?.offer.uri === uri) {
      this.#followed = undefined;
    }
  }

  /** A moment has passed and the completion still fits: it is taken for visible. */
  visible(id: string): void {
    const now = this.#followed;
    if (now?.offer.id === id && !now.shown) {
      this.#followed = { ...now, shown: true };
      this.#tell({ kind: "shown", id, text: now.offer.text });
    }
  }

  /** The document changed; `byKey` when the change comes from our own key for a word or a line. */
  changed(uri: string, changes: readonly Change[], byKey: boolean): void {
    const now = this.#followed;
    if (!now || now.offer.uri !== uri || changes.length === 0) {
      return;
    }
    if (changes.every((change) => rewritesSame(now, change))) {
      return;
    }
    const taken = changes.length === 1 && changes[0] ? takenBy(now, changes[0], byKey) : 0;
    const done = now.done + taken;
    if (taken === 0 || done >= now.offer.text.length) {
      this.#followed = undefined;
    } else {
      this.#followed = { ...now, done };
    }
    if (taken > 0 && byKey) {
      this.#tellAccepted(now, done);
    }
  }

  /** The person pressed Esc on it. */
  dismissed(): void {
    this.#end("rejected");
  }

  /** The cursor stands elsewhere, or another editor has the focus. */
  left(): void {
    this.#end("superseded");
  }

  /** Accepted as a whole; the server hears of that by the command of the item. */
  accepted(id: string): void {
    if (this.#followed?.offer.id === id) {
      this.#followed = undefined;
    }
  }

  #tellAccepted(now: Followed, done: number): void {
    if (!now.shown) {
      this.#tell({ kind: "shown", id: now.offer.id, text: now.offer.text });
      if (this.#followed) {
        this.#followed = { ...this.#followed, shown: true };
      }
    }
    this.#tell({ kind: "partial", id: now.offer.id, text: now.offer.text, acceptedLength: done });
  }

  #end(reason: DismissReason): void {
    const now = this.#followed;
    this.#followed = undefined;
    if (now && (now.shown || reason === "rejected")) {
      this.#tell({ kind: "dismissed", id: now.offer.id, reason });
    }
  }
}

/** Whether a change put the very same text in place of what had been typed, as a menu does with its entry. */
function rewritesSame({ offer, done }: Followed, { offset, length, text }: Change): boolean {
  const start = offset - offer.start;
  return length > 0 && start >= 0 && start + length <= done && text === offer.text.slice(start, start + length);
}

/** How much more of the text a change put into the document: 0 when it did anything else. */
function takenBy({ offer, done, tail }: Followed, change: Change, byKey: boolean): number {
  const cursor = offer.start + done;
  const rest = offer.text.slice(done);
  if (change.offset === offer.start && change.length === done + tail && change.text === offer.text) {
    return rest.length;
  }
  if (byKey && change.offset <= cursor && cursor <= change.offset + change.length) {
    // An editor may write anew what stands around the cursor when it accepts a part.
    const before = cursor - change.offset;
    const kept = offer.text.slice(Math.max(0, done - before), done);
    return change.text.startsWith(kept) ? common(change.text.slice(kept.length), rest) : 0;
  }
  if (change.offset !== cursor || (change.length !== 0 && !isTypedOver(change))) {
    return 0;
  }
  // Of a pair that the editor made, one half was typed, even where the completion goes on with the other.
  const same = isPair(change.text) ? common(change.text.slice(0, 1), rest) : common(change.text, rest);
  return isClosed(change.text.slice(0, same), change.text.slice(same)) ? same : 0;
}

/** Whether a closing bracket or quote was typed where the editor had put one by itself. */
function isTypedOver({ length, text }: Change): boolean {
  return length === 1 && text.length === 1 && [...CLOSERS.values()].includes(text);
}

/** Whether one key makes this text: an opening bracket or quote, and what an editor adds to it by itself. */
function isPair(text: string): boolean {
  return text.length === 2 && CLOSERS.get(text[0] ?? "") === text[1];
}

/** Whether what follows the typed text is what an editor adds by itself behind an opening bracket or quote. */
function isClosed(typed: string, added: string): boolean {
  return added === "" || CLOSERS.get(typed.at(-1) ?? "") === added;
}

function common(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) {
    length += 1;
  }
  return length;
}
