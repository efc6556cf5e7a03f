/**
 * The language client of one run of the server: what it starts, what it sends, and what passes through our hands.
 */

import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  type ServerOptions,
} from "vscode-languageclient/node";

import { forServer, telemetryLevel } from "./configuration.ts";
import type { Program } from "./discovery.ts";
import { LANGUAGES } from "./languages.ts";

/** What a client is made with beyond the program. */
export interface Surroundings {
  readonly output: vscode.LogOutputChannel;
  /** Of the extension, for its figures. */
  readonly version: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly middleware: Middleware;
  /** The connection is gone, for whatever reason but our own stop. */
  readonly stopped: () => void;
}

/** A client for a server that is not started yet. It never restarts by itself. */
export function makeClient(program: Program, surroundings: Surroundings): LanguageClient {
  const options: LanguageClientOptions = {
    documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language })),
    outputChannel: surroundings.output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    diagnosticCollectionName: "pacenotes",
    initializationOptions: { telemetryLevel: telemetryLevel(), pluginVersion: surroundings.version },
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        surroundings.stopped();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
    middleware: {
      ...surroundings.middleware,
      workspace: {
        configuration: async (params, token, next) => {
          const found = await next(params, token);
          return Array.isArray(found) ? found.map((value, at) => forServer(params.items[at]?.section, value)) : found;
        },
      },
    },
  };
  const server: ServerOptions = {
    command: program.command,
    args: [...program.args, "serve"],
    options: { env: { ...process.env, ...surroundings.environment } },
  };
  return new QuietClient("pacenotes", "Pacenotes", server, options);
}

/** Writes what went wrong to the log: what a person can do about it, we say ourselves, and once. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}
