/** Shows only what went wrong in a run. */
import { clean } from "../terminal.ts";
import { linesOf } from "./plain-view.ts";
import type { View } from "./view.ts";

export function createQuietView(write: (line: string) => void, steps: readonly string[]): View {
  const shown = new Set<string>();
  return {
    show({ step, event }) {
      if (step === null && event.type !== "log") return;
      const isProblem = event.type === "retrying" || event.type === "step_skipped";
      const isBadNode = event.type === "node" && event.node.status !== "ok";
      const isWarning = event.type === "log" && (event.level === "warning" || event.level === "error");
      const prefix = step !== null && steps.length > 1 ? `[${steps[step]}] ` : "";
      const print = (line: string): unknown => write(`${clean(`${prefix}${line}`)}\n`);
      if (isProblem || isWarning || isBadNode) for (const line of linesOf(event)) print(line);
      if (isWarning) shown.add(`${event.plugin}: ${event.message}`);
      if (event.type !== "run_finished" || event.result.kind !== "pipe") return;
      // What only the counts show, such as rejected rows.
      for (const warning of event.result.warnings) if (!shown.has(warning)) print(`Warning: ${warning}`);
    },
    close() {},
  };
}
