/**
 * Run a `pacenotes` command with the editor's settings and credentials, and show what it prints.
 */

import * as vscode from "vscode";

import { SECTION } from "./configuration.ts";
import type { Program } from "./discovery.ts";
import type { Documents } from "./documents.ts";
import { variables } from "./environment.ts";
import { run } from "./processes.ts";

/** What a command is run with. */
export interface CommandLine {
  readonly program: () => Program | undefined;
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
  readonly documents: Documents;
}

/** Run a command and show its output as a document called `name`. */
export async function showOutput(line: CommandLine, title: string, name: string, args: readonly string[]): Promise<void> {
  const done = await withProgress(title, () => runCommand(line, args));
  if (done) {
    const text = done.stdout || done.stderr;
    await line.documents.show(name, text.trim() ? text : "Nothing is on record yet.\n");
  }
}

async function runCommand({ program, environment }: CommandLine, args: readonly string[]) {
  const found = program();
  if (!found) {
    void vscode.window.showWarningMessage("The Pacenotes server has not been found yet: open a TypeScript file first.");
    return undefined;
  }
  const settings = vscode.workspace.getConfiguration(SECTION);
  const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const env = { ...process.env, ...variables(settings), ...(await environment()), NO_COLOR: "1", COLUMNS: "120", PYTHONUTF8: "1" };
  return run(found.command, [...found.args, ...args], { ...(cwd === undefined ? {} : { cwd }), env });
}

function withProgress<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);
}
