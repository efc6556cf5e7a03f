/**
 * Run a program to its end.
 */

import { spawn } from "node:child_process";

/** What a program left behind; `code` is null when it could not be started or was killed. */
export interface Done {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Told each line that the program writes, as it comes. */
  readonly onLine?: (line: string) => void;
}

export type Run = (program: string, args: readonly string[], options?: RunOptions) => Promise<Done>;

/** Run a program, without a shell, and wait for it. Never fails: what went wrong is in `code` and `stderr`. */
export const run: Run = (program, args, options = {}) =>
  new Promise((resolve) => {
    const { onLine, ...rest } = options;
    const child = spawn(program, args, { ...rest, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    const written = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8");
      child[name].on("data", (piece: string) => {
        written[name] += piece;
        piece.split(/\r?\n/).filter(Boolean).forEach((line) => onLine?.(line));
      });
    }
    child.once("error", (error) => resolve({ code: null, ...written, stderr: `${written.stderr}${error.message}` }));
    child.once("close", (code) => resolve({ code, ...written }));
  });
