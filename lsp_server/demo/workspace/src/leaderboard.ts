import type { Crew, CrewRegistry } from "./crew.js";
import { formatGap, formatTime } from "./format.js";
import { totalMs, type StageTime } from "./stage.js";

export interface Standing {
  readonly crew: Crew;
  readonly totalMs: number;
  readonly gapMs: number;
}

/** Add up every crew's times and order them, fastest first. */
export function standings(times: readonly StageTime[], registry: CrewRegistry): Standing[] {
  const totals = new Map<string, number>();
  for (const time of times) {
    totals.set(time.crewId, (totals.get(time.crewId) ?? 0) + totalMs(time));
  }
  const ordered = [...totals].sort(([, a], [, b]) => a - b);
  const leaderMs = ordered[0]?.[1] ?? 0;
  return ordered.map(([crewId, total]) => ({
    crew: registry.require(crewId),
    totalMs: total,
    gapMs: total - leaderMs,
  }));
}

export function renderStandings(rows: readonly Standing[]): string {
  return rows
    .map((row, index) => `${index + 1}. ${row.crew.driver} ${formatTime(row.totalMs)} ${formatGap(row.gapMs)}`)
    .join("\n");
}
