/** Names of runs: they sort by time, and two that start at once differ. */
import { randomBytes } from "node:crypto";

export function makeRunId(started: Date): string {
  return `${started.toISOString().replaceAll(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}`;
}
