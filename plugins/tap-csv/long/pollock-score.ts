/**
 * The measures of the Pollock benchmark (Vitagliano et al., "Pollock: A Data Loading Benchmark", VLDB 2023, section 4): success, and
 * precision, recall and F1 of header cells, of records and of cells, added up to at most 10 for each file. Cells are compared
 * unchanged; the benchmark normalizes numbers, dates and case first, so a score here is never better than there.
 */
import type { Rows } from "./read-table.ts";

/** From 0 to 10. `loaded` undefined: the file could not be loaded. */
export function pollockScore(source: Rows, loaded: Rows | undefined): number {
  if (loaded === undefined) return 0;
  if (source.length === 0) return 10;
  const records = (rows: Rows): string[] => rows.slice(1).map((row) => row.join(""));
  return (
    1 + agreement(source[0] ?? [], loaded[0] ?? []) + agreement(records(source), records(loaded)) + agreement(source.flat(), loaded.flat())
  );
}

/** The sum of precision, recall and F1 of two collections that may contain duplicates. */
function agreement(source: readonly string[], loaded: readonly string[]): number {
  if (source.length === 0) return 3;
  const left = new Map<string, number>();
  for (const item of source) left.set(item, (left.get(item) ?? 0) + 1);
  let common = 0;
  for (const item of loaded) {
    const count = left.get(item) ?? 0;
    if (count === 0) continue;
    left.set(item, count - 1);
    common++;
  }
  if (common === 0) return 0;
  const [recall, precision] = [common / source.length, common / loaded.length];
  return precision + recall + (2 * precision * recall) / (precision + recall);
}
