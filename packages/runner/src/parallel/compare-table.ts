/** Compares one table of a parallel run on both sides, by `verify`: every row, and the totals. */
import { TaplineError } from "@tapline/protocol";
import { asFailure } from "../model/failure.ts";
import type { ParallelTable } from "../model/parallel-run-schema.ts";
import type { TableReport } from "../model/verify-report.ts";
import type { DigestContext } from "../verify/ask-digest.ts";
import { SideFailed } from "../verify/ask-digest.ts";
import { verify } from "../verify/verify.ts";
import type { ParallelRun, Side } from "./settings.ts";

export interface TableOptions extends DigestContext {
  run: ParallelRun;
  /** Its name on the new side. */
  table: string;
  settings: ParallelTable;
}

/** Keys of rows that differ which are kept. Values are not: a report stays in the store for long. */
const mostExamples = 30;

/** What goes wrong with one table is in its report, so that the others are compared all the same. */
export async function compareTable({ run, table, settings, ...context }: TableOptions): Promise<TableReport> {
  const place = ({ schema, target }: Side, name: string) => ({ name: `${schema}.${name}`, plugin: target, environment: run.environment });
  const [here, there] = [place(run.old, settings.old ?? table), place(run.new, table)];
  const { keys, exclude, tolerances, metrics = [] } = settings;
  const comparison = {
    ...(keys !== undefined && { key: keys }),
    ...(exclude !== undefined && { exclude }),
    ...(tolerances !== undefined && { tolerance: tolerances }),
    metrics: metrics.map(({ value, by, tolerance }) => ({
      name: metricName(value, by),
      sql: value,
      ...(by !== undefined && { by }),
      ...(tolerance !== undefined && { tolerance }),
    })),
  };
  const request = { ...context, pairs: [{ here, there, comparison }], examples: mostExamples, values: false, statistics: false };
  try {
    const [report] = (await verify(request)).tables;
    if (report !== undefined) return report;
    throw new Error("one pair of tables has one report");
  } catch (error) {
    const failure = error instanceof SideFailed ? error.failure : error instanceof TaplineError ? asFailure("tapline", error) : undefined;
    if (failure === undefined) throw error;
    const { plugin, code, message, hint } = failure;
    const side = (where: typeof here) => ({ plugin: where.plugin, environment: where.environment, table: where.name });
    return {
      ...{ name: here.name, here: side(here), there: side(there), verdict: "failed", key: [], rows: { here: 0, there: 0 } },
      ...{ only_here: 0, only_there: 0, differing: 0, columns: [], findings: [], examples: [], metrics: [] },
      ...{ buckets: { all: 0, differing: 0 }, seconds: 0 },
      failure: { plugin, code: code ?? "", message, hint },
    };
  }
}

const metricName = (value: string, by: readonly string[] = []): string => `${value}${by.length === 0 ? "" : ` by ${by.join(", ")}`}`;
