/** A copy of this example for tests: exports are dropped into its inbox, and its tables are compared with them, cell by cell. */
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { type Ended, run } from "../../packages/workspace/src/command.ts";

export const keys = {
  customers: ["QuickBooks Internal Id"],
  items: ["Item Name"],
  invoices: ["Invoice Number", "Line"],
  sales_receipts: ["Receipt Number", "Line"],
};
export type Stream = keyof typeof keys;
export const streams = Object.keys(keys) as Stream[];

export type Row = Record<string, string | null>;

export interface Copy extends Disposable {
  folder: string;
  path(...parts: string[]): string;
  /** Makes the exports of a day and drops them into the inbox. */
  drop(day: number, ...only: Stream[]): void;
  tapline(args: readonly string[], env?: Record<string, string>): Promise<Ended>;
  /** Runs a job. Resolves to its last event by step and the rows by stream. */
  runJob(job: string, ...more: string[]): Promise<{ code: number | null; streams: Record<string, Record<string, number>> }>;
  /** The rows of the last export of the stream as its table must hold them, sorted by key. */
  expected(stream: Stream): Row[];
  /** All rows of the last export, as they are in the file. */
  inFile(stream: Stream): Record<string, string>[];
}

/** @param environments merged with those of tapline.yml */
export function copyOfExample(environments: object = {}): Copy {
  const folder = mkdtempSync(join(tmpdir(), "quickbooks-"));
  cpSync(import.meta.dirname, folder, { recursive: true, filter: (path) => !/\/(output|\.tapline|target|logs)(\/|$)/.test(path) });
  const path = (...parts: string[]): string => join(folder, ...parts);
  // Included files are merged with tapline.yml: what a test changes is in one of its own.
  writeFileSync(path("test.yml"), JSON.stringify({ environments }));
  writeFileSync(path("tapline.yml"), `include: [test.yml]\n${readFileSync(path("tapline.yml"), "utf8")}`);
  mkdirSync(path("output/inbox"), { recursive: true });
  const tapline = (args: readonly string[], env: Record<string, string> = {}) => run("tapline", args, { cwd: folder, env });
  const inFile = (stream: Stream): Record<string, string>[] =>
    parse(readFileSync(path("exports", `${stream}.csv`)), { columns: true, bom: true });
  return {
    ...{ folder, path, tapline, inFile },
    drop(day, ...only) {
      execFileSync(process.execPath, ["make-exports.mjs", "exports", String(day)], { cwd: folder });
      for (const stream of only.length === 0 ? streams : only)
        copyFileSync(path("exports", `${stream}.csv`), path("output/inbox", `${stream}.csv`));
    },
    async runJob(job, ...more) {
      const { code, stdout } = await tapline(["run", job, ...more, "--json"]);
      const events = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      const loads = events.filter(({ type, streams: found }) => type === "run_finished" && found !== undefined);
      const counts = loads.flatMap((load) => load.streams as { stream: string }[]);
      return { code, streams: Object.fromEntries(counts.map((each) => [each.stream, each])) as never };
    },
    expected: (stream) =>
      sorted(
        stream,
        inFile(stream)
          .filter((row) => keys[stream].every((key) => row[key] !== ""))
          .map(typedRow),
      ),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

export function typedRow(row: Record<string, string>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, typed(name, cell)]));
}

/** A cell as databases print it: empty is NULL, instants in UTC, dates and amounts typed, everything else unchanged. */
function typed(column: string, cell: string): string | null {
  if (cell === "") return null;
  if (column === "Last Modified")
    return new Date(cell)
      .toISOString()
      .replace("T", " ")
      .replace(/\.\d+Z$/, "+00");
  if (/^-?\d{1,3}(,\d{3})*\.\d\d$/.test(cell)) return cell.replaceAll(",", "");
  return cell.replace(/^(\d\d)\/(\d\d)\/(\d{4})$/, "$3-$1-$2");
}

export function sorted(stream: Stream, rows: readonly Row[]): Row[] {
  const order = (row: Row): string => keys[stream].map((key) => row[key]).join("\u0000");
  return [...rows].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** The rows of the stream's table in PostgreSQL, as text, sorted by key. */
export async function postgresRows(
  query: (...statements: string[]) => Promise<string[][]>,
  stream: Stream,
  columns: readonly string[],
): Promise<Row[]> {
  const select = selectOf(stream, columns, (column) => `to_char(${column}, 'YYYY-MM-DD HH24:MI:SS+00')`);
  const asText = columns.map((name) => `"${name}"::text`).join(", ");
  const rows = await query("SET timezone = 'UTC'", `SELECT ${asText} FROM (${select}) AS r`);
  return sorted(
    stream,
    rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]))),
  );
}

/** The settings of a PostgreSQL database as the variables that tapline.yml uses. */
export function addressOf({ host, port, user, password, database }: Record<string, unknown>): Record<string, string> {
  return { PGHOST: String(host), PGPORT: String(port), PGUSER: String(user), PGPASSWORD: String(password), PGDATABASE: String(database) };
}

/** A query for the columns of the exports. @param instant how the database writes an instant in UTC */
export function selectOf(stream: Stream, columns: readonly string[], instant: (column: string) => string): string {
  const list = columns.map((name) => (name === "Last Modified" ? `${instant(`"${name}"`)} AS "${name}"` : `"${name}"`));
  return `SELECT ${list.join(", ")} FROM raw."${stream}"`;
}
