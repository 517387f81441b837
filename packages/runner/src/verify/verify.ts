/** Verifies that tables in two databases hold the same rows: finds the tables, compares several at a time, and gathers a report. */
import type { DescribedTable } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { TableReport, VerifyReport } from "../model/verify-report.ts";
import type { Comparison } from "../model/verify-schema.ts";
import { type DigestContext, openSide, type VerifySide } from "./ask-digest.ts";
import type { VerifyPair } from "./places.ts";
import type { TablePair, TableSides } from "./table-pair.ts";
import type { Phase, VerifyOptions } from "./verify-options.ts";
import { verifyTable } from "./verify-table.ts";

/** What happens meanwhile. `index`: of the table, in the order of the report. */
export type VerifyEvent =
  | { kind: "tables"; names: readonly string[] }
  | { kind: "phase"; index: number; name: string; phase: Phase }
  | { kind: "rows"; index: number; name: string; rows: number }
  | { kind: "table"; index: number; table: TableReport };

export interface VerifyRequest extends DigestContext, VerifyOptions {
  pairs: readonly VerifyPair[];
  /** Tables that are compared at a time. Default: 2. */
  parallel?: number;
  onProgress?(event: VerifyEvent): void;
}

/**
 * @throws as `openSide`, SideFailed where the tables can't be listed, verify_tables_apart. What goes wrong with one table is in its report
 * @example
 * const report = await verify({ project, pairs: [{ here: readPlace(project, "raw.orders@prod"), there: readPlace(project, "raw.orders@warehouse"), comparison: {} }], onEvent() {} });
 * report.verdict; // "equal"
 */
export async function verify(request: VerifyRequest): Promise<VerifyReport> {
  const open: AsyncDisposable[] = [];
  try {
    return await verifyPairs(request, open);
  } finally {
    await Promise.all(open.map((side) => side[Symbol.asyncDispose]()));
  }
}

/** `open` gets the sides that are to be closed. */
async function verifyPairs(request: VerifyRequest, open: AsyncDisposable[]): Promise<VerifyReport> {
  const { pairs, onProgress, parallel = 2 } = request;
  const started = new Date();
  const began = performance.now();
  const unmatched: VerifyReport["unmatched"] = { here: [], there: [] };
  const tables: TablePair[] = [];
  for (const pair of pairs) {
    const [here, there] = await Promise.all([openSide(request, pair.here), openSide(request, pair.there)]);
    open.push(here, there);
    const found = await findTables({ here, there }, pair);
    tables.push(...found.tables);
    unmatched.here.push(...found.unmatched.here);
    unmatched.there.push(...found.unmatched.there);
  }
  onProgress?.({ kind: "tables", names: tables.map(({ here }) => here.label) });
  const reports = await eachOf(tables, parallel, async (table, index) => {
    const name = table.here.label;
    const report = await verifyTable(table, request, {
      onPhase: (phase) => onProgress?.({ kind: "phase", index, name, phase }),
      onRows: (rows) => onProgress?.({ kind: "rows", index, name, rows }),
    });
    onProgress?.({ kind: "table", index, table: report });
    return report;
  });
  const verdicts = reports.map(({ verdict }) => verdict);
  const isDifferent = verdicts.includes("different") || unmatched.here.length + unmatched.there.length > 0;
  return {
    verdict: verdicts.includes("failed") ? "failed" : isDifferent ? "different" : "equal",
    started_at: started.toISOString(),
    seconds: Math.round(performance.now() - began) / 1000,
    tables: reports,
    unmatched,
  };
}

interface FoundTables {
  tables: TablePair[];
  unmatched: VerifyReport["unmatched"];
}

/** One table on each side is a pair, whatever the names; several are matched by their names. */
async function findTables(sides: TableSides, { comparison, tables: changes = {} }: VerifyPair): Promise<FoundTables> {
  const [own, others] = await Promise.all([describe(sides.here), describe(sides.there)]);
  const changed = (table: DescribedTable): Comparison => ({ ...comparison, ...(changes[table.table.name] ?? changes[table.label]) });
  const [one, other] = [own[0], others[0]];
  if (own.length === 1 && others.length === 1 && one !== undefined && other !== undefined)
    return { tables: [{ sides, here: one, there: other, comparison: changed(one) }], unmatched: { here: [], there: [] } };
  const exactly = new Map(others.map((table) => [table.table.name, table]));
  const folded = new Map(others.map((table) => [table.table.name.toLowerCase(), table]));
  const used = new Set<DescribedTable>();
  const tables: TablePair[] = [];
  const unmatched: VerifyReport["unmatched"] = { here: [], there: [] };
  for (const table of own) {
    const match = exactly.get(table.table.name) ?? folded.get(table.table.name.toLowerCase());
    if (match === undefined || used.has(match)) unmatched.here.push(table.label);
    else {
      used.add(match);
      tables.push({ sides, here: table, there: match, comparison: changed(table) });
    }
  }
  unmatched.there.push(...others.filter((table) => !used.has(table)).map(({ label }) => label));
  if (tables.length === 0) throw errors.verify_tables_apart({ here: placeText(sides.here), there: placeText(sides.there) });
  return { tables, unmatched };
}

const placeText = ({ place }: VerifySide): string => `${place.name}@${place.plugin}`;

async function describe(side: VerifySide): Promise<DescribedTable[]> {
  const tables: DescribedTable[] = [];
  for await (const line of side.digest({ tables: side.place.name })) if (line.kind === "table") tables.push(line.table);
  return tables;
}

/** In the order of the items, at most `most` at a time. */
async function eachOf<T, R>(items: readonly T[], most: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T, index);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(most, items.length)) }, worker));
  return results;
}
