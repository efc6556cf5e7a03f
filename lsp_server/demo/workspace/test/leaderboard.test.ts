import assert from "node:assert/strict";
import test from "node:test";

import { CrewRegistry } from "../src/crew.js";
import { standings } from "../src/leaderboard.js";
import type { StageTime } from "../src/stage.js";

function registryOf(...ids: string[]): CrewRegistry {
  const registry = new CrewRegistry();
  for (const id of ids) {
    registry.register({ id, driver: `Driver ${id}`, coDriver: `Co-driver ${id}`, car: "Rally2" });
  }
  return registry;
}

test("the fastest crew leads and the gap is to the leader", () => {
  const times: StageTime[] = [
    { stageId: "ss1", crewId: "b", elapsedMs: 61_000, penaltyMs: 0 },
    { stageId: "ss1", crewId: "a", elapsedMs: 60_000, penaltyMs: 0 },
  ];

  const rows = standings(times, registryOf("a", "b"));

  assert.deepEqual(rows.map((row) => row.crew.id), ["a", "b"]);
  assert.equal(rows[1]?.gapMs, 1_000);
});
