/** How a run is shown: a terminal, a log file or a program. */
import type { RunEvent } from "@tapline/runner";
import { createJsonView } from "./json-view.ts";
import { createLiveView } from "./live-view.ts";
import { createPlainView } from "./plain-view.ts";
import { createQuietView } from "./quiet-view.ts";

export interface View {
  /** `step` is an index into the job's steps. */
  show(event: RunEvent, step: number): void;
  /** Leaves the terminal in order, whatever happened. */
  close(): void;
}

export interface ViewOptions {
  json: boolean;
  quiet: boolean;
  /** Names of the job's steps. */
  steps: readonly string[];
}

export function createView({ json, quiet, steps }: ViewOptions): View {
  if (json) return createJsonView((line) => process.stdout.write(line));
  const write = (line: string): unknown => process.stderr.write(line);
  if (quiet) return createQuietView(write, steps);
  return process.stderr.isTTY ? createLiveView(process.stderr) : createPlainView(write, { steps });
}
