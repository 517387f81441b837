/** The work of `tapline verify`: from words and flags to a report on the screen, as JSON, and as a page. */
import { writeFileSync } from "node:fs";
import {
  binFoldersAbove,
  type Comparison,
  isPlace,
  openProject,
  pairsOf,
  readPlace,
  SideFailed,
  type VerifyPair,
  type VerifyReport,
  verify,
} from "@tapline/runner";
import { exitCodes, printFailure } from "./outcome.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals } from "./signals.ts";
import { clean, printLines } from "./terminal.ts";
import { usage } from "./usage.ts";
import { verifyHtml } from "./views/verify-html.ts";
import { verifyProgress } from "./views/verify-progress.ts";
import { describeTable, describeVerdict } from "./views/verify-text.ts";

export interface VerifyFlags {
  environment?: string | undefined;
  key?: string | undefined;
  columns?: string | undefined;
  exclude?: string[] | undefined;
  rename?: string[] | undefined;
  as?: string[] | undefined;
  tolerance?: string[] | undefined;
  where?: string | undefined;
  before?: string | undefined;
  schema?: "columns" | "strict" | "off" | undefined;
  recheck?: number | undefined;
  values: boolean;
  examples: number;
  workers?: number | undefined;
  parallel: number;
  html?: string | undefined;
  json: boolean;
}

/** @returns the exit code. @throws as `readPlace`, `pairsOf` and `verify`, verify_places_two, verify_flag_malformed, file_unwritable */
export async function verifyTables(words: readonly string[], flags: VerifyFlags): Promise<number> {
  const folder = process.cwd();
  const project = openProject(folder);
  const changes = comparisonOf(flags);
  const pairs = pairsToVerify(words).map((pair) => ({ ...pair, comparison: { ...pair.comparison, ...changes } }));
  const stop = catchSignals();
  const { json, html, values, examples, workers, parallel, recheck } = flags;
  const progress = verifyProgress(process.stderr);
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  let report: VerifyReport;
  try {
    report = await verify({
      project,
      pairs,
      binFolders: [...binFoldersAbove(folder), ...ownBinFolders],
      stop: stop.asked,
      values,
      examples,
      workers,
      parallel,
      recheckSeconds: recheck,
      onEvent(event) {
        if (event.kind === "log" && event.level === "warning") progress.above(clean(event.message));
      },
      onProgress(event) {
        progress.show(event);
        if (event.kind !== "table" || stop.signal !== undefined) return;
        progress.hide();
        if (json) print(JSON.stringify({ type: "table", ...event.table }));
        else printLines(describeTable(event.table, process.stdout.isTTY ? process.stdout.columns : undefined));
      },
    });
  } catch (error) {
    if (!(error instanceof SideFailed)) throw error;
    if (stop.signal === undefined) printFailure(error.failure);
    if (stop.signal === undefined) return error.failure.class === "config" ? exitCodes.usage : exitCodes.failed;
    return exitCodes[stop.signal === "SIGINT" ? "SIGINT" : "SIGTERM"];
  } finally {
    progress.end();
  }
  if (stop.signal !== undefined) return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
  if (json) print(JSON.stringify({ type: "report", ...report }));
  else printLines(describeVerdict(report));
  if (html !== undefined) writePage(html, report);
  return exitCodeOf(report);

  function pairsToVerify(given: readonly string[]): VerifyPair[] {
    if (!given.some(isPlace)) return pairsOf(project, given, flags.environment);
    const [here, there] = given;
    if (given.length !== 2 || here === undefined || there === undefined) throw usage.verify_places_two({ count: given.length });
    return [{ here: readPlace(project, here, flags.environment), there: readPlace(project, there, flags.environment), comparison: {} }];
  }
}

/** Where nothing but the command was wrong, it is a mistake of usage. */
function exitCodeOf({ verdict, tables }: VerifyReport): number {
  if (verdict === "equal") return exitCodes.done;
  return tables.length > 0 && tables.every(({ failure }) => failure?.class === "config") ? exitCodes.usage : exitCodes.failed;
}

function writePage(path: string, report: VerifyReport): void {
  try {
    writeFileSync(path, verifyHtml(report));
  } catch (error) {
    throw usage.file_unwritable({ path, reason: (error as NodeJS.ErrnoException).code ?? (error as Error).message });
  }
}

/** What the flags set, and nothing else. @throws verify_flag_malformed */
function comparisonOf({ key, columns, exclude, rename, as, tolerance, where, before, schema }: VerifyFlags): Comparison {
  const list = (text: string): string[] =>
    text
      .split(",")
      .map((word) => word.trim())
      .filter((word) => word !== "");
  const [bound] = before === undefined ? [] : [pairOf("before", before)];
  return {
    ...(key !== undefined && { key: list(key) }),
    ...(columns !== undefined && { columns: list(columns) }),
    ...(exclude !== undefined && { exclude }),
    ...(rename !== undefined && { rename: Object.fromEntries(rename.map((text) => pairOf("rename", text))) }),
    ...(as !== undefined && { as: Object.fromEntries(as.map((text) => pairOf("as", text))) as NonNullable<Comparison["as"]> }),
    ...(tolerance !== undefined && { tolerance: Object.fromEntries(tolerance.map(toleranceOf)) }),
    ...(where !== undefined && { where }),
    ...(bound !== undefined && { before: { column: bound[0], value: bound[1] } }),
    ...(schema !== undefined && { schema }),
  };
}

function toleranceOf(text: string): [string, number] {
  const [column, value] = pairOf("tolerance", text);
  if (!(Number(value) > 0)) throw usage.verify_flag_malformed({ flag: "tolerance", text, form: "COLUMN=NUMBER with a number above 0" });
  return [column, Number(value)];
}

function pairOf(flag: string, text: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0 || at === text.length - 1) throw usage.verify_flag_malformed({ flag, text, form: "NAME=VALUE" });
  return [text.slice(0, at), text.slice(at + 1)];
}
