/** Describes what a run starts from. */
import type { RunEvent } from "@tapline/runner";

export function describeStart({ fullRefresh, overwrite, state }: Extract<RunEvent, { type: "run_started" }>): string {
  if (overwrite) return "from the start (the target replaces its tables)";
  if (Array.isArray(fullRefresh)) return `from the last bookmark, ${fullRefresh.join(" and ")} from the start`;
  if (fullRefresh === true) return "from the start (full refresh)";
  return state === null ? "from the start" : "from the last bookmark";
}
