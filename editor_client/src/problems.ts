/**
 * What can go wrong before a server runs: one sentence each, and the ways out that it names.
 */

/** A way out, as a button: a command and its arguments. */
export interface WayOut {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/** A situation that keeps the server from running. */
export class Problem extends Error {
  readonly waysOut: readonly WayOut[];

  constructor(sentence: string, ...waysOut: readonly WayOut[]) {
    super(sentence);
    this.name = "Problem";
    this.waysOut = waysOut;
  }
}

const openLog: WayOut = { title: "Open Log", command: "pacenotes.openLog" };
const retry: WayOut = { title: "Try Again", command: "pacenotes.restart" };
const getPython: WayOut = {
  title: "Get Python",
  command: "vscode.open",
  arguments: ["https://www.python.org/downloads/"],
};

function setting(name: string): WayOut {
  return { title: "Open Settings", command: "workbench.action.openSettings", arguments: [`pacenotes.${name}`] };
}

/** No Python at all. */
export function noPython(): Problem {
  return new Problem(
    "Pacenotes found no Python: install Python 3.11 or newer, or name one in `pacenotes.server.python`.",
    getPython,
    setting("server.python"),
    retry,
  );
}

/** Only Pythons that are too old. */
export function oldPython(found: string): Problem {
  return new Problem(
    `Pacenotes needs Python 3.11 or newer and found only ${found}: install a newer one, or name it in \`pacenotes.server.python\`.`,
    getPython,
    setting("server.python"),
    retry,
  );
}

/** A program that the settings name is not there, or does not run. */
export function missingProgram(name: string, program: string): Problem {
  return new Problem(
    `\`${program}\`, which \`pacenotes.${name}\` names, cannot be run: correct the setting or empty it.`,
    setting(name),
    retry,
  );
}

/** An extension without wheels, and no server elsewhere. */
export function nothingBundled(): Problem {
  return new Problem(
    "This build of the extension brings no server: install one with `pip install pacenotes`, or name it in `pacenotes.server.path`.",
    setting("server.path"),
    retry,
  );
}

/** The bundled server could not be set up; `output` is what Python or pip said. */
export function setUpFailed(python: string, storage: string, output: string): Problem {
  for (const [pattern, sentence] of CAUSES) {
    if (pattern.test(output)) {
      return new Problem(sentence(python, storage), retry, openLog);
    }
  }
  return new Problem("Pacenotes could not set up its server; the log says why.", retry, openLog);
}

type Sentence = (python: string, storage: string) => string;

/** What Python and pip write in situations that have a way out; the first that fits names the cause. */
const CAUSES: readonly (readonly [RegExp, Sentence])[] = [
  [/AbortError|operation was aborted/i, () => "Setting up the server was cancelled."],
  [
    /ENOSPC|No space left on device|Disk quota exceeded/i,
    (_, storage) => `The disk is full: free some space for ${storage}, then try again.`,
  ],
  [
    /EROFS|EACCES|EPERM|Read-only file system|Permission denied|Operation not permitted/i,
    (_, storage) => `Pacenotes cannot write to ${storage}: make that folder writable, or install the server yourself and name it in \`pacenotes.server.path\`.`,
  ],
  [
    /ensurepip is not available|No module named (venv|ensurepip)/i,
    (python) => `${python} cannot make environments: install its \`venv\` package (on Debian and Ubuntu \`apt install python3-venv\`), then try again.`,
  ],
  [
    /ProxyError|Tunnel connection failed|407|403 Client Error|Access Denied|CERTIFICATE_VERIFY_FAILED|SSLError/i,
    () => "The network's proxy refused packages that Pacenotes needs: let pip through (`pip config`, HTTPS_PROXY), or install the server yourself and name it in `pacenotes.server.path`.",
  ],
  [
    /Temporary failure in name resolution|NewConnectionError|Network is unreachable|Connection (refused|timed out)|No matching distribution|Could not find a version/i,
    (python) => `Packages for ${python} could not be fetched: connect to the network or name a Python 3.11 in \`pacenotes.server.python\`, then try again.`,
  ],
];

/** The server ended before it introduced itself. */
export function didNotStart(program: string): Problem {
  return new Problem(`\`${program}\` ended before it answered; the log says why.`, retry, openLog, setting("server.path"));
}

/** The server stopped too often. */
export function stopsAgainAndAgain(): Problem {
  return new Problem("The Pacenotes server stops again and again; the log says why.", retry, openLog);
}

/** The server is older than this extension can work with. */
export function serverTooOld(program: string, version: string, oldest: string): Problem {
  return new Problem(
    `${program} is version ${version} and this extension needs ${oldest} or newer: update it with \`pip install --upgrade pacenotes\`, or empty \`pacenotes.server.path\` to use the bundled one.`,
    setting("server.path"),
    retry,
  );
}

/** The server is newer than this extension knows. */
export function extensionTooOld(version: string): Problem {
  return new Problem(
    `The server is version ${version}, which is newer than this extension knows: update the extension.`,
    { title: "Show Extension", command: "workbench.extensions.search", arguments: ["@installed pacenotes"] },
    retry,
  );
}

/** Something else answered. */
export function notPacenotes(program: string): Problem {
  return new Problem(
    `\`${program}\` is not a Pacenotes server: correct \`pacenotes.server.path\` or empty it.`,
    setting("server.path"),
    retry,
  );
}
