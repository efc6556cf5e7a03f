/**
 * What was sent, what it cost and whether it helped, each as a document.
 */

import * as vscode from "vscode";

import { type CommandLine, showOutput } from "./commandLine.ts";
import { SHOW_REQUEST } from "./extensions.ts";
import type { Server } from "./server.ts";

/** The commands of this page. `lastId` is the completion that was offered last. */
export function recordCommands(server: Server, line: CommandLine, lastId: () => string | undefined): vscode.Disposable[] {
  const command = vscode.commands.registerCommand;
  return [
    command("pacenotes.showLastRequest", (id?: unknown) =>
      showRequest(server, line, typeof id === "string" ? id : lastId()),
    ),
    command("pacenotes.whatWasSent", () => showOutput(line, "Reading the audit…", "What was sent.txt", ["audit"])),
    command("pacenotes.myReport", () => showOutput(line, "Making your report…", "My report.txt", ["report"])),
    command("pacenotes.doctor", () => showOutput(line, "Checking…", "Set-up.txt", ["doctor"])),
  ];
}

async function showRequest(server: Server, { documents }: CommandLine, id: string | undefined): Promise<void> {
  if (!server.client || !id) {
    void vscode.window.showInformationMessage("Nothing has been offered in this window yet.");
    return;
  }
  const params = { command: SHOW_REQUEST, arguments: [id] };
  try {
    const request: unknown = await server.client.sendRequest("workspace/executeCommand", params);
    await documents.show(`Request ${id}.json`, `${JSON.stringify(request, null, 2)}\n`);
  } catch (error) {
    void vscode.window.showInformationMessage(error instanceof Error ? error.message : String(error));
  }
}
