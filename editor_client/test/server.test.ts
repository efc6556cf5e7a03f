/**
 * Which server runs, what it takes to set one up, and what is said when that fails.
 */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

import { Backoff, SOUND_AFTER_MS } from "../src/backoff.ts";
import { fit } from "../src/compatibility.ts";
import { bundledServer, installedServer, type Places } from "../src/discovery.ts";
import { variables } from "../src/environment.ts";
import { addForReports, install, type Installation, installed, removeOthers } from "../src/installation.ts";
import { Problem, setUpFailed } from "../src/problems.ts";
import type { Run } from "../src/processes.ts";
import { findPython } from "../src/python.ts";

const PLACES: Places = { named: "", folders: ["/project"], searchPath: "/usr/bin:relative", home: "/home/me", platform: "linux" };

function found(places: Partial<Places>, ...files: string[]): string | undefined {
  return installedServer({ ...PLACES, ...places }, (file) => files.includes(file))?.command;
}

test("the setting comes first, then the workspace, then the person's own", () => {
  const all = ["/opt/pacenotes", "/project/.venv/bin/pacenotes", "/usr/bin/pacenotes", "/home/me/.local/bin/pacenotes"];
  assert.equal(found({ named: "/opt/pacenotes" }, ...all), "/opt/pacenotes");
  assert.equal(found({}, ...all), "/project/.venv/bin/pacenotes");
  assert.equal(found({ folders: [] }, ...all), "/usr/bin/pacenotes");
  assert.equal(found({ folders: [] }, "/home/me/.local/bin/pacenotes"), "/home/me/.local/bin/pacenotes");
  assert.equal(found({}), undefined);
});

test("a folder on the path that is relative is not searched", () => {
  assert.equal(found({ folders: [] }, "relative/pacenotes"), undefined);
});

test("a setting that names nothing is said, not skipped", () => {
  assert.throws(() => found({ named: "/gone/pacenotes" }, "/usr/bin/pacenotes"), /`\/gone\/pacenotes`.*correct the setting/);
});

test("the bundled server does not read modules of the folder it runs in", () => {
  assert.deepEqual(bundledServer("/s/bin/python").args, ["-I", "-m", "lsp_server"]);
});

/** Programs by name, each with the version that its Python would tell. */
function pythons(versions: Record<string, string>): Run {
  return async (program) => {
    const version = versions[program];
    return version ? { code: 0, stdout: `/bin/${program}\n${version}\n`, stderr: "" } : { code: null, stdout: "", stderr: "ENOENT" };
  };
}

test("the first Python that is new enough is taken", async () => {
  const python = await findPython(pythons({ python3: "3 9", python: "3 8", "python3.13": "3 13" }), "", "linux");
  assert.deepEqual(python, { path: "/bin/python3.13", version: [3, 13] });
});

test("no Python, and one that is too old, are said apart", async () => {
  await assert.rejects(findPython(pythons({}), "", "linux"), /found no Python: install Python 3.11 or newer/);
  await assert.rejects(findPython(pythons({ python3: "3 9" }), "", "linux"), /found only 3\.9 \(\/bin\/python3\)/);
  await assert.rejects(findPython(pythons({ python3: "3 11" }), "/no/python", "linux"), /`\/no\/python`, which `pacenotes.server.python` names/);
});

/** A wheelhouse and a storage on disk, and a run that makes what venv would make. */
async function sandbox(answers: (args: readonly string[]) => string | undefined): Promise<Installation & { ran: string[] }> {
  const folder = await mkdtemp(path.join(tmpdir(), "pacenotes-"));
  const [wheelhouse, storage] = [path.join(folder, "wheelhouse"), path.join(folder, "storage")];
  await mkdir(wheelhouse);
  await writeFile(path.join(wheelhouse, "requirements.txt"), "pacenotes==1\n");
  const ran: string[] = [];
  const run: Run = async (_, args) => {
    ran.push(args.join(" "));
    const stderr = answers(args);
    if (stderr === undefined && args.includes("venv")) {
      await mkdir(path.join(args.at(-1) ?? "", "bin"), { recursive: true });
      await writeFile(path.join(args.at(-1) ?? "", "bin", "python"), "");
    }
    return { code: stderr === undefined ? 0 : 1, stdout: "", stderr: stderr ?? "" };
  };
  return { wheelhouse, storage, run, platform: "linux", ran };
}

const attempt = {
  python: async () => ({ path: "/bin/python3.11", version: [3, 11] as const }),
  report: () => undefined,
  log: () => undefined,
  signal: new AbortController().signal,
};

test("a server is set up from the wheels alone, once", async () => {
  const place = await sandbox(() => undefined);
  const program = await install(place, attempt);
  assert.equal(await installed(place), program);
  assert.equal(place.ran.length, 2);
  assert.match(place.ran[1] ?? "", /--no-deps .*--no-index/);
  assert.deepEqual((await readdir(place.storage)).map((name) => name.slice(0, 7)), ["server-"]);
});

test("a Python that the wheels don't fit fetches its own", async () => {
  const place = await sandbox((args) => (args.includes("--no-index") ? "No matching distribution" : undefined));
  await install(place, attempt);
  assert.equal(place.ran.length, 3);
  assert.doesNotMatch(place.ran[2] ?? "", /--no-index/);
});

test("what was begun and failed leaves nothing behind", async () => {
  const place = await sandbox((args) => (args.includes("pip") ? "ProxyError: 407" : undefined));
  await assert.rejects(install(place, attempt), /proxy refused packages/);
  assert.deepEqual(await readdir(place.storage), []);
  assert.equal(await installed(place), undefined);
});

test("another list of wheels is another server, and the old one goes", async () => {
  const place = await sandbox(() => undefined);
  await install(place, attempt);
  await writeFile(path.join(place.wheelhouse, "requirements.txt"), "pacenotes==2\n");
  assert.equal(await installed(place), undefined);
  await install(place, attempt);
  await removeOthers(place);
  assert.equal((await readdir(place.storage)).length, 1);
});

test("what reports take is fetched once, when it is missing", async () => {
  const place = await sandbox((args) => (args.includes("-c") ? "ModuleNotFoundError" : undefined));
  await addForReports(place, "/s/bin/python", attempt);
  assert.match(place.ran[1] ?? "", /install .*reports\.txt$/);

  const there = await sandbox(() => undefined);
  await addForReports(there, "/s/bin/python", attempt);
  assert.equal(there.ran.length, 1);
});

for (const [output, sentence] of [
  ["OSError: [Errno 28] No space left on device", /disk is full: free some space for \/s/],
  ["EROFS: read-only file system", /cannot write to \/s: make that folder writable/],
  ["The virtual environment was not created because ensurepip is not available", /apt install python3-venv/],
  ["ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden'))", /proxy refused packages.*let pip through/],
  ["Temporary failure in name resolution", /connect to the network/],
  ["segfault", /the log says why/],
] as const) {
  test(`a sentence with a way out: ${output.slice(0, 30)}`, () => {
    const problem = setUpFailed("/usr/bin/python3", "/s", output);
    assert.match(problem.message, sentence);
    assert.ok(problem.waysOut.length > 0);
    assert.ok(problem instanceof Problem);
  });
}

test("an old server and an old extension are told apart", () => {
  assert.equal(fit({ name: "pacenotes", version: "0.1.0" }, "0.1.0"), "fits");
  assert.equal(fit({ name: "pacenotes", version: "0.1.7" }, "0.1.0"), "fits");
  assert.equal(fit({ name: "pacenotes", version: "0.0.9" }, "0.1.0"), "server_too_old");
  assert.equal(fit({ name: "pacenotes" }, "0.1.0"), "server_too_old");
  assert.equal(fit({ name: "pacenotes", version: "0.2.0" }, "0.1.0"), "extension_too_old");
  assert.equal(fit({ name: "pacenotes", version: "1.9.0" }, "1.2.0"), "fits");
  assert.equal(fit({ name: "pacenotes", version: "2.0.0" }, "1.2.0"), "extension_too_old");
  assert.equal(fit({ name: "pyright", version: "1.0.0" }, "0.1.0"), "not_pacenotes");
  assert.equal(fit(undefined, "0.1.0"), "not_pacenotes");
});

test("waits grow, end, and begin anew after a sound run", () => {
  const backoff = new Backoff();
  assert.deepEqual([1, 2, 3, 4].map(() => backoff.stopped(0)), [500, 1000, 2000, 4000]);
  assert.equal(backoff.stopped(SOUND_AFTER_MS), 500);
  const waits = Array.from({ length: 8 }, () => backoff.stopped(0));
  assert.equal(waits.at(-1), undefined);
  backoff.reset();
  assert.equal(backoff.stopped(0), 500);
});

test("settings become the variables that the command line reads", () => {
  const settings = { provider: "bedrock", maxFileKb: 5, completion: { debounceMs: 100, model: "", languages: ["typescript"] }, review: null };
  assert.deepEqual(variables(settings), {
    PACENOTES_PROVIDER: "bedrock",
    PACENOTES_MAX_FILE_KB: "5",
    PACENOTES_COMPLETION_DEBOUNCE_MS: "100",
  });
});

test("only stable interfaces of the editor are asked for", async () => {
  const manifest = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  assert.equal(manifest.enabledApiProposals, undefined);
  assert.equal(manifest.capabilities.untrustedWorkspaces.supported, "limited");
});
