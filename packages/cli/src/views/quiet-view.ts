/** Shows only what went wrong in a run. */
import { clean } from "../terminal.ts";
import { linesOf } from "./plain-view.ts";
import type { View } from "./view.ts";

export function createQuietView(write: (line: string) => void, steps: readonly string[]): View {
  return {
    show(event, step) {
      const isProblem = event.type === "retrying" || event.type === "step_skipped";
      const isBadNode = event.type === "node" && event.node.status !== "ok";
      const isWarning = event.type === "log" && (event.level === "warning" || event.level === "error");
      const prefix = steps.length > 1 ? `[${steps[step]}] ` : "";
      if (isProblem || isWarning || isBadNode) for (const line of linesOf(event)) write(`${clean(`${prefix}${line}`)}\n`);
    },
    close() {},
  };
}
