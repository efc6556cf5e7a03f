/**
 * Activate and deactivate: put the parts together.
 */

import * as vscode from "vscode";

import { askCommands } from "./ask.ts";
import { needsRestart } from "./configuration.ts";
import { Credentials } from "./credentials.ts";
import { Documents } from "./documents.ts";
import { GhostText } from "./ghostText.ts";
import { menuCommands } from "./menu.ts";
import { Pause } from "./pause.ts";
import { recordCommands } from "./records.ts";
import { reviewCommands, ReviewLenses } from "./review.ts";
import { installationOf, Server } from "./server.ts";
import { StatusBar } from "./statusBar.ts";

let server: Server | undefined;

/** Called once, at the first TypeScript file or command. Waits for nothing. */
export function activate(context: vscode.ExtensionContext): void {
  const began = performance.now();
  const output = vscode.window.createOutputChannel("Pacenotes", { log: true });
  const [pause, documents, statusBar] = [new Pause(), new Documents(), new StatusBar()];
  const credentials = new Credentials(context.secrets);
  const ghostText: GhostText = new GhostText(() => running.client, () => pause.active);
  const running: Server = new Server({ context, output, middleware: ghostText.middleware, environment: credentials.environment });
  server = running;
  const show = () => statusBar.show(running.standing, pause.until);
  const line = {
    program: () => running.program,
    environment: credentials.environment,
    documents,
    installation: installationOf(context),
  };

  context.subscriptions.push(
    ...[output, pause, documents, statusBar, ghostText, running, new ReviewLenses(running)],
    ...menuCommands(running, pause),
    ...recordCommands(running, line, output, () => ghostText.lastId),
    ...reviewCommands(running),
    ...askCommands(running, documents),
    running.onDidChange(show),
    pause.onDidChange(show),
    vscode.commands.registerCommand("pacenotes.openLog", () => output.show(true)),
    vscode.commands.registerCommand("pacenotes.restart", () => running.restart()),
    vscode.commands.registerCommand("pacenotes.setApiKey", async () => {
      if (await credentials.ask()) {
        await running.restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => (needsRestart(change) ? running.restart() : undefined)),
    vscode.env.onDidChangeTelemetryEnabled(() =>
      running.client?.sendNotification("workspace/didChangeConfiguration", { settings: null }),
    ),
  );
  void running.restart();
  output.info(`Activated in ${(performance.now() - began).toFixed(0)} ms.`);
}

/** Called when the window closes, or the extension is updated or switched off. */
export async function deactivate(): Promise<void> {
  await server?.stop();
}
