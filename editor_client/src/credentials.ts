/**
 * The Anthropic API key, kept where the editor keeps secrets and handed to the server through its environment only.
 */

import * as vscode from "vscode";

const NAME = "anthropic.apiKey";
const VARIABLE = "ANTHROPIC_API_KEY";

export class Credentials {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  /** What the server's environment has beyond the editor's. */
  readonly environment = async (): Promise<Readonly<Record<string, string>>> => {
    const key = await this.#secrets.get(NAME);
    return key ? { [VARIABLE]: key } : {};
  };

  /** Ask for a key; an empty answer forgets the one that is kept. Tells whether anything has changed. */
  async ask(): Promise<boolean> {
    const key = await vscode.window.showInputBox({
      title: "Anthropic API key",
      prompt: "It is kept in the editor's secret storage. Leave it empty to forget the one that is kept.",
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined) {
      return false;
    }
    await (key.trim() ? this.#secrets.store(NAME, key.trim()) : this.#secrets.delete(NAME));
    return true;
  }
}
