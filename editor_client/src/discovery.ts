/**
 * Decide which server runs: the one that the settings name, the workspace's, the user's, or the one that comes along.
 */

import { existsSync } from "node:fs";
import path from "node:path";

import { missingProgram } from "./problems.ts";

/** How to run `pacenotes`, to which a command is added, and where it was found. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly found: "setting" | "workspace" | "user" | "bundled";
}

export interface Places {
  /** `pacenotes.server.path`. */
  readonly named: string;
  /** The workspace folders; only of a workspace that is trusted, since a program of theirs is run. */
  readonly folders: readonly string[];
  readonly searchPath: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

const ENVIRONMENTS = [".venv", "venv"];

/** The installed server to run; nothing when there is none, so that the bundled one is set up. */
export function installedServer(places: Places, exists: (file: string) => boolean = existsSync): Program | undefined {
  if (places.named) {
    const named = places.named.replace(/^~(?=[/\\])/, places.home);
    if (path.isAbsolute(named) ? !exists(named) : !onSearchPath(named, places, exists)) {
      throw missingProgram("server.path", places.named);
    }
    return { command: named, args: [], found: "setting" };
  }
  const [bin, name] = places.platform === "win32" ? ["Scripts", "pacenotes.exe"] : ["bin", "pacenotes"];
  const ofWorkspace = places.folders
    .flatMap((folder) => ENVIRONMENTS.map((environment) => path.join(folder, environment, bin, name)))
    .find(exists);
  if (ofWorkspace) {
    return { command: ofWorkspace, args: [], found: "workspace" };
  }
  const ofUser = onSearchPath(name, places, exists) ?? [path.join(places.home, ".local", bin, name)].find(exists);
  return ofUser ? { command: ofUser, args: [], found: "user" } : undefined;
}

/** The server of the environment that was set up with the bundled wheels. Nothing in the working folder shadows its modules. */
export function bundledServer(python: string): Program {
  return { command: python, args: ["-I", "-m", "lsp_server"], found: "bundled" };
}

function onSearchPath(name: string, places: Places, exists: (file: string) => boolean): string | undefined {
  return places.searchPath
    .split(places.platform === "win32" ? ";" : ":")
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find(exists);
}
