/** For how many days in a row the new side was level. Pure. */
import type { Sync } from "./migration.ts";

/** `syncs`: the newest first. A day counts where its last compared sync was level; one without a comparison is left out of the count. */
export function levelDays(syncs: readonly Pick<Sync, "startedAt" | "status">[]): number {
  const days = new Map<string, Sync["status"]>();
  for (const { startedAt, status } of syncs) {
    const day = startedAt.slice(0, 10);
    if (status !== "loaded" && !days.has(day)) days.set(day, status);
  }
  let count = 0;
  for (const status of days.values()) {
    if (status !== "level") break;
    count += 1;
  }
  return count;
}
