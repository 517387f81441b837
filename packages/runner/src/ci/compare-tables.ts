/** Compares the tables that the two sides of a trial made: which are new or gone, which columns, of which types, and which rows differ. */
import type { DescribedTable, DigestColumn } from "@tapline/protocol";
import type { CiColumn, CiTable } from "../model/ci-report.ts";
import type { CiEntry } from "../model/ci-schema.ts";
import type { TableReport } from "../model/verify-report.ts";
import type { Comparison } from "../model/verify-schema.ts";
import { type DigestContext, openSide, type VerifySide } from "../verify/ask-digest.ts";
import { verifyTable } from "../verify/verify-table.ts";

export interface CompareOptions extends DigestContext {
  environment: string;
  /** The plugins whose databases the sides made; undefined: that side has none of the jobs, so all is new. */
  base: string | undefined;
  head: string;
  settings: CiEntry;
  /** Columns that identify a row; [] where nobody knows. */
  keyOf(table: DescribedTable): readonly string[];
}

const mostExamples = 5;

/** Tables that changed come first. @throws as `openSide`, SideFailed */
export async function compareTables(options: CompareOptions): Promise<CiTable[]> {
  const { base, head, environment } = options;
  const open = (plugin: string) => openSide(options, { name: "*", plugin, environment });
  // Their processes end with this function, so that nothing is connected to what is dropped then.
  await using before = base === undefined ? undefined : await open(base);
  await using after = await open(head);
  const [old, now] = await Promise.all([before === undefined ? new Map<string, DescribedTable>() : tablesOf(before), tablesOf(after)]);
  const found: CiTable[] = [];
  for (const [label, table] of now) {
    const other = old.get(label);
    const isNew = before === undefined || other === undefined;
    found.push(isNew ? await aloneTable(after, table, "new") : await compareTable({ before, after }, other, table, options));
  }
  if (before !== undefined) for (const [label, table] of old) if (!now.has(label)) found.push(await aloneTable(before, table, "gone"));
  return found.sort((a, b) => Number(a.status === "same") - Number(b.status === "same") || (a.name < b.name ? -1 : 1));
}

async function tablesOf(side: VerifySide): Promise<Map<string, DescribedTable>> {
  const found = new Map<string, DescribedTable>();
  for await (const line of side.digest({ tables: "*" })) if (line.kind === "table") found.set(line.table.label, line.table);
  return found;
}

/** A table that only one side has. */
async function aloneTable(side: VerifySide, table: DescribedTable, status: "new" | "gone"): Promise<CiTable> {
  const rows = await countRows(side, table);
  const isNew = status === "new";
  const columns = table.columns.map(
    ({ name, type }): CiColumn => ({
      name,
      change: status,
      before: isNew ? null : type,
      after: isNew ? type : null,
      rows: null,
    }),
  );
  const counts = isNew
    ? { added: rows, removed: 0, rows: { before: null, after: rows } }
    : { added: 0, removed: rows, rows: { before: rows, after: null } };
  return {
    name: table.label,
    status,
    ...counts,
    differing: 0,
    key: [],
    columns: visible(columns),
    findings: [],
    examples: [],
    failure: null,
  };
}

async function countRows(side: VerifySide, { table, columns }: DescribedTable): Promise<number> {
  const asked: DigestColumn[] = columns.slice(0, 1).map(({ name }) => ({ name, kind: "text" }));
  let rows = 0;
  for await (const line of side.digest({ table, columns: asked, key: [], buckets: 1, statistics: false }))
    if (line.kind === "bucket") rows += line.bucket.rows;
  return rows;
}

async function compareTable(
  { before, after }: { before: VerifySide; after: VerifySide },
  old: DescribedTable,
  now: DescribedTable,
  options: CompareOptions,
): Promise<CiTable> {
  const comparison = comparisonOf(old, now, options);
  const pair = { sides: { here: before, there: after }, here: old, there: now, comparison };
  const ignore = { onPhase: () => {}, onRows: () => {} };
  return tableOf(now.label, diffColumns(old, now), await verifyTable(pair, { examples: mostExamples, statistics: false }, ignore));
}

function comparisonOf(old: DescribedTable, now: DescribedTable, { settings, keyOf }: CompareOptions): Comparison {
  const own = settings.tables?.[now.label];
  const exclude = [...(settings.exclude ?? []), ...(own?.exclude ?? [])];
  const isThere = (name: string): boolean => [old, now].every(({ columns }) => columns.some((each) => each.name === name));
  const found = keyOf(now);
  const key = own?.key ?? (old.key.length === 0 && found.length > 0 && found.every(isThere) ? found : undefined);
  const changes = { ...(exclude.length > 0 && { exclude }), ...(own?.tolerance !== undefined && { tolerance: own.tolerance }) };
  return { ...changes, ...(key !== undefined && { key: [...key] }), schema: "off" };
}

/** New columns, those that are gone, and those of another type. Pure. */
export function diffColumns(old: Pick<DescribedTable, "columns">, now: Pick<DescribedTable, "columns">): CiColumn[] {
  const before = new Map(old.columns.map(({ name, type }) => [name, type]));
  const after = new Map(now.columns.map(({ name, type }) => [name, type]));
  const gone = [...before].flatMap(([name, type]): CiColumn[] =>
    after.has(name) ? [] : [{ name, change: "gone", before: type, after: null, rows: null }],
  );
  const others = [...after].flatMap(([name, type]): CiColumn[] => {
    const was = before.get(name) ?? null;
    if (was === null) return [{ name, change: "new", before: null, after: type, rows: null }];
    return was === type ? [] : [{ name, change: "type", before: was, after: type, rows: null }];
  });
  return [...others, ...gone];
}

/** Puts what `verify` found beside the columns. Pure. */
function tableOf(name: string, changed: readonly CiColumn[], report: TableReport): CiTable {
  const { rows, only_here: removed, only_there: added, differing, key, failure } = report;
  const counts = new Map(report.columns.map((column) => [column.here, column.differing]));
  const typed = changed.map((column) => (column.change === "type" ? { ...column, rows: counts.get(column.name) ?? null } : column));
  const values = report.columns.flatMap(({ here, types, differing: count }): CiColumn[] =>
    count === 0 || typed.some((column) => column.name === here)
      ? []
      : [{ name: here, change: "values", before: types.here, after: types.there, rows: count }],
  );
  const columns = visible([...typed, ...values]);
  const findings = report.findings.filter(({ level }) => level !== "note");
  const isSame = added + removed + differing + columns.length === 0 && !findings.some(({ level }) => level === "difference");
  return {
    ...{ name, status: failure !== undefined ? "failed" : isSame ? "same" : "changed", rows: { before: rows.here, after: rows.there } },
    ...{ added, removed, differing, key, columns, findings, examples: report.examples, failure: failure?.message ?? null },
  };
}

/** Columns that loads add are none of the project's. */
const visible = (columns: readonly CiColumn[]): CiColumn[] => columns.filter(({ name }) => !name.startsWith("_sdc_"));
