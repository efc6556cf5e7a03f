/** A driver and the co-driver who reads the pace notes. */
export interface Crew {
  readonly id: string;
  readonly driver: string;
  readonly coDriver: string;
  readonly car: string;
}

export class CrewRegistry {
  private readonly crews = new Map<string, Crew>();

  register(crew: Crew): void {
    if (this.crews.has(crew.id)) {
      throw new Error(`Crew ${crew.id} is already registered`);
    }
    this.crews.set(crew.id, crew);
  }

  find(id: string): Crew | undefined {
    return this.crews.get(id);
  }

  require(id: string): Crew {
    const crew = this.crews.get(id);
    if (crew === undefined) {
      throw new Error(`Unknown crew ${id}`);
    }
    return crew;
  }
}
