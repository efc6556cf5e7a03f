/**
 * The menu behind the status bar.
 */

import * as vscode from "vscode";

import { isKnown, LANGUAGES } from "./languages.ts";
import type { Pause } from "./pause.ts";
import type { Server } from "./server.ts";
import { offer } from "./statusBar.ts";
import { statusText } from "./statusText.ts";

interface Entry extends vscode.QuickPickItem {
  readonly command?: string;
}

/** The commands of this page. */
export function menuCommands(server: Server, pause: Pause): vscode.Disposable[] {
  const command = vscode.commands.registerCommand;
  return [
    command("pacenotes.menu", () => showMenu(server, pause)),
    command("pacenotes.pause", () => pause.begin()),
    command("pacenotes.resume", () => pause.end()),
    command("pacenotes.snooze", () => pause.snooze()),
    command("pacenotes.toggleLanguage", toggleLanguage),
  ];
}

async function showMenu(server: Server, pause: Pause): Promise<void> {
  const { standing } = server;
  if (standing.kind === "failed") {
    return offer(standing.problem, vscode.window.showErrorMessage);
  }
  const { tooltip } = statusText({ server: standing, paused: pause.until });
  const placeHolder = tooltip.split("\n").join(" · ");
  const chosen = await vscode.window.showQuickPick(entries(pause), { title: "Pacenotes", placeHolder });
  if (chosen?.command) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

function entries(pause: Pause): Entry[] {
  const language = vscode.window.activeTextEditor?.document.languageId ?? "";
  return [
    ...(pause.active
      ? [entry("$(debug-start) Resume", "pacenotes.resume")]
      : [entry("$(debug-pause) Pause", "pacenotes.pause"), entry("$(clock) Snooze…", "pacenotes.snooze")]),
    ...(isKnown(language) ? [entry(`$(symbol-misc) ${isOn(language) ? "Off" : "On"} for ${language}`, "pacenotes.toggleLanguage")] : []),
    separator("Review"),
    entry("$(checklist) Review My Changes", "pacenotes.reviewMyChanges"),
    entry("$(file-code) Review This File", "pacenotes.reviewThisFile"),
    separator("Records"),
    entry("$(eye) Show Request", "pacenotes.showLastRequest", "of the last completion"),
    entry("$(list-unordered) What Was Sent", "pacenotes.whatWasSent"),
    entry("$(graph) My Report", "pacenotes.myReport"),
    separator("Server"),
    entry("$(pulse) Check Set-up", "pacenotes.doctor"),
    entry("$(output) Open Log", "pacenotes.openLog"),
    entry("$(refresh) Restart Server", "pacenotes.restart"),
    entry("$(key) Set Anthropic API Key…", "pacenotes.setApiKey"),
  ];
}

function entry(label: string, command: string, description = ""): Entry {
  return { label, command, description };
}

function separator(label: string): Entry {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function languagesOn(): readonly string[] {
  return vscode.workspace.getConfiguration("pacenotes").get<string[] | null>("completion.languages") ?? LANGUAGES;
}

function isOn(language: string): boolean {
  return languagesOn().includes(language);
}

/** Switch completions off or on for the language of the active editor, in the person's own settings. */
async function toggleLanguage(): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId ?? "";
  if (!isKnown(language)) {
    void vscode.window.showInformationMessage("Pacenotes completes TypeScript and JavaScript: open such a file first.");
    return;
  }
  const others = languagesOn().filter((known) => known !== language);
  const wanted = isOn(language) ? others : LANGUAGES.filter((known) => known === language || others.includes(known));
  const value = wanted.length === LANGUAGES.length ? undefined : wanted;
  await vscode.workspace.getConfiguration("pacenotes").update("completion.languages", value, vscode.ConfigurationTarget.Global);
}
