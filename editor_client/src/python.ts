/**
 * Find a Python that the bundled server can be set up with.
 */

import { missingProgram, noPython, oldPython } from "./problems.ts";
import type { Run } from "./processes.ts";

/** A Python that runs, by its full path. */
export interface Python {
  readonly path: string;
  readonly version: readonly [number, number];
}

const OLDEST: Python["version"] = [3, 11];
const ON_UNIX = ["python3.11", "python3", "python", "python3.14", "python3.13", "python3.12"];
const ON_WINDOWS = ["py -3.11", "py -3", "python", "python3"];
const ASK = "import sys; print(sys.executable); print(*sys.version_info[:2])";

/** The Python that the setting names, else the first fitting one on the path. The wheels that come along are of 3.11. */
export async function findPython(run: Run, named: string, platform: NodeJS.Platform): Promise<Python> {
  if (named) {
    const found = await ask(run, [named]);
    if (!found) {
      throw missingProgram("server.python", named);
    }
    return recent(found) ? found : fail(found);
  }
  let old: Python | undefined;
  for (const name of platform === "win32" ? ON_WINDOWS : ON_UNIX) {
    const found = await ask(run, name.split(" "));
    if (found && recent(found)) {
      return found;
    }
    old ??= found;
  }
  return fail(old);
}

async function ask(run: Run, [program, ...before]: readonly string[]): Promise<Python | undefined> {
  const done = await run(program ?? "", [...before, "-I", "-c", ASK]);
  const [path, version] = done.stdout.trim().split(/\r?\n/);
  const [major, minor] = (version ?? "").split(" ").map(Number);
  return done.code === 0 && path && major && minor !== undefined ? { path, version: [major, minor] } : undefined;
}

function recent({ version: [major, minor] }: Python): boolean {
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function fail(found: Python | undefined): never {
  throw found ? oldPython(`${found.version.join(".")} (${found.path})`) : noPython();
}
