/**
 * The settings of the extension itself, and what the server is sent of all the others.
 */

import * as vscode from "vscode";

export const SECTION = "pacenotes";

/** Names that only the extension reads: the server would ask what they mean. */
const OWN = ["server", "editor", "trace"];

/** `pacenotes.server.path`, a program, or empty. */
export function serverPath(): string {
  return vscode.workspace.getConfiguration(SECTION).get("server.path", "").trim();
}

/** `pacenotes.server.python`, a program, or empty. */
export function serverPython(): string {
  return vscode.workspace.getConfiguration(SECTION).get("server.python", "").trim();
}

/** `pacenotes.editor.codeLens`. */
export function codeLensEnabled(): boolean {
  return vscode.workspace.getConfiguration(SECTION).get("editor.codeLens", true);
}

/** Whether a change touches what a running server was started with. */
export function needsRestart(change: vscode.ConfigurationChangeEvent): boolean {
  return change.affectsConfiguration(`${SECTION}.server`);
}

/** One section as the server shall see it. */
export function forServer(section: string | undefined, found: unknown): unknown {
  if (section === "telemetry" && !vscode.env.isTelemetryEnabled) {
    // The editor's own switch counts, wherever it was switched.
    return { telemetryLevel: "off" };
  }
  if (section !== SECTION || typeof found !== "object" || found === null) {
    return found;
  }
  return Object.fromEntries(Object.entries(found).filter(([name]) => !OWN.includes(name)));
}

/** The editor's telemetry level, in its own words. */
export function telemetryLevel(): string {
  const level = vscode.workspace.getConfiguration("telemetry").get("telemetryLevel", "all");
  return vscode.env.isTelemetryEnabled ? level : "off";
}
