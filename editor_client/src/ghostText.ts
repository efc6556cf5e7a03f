/**
 * Let ghost text through, watch what becomes of it, and tell the server what it cannot see itself.
 */

import * as vscode from "vscode";
import type { LanguageClient, Middleware } from "vscode-languageclient/node";

import {
  COMPLETION_ACCEPTED,
  DID_DISMISS_COMPLETION,
  DID_PARTIALLY_ACCEPT_COMPLETION,
  DID_SHOW_COMPLETION,
  offeredItem,
} from "./extensions.ts";
import { Lifecycle, type Offer, type Signal } from "./lifecycle.ts";

/** How long the editor takes to draw what it was handed: two frames, and the way back from its other process. */
const DRAWN_AFTER_MS = 30;

/** Selection events may come before the change that moved the cursor, so nothing is concluded for so long. */
const SETTLED_AFTER_MS = 50;

export class GhostText implements vscode.Disposable {
  readonly #client: () => LanguageClient | undefined;
  readonly #isPaused: () => boolean;
  readonly #lifecycle = new Lifecycle((signal) => this.#tell(signal));
  readonly #disposables: readonly vscode.Disposable[];
  #byKey = false;
  #lastId: string | undefined;
  /** The text in which Esc was pressed: the editor may ask for it once more, and nobody wants to see it again. */
  #dismissedIn: string | undefined;

  constructor(client: () => LanguageClient | undefined, isPaused: () => boolean) {
    this.#client = client;
    this.#isPaused = isPaused;
    this.#disposables = [
      vscode.workspace.onDidChangeTextDocument((event) => this.#changed(event)),
      vscode.window.onDidChangeTextEditorSelection(() => this.#lookAgain()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#lookAgain()),
      vscode.commands.registerCommand("pacenotes.acceptNextWord", () => this.#accept("acceptNextWord")),
      vscode.commands.registerCommand("pacenotes.acceptNextLine", () => this.#accept("acceptNextLine")),
      vscode.commands.registerCommand("pacenotes.dismiss", () => this.#dismiss()),
      vscode.commands.registerCommand("pacenotes.trigger", () => inlineSuggest("trigger")),
    ];
  }

  /** The id of the completion that was offered last. */
  get lastId(): string | undefined {
    return this.#lastId;
  }

  /** What is put between editor and server. */
  readonly middleware: Middleware = {
    provideInlineCompletionItems: async (document, position, context, token, next) => {
      const { version } = document;
      if (this.#isPaused() || (isUnasked(context) && this.#dismissedIn === placeOf(document))) {
        return undefined;
      }
      const answer = await next(document, position, context, token);
      const [item] = Array.isArray(answer) ? answer : (answer?.items ?? []);
      if (!token.isCancellationRequested && document.version === version) {
        this.#handedOver(document, position, item, context.selectedCompletionInfo);
      }
      return answer;
    },
    executeCommand: (command, args: unknown[], next) => {
      if (command === COMPLETION_ACCEPTED) {
        this.#lifecycle.accepted(String(args[0]));
      }
      return next(command, args);
    },
  };

  dispose(): void {
    this.#disposables.forEach((disposable) => disposable.dispose());
  }

  #handedOver(
    document: vscode.TextDocument,
    position: vscode.Position,
    item: vscode.InlineCompletionItem | undefined,
    selected: vscode.SelectedCompletionInfo | undefined,
  ): void {
    const offer = item && offerOf(document, position, item);
    if (!offer || (selected && !extendsSelection(document, offer, selected))) {
      this.#lifecycle.handedNothing(document.uri.toString());
      return;
    }
    this.#lastId = offer.id;
    this.#lifecycle.handedOver(offer);
    setTimeout(() => {
      if (this.#stands()) {
        this.#lifecycle.visible(offer.id);
      }
    }, DRAWN_AFTER_MS);
  }

  #changed(event: vscode.TextDocumentChangeEvent): void {
    const changes = event.contentChanges.map((change) => ({
      offset: change.rangeOffset,
      length: change.rangeLength,
      text: change.text,
    }));
    this.#lifecycle.changed(event.document.uri.toString(), changes, this.#byKey);
  }

  #lookAgain(): void {
    const id = this.#lifecycle.offered;
    if (id !== undefined) {
      setTimeout(() => {
        if (this.#lifecycle.offered === id && !this.#stands()) {
          this.#lifecycle.left();
        }
      }, SETTLED_AFTER_MS);
    }
  }

  /** Whether the cursor is where the completion would have it. */
  #stands(): boolean {
    const [editor, expected] = [vscode.window.activeTextEditor, this.#lifecycle.cursor];
    return (
      expected !== undefined &&
      editor?.document.uri.toString() === expected.uri &&
      editor.selections.length === 1 &&
      editor.selection.isEmpty &&
      editor.document.offsetAt(editor.selection.active) === expected.offset
    );
  }

  async #accept(part: "acceptNextWord" | "acceptNextLine"): Promise<void> {
    this.#byKey = true;
    try {
      await inlineSuggest(part);
    } finally {
      this.#byKey = false;
    }
  }

  async #dismiss(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    this.#dismissedIn = document && placeOf(document);
    this.#lifecycle.dismissed();
    await inlineSuggest("hide");
  }

  #tell(signal: Signal): void {
    const client = this.#client();
    const item = signal.kind === "dismissed" ? undefined : offeredItem(signal.id, signal.text);
    switch (signal.kind) {
      case "shown":
        return send(client, DID_SHOW_COMPLETION, { item });
      case "partial":
        return send(client, DID_PARTIALLY_ACCEPT_COMPLETION, { item, acceptedLength: signal.acceptedLength });
      case "dismissed":
        return send(client, DID_DISMISS_COMPLETION, { completionId: signal.id, reason: signal.reason });
    }
  }
}

function send(client: LanguageClient | undefined, method: string, params: object): void {
  // A signal that comes too late for its server is of no use to the next one.
  void client?.sendNotification(method, params).catch(() => undefined);
}

function inlineSuggest(action: string): Thenable<unknown> {
  return vscode.commands.executeCommand(`editor.action.inlineSuggest.${action}`);
}

function isUnasked(context: vscode.InlineCompletionContext): boolean {
  return context.triggerKind === vscode.InlineCompletionTriggerKind.Automatic;
}

/** A document as it is now. */
function placeOf(document: vscode.TextDocument): string {
  return `${document.version} ${document.uri.toString()}`;
}

function offerOf(
  document: vscode.TextDocument,
  position: vscode.Position,
  item: vscode.InlineCompletionItem,
): Offer | undefined {
  const id: unknown = item.command?.arguments?.[0];
  if (typeof id !== "string" || typeof item.insertText !== "string") {
    return undefined;
  }
  const range = item.range ?? new vscode.Range(position, position);
  return {
    id,
    uri: document.uri.toString(),
    text: item.insertText,
    start: document.offsetAt(range.start),
    cursor: document.offsetAt(position),
    end: document.offsetAt(range.end),
  };
}

/** While a menu is open the editor shows only what goes on from its highlighted entry. */
function extendsSelection(document: vscode.TextDocument, offer: Offer, selected: vscode.SelectedCompletionInfo): boolean {
  const start = document.offsetAt(selected.range.start);
  const already = document.getText(new vscode.Range(selected.range.start, document.positionAt(offer.start)));
  return start <= offer.start ? (already + offer.text).startsWith(selected.text) : offer.text.includes(selected.text);
}
