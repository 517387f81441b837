/** A run of which only what went wrong is shown. */
import { clean } from "../terminal.ts";
import { linesOf } from "./plain-view.ts";
import type { View } from "./view.ts";

export function createQuietView(write: (line: string) => void, steps: readonly string[]): View {
  return {
    show(event, step) {
      const isTold = event.type === "retrying" || event.type === "step_skipped";
      const isBadNode = event.type === "node" && event.node.status !== "ok";
      const isWarning = event.type === "log" && (event.level === "warning" || event.level === "error");
      const prefix = steps.length > 1 ? `[${steps[step]}] ` : "";
      if (isTold || isWarning || isBadNode) for (const line of linesOf(event)) write(`${clean(`${prefix}${line}`)}\n`);
    },
    close() {},
  };
}
