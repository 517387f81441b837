/** Whether the streams and columns that checks name are among those that the tap reads, before anything is loaded. Pure. */
import { columnsOfCheck, didYouMean, readCatalog } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { PlannedCheck } from "../model/planned-check.ts";

/** What a tap reads of a stream. */
export interface ReadStream {
  stream: string;
  columns: readonly string[];
  keys: readonly string[];
}

/**
 * Gives the checks the keys of their streams. Columns that the target adds are not known here.
 * @param isPart the tap reads some of its streams only, those that have files: a check of another one has no new rows to look at
 * @throws check_stream_unknown, check_column_unknown
 */
export function checkNames(checks: readonly PlannedCheck[], streams: readonly ReadStream[], tap: string, isPart: boolean): PlannedCheck[] {
  return checks.map((planned) => {
    const { check, position } = planned;
    const { id, stream } = check;
    if (stream === "") return planned;
    const read = streams.find((each) => each.stream === stream);
    if (read === undefined && isPart) return planned;
    if (read === undefined) {
      const known = streams.map((each) => each.stream);
      throw errors.check_stream_unknown({ id, stream, tap, meant: didYouMean(stream, known) }, position);
    }
    const column = columnsOfCheck(check).find((name) => !name.startsWith("_sdc_") && !read.columns.includes(name));
    if (column !== undefined)
      throw errors.check_column_unknown({ id, column, stream, tap, meant: didYouMean(column, [...read.columns]) }, position);
    return { ...planned, check: { ...check, keys: [...read.keys] } };
  });
}

/** Gives the checks the keys of their streams from the catalog that the tap printed last, where it is kept. */
export function withKeys(checks: readonly PlannedCheck[], catalog: string | undefined): readonly PlannedCheck[] {
  if (catalog === undefined) return checks;
  const { streams } = readCatalog(JSON.parse(catalog));
  return checks.map((planned) => {
    const keys = streams.find(({ stream }) => stream === planned.check.stream)?.key_properties ?? [];
    return { ...planned, check: { ...planned.check, keys } };
  });
}
