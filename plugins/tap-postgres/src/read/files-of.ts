/** Where the rows of a stream may go into files: where target and server can, and there are enough of them. */
import type { FileOutput, ReadContext } from "@tapline/sdk";
import type { Snapshot } from "../snapshot.ts";

/** A smaller table is sent as records: nothing would be gained. */
const leastBytes = 8 << 20;

/** Older servers have no infinite numbers, which files leave out by their sign. `bytes`: of the table, where it is known. */
export function filesOf({ files }: ReadContext, { facts }: Snapshot, bytes?: number): FileOutput | undefined {
  if (facts.version < 140_000) return undefined;
  return bytes === undefined || bytes >= leastBytes || files?.rowsPerFile !== undefined ? files : undefined;
}
