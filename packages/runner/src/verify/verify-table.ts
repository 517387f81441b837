/**
 * Verifies one pair of tables. Each side is scanned at most twice: once for the rows and checksum of each bucket, and once more for the rows
 * of those buckets that differ. Where rows may still be moving, the differing ones are read again after a while before they count.
 */
import type { BucketsQuestion, DescribedTable } from "@tapline/protocol";
import { TaplineError } from "@tapline/protocol";
import { asFailure, type Failure } from "../model/failure.ts";
import type { TableReport, VerifyFinding } from "../model/verify-report.ts";
import { SideFailed, type VerifySide } from "./ask-digest.ts";
import { addBucket, differingBuckets, emptyDigest, type TableDigest } from "./compare-buckets.ts";
import { compareDiffering, mostOfOneKey, type Selection } from "./compare-differing.ts";
import { compareMetrics } from "./compare-metrics.ts";
import { type ColumnPair, pairColumns, questionColumns, severalTexts } from "./pair-columns.ts";
import { shownStatistics } from "./shown-value.ts";
import { sideOf, type TablePair } from "./table-pair.ts";
import type { TableProgress, VerifyOptions } from "./verify-options.ts";

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
  const counting = isToCount(pair, key);
  const digestOf = (side: "here" | "there"): Promise<TableDigest> =>
    readDigest(sides[side], { ...selections[side], count_duplicates: counting && side === "there", statistics }, pairs, progress);
  const [here, there] = await Promise.all([digestOf("here"), digestOf("there")]);
  report.rows = { here: here.rows, there: there.rows };
  const differing = differingBuckets(here, there);
  report.buckets = { all: selections.here.buckets, differing: differing.length };
  report.columns = pairs.map((each, index) => ({
    here: each.here.name,
    there: each.there.name,
    kind: each.kind,
    types: { here: each.here.type, there: each.there.type },
    ...(each.tolerance !== undefined && { tolerance: each.tolerance }),
    differing: 0,
    ...(statistics && {
      statistics: { here: shownStatistics(here.columns[index], each), there: shownStatistics(there.columns[index], each) },
    }),
  }));
  const found =
    differing.length === 0
      ? { here: 0, there: 0 }
      : await compareDiffering({ sides, selections, pairs, differing, options, progress, report, isTooDouble: isTooDouble(here, there) });
  // Buckets that are equal have the same keys on both sides.
  const shared = duplicatesOf(there, new Set(differing));
  report.findings.push(...keyFindings(here.nullKeys, shared + (found?.here ?? 0), "first"));
  report.findings.push(...keyFindings(there.nullKeys, counting ? duplicatesOf(there) : shared + (found?.there ?? 0), "second"));
  if (found === undefined)
    report.findings.push({
      level: "warning",
      code: "duplicate_keys",
      message: `More than ${mostOfOneKey} rows have one key, so rows are compared as a whole`,
    });
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

/**
 * A key whose texts are the same in both databases finds the row of the other side. Without a key that is the whole row, without the
 * columns whose texts may differ though the values are equal.
 */
function planKey(pairs: readonly ColumnPair[], key: readonly string[]): readonly ColumnPair[] {
  if (key.length > 0) return key.map((name) => pairs.find(({ here }) => here.name === name) as ColumnPair);
  const exact = pairs.filter(({ kind, tolerance }) => !severalTexts.has(kind) && tolerance === undefined);
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

/** About 2,000 rows a bucket. With more buckets a difference costs fewer rows, but the sums of a wide table no longer fit into a processor's cache. */
function bucketsFor(rows: number): number {
  let buckets = 64;
  while (buckets < 2048 && buckets * 2000 < rows) buckets *= 2;
  return buckets;
}

/**
 * Whether the second side counts rows whose key another row has. Not where a database keeps the key unique: buckets of the other side that are
 * equal to its own have no such rows, and the rows of the rest are looked at. Where none does, one side is enough for the same reason.
 */
function isToCount({ here, there }: TablePair, key: readonly string[]): boolean {
  const isUnique = ({ unique, key: own }: DescribedTable): boolean =>
    unique && own.length > 0 && own.every((name) => key.some((one) => one.toLowerCase() === name.toLowerCase()));
  return key.length > 0 && !isUnique(here) && !isUnique(there);
}

function duplicatesOf({ buckets }: TableDigest, besides: ReadonlySet<number> = new Set()): number {
  let sum = 0;
  for (const [bucket, { duplicates }] of buckets) if (!besides.has(bucket)) sum += duplicates;
  return sum;
}

function keyFindings(nullKeys: number, duplicates: number, side: "first" | "second"): VerifyFinding[] {
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

/** Very many rows with one key would have to be in memory together. */
const isTooDouble = (here: TableDigest, there: TableDigest): boolean =>
  [here, there].some((digest) => digest.nullKeys > mostOfOneKey || duplicatesOf(digest) > mostOfOneKey);

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
