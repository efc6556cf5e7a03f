import type { Stage } from "./stage.js";

export class StageRegistry {
  private readonly stages = new Map<string, Stage>();

  register(stage: Stage): void {
    if (this.stages.has(stage.id)) {
      throw new Error(`Stage ${stage.id} is already registered`);
    }
    this.stages.set(stage.id, stage);
  }

  find(id: string): Stage | undefined {
    return this.stages.get(id);
  }

  require(id: string): Stage {
    const stage = this.stages.get(id);
    if (stage === undefined) {
      throw new Error(`Unknown stage ${id}`);
    }
    return stage;
  }

  remove(id: string): void {
    if (!this.stages.has(id)) {
      throw new Error(`Unknown stage ${id}`);
    }
    this.stages.delete(id);
  }

  all(): readonly Stage[] {
    return [...this.stages.values()];
  }
}
