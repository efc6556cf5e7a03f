/**
 * What the status bar says: icon, words, tooltip and alarm, as plain values.
 */

import type { ServerStatus } from "./extensions.ts";

/** All that the status bar depends on. */
export interface Situation {
  readonly server:
    | { readonly kind: "restricted" | "starting" | "off" }
    | { readonly kind: "waiting"; readonly seconds: number }
    | { readonly kind: "failed"; readonly problem: { readonly message: string } }
    | { readonly kind: "running"; readonly status: ServerStatus | undefined };
  /** `until 14:05`, or empty when completions are not paused. */
  readonly paused: string;
}

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly alarm: "none" | "warning" | "error";
}

const ICONS = {
  normal: "$(milestone)",
  busy: "$(loading~spin)",
  warning: "$(warning)",
  error: "$(error)",
  inactive: "$(circle-slash)",
} as const;

/** The text of the status bar. */
export function statusText({ server, paused }: Situation): StatusText {
  switch (server.kind) {
    case "restricted":
      return plain("$(shield)", "restricted", "This workspace is not trusted: nothing is read or sent.");
    case "off":
      return plain("$(circle-slash)", "off", "The server is not running.");
    case "starting":
      return plain("$(loading~spin)", "starting", "The server is starting.");
    case "waiting":
      return { ...plain("$(sync~spin)", "restarting", `The server has stopped; it is started again in ${server.seconds} s.`), alarm: "warning" };
    case "failed":
      return { ...plain("$(error)", "", server.problem.message), alarm: "error" };
    case "running":
      return paused ? plain("$(debug-pause)", "paused", `Completions are paused ${paused}.`) : running(server.status);
  }
}

function running(status: ServerStatus | undefined): StatusText {
  if (!status) {
    return plain("$(loading~spin)", "starting", "The server is getting ready.");
  }
  const { kind, message, provider, model, spentTodayUsd } = status;
  const cost = spentTodayUsd > 0 ? `$${spentTodayUsd.toFixed(2)}` : "";
  const words = [kind === "inactive" ? "off" : provider, cost].filter(Boolean).join(" ");
  const facts = [`Provider: ${provider || "none"}`, `Model: ${model || "none"}`, `Today: $${spentTodayUsd.toFixed(2)}`];
  const tooltip = [message, ...facts].filter(Boolean).join("\n");
  return { ...plain(ICONS[kind], words, tooltip), alarm: kind === "warning" || kind === "error" ? kind : "none" };
}

function plain(icon: string, words: string, tooltip: string): StatusText {
  return { text: [icon, "Pacenotes", words && `· ${words}`].filter(Boolean).join(" "), tooltip, alarm: "none" };
}
