/**
 * How long to wait before a server that has stopped is started again.
 */

const FIRST_MS = 500;
const LONGEST_MS = 60_000;
/** A server that ran for so long was sound: its next stop counts as the first. */
export const SOUND_AFTER_MS = 120_000;
const MOST_IN_A_ROW = 8;

/** Counts the stops in a row. */
export class Backoff {
  #stops = 0;

  /** The server has stopped after `ranMs`. Gives the wait in milliseconds, or nothing when it is time to give up. */
  stopped(ranMs: number): number | undefined {
    this.#stops = ranMs >= SOUND_AFTER_MS ? 1 : this.#stops + 1;
    return this.#stops > MOST_IN_A_ROW ? undefined : Math.min(FIRST_MS * 2 ** (this.#stops - 1), LONGEST_MS);
  }

  /** The person asks for a start: all is forgotten. */
  reset(): void {
    this.#stops = 0;
  }
}
