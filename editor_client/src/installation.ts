/**
 * Set up the server that comes with the extension, in the extension's own storage.
 *
 * Each set of wheels has a folder of its own, named after the wheels. It is made under another name and put in place when
 * it is complete, so that a window that closes half-way, or a second one beside it, does no harm.
 */

import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";

import { setUpFailed } from "./problems.ts";
import type { Run } from "./processes.ts";
import type { Python } from "./python.ts";

/** `wheelhouse` holds wheels and their list, `storage` is the extension's own folder. */
export interface Installation {
  readonly wheelhouse: string;
  readonly storage: string;
  readonly run: Run;
  readonly platform: NodeJS.Platform;
}

export interface Attempt {
  readonly python: () => Promise<Python>;
  /** Told in a few words what is being done. */
  readonly report: (step: string) => void;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

const LIST = "requirements.txt";
const FOR_REPORTS = "reports.txt";

/** Whether the extension brings a server. */
export function isBundled({ wheelhouse }: Installation): boolean {
  return existsSync(path.join(wheelhouse, LIST));
}

/** The program of the server that is set up already. */
export async function installed(installation: Installation): Promise<string | undefined> {
  const found = programIn(await folderFor(installation), installation.platform);
  return existsSync(found) ? found : undefined;
}

/** Set it up; gives the program. Fails with a `Problem`. */
export async function install(installation: Installation, attempt: Attempt): Promise<string> {
  attempt.report("looking for Python");
  const python = await attempt.python();
  const [folder, unfinished] = [await folderFor(installation), path.join(installation.storage, `new-${randomUUID()}`)];
  const step = async (words: string, program: string, args: readonly string[]): Promise<string | undefined> => {
    attempt.report(words);
    const done = await installation.run(program, args, { signal: attempt.signal, onLine: attempt.log });
    return done.code === 0 ? undefined : `${done.stdout}\n${done.stderr}`;
  };
  try {
    await mkdir(installation.storage, { recursive: true });
    const output =
      (await step("making an environment", python.path, ["-m", "venv", unfinished])) ??
      (await installPackages(installation, unfinished, step));
    if (output !== undefined) {
      throw setUpFailed(python.path, installation.storage, output);
    }
    await putInPlace(unfinished, folder, installation.platform);
  } catch (error) {
    throw asProblem(error, python, installation);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return programIn(folder, installation.platform);
}

/** Fetch what reports calculate with, of the versions that were tested, unless it is there. Fails with a `Problem`. */
export async function addForReports(installation: Installation, python: string, attempt: Omit<Attempt, "python">): Promise<void> {
  const { wheelhouse, storage, run } = installation;
  if ((await run(python, ["-I", "-c", "import duckdb, ibis, scipy"])).code === 0) {
    return;
  }
  attempt.report("fetching what reports calculate with");
  const list = path.join(wheelhouse, FOR_REPORTS);
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--find-links", wheelhouse];
  const done = await run(python, [...pip, "--requirement", list], { signal: attempt.signal, onLine: attempt.log });
  if (done.code !== 0) {
    throw setUpFailed(python, storage, `${done.stdout}\n${done.stderr}`);
  }
}

/** Delete what earlier versions of the extension have set up. */
export async function removeOthers(installation: Installation): Promise<void> {
  const kept = path.basename(await folderFor(installation));
  const others = (await readdir(installation.storage)).filter((name) => name.startsWith("server-") && name !== kept);
  await Promise.all(others.map((name) => rm(path.join(installation.storage, name), { recursive: true, force: true })));
}

type Step = (words: string, program: string, args: readonly string[]) => Promise<string | undefined>;

/** From the wheels alone where they fit; a Python that they don't fit fetches its own of the same versions. */
async function installPackages({ wheelhouse, platform }: Installation, environment: string, step: Step) {
  const python = path.join(environment, ...(platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps", "--find-links", wheelhouse];
  const list = ["--requirement", path.join(wheelhouse, LIST)];
  const failed = await step("unpacking the server", python, [...pip, "--no-index", ...list]);
  return failed === undefined ? undefined : step("fetching packages for this Python", python, [...pip, ...list]);
}

async function putInPlace(unfinished: string, folder: string, platform: NodeJS.Platform): Promise<void> {
  if (!existsSync(programIn(folder, platform))) {
    // Its Python has been removed meanwhile.
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await rename(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) {
      throw error;
    }
  }
}

async function folderFor({ wheelhouse, storage }: Installation): Promise<string> {
  const list = await readFile(path.join(wheelhouse, LIST));
  return path.join(storage, `server-${createHash("sha256").update(list).digest("hex").slice(0, 12)}`);
}

/** Environments can't be moved: their scripts name the folder that they were made in, but modules run from anywhere. */
function programIn(folder: string, platform: NodeJS.Platform): string {
  return path.join(folder, ...(platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
}

function asProblem(error: unknown, python: Python, { storage }: Installation): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  return code ? setUpFailed(python.path, storage, code) : error;
}
