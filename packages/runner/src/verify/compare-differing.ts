/** The second look at a pair of tables: reads the rows of the buckets that differ, from both sides, and counts what differs. */
import type { RowsQuestion } from "@tapline/protocol";
import type { TableReport } from "../model/verify-report.ts";
import type { VerifySide } from "./ask-digest.ts";
import { compareRows, type HashedRow, type KeyCounts, TooManyOfOneKey } from "./compare-rows.ts";
import { DifferenceCount } from "./difference-count.ts";
import type { ColumnPair } from "./pair-columns.ts";
import type { TableSides } from "./table-pair.ts";
import type { TableProgress, VerifyOptions } from "./verify-options.ts";

export type Selection = Pick<RowsQuestion, "table" | "columns" | "key" | "buckets" | "where" | "before" | "workers">;

interface Differing {
  sides: TableSides;
  selections: { here: Selection; there: Selection };
  pairs: readonly ColumnPair[];
  differing: readonly number[];
  options: VerifyOptions;
  progress: TableProgress;
  report: TableReport;
  /** It is known that rows of one key don't fit into memory. */
  isTooDouble: boolean;
}

/** More rows of one key are not held in memory together: then whole rows are matched. */
export const mostOfOneKey = 10_000;

/** Writes what it finds to the report. @returns rows whose key another row has, in the buckets that differ; undefined: too many, so whole rows were matched. @throws SideFailed */
export async function compareDiffering(context: Differing): Promise<KeyCounts | undefined> {
  if (context.isTooDouble) return compareAsWhole(context);
  try {
    return await look(context);
  } catch (error) {
    if (!(error instanceof TooManyOfOneKey)) throw error;
    return compareAsWhole(context);
  }
}

async function compareAsWhole(context: Differing): Promise<undefined> {
  const { here, there } = context.selections;
  const wholeRows = (selection: Selection): Selection => ({ ...selection, key: [], buckets: 1 });
  context.report.key = [];
  await look({ ...context, selections: { here: wholeRows(here), there: wholeRows(there) }, differing: [0] });
}

async function look({ sides, selections, pairs, differing, options, progress, report }: Differing): Promise<KeyCounts> {
  const keyIndexes = report.key.map((name) => pairs.findIndex(({ here }) => here.name === name));
  const count = (confirm?: Iterator<Buffer>) =>
    new DifferenceCount({
      pairs,
      keyIndexes,
      examples: options.examples ?? 20,
      values: options.values ?? false,
      ...(confirm && { confirm }),
    });
  let duplicates: KeyCounts = { here: 0, there: 0 };
  const read = async (into: DifferenceCount): Promise<DifferenceCount> => {
    let rows = 0;
    duplicates = { here: 0, there: 0 };
    const counted = async function* (side: VerifySide, question: Selection): AsyncGenerator<HashedRow> {
      for await (const row of side.rows({ ...question, only: [...differing] })) {
        if (++rows % 10_000 === 0) progress.onRows(rows);
        yield row;
      }
    };
    const [left, right] = [counted(sides.here, selections.here), counted(sides.there, selections.there)];
    const most = report.key.length === 0 ? Number.POSITIVE_INFINITY : mostOfOneKey;
    try {
      for await (const difference of compareRows(left, right, pairs, { most, duplicates })) into.add(difference);
    } finally {
      await Promise.allSettled([left.return(undefined), right.return(undefined)]);
    }
    return into;
  };
  progress.onPhase("rows");
  const first = await read(count());
  const seconds = options.recheckSeconds;
  let last = first;
  if (seconds !== undefined && first.total > 0) {
    progress.onPhase("recheck");
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    last = await read(count(first.hashes()));
    report.rechecked = { after_seconds: seconds, went: Math.max(0, first.total - last.total) };
  }
  last.writeTo(report);
  return report.key.length === 0 ? { here: 0, there: 0 } : duplicates;
}
