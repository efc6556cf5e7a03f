/**
 * What the status bar says.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { ServerStatus } from "../src/extensions.ts";
import { statusText } from "../src/statusText.ts";

const STATUS: ServerStatus = { kind: "normal", message: "", provider: "anthropic", model: "claude-haiku-5-5", spentTodayUsd: 0 };

function running(status: Partial<ServerStatus>, paused = "") {
  return statusText({ server: { kind: "running", status: { ...STATUS, ...status } }, paused });
}

test("provider, and today's cost once there is any", () => {
  assert.equal(running({}).text, "$(milestone) Pacenotes · anthropic");
  assert.equal(running({ spentTodayUsd: 1.239 }).text, "$(milestone) Pacenotes · anthropic $1.24");
  assert.match(running({}).tooltip, /Provider: anthropic\nModel: claude-haiku-5-5\nToday: \$0\.00/);
});

test("each state looks different", () => {
  const kinds = ["normal", "busy", "warning", "error", "inactive"] as const;
  const texts = kinds.map((kind) => running({ kind }).text);
  assert.equal(new Set(texts).size, kinds.length);
  assert.deepEqual(kinds.map((kind) => running({ kind }).alarm), ["none", "none", "warning", "error", "none"]);
});

test("what is wrong stands first behind it", () => {
  assert.match(running({ kind: "error", message: "The key was refused." }).tooltip, /^The key was refused\.\n/);
});

test("a pause says until when", () => {
  assert.deepEqual(running({}, "until 14:05"), { text: "$(debug-pause) Pacenotes · paused", tooltip: "Completions are paused until 14:05.", alarm: "none" });
});

test("without a server it says why", () => {
  const texts = [
    { kind: "restricted" } as const,
    { kind: "off" } as const,
    { kind: "starting" } as const,
    { kind: "waiting", seconds: 4 } as const,
    { kind: "failed", problem: { message: "No Python." } } as const,
  ].map((server) => statusText({ server, paused: "" }));
  assert.deepEqual(texts.map(({ tooltip }) => tooltip), [
    "This workspace is not trusted: nothing is read or sent.",
    "The server is not running.",
    "The server is starting.",
    "The server has stopped; it is started again in 4 s.",
    "No Python.",
  ]);
  assert.deepEqual(texts.map(({ alarm }) => alarm), ["none", "none", "none", "warning", "error"]);
});
