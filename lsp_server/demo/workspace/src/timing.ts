import { penaltyMs, type PenaltyRegistry } from "./penalty.js";
import type { StageTime } from "./stage.js";

/** Turn the clock's readings into stage times, with the stewards' penalties added. */
export function applyPenalties(times: readonly StageTime[], penalties: PenaltyRegistry): StageTime[] {
  return times.map((time) => ({
    ...time,
    penaltyMs: penalties
      .ofCrew(time.crewId)
      .filter((penalty) => penalty.stageId === time.stageId)
      .reduce((sum, penalty) => sum + penaltyMs(penalty.reason), 0),
  }));
}

export function timesOfStage(times: readonly StageTime[], stageId: string): StageTime[] {
  return times.filter((time) => time.stageId === stageId);
}

export function timesOfCrew(times: readonly StageTime[], crewId: string): StageTime[] {
  return times.filter((time) => time.crewId === crewId);
}

export function fastest(times: readonly StageTime[]): StageTime | undefined {
  let best: StageTime | undefined;
  for (const time of times) {
    if (best === undefined || time.elapsedMs < best.elapsedMs) {
      best = time;
    }
  }
  return best;
}
