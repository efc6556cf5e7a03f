/**
 * Ask a model about a selection: read the answer as a document, or see an edit as a difference before it is made.
 */

import * as vscode from "vscode";

import type { Documents } from "./documents.ts";
import { type Answer, ASK, type PlainEdit, type Question } from "./extensions.ts";
import { isKnown } from "./languages.ts";
import type { Server } from "./server.ts";

/** An edit that is shown and not yet made. */
interface Proposal {
  readonly target: vscode.Uri;
  readonly version: number;
  readonly range: vscode.Range;
  readonly text: string;
}

/** The commands of this page. */
export function askCommands(server: Server, documents: Documents): vscode.Disposable[] {
  const proposals = new Map<string, Proposal>();
  return [
    vscode.commands.registerCommand("pacenotes.askAboutSelection", () => ask(server, documents, proposals)),
    vscode.commands.registerCommand("pacenotes.applyAnswer", (shown?: vscode.Uri) =>
      apply(proposals, shown ?? vscode.window.activeTextEditor?.document.uri),
    ),
  ];
}

async function ask(server: Server, documents: Documents, proposals: Map<string, Proposal>): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!server.client || !editor || !isKnown(editor.document.languageId) || editor.selection.isEmpty) {
    void vscode.window.showInformationMessage("Select some TypeScript or JavaScript first.");
    return;
  }
  const { document, selection } = editor;
  const asked = await askForWords();
  if (!asked) {
    return;
  }
  const question: Question = { ...asked, textDocument: { uri: document.uri.toString() }, range: plain(selection) };
  const answer = await answerTo(server, question);
  const edit = answer && editIn(answer);
  if (edit) {
    const range = new vscode.Range(position(edit.range.start), position(edit.range.end));
    await preview(documents, proposals, document, { target: document.uri, version: document.version, range, text: edit.newText });
  } else if (answer) {
    const text = [`> ${asked.prompt}`, answer.answer, answer.reason].filter(Boolean).join("\n\n");
    await documents.show("Answer.md", `${text}\n`);
  }
}

/** The one edit that an answer proposes. */
function editIn({ edit }: Answer): PlainEdit | undefined {
  return edit?.documentChanges?.[0]?.edits[0] ?? Object.values(edit?.changes ?? {})[0]?.[0];
}

async function askForWords(): Promise<Pick<Question, "prompt" | "edit"> | undefined> {
  const prompt = await vscode.window.showInputBox({
    title: "Ask about the selection",
    placeHolder: "What does this do? · Rewrite this with a map",
    ignoreFocusOut: true,
  });
  if (!prompt?.trim()) {
    return undefined;
  }
  const kinds = [
    { label: "$(comment) Answer", description: "in a document beside the code", edit: false },
    { label: "$(diff) Edit", description: "shown as a difference; nothing changes until you apply it", edit: true },
  ];
  const kind = await vscode.window.showQuickPick(kinds, { title: "Ask about the selection" });
  return kind && { prompt: prompt.trim(), edit: kind.edit };
}

function answerTo(server: Server, question: Question): Thenable<Answer | undefined> {
  const where = { location: vscode.ProgressLocation.Notification, title: "Pacenotes asks…", cancellable: true };
  return vscode.window.withProgress(where, async (_, token) => {
    try {
      return await server.client?.sendRequest<Answer>("workspace/executeCommand", { command: ASK, arguments: [question] }, token);
    } catch (error) {
      if (!token.isCancellationRequested) {
        void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
      }
      return undefined;
    }
  });
}

/** The whole file as it would be, beside the file as it is. */
async function preview(
  documents: Documents,
  proposals: Map<string, Proposal>,
  document: vscode.TextDocument,
  proposal: Proposal,
): Promise<void> {
  const text = document.getText();
  const [start, end] = [document.offsetAt(proposal.range.start), document.offsetAt(proposal.range.end)];
  const name = `proposed/${document.uri.path.split("/").at(-1)}`;
  const proposed = documents.put(name, text.slice(0, start) + proposal.text + text.slice(end));
  proposals.set(proposed.toString(), proposal);
  await vscode.commands.executeCommand("vscode.diff", document.uri, proposed, `${name.slice("proposed/".length)}: proposed edit`);
  const chosen = await vscode.window.showInformationMessage("Nothing has changed yet.", "Apply", "Discard");
  if (chosen === "Apply") {
    await apply(proposals, proposed);
  }
}

async function apply(proposals: Map<string, Proposal>, shown: vscode.Uri | undefined): Promise<void> {
  const proposal = shown && proposals.get(shown.toString());
  if (!proposal) {
    return;
  }
  proposals.delete(shown.toString());
  const document = await vscode.workspace.openTextDocument(proposal.target);
  if (document.version !== proposal.version) {
    void vscode.window.showWarningMessage("The file has changed since you asked, so the edit is not made: ask again.");
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.replace(proposal.target, proposal.range, proposal.text);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document);
}

function position({ line, character }: PlainEdit["range"]["start"]): vscode.Position {
  return new vscode.Position(line, character);
}

function plain({ start, end }: vscode.Range): Question["range"] {
  const at = ({ line, character }: vscode.Position) => ({ line, character });
  return { start: at(start), end: at(end) };
}
