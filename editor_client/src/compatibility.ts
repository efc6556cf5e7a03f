/**
 * Whether a server and this extension were made for each other.
 */

/** The oldest server that knows every message of this extension. */
export const OLDEST_SERVER = "0.1.0";

export type Fit = "fits" | "server_too_old" | "extension_too_old" | "not_pacenotes";

/** What a server says of itself in its answer to `initialize`. */
export interface ServerInfo {
  readonly name: string;
  readonly version?: string;
}

/** Compare the server's version with that of this extension, by the rules of semantic versioning. */
export function fit(server: ServerInfo | undefined, extension: string): Fit {
  if (server?.name !== "pacenotes") {
    return "not_pacenotes";
  }
  const theirs = numbers(server.version ?? "");
  if (isBefore(theirs, numbers(OLDEST_SERVER))) {
    return "server_too_old";
  }
  return isBefore(line(numbers(extension)), line(theirs)) ? "extension_too_old" : "fits";
}

type Version = readonly [number, number, number];

/** The versions that break nothing for each other: those of one major version or, while that is 0, of one minor version. */
function line([major, minor]: Version): Version {
  return major === 0 ? [0, minor, 0] : [major, 0, 0];
}

function isBefore(a: Version, b: Version): boolean {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

function numbers(version: string): Version {
  const [major, minor, patch] = version.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0);
  return [major ?? 0, minor ?? 0, patch ?? 0];
}
