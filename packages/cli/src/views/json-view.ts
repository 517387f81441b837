/** Shows a run as JSON lines on stdout, for programs: one object for each event, as in the file of the run's events. */
import { eventLine } from "@tapline/runner";
import type { View } from "./view.ts";

export function createJsonView(write: (line: string) => void): View {
  return { show: (event) => write(eventLine(event)), close() {} };
}
