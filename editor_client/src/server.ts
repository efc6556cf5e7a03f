/**
 * Keep one server running while it may: find it, start it, start it again when it stops, and say what it needs.
 */

import * as os from "node:os";
import * as vscode from "vscode";
import type { LanguageClient, Middleware } from "vscode-languageclient/node";

import { Backoff } from "./backoff.ts";
import { makeClient } from "./client.ts";
import { fit, OLDEST_SERVER } from "./compatibility.ts";
import { serverPath, serverPython } from "./configuration.ts";
import { bundledServer, installedServer, type Program } from "./discovery.ts";
import { type ServerStatus, STATUS } from "./extensions.ts";
import { install, type Installation, installed, isBundled, removeOthers } from "./installation.ts";
import * as problems from "./problems.ts";
import { run } from "./processes.ts";
import { findPython } from "./python.ts";

const ANSWER_WITHIN_MS = 30_000;

/** How the server is, from outside. */
export type Standing =
  | { readonly kind: "restricted" | "starting" | "off" }
  | { readonly kind: "waiting"; readonly seconds: number }
  | { readonly kind: "failed"; readonly problem: problems.Problem }
  | { readonly kind: "running"; readonly status: ServerStatus | undefined };

/** What the server needs of the rest of the extension. */
export interface Needs {
  readonly context: vscode.ExtensionContext;
  readonly output: vscode.LogOutputChannel;
  readonly middleware: Middleware;
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
}

export class Server implements vscode.Disposable {
  readonly #needs: Needs;
  readonly #changed = new vscode.EventEmitter<Standing>();
  readonly #backoff = new Backoff();
  #standing: Standing = { kind: "off" };
  #client: LanguageClient | undefined;
  #program: Program | undefined;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  readonly onDidChange = this.#changed.event;

  get standing(): Standing {
    return this.#standing;
  }

  /** The client, while the server runs. */
  get client(): LanguageClient | undefined {
    return this.#standing.kind === "running" ? this.#client : undefined;
  }

  /** How to run `pacenotes`, once that is known. */
  get program(): Program | undefined {
    return this.#program;
  }

  /** Start afresh, as the person asks or the settings do. */
  restart(): Promise<void> {
    this.#backoff.reset();
    return this.#inTurn(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  /** Stop and stay so. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stop();
      this.#stand({ kind: "off" });
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    clearTimeout(this.#timer);
    this.#turn = this.#turn.then(work, work);
    return this.#turn;
  }

  async #start(): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      return this.#stand({ kind: "restricted" });
    }
    this.#stand({ kind: "starting" });
    try {
      this.#program = installedProgram() ?? bundledServer(await this.#setUp());
      await this.#connect(this.#program);
    } catch (error) {
      await this.#stop();
      this.#needs.output.error(error instanceof Error ? error : String(error));
      this.#stand({ kind: "failed", problem: asProblem(error, this.#program) });
    }
  }

  async #connect(program: Program): Promise<void> {
    const { context, output, middleware } = this.#needs;
    const version = String(context.extension.packageJSON.version);
    output.info(`Starting ${[program.command, ...program.args, "serve"].join(" ")} (${program.found})`);
    const environment = await this.#needs.environment();
    const client = makeClient(program, { output, version, environment, middleware, stopped: () => this.#stoppedByItself(client) });
    let status: ServerStatus | undefined;
    client.onNotification(STATUS, (told: ServerStatus) => {
      status = told;
      if (this.#client === client && this.#standing.kind === "running") {
        this.#stand({ kind: "running", status });
      }
    });
    this.#client = client;
    await within(ANSWER_WITHIN_MS, client.start());
    this.#refuseMisfit(client, program);
    this.#startedAt = Date.now();
    this.#stand({ kind: "running", status });
  }

  #refuseMisfit(client: LanguageClient, program: Program): void {
    const server = client.initializeResult?.serverInfo;
    const version = server?.version ?? "unknown";
    switch (fit(server, this.#needs.context.extension.packageJSON.version)) {
      case "fits":
        return;
      case "server_too_old":
        throw problems.serverTooOld(program.command, version, OLDEST_SERVER);
      case "extension_too_old":
        throw problems.extensionTooOld(version);
      case "not_pacenotes":
        throw problems.notPacenotes(program.command);
    }
  }

  #stoppedByItself(client: LanguageClient): void {
    if (this.#client !== client || this.#standing.kind !== "running") {
      return;
    }
    void this.#inTurn(async () => {
      await this.#stop();
      const wait = this.#backoff.stopped(Date.now() - this.#startedAt);
      if (wait === undefined) {
        return this.#stand({ kind: "failed", problem: problems.stopsAgainAndAgain() });
      }
      this.#needs.output.warn(`The server has stopped; it is started again in ${wait} ms.`);
      this.#stand({ kind: "waiting", seconds: Math.ceil(wait / 1000) });
      this.#timer = setTimeout(() => void this.#inTurn(() => this.#start()), wait);
    });
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // A client whose server is gone, or never came, has nothing left to say.
    await client?.dispose().catch(() => undefined);
  }

  #stand(standing: Standing): void {
    this.#standing = standing;
    void vscode.commands.executeCommand("setContext", "pacenotes.running", standing.kind === "running");
    this.#changed.fire(standing);
  }

  /** The Python of the bundled server, which is set up first if need be. */
  async #setUp(): Promise<string> {
    const installation = installationOf(this.#needs.context);
    if (!isBundled(installation)) {
      throw problems.nothingBundled();
    }
    const ready = await installed(installation);
    if (ready) {
      return ready;
    }
    const title = "Pacenotes sets up its server";
    const python = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (progress, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort());
        return install(installation, {
          python: () => findPython(run, serverPython(), process.platform),
          report: (message) => progress.report({ message }),
          log: (line) => this.#needs.output.info(line),
          signal: abort.signal,
        });
      },
    );
    void removeOthers(installation).catch((error: unknown) => this.#needs.output.warn(String(error)));
    return python;
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The server did not answer within ${ms / 1000} s.`)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function installedProgram(): Program | undefined {
  return installedServer({
    named: serverPath(),
    folders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    searchPath: process.env["PATH"] ?? "",
    home: os.homedir(),
    platform: process.platform,
  });
}

/** Where the bundled server is set up. */
export function installationOf(context: vscode.ExtensionContext): Installation {
  return {
    wheelhouse: context.asAbsolutePath("wheelhouse"),
    storage: context.globalStorageUri.fsPath,
    run,
    platform: process.platform,
  };
}

function asProblem(error: unknown, program: Program | undefined): problems.Problem {
  return error instanceof problems.Problem ? error : problems.didNotStart(program?.command ?? "pacenotes");
}
