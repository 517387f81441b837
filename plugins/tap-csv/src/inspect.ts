/** `tap-csv inspect FILE...`: what would be read from a file and how, and why, before anything is loaded. */
import { parseArgs } from "node:util";
import { type Command, formatNumber } from "@tapline/sdk";
import { shorten } from "./errors.ts";
import { listInputs } from "./find/list.ts";
import { viewOf } from "./inspect-view.ts";
import type { RowPolicy } from "./rows/policy.ts";
import type { RejectedRow } from "./rows/tokenizer.ts";
import { type Detection, detect, type LineEnds } from "./sniff/detect.ts";
import type { Dialect } from "./sniff/dialect.ts";
import { type InputFile, nameOf } from "./source/source.ts";
import { openTable, type Table } from "./table.ts";
import { ColumnGuess, inferTypes } from "./types/infer.ts";

/** What was found out about a file; `--format json` prints it as it is. */
export interface Inspection {
  file: string;
  /** Bytes on disk; null for a pipe. */
  bytes: number | null;
  /** Under the names of the settings. */
  decided: Record<string, { value: string | number | boolean | null; why: string }>;
  line_ends: LineEnds;
  columns: { name: string; type: string; format?: string; why: string }[];
  /** What was changed about the header's names. */
  notes: readonly string[];
  rows: {
    /** Rows that fit. */
    read: number;
    misfits: number;
    /** False when there are more rows than were looked at. */
    is_all: boolean;
    examples: { line: number; code: string; reason: string; raw: string }[];
  };
  /** The first rows, as texts. */
  sample: string[][];
}

const mostExamples = 10;
const sampleRows = 5;
const defaultRows = 100_000;

export const inspectCommand: Command = {
  name: "inspect",
  usage: "FILE... [--rows N | --all] [--format json]",
  description: `Shows what is decided about files and why: encoding, dialect, types, rows that don't fit (in the first ${formatNumber(defaultRows)} rows).`,
  async run(args, { print, usage, signal }) {
    const { files, rows, isJson } = read(args, usage);
    const found: Inspection[] = [];
    for (const input of await listInputs(files, { position: {} })) {
      if (signal.aborted) return;
      const inspection = await inspect(input, rows);
      if (isJson) found.push(inspection);
      else print(viewOf(inspection));
    }
    if (isJson) print(`${JSON.stringify(found, null, 2)}\n`);
  },
};

function read(args: readonly string[], usage: (reason: string) => Error): { files: string[]; rows: number; isJson: boolean } {
  const options = { rows: { type: "string" }, all: { type: "boolean" }, format: { type: "string" } } as const;
  let parsed: ReturnType<typeof parseArgs<{ args: string[]; options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw usage((error as Error).message.split("\n")[0] as string);
  }
  const { values, positionals } = parsed;
  if (positionals.length === 0) throw usage("inspect needs at least one FILE");
  if (values.format !== undefined && values.format !== "json" && values.format !== "text")
    throw usage(`--format is json or text, not ${values.format}`);
  if (values.rows !== undefined && !/^[1-9]\d{0,14}$/.test(values.rows)) throw usage(`--rows is a number from 1, not ${values.rows}`);
  const rows = values.all === true ? Number.POSITIVE_INFINITY : Number(values.rows ?? defaultRows);
  return { files: positionals, rows, isJson: values.format === "json" };
}

/** Every row that doesn't fit is told; none ends the look. */
const policy: RowPolicy = {
  short: "reject",
  long: "reject",
  strayQuotes: "reject",
  badBytes: "reject",
  nulBytes: "reject",
  blankLines: "skip",
  other: "reject",
};

/** @throws what opening the file throws, file_empty */
export async function inspect(input: InputFile, mostRows: number): Promise<Inspection> {
  const file = nameOf(input);
  const detection = await detect(input, {}, { file });
  const rows: Inspection["rows"] = { read: 0, misfits: 0, is_all: true, examples: [] };
  const onReject = ({ error, line, raw }: RejectedRow): void => {
    rows.misfits++;
    if (rows.examples.length === mostExamples) return;
    rows.examples.push({ line, code: error.code, reason: error.message, raw: shorten(Buffer.from(raw.subarray(0, 200)).toString()) });
  };
  await using table = await openTable(input, {
    stream: "inspect",
    encoding: detection.encoding,
    dialect: detection.dialect,
    policy,
    maxRowBytes: 128 * 1024 * 1024,
    keys: [],
    replicationKey: undefined,
    onReject,
  });
  const guesses = new Map(table.header.map((name) => [name, new ColumnGuess()]));
  const sample: string[][] = [];
  await look(table, guesses, rows, sample, mostRows);
  return {
    file,
    bytes: table.size ?? null,
    decided: decidedOf(detection),
    line_ends: detection.lineEnds,
    columns: [...inferTypes(guesses)].map(([name, { kind, scale, format, evidence }]) => ({
      name,
      type: kind === "decimal" ? `decimal, scale ${scale}` : kind,
      ...(format === undefined ? {} : { format }),
      why: evidence,
    })),
    notes: table.notes,
    rows,
    sample,
  };
}

async function look(
  { tokenizer, more }: Table,
  guesses: ReadonlyMap<string, ColumnGuess>,
  rows: Inspection["rows"],
  sample: string[][],
  mostRows: number,
): Promise<void> {
  const columns = [...guesses.values()];
  do {
    while (tokenizer.next()) {
      if (rows.read + rows.misfits >= mostRows) {
        rows.is_all = false;
        return;
      }
      rows.read++;
      const { bytes, starts, ends } = tokenizer;
      for (const [cell, guess] of columns.entries()) guess.add(bytes, starts[cell] as number, ends[cell] as number);
      if (sample.length < sampleRows) sample.push(columns.map((_, cell) => tokenizer.text(cell)));
    }
  } while (await more());
}

/** Dialect and encoding under the names that the settings have. */
const settingNames: Record<keyof Dialect | "encoding", string> = {
  encoding: "encoding",
  delimiter: "delimiter",
  quote: "quotechar",
  escape: "escapechar",
  doubleQuote: "doublequote",
  skipInitialSpace: "skipinitialspace",
  comment: "comment",
  skip: "skip",
  header: "header",
};

function decidedOf({ encoding, dialect, evidence }: Detection): Inspection["decided"] {
  const values = { ...dialect, encoding };
  const keys = Object.keys(settingNames) as (keyof typeof settingNames)[];
  return Object.fromEntries(keys.map((key) => [settingNames[key], { value: values[key], why: evidence[key] }]));
}
