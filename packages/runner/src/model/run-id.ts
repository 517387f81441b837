/** Ids of runs. They sort by time; two runs that start in the same second differ. */
import { randomBytes } from "node:crypto";

export function makeRunId(started: Date): string {
  return `${started.toISOString().replaceAll(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}`;
}
