/**
 * Whether completions are paused in this window, and until when.
 */

import * as vscode from "vscode";

const CHOICES = [5, 15, 60] as const;

export class Pause implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  #until: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changed.event;

  /** Paused right now. */
  get active(): boolean {
    return this.#until !== undefined;
  }

  /** In words: until when, or nothing to say. */
  get until(): string {
    if (this.#until === undefined) {
      return "";
    }
    const time = new Date(this.#until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    return Number.isFinite(this.#until) ? `until ${time}` : "until you resume";
  }

  /** Pause for so many minutes, or until resumed. */
  begin(minutes = Number.POSITIVE_INFINITY): void {
    clearTimeout(this.#timer);
    this.#until = Date.now() + minutes * 60_000;
    if (Number.isFinite(minutes)) {
      this.#timer = setTimeout(() => this.end(), minutes * 60_000);
    }
    this.#changed.fire();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#until = undefined;
    this.#changed.fire();
  }

  /** Ask for how long, then pause. */
  async snooze(): Promise<void> {
    const items = CHOICES.map((minutes) => ({ label: `${minutes} minutes`, minutes }));
    const chosen = await vscode.window.showQuickPick(items, { title: "Pacenotes", placeHolder: "No completions for…" });
    if (chosen) {
      this.begin(chosen.minutes);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }
}
