"""
A file of everyday TypeScript, awkward in places, for quoting from.
"""

CODE = """import { readFile } from "node:fs/promises";
import type { Store, User } from "./store";

// Don't keep users' names longer than needed: it can't be undone.
export const LIMIT = 20;

interface Options {
  retries?: number;
  onDone?: (users: readonly User[]) => void;
}

export class Users {
  constructor(private readonly store: Store) {}

  async load(id: string): Promise<User> {
    const user = await this.store.find(id);
    if (!user) {
      throw new Error(`No user ${id}`);
    }
    return user;
  }

  async all(options: Options = {}): Promise<User[]> {
    const found: User[] = [];
    for (const id of await this.store.ids()) {
      const user = await this.load(id);
      found.push(user);
      if (found.length >= LIMIT) {
        break;
      }
    }
    options.onDone?.(found);
    return found;
  }

  rename(user: User, name: string): User {
    const label = "名前 😀: " + name.trim();
    return { ...user, name, label };
  }
}

export async function readUsers(path: string): Promise<User[]> {
  const text = await readFile(path, "utf8");
  const rows = text
    .split("\\n")
    .filter((row) => row.length > 0)
    .map((row) => JSON.parse(row) as User);
  return rows;
}
"""

EARLIER = CODE.replace("await this.store.find(id)", "this.store.find(id)").replace("    options.onDone?.(found);\n", "")
"""The same file before a change of two lines."""
