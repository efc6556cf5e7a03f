/**
 * Commands for review, and lenses above a file and above the findings in it.
 */

import * as vscode from "vscode";

import { codeLensEnabled } from "./configuration.ts";
import { DISMISS_FINDING, REVIEW_CHANGES, REVIEW_FILE, REVIEW_SELECTION, type Reviewed } from "./extensions.ts";
import { isKnown, LANGUAGES } from "./languages.ts";
import type { Server } from "./server.ts";

const SOURCE = "pacenotes";

/** The commands of this page. */
export function reviewCommands(server: Server): vscode.Disposable[] {
  const command = vscode.commands.registerCommand;
  return [
    command("pacenotes.reviewThisFile", () => withEditor(({ document }) => ask(server, REVIEW_FILE, document.uri.toString()))),
    command("pacenotes.reviewThisSelection", () =>
      withEditor(({ document, selection }) => ask(server, REVIEW_SELECTION, document.uri.toString(), plain(selection))),
    ),
    command("pacenotes.reviewMyChanges", () => ask(server, REVIEW_CHANGES)),
    command("pacenotes.fixesFor", showFixes),
  ];
}

/** Lenses: one pair at the top of a file, one row above each line with a finding. */
export class ReviewLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #isRunning: () => boolean;
  readonly #disposables: readonly vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(server: Server) {
    this.#isRunning = () => server.client !== undefined;
    this.#disposables = [
      this.#changed,
      server.onDidChange(() => this.#changed.fire()),
      vscode.languages.onDidChangeDiagnostics(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration(() => this.#changed.fire()),
      vscode.languages.registerCodeLensProvider(LANGUAGES.map((language) => ({ scheme: "file", language })), this),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!codeLensEnabled() || !this.#isRunning()) {
      return [];
    }
    const top = new vscode.Range(0, 0, 0, 0);
    const findings = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === SOURCE);
    return [
      lens(top, "$(checklist) Review this file", "pacenotes.reviewThisFile"),
      lens(top, "Review my changes", "pacenotes.reviewMyChanges"),
      ...findings.flatMap((finding) => findingLenses(document, finding)),
    ];
  }

  dispose(): void {
    this.#disposables.forEach((disposable) => disposable.dispose());
  }
}

function findingLenses(document: vscode.TextDocument, finding: vscode.Diagnostic): vscode.CodeLens[] {
  const id = idOf(finding);
  const at = new vscode.Range(finding.range.start, finding.range.start);
  const menu = lens(at, `$(lightbulb) ${firstWords(finding.message)}`, "pacenotes.fixesFor", document.uri, at.start);
  return id === undefined ? [menu] : [menu, lens(at, "Dismiss", DISMISS_FINDING, id)];
}

function lens(range: vscode.Range, title: string, command: string, ...args: unknown[]): vscode.CodeLens {
  return new vscode.CodeLens(range, { title, command, arguments: args });
}

/** The id of a finding: the client keeps what the server sent with a diagnostic as its `data`. */
function idOf(finding: vscode.Diagnostic & { data?: { id?: unknown } }): string | undefined {
  return typeof finding.data?.id === "string" ? finding.data.id : undefined;
}

async function showFixes(uri: vscode.Uri, at: vscode.Position): Promise<void> {
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
  await vscode.commands.executeCommand("editor.action.quickFix");
}

function firstWords(message: string): string {
  const [line = ""] = message.split("\n");
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

async function withEditor(work: (editor: vscode.TextEditor) => Promise<void>): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor && isKnown(editor.document.languageId)) {
    await work(editor);
  } else {
    void vscode.window.showInformationMessage("Pacenotes reviews TypeScript and JavaScript: open such a file first.");
  }
}

async function ask(server: Server, command: string, ...args: readonly unknown[]): Promise<void> {
  if (!server.client) {
    void vscode.window.showWarningMessage("The Pacenotes server is not running; the status bar says why.");
    return;
  }
  try {
    say(await server.client.sendRequest<Reviewed>("workspace/executeCommand", { command, arguments: args }));
  } catch (error) {
    void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
  }
}

/** Say in a sentence what came of a review; the findings themselves are in Problems, unless the server keeps them. */
function say({ findings, silent, notices }: Reviewed): void {
  if (silent) {
    // The server has said so to every editor, and nobody knows how many there are.
    return;
  }
  const count = findings.length === 1 ? "1 finding" : `${findings.length || "no"} findings`;
  const message = [`Pacenotes: ${count}.`, ...notices].join(" ");
  void vscode.window.showInformationMessage(message, ...(findings.length ? ["Show Problems"] : [])).then((chosen) =>
    chosen ? vscode.commands.executeCommand("workbench.actions.view.problems") : undefined,
  );
}

function plain({ start, end }: vscode.Range) {
  const at = ({ line, character }: vscode.Position) => ({ line, character });
  return { start: at(start), end: at(end) };
}
