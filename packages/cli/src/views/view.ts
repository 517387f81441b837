/** How a run is shown: a terminal, a log file or a program. */
import type { RunEvent, RunResult } from "@tapline/runner";
import { createJsonView } from "./json-view.ts";
import { createLiveView } from "./live-view.ts";
import { createPlainView } from "./plain-view.ts";

export interface View {
  show(event: RunEvent): void;
  finish(result: RunResult): void;
  /** Leaves the terminal in order, whatever happened. */
  close(): void;
}

export function createView({ json }: { json: boolean }): View {
  if (json) return createJsonView((line) => process.stdout.write(line));
  return process.stderr.isTTY ? createLiveView(process.stderr) : createPlainView((line) => process.stderr.write(line));
}
