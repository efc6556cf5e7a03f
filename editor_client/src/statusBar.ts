/**
 * The status bar item, and one message for each thing that needs the person.
 */

import * as vscode from "vscode";

import type { Problem, WayOut } from "./problems.ts";
import type { Standing } from "./server.ts";
import { statusText } from "./statusText.ts";

const BACKGROUNDS = {
  none: undefined,
  warning: new vscode.ThemeColor("statusBarItem.warningBackground"),
  error: new vscode.ThemeColor("statusBarItem.errorBackground"),
} as const;

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("pacenotes.status", vscode.StatusBarAlignment.Right, 100);
  readonly #said = new Set<string>();

  constructor() {
    this.#item.name = "Pacenotes";
    this.#item.command = "pacenotes.menu";
  }

  /** Show how things are. */
  show(server: Standing, paused: string): void {
    const { text, tooltip, alarm } = statusText({ server, paused });
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.backgroundColor = BACKGROUNDS[alarm];
    this.#item.accessibilityInformation = { label: `${text.replace(/\$\([^)]*\)/g, "").trim()}. ${tooltip}` };
    this.#item.show();
    this.#speakUp(server);
  }

  dispose(): void {
    this.#item.dispose();
  }

  #speakUp(server: Standing): void {
    if (server.kind === "failed") {
      void offer(server.problem, vscode.window.showErrorMessage);
      return;
    }
    const status = server.kind === "running" ? server.status : undefined;
    if (status?.kind === "error" && status.message && !this.#said.has(status.message)) {
      // The server repeats itself with each request; the status bar goes on showing it.
      this.#said.add(status.message);
      void offer({ message: named(status.message), waysOut: waysOutOf(status.provider) }, vscode.window.showErrorMessage);
    }
    if (status?.kind === "normal") {
      this.#said.clear();
    }
  }
}

function waysOutOf(provider: string): readonly WayOut[] {
  const key: WayOut = { title: "Set API Key", command: "pacenotes.setApiKey" };
  const doctor: WayOut = { title: "Check Set-up", command: "pacenotes.doctor" };
  const other: WayOut = { title: "Choose Provider", command: "workbench.action.openSettings", arguments: ["pacenotes.provider"] };
  return provider === "anthropic" ? [key, doctor, other] : [doctor, other];
}

/** A sentence that says who says it. */
function named(sentence: string): string {
  return sentence.startsWith("Pacenotes") ? sentence : `Pacenotes: ${sentence}`;
}

/** Say one sentence, with its ways out as buttons. */
export async function offer(
  problem: Pick<Problem, "message" | "waysOut">,
  say: (message: string, ...titles: string[]) => Thenable<string | undefined>,
): Promise<void> {
  const chosen = await say(problem.message, ...problem.waysOut.map(({ title }) => title));
  const way = problem.waysOut.find(({ title }) => title === chosen);
  if (way) {
    await vscode.commands.executeCommand(way.command, ...(way.arguments ?? []).map(asUri));
  }
}

function asUri(argument: unknown): unknown {
  return typeof argument === "string" && argument.startsWith("https://") ? vscode.Uri.parse(argument) : argument;
}
