/** Chooses how a run is shown: as JSON lines, on a terminal, or as plain lines. */
import { createJsonView } from "./json-view.ts";
import { createLiveView } from "./live-view.ts";
import { createPlainView } from "./plain-view.ts";
import { createQuietView } from "./quiet-view.ts";
import type { View } from "./view.ts";

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
  return process.stderr.isTTY ? createLiveView(process.stderr, { showsSummary: process.stdout.isTTY }) : createPlainView(write, { steps });
}
