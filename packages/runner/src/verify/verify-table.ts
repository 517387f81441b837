/**
 * Verifies one pair of tables. Each side is scanned at most twice: once for the rows and checksum of each bucket, and once more for the rows
 * of those buckets that differ. Where rows may still be moving, the differing ones are read again after a while before they count.
 */
import type { BucketsQuestion, DescribedTable, RowsQuestion } from "@tapline/protocol";
import { TaplineError } from "@tapline/protocol";
import { asFailure, type Failure } from "../model/failure.ts";
import type { TableReport, VerifyFinding } from "../model/verify-report.ts";
import { SideFailed, type VerifySide } from "./ask-digest.ts";
import { addBucket, differingBuckets, emptyDigest, type TableDigest } from "./compare-buckets.ts";
import { compareMetrics } from "./compare-metrics.ts";
import { compareRows, type HashedRow } from "./compare-rows.ts";
import { DifferenceCount } from "./difference-count.ts";
import { type ColumnPair, pairColumns, questionColumns } from "./pair-columns.ts";
import { sideOf, type TablePair, type TableSides } from "./table-pair.ts";

export interface VerifyOptions {
  /** Whether examples have the values of the columns that differ. Keys are always there. */
  values?: boolean;
  /** Examples of a table. Default: 20. */
  examples?: number;
  /** Threads or processes of each database. Default: its own choice. */
  workers?: number | undefined;
  /** Read rows that differ again after so many seconds: only those that differ both times count. */
  recheckSeconds?: number | undefined;
  /** Whether NULLs, sums, minima and maxima of columns are taken too. Default: true. */
  statistics?: boolean;
}

/** What is being done, for people who wait. */
export type Phase = "digest" | "rows" | "recheck" | "metrics";

export interface TableProgress {
  onPhase(phase: Phase): void;
  /** `rows`: how many were compared so far in this phase. */
  onRows(rows: number): void;
}

type Selection = Pick<RowsQuestion, "table" | "columns" | "key" | "buckets" | "where" | "before" | "workers">;

/** Never rejects: what went wrong is in the report. */
export async function verifyTable(pair: TablePair, options: VerifyOptions, progress: TableProgress): Promise<TableReport> {
  const began = performance.now();
  const report = emptyReport(pair);
  try {
    await compare(pair, options, progress, report);
  } catch (error) {
    report.verdict = "failed";
    report.failure = failureOf(error);
  }
  report.seconds = Math.round(performance.now() - began) / 1000;
  return report;
}

async function compare(pair: TablePair, options: VerifyOptions, progress: TableProgress, report: TableReport): Promise<void> {
  const { sides, comparison } = pair;
  const { pairs, key, findings } = pairColumns(pair.here, pair.there, comparison);
  report.key = [...key];
  report.findings.push(...findings);
  const plan = planKey(pairs, key);
  const selections = { here: selectionOf(pair, pairs, plan, "here", options), there: selectionOf(pair, pairs, plan, "there", options) };
  progress.onPhase("digest");
  const statistics = options.statistics ?? true;
  const digestOf = (side: "here" | "there"): Promise<TableDigest> =>
    readDigest(sides[side], { ...selections[side], count_duplicates: countsDuplicates(pair[side], key), statistics }, pairs, progress);
  const [here, there] = await Promise.all([digestOf("here"), digestOf("there")]);
  report.rows = { here: here.rows, there: there.rows };
  report.findings.push(...keyFindings(here, "first"), ...keyFindings(there, "second"));
  const differing = differingBuckets(here, there);
  report.buckets = { all: selections.here.buckets, differing: differing.length };
  report.columns = pairs.map((each, index) => ({
    here: each.here.name,
    there: each.there.name,
    kind: each.kind,
    types: { here: each.here.type, there: each.there.type },
    ...(each.tolerance !== undefined && { tolerance: each.tolerance }),
    differing: 0,
    ...(statistics && { statistics: { here: here.columns[index] ?? null, there: there.columns[index] ?? null } }),
  }));
  if (differing.length > 0)
    await compareDiffering({ sides, selections, pairs, differing, options, progress, report, isTooDouble: isTooDouble(here, there) });
  if ((comparison.metrics?.length ?? 0) + (comparison.references?.length ?? 0) > 0) {
    progress.onPhase("metrics");
    await compareMetrics(pair, pairs, report);
  }
  const isDifferent =
    report.only_here + report.only_there + report.differing > 0 ||
    report.findings.some(({ level }) => level === "difference") ||
    report.metrics.some(({ equal }) => !equal);
  report.verdict = isDifferent ? "different" : "equal";
}

interface Differing {
  sides: TableSides;
  selections: { here: Selection; there: Selection };
  pairs: readonly ColumnPair[];
  differing: readonly number[];
  options: VerifyOptions;
  progress: TableProgress;
  report: TableReport;
  isTooDouble: boolean;
}

async function compareDiffering(context: Differing): Promise<void> {
  const { sides, selections, pairs, options, progress, report, isTooDouble: byRow } = context;
  // Very many rows with one key would have to be in memory together: then whole rows are matched.
  const wholeRows = (selection: Selection): Selection => ({ ...selection, key: [], buckets: 1 });
  const own = byRow ? { here: wholeRows(selections.here), there: wholeRows(selections.there) } : selections;
  const only = byRow ? [0] : [...context.differing];
  if (byRow) report.key = [];
  const keyIndexes = own.here.key.map((name) => own.here.columns.findIndex((column) => column.name === name));
  const count = (confirm?: Iterator<Buffer>) =>
    new DifferenceCount({
      pairs,
      keyIndexes: report.key.length === 0 ? [] : keyIndexes,
      examples: options.examples ?? 20,
      values: options.values ?? false,
      ...(confirm && { confirm }),
    });
  const read = async (into: DifferenceCount): Promise<DifferenceCount> => {
    let rows = 0;
    const counted = async function* (side: VerifySide, question: Selection): AsyncGenerator<HashedRow> {
      for await (const row of side.rows({ ...question, only })) {
        if (++rows % 10_000 === 0) progress.onRows(rows);
        yield row;
      }
    };
    const [left, right] = [counted(sides.here, own.here), counted(sides.there, own.there)];
    try {
      for await (const difference of compareRows(left, right, pairs)) into.add(difference);
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
}

/**
 * A key whose texts are the same in both databases finds the row of the other side. Without a key that is the whole row, without the
 * columns whose texts may differ though the values are equal.
 */
function planKey(pairs: readonly ColumnPair[], key: readonly string[]): readonly ColumnPair[] {
  if (key.length > 0) return key.map((name) => pairs.find(({ here }) => here.name === name) as ColumnPair);
  const exact = pairs.filter(({ kind, tolerance }) => kind !== "json" && tolerance === undefined);
  return exact.length === pairs.length ? [] : exact;
}

function selectionOf(
  pair: TablePair,
  pairs: readonly ColumnPair[],
  key: readonly ColumnPair[],
  side: "here" | "there",
  { workers }: VerifyOptions,
): Selection {
  const { where, before, rename = {} } = pair.comparison;
  const condition = sideOf(where, side);
  return {
    table: pair[side].table,
    columns: questionColumns(pairs, side),
    key: key.map((each) => each[side].name),
    buckets: bucketsFor(Math.max(pair.here.rows ?? 0, pair.there.rows ?? 0)),
    ...(condition !== undefined && { where: condition }),
    ...(before !== undefined && {
      before: { ...before, column: side === "here" ? before.column : (rename[before.column] ?? before.column) },
    }),
    ...(workers !== undefined && { workers }),
  };
}

/** About 500 rows a bucket; each costs both databases a few hundred bytes for each column. */
function bucketsFor(rows: number): number {
  let buckets = 64;
  while (buckets < 4096 && buckets * 500 < rows) buckets *= 2;
  return buckets;
}

/** Where the database keeps the key unique there is nothing to count. */
function countsDuplicates({ unique, key: own }: DescribedTable, key: readonly string[]): boolean {
  const isUnique = unique && own.length > 0 && own.every((name) => key.some((one) => one.toLowerCase() === name.toLowerCase()));
  return key.length > 0 && !isUnique;
}

function keyFindings({ nullKeys, duplicates }: TableDigest, side: "first" | "second"): VerifyFinding[] {
  const found: VerifyFinding[] = [];
  const rows = (count: number): string => (count === 1 ? "1 row" : `${count} rows`);
  if (nullKeys > 0)
    found.push({
      level: "warning",
      code: "null_keys",
      message: `${rows(nullKeys)} of the ${side} table ${nullKeys === 1 ? "has" : "have"} NULL in the key`,
    });
  if (duplicates > 0)
    found.push({
      level: "warning",
      code: "duplicate_keys",
      message: `${rows(duplicates)} of the ${side} table ${duplicates === 1 ? "has" : "have"} a key that another row has`,
    });
  return found;
}

const isTooDouble = (here: TableDigest, there: TableDigest): boolean =>
  [here, there].some(({ nullKeys, duplicates }) => nullKeys > mostOfOneKey || duplicates > mostOfOneKey);
const mostOfOneKey = 10_000;

async function readDigest(
  side: VerifySide,
  question: BucketsQuestion,
  pairs: readonly ColumnPair[],
  { onRows }: TableProgress,
): Promise<TableDigest> {
  const digest = emptyDigest(pairs.length);
  for await (const line of side.digest(question)) if (line.kind === "bucket") addBucket(digest, line.bucket, pairs);
  onRows(digest.rows);
  return digest;
}

function emptyReport({ sides, here, there }: TablePair): TableReport {
  const place = ({ place: { plugin, environment } }: VerifySide, { label }: DescribedTable) => ({ plugin, environment, table: label });
  return {
    name: here.label,
    here: place(sides.here, here),
    there: place(sides.there, there),
    verdict: "equal",
    key: [],
    rows: { here: 0, there: 0 },
    only_here: 0,
    only_there: 0,
    differing: 0,
    columns: [],
    findings: [],
    examples: [],
    metrics: [],
    buckets: { all: 0, differing: 0 },
    seconds: 0,
  };
}

function failureOf(error: unknown): NonNullable<TableReport["failure"]> {
  const failure: Failure | undefined =
    error instanceof SideFailed ? error.failure : error instanceof TaplineError ? asFailure("tapline", error) : undefined;
  if (failure === undefined) throw error;
  const { plugin, code, message, hint } = failure;
  return { class: failure.class, plugin, code: code ?? "", message, ...(hint !== undefined && { hint }) };
}
