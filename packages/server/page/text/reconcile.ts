/** Whether the rows of a stream add up from the tap to the table, in a sentence. Pure. */
import type { StreamOfRun } from "../../src/api/answers.ts";
import { formatCount } from "./format.ts";

/** undefined: they add up, or a side did not report. */
export function reconcile({ stream, read, loaded, rejected, rejected_by_tap, not_committed, adds_up }: StreamOfRun): string | undefined {
  if (adds_up !== false) return undefined;
  const allRejected = (rejected ?? 0) + (rejected_by_tap ?? 0);
  const missing = (read ?? 0) - (loaded ?? 0) - allRejected - (not_committed ?? 0);
  const parts = [
    `${formatCount(loaded)} were loaded`,
    ...(allRejected > 0 ? [`${formatCount(allRejected)} rejected`] : []),
    ...(not_committed ? [`${formatCount(not_committed)} not committed`] : []),
  ];
  const rest = missing > 0 ? `${formatCount(missing)} missing` : `${formatCount(-missing)} too many`;
  return `${stream} does not add up: ${formatCount(read)} rows were read, ${parts.join(", ")}: ${rest}.`;
}
