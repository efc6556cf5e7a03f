import assert from "node:assert/strict";
import test from "node:test";

import { PenaltyRegistry } from "../src/penalty.js";
import type { StageTime } from "../src/stage.js";
import { applyPenalties, fastest } from "../src/timing.js";

const times: StageTime[] = [
  { stageId: "ss1", crewId: "a", elapsedMs: 60_000, penaltyMs: 0 },
  { stageId: "ss1", crewId: "b", elapsedMs: 59_000, penaltyMs: 0 },
];

test("a jump start costs ten seconds on its own stage", () => {
  const penalties = new PenaltyRegistry();
  penalties.register({ id: "p1", stageId: "ss1", crewId: "b", reason: "jump-start", penaltyMs: 10_000 });

  const applied = applyPenalties(times, penalties);

  assert.deepEqual(applied.map((time) => time.penaltyMs), [0, 10_000]);
});

test("the fastest time wins whatever the penalties", () => {
  assert.equal(fastest(times)?.crewId, "b");
});

test("no times have no fastest", () => {
  assert.equal(fastest([]), undefined);
});
