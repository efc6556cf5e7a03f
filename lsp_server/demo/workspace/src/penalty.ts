/** Time added to a crew's run by the stewards. */
export interface Penalty {
  readonly id: string;
  readonly stageId: string;
  readonly crewId: string;
  readonly reason: PenaltyReason;
  readonly penaltyMs: number;
}

export type PenaltyReason = "jump-start" | "late-check-in" | "missed-chicane";

const PENALTY_MS: Readonly<Record<PenaltyReason, number>> = {
  "jump-start": 10_000,
  "late-check-in": 60_000,
  "missed-chicane": 15_000,
};

export function penaltyMs(reason: PenaltyReason): number {
  return PENALTY_MS[reason];
}

export class PenaltyRegistry {
  private readonly penalties = new Map<string, Penalty>();

  register(penalty: Penalty): void {
    if (this.penalties.has(penalty.id)) {
      throw new Error(`Penalty ${penalty.id} is already registered`);
    }
    this.penalties.set(penalty.id, penalty);
  }

  find(id: string): Penalty | undefined {
    return this.penalties.get(id);
  }

  remove(id: string): void {
    if (!this.penalties.has(id)) {
      throw new Error(`Unknown penalty ${id}`);
    }
    this.penalties.delete(id);
  }

  all(): readonly Penalty[] {
    return [...this.penalties.values()];
  }

  ofCrew(crewId: string): Penalty[] {
    return this.all().filter((penalty) => penalty.crewId === crewId);
  }
}
