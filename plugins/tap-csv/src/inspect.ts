/** Finds out how a file would be read and why, before anything is loaded: for `tap-csv inspect FILE...`. */
import { shorten } from "./errors.ts";
import { detectFile, type FileDetection, type GivenLayout } from "./excel/detect-file.ts";
import type { SheetDetection } from "./excel/detect-sheet.ts";
import { FileReport } from "./file-report.ts";
import type { Inspection } from "./inspection.ts";
import type { RowPolicy } from "./rows/policy.ts";
import type { RejectedRow } from "./rows/tokenizer.ts";
import type { Dialect } from "./sniff/dialect.ts";
import { type InputFile, nameOf } from "./source/source.ts";
import { openTable, type Table } from "./table.ts";
import { ColumnGuess, inferTypes } from "./types/infer.ts";
import { describeDoubt } from "./types/inferred-type.ts";

const maxExamples = 10;
const sampleRows = 5;

/** Every bad row is reported, and none stops the inspection. */
const policy: RowPolicy = {
  short: "reject",
  long: "reject",
  strayQuotes: "reject",
  badBytes: "reject",
  nulBytes: "reject",
  blankLines: "skip",
  emptyRows: "skip",
  repeatedHeader: "skip",
  other: "reject",
};

/** @throws file_empty and the errors of opening the file */
export async function inspect(input: InputFile, maxRows: number, given: GivenLayout = {}): Promise<Inspection> {
  const file = nameOf(input);
  const detection = await detectFile(input, given, { file });
  const rows: Inspection["rows"] = { read: 0, misfits: 0, is_all: true, examples: [] };
  const warnings = detection.doubts.map((doubt) => `${file}, ${doubt}`);
  const context = {
    log: (level: string, message: string) => {
      if (level === "warning") warnings.push(message);
    },
    skipped: () => {},
  };
  const report = new FileReport({ file, dialect: detection.dialect, footer: undefined, context });
  const onReject = ({ error, line, raw }: RejectedRow): void => {
    rows.misfits++;
    if (rows.examples.length === maxExamples) return;
    rows.examples.push({ line, code: error.code, reason: error.message, raw: shorten(Buffer.from(raw.subarray(0, 200)).toString()) });
  };
  await using table = await openTable(input, {
    stream: "inspect",
    encoding: detection.encoding,
    dialect: detection.dialect,
    place: detection.place,
    policy,
    maxRowBytes: 128 * 1024 * 1024,
    keys: [],
    replicationKey: undefined,
    onReject,
    onSkip: (what, line) => report.skip(what, line),
  });
  const guesses = new Map(table.header.map((name) => [name, new ColumnGuess()]));
  const sample: string[][] = [];
  await readRows(table, guesses, rows, sample, maxRows);
  const types = inferTypes(guesses, detection.dialect.delimiter === ";");
  for (const [name, { doubt }] of types) if (doubt !== undefined) warnings.push(describeDoubt(name, doubt));
  report.end(table);
  return {
    file,
    bytes: table.size ?? null,
    ...(detection.place === undefined ? {} : { sheets: sheetsOf(detection) }),
    decided: decidedOf(detection),
    line_ends: detection.lineEnds,
    columns: [...types].map(([name, { kind, scale, format, evidence }]) => ({
      name,
      type: kind === "decimal" ? `decimal, scale ${scale}` : kind,
      ...(format === undefined ? {} : { format }),
      why: evidence,
    })),
    notes: table.notes,
    warnings,
    rows,
    sample,
  };
}

async function readRows(
  { path, tokenizer, more, originOf }: Table,
  guesses: ReadonlyMap<string, ColumnGuess>,
  rows: Inspection["rows"],
  sample: string[][],
  maxRows: number,
): Promise<void> {
  const columns = [...guesses.values()];
  do {
    while (tokenizer.next()) {
      if (rows.read + rows.misfits >= maxRows) {
        rows.is_all = false;
        return;
      }
      rows.read++;
      const { bytes, starts, ends } = tokenizer;
      const at = { file: path, line: tokenizer.line };
      for (const [cell, guess] of columns.entries()) guess.add(bytes, starts[cell] as number, ends[cell] as number, at, originOf(cell));
      if (sample.length < sampleRows) sample.push(columns.map((_, cell) => tokenizer.text(cell)));
    }
  } while (await more());
}

/** The setting for each part of the dialect. */
const settingNames: Record<keyof Dialect | "encoding", string> = {
  encoding: "encoding",
  delimiter: "delimiter",
  quote: "quotechar",
  escape: "escapechar",
  doubleQuote: "doublequote",
  skipInitialSpace: "skipinitialspace",
  trailingDelimiter: "trailing_delimiter",
  comment: "comment",
  skip: "skip",
  header: "header",
};

function decidedOf(detection: FileDetection): Inspection["decided"] {
  const { encoding, dialect, evidence } = detection;
  if (detection.place !== undefined) {
    const { skip, header } = dialect;
    return {
      ...detection.sheetEvidence,
      skip: { value: skip, why: evidence.skip },
      header: { value: header, why: evidence.header },
    };
  }
  const values = { ...dialect, encoding };
  const keys = Object.keys(settingNames) as (keyof typeof settingNames)[];
  return Object.fromEntries(keys.map((key) => [settingNames[key], { value: values[key], why: evidence[key] }]));
}

function sheetsOf({ sheets, place }: SheetDetection): NonNullable<Inspection["sheets"]> {
  return sheets.map(({ name, isHidden, part }) => ({
    name,
    is_hidden: isHidden,
    has_cells: part !== undefined,
    is_read: name === place.sheet,
  }));
}
