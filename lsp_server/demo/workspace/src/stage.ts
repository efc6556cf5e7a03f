/** A timed section of a rally, driven once by every crew. */
export interface Stage {
  readonly id: string;
  readonly name: string;
  readonly lengthKm: number;
  readonly surface: Surface;
}

export type Surface = "gravel" | "tarmac" | "snow";

/** One crew's run over a stage. */
export interface StageTime {
  readonly stageId: string;
  readonly crewId: string;
  readonly elapsedMs: number;
  readonly penaltyMs: number;
}

export function totalMs(time: StageTime): number {
  return time.elapsedMs + time.penaltyMs;
}

export function averageSpeedKmh(stage: Stage, time: StageTime): number {
  const hours = time.elapsedMs / 3_600_000;
  return stage.lengthKm / hours;
}
