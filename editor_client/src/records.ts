/**
 * What was sent, what it cost and whether it helped, each as a document.
 */

import * as vscode from "vscode";

import { type CommandLine, showOutput } from "./commandLine.ts";
import { SHOW_REQUEST } from "./extensions.ts";
import { addForReports, type Installation } from "./installation.ts";
import { Problem } from "./problems.ts";
import type { Server } from "./server.ts";
import { offer } from "./statusBar.ts";

/** The command line, and where its server may be added to. */
export interface ReportingLine extends CommandLine {
  readonly installation: Installation;
}

/** The commands of this page. `lastId` is the completion that was offered last. */
export function recordCommands(
  server: Server,
  line: ReportingLine,
  log: vscode.LogOutputChannel,
  lastId: () => string | undefined,
): vscode.Disposable[] {
  const command = vscode.commands.registerCommand;
  return [
    command("pacenotes.showLastRequest", (id?: unknown) =>
      showRequest(server, line, typeof id === "string" ? id : lastId()),
    ),
    command("pacenotes.whatWasSent", () => showOutput(line, "Reading the audit…", "What was sent.txt", ["audit"])),
    command("pacenotes.myReport", () => showReport(line, log)),
    command("pacenotes.doctor", () => showOutput(line, "Checking…", "Set-up.txt", ["doctor"])),
  ];
}

/** The bundled server fetches what it calculates with when a report is first asked for: it is larger than all the rest. */
async function showReport(line: ReportingLine, output: vscode.LogOutputChannel): Promise<void> {
  const program = line.program();
  const where = { location: vscode.ProgressLocation.Notification, title: "Pacenotes", cancellable: true };
  try {
    if (program?.found === "bundled") {
      await vscode.window.withProgress(where, (progress, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort());
        const report = (message: string) => progress.report({ message });
        const log = (text: string) => output.info(text);
        return addForReports(line.installation, program.command, { report, log, signal: abort.signal });
      });
    }
  } catch (error) {
    return error instanceof Problem ? offer(error, vscode.window.showErrorMessage) : Promise.reject(error);
  }
  await showOutput(line, "Making your report…", "My report.txt", ["report", "--personal"]);
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
