/** One open CSV file: its header, and the loop that feeds its bytes to the tokenizer. */
import { createHash } from "node:crypto";
import { didYouMean, type Position } from "@tapline/sdk";
import type { FilePosition } from "./bookmark/file-mark.ts";
import { errors } from "./errors.ts";
import type { SheetPlace } from "./excel/sheet-place.ts";
import { openSheet } from "./excel/sheet-source.ts";
import { type Header, headerOf, numberedHeader } from "./rows/header.ts";
import type { RowPolicy } from "./rows/policy.ts";
import { replaceBadBytes } from "./rows/replace-bad-bytes.ts";
import { quotedFlag, type RejectedRow, Tokenizer } from "./rows/tokenizer.ts";
import type { Dialect } from "./sniff/dialect.ts";
import { type InputFile, nameOf, openSource, type Source } from "./source/source.ts";
import type { CellOrigin } from "./types/infer.ts";

/** A larger buffer does not make reading faster, and all of it stays in memory. */
const bufferBytes = 1024 * 1024;

export interface TableOptions {
  stream: string;
  encoding: string;
  dialect: Dialect;
  /** Set for a workbook. */
  place?: SheetPlace | undefined;
  policy: RowPolicy;
  maxRowBytes: number;
  keys: readonly string[];
  replicationKey: string | undefined;
  /** Wraps the source, to track how far it is read or to resume where an earlier run stopped. */
  follow?: (source: Source) => Promise<Source>;
  /** The line at which `follow` resumes, and the header of the file. */
  resume?: { line: number; header: readonly string[] };
  /** Only the start of the file will be read. */
  isPreview?: boolean;
  onReject?: (row: RejectedRow) => void;
  /** Called with the count of U+FFFD that replaced invalid bytes, under `bad_bytes: replace`. */
  onReplace?: (count: number) => void;
}

/** Read it with `do { while (tokenizer.next()) … } while (await more())`. */
export interface Table extends AsyncDisposable {
  readonly path: string;
  readonly header: readonly string[];
  /** How the names in the header were changed, in words. */
  readonly notes: readonly string[];
  readonly modifiedAt: Date;
  readonly size: number | undefined;
  readonly isSeekable: boolean;
  readonly tokenizer: Tokenizer;
  /** A short checksum of encoding, dialect, header and the place in a workbook. Where it differs, the same bytes give different rows. */
  readonly readAs: string;
  /** After the last row. */
  readonly position: FilePosition;
  /** Reads more bytes; false at the end of the file. @throws row_over_budget and the errors of reading the file */
  more(): Promise<boolean>;
  /** Whether a cell of this row is text in its sheet. */
  originOf(cell: number): CellOrigin;
}

/** @throws file_empty, column_not_in_header and the errors of opening the file and reading a row */
export async function openTable(input: InputFile, options: TableOptions): Promise<Table> {
  const { stream, dialect, place, policy, maxRowBytes, resume, isPreview = false, onReject, follow } = options;
  const position: Position = { stream, file: nameOf(input) };
  const opened =
    place === undefined
      ? await openSource(input, { encoding: options.encoding, position, isPreview })
      : await openSheet(input, { place, skip: dialect.skip, maxRowBytes, position });
  const repaired = policy.badBytes === "replace" ? replaceBadBytes(opened, options.onReplace ?? (() => {})) : opened;
  const source = follow === undefined ? repaired : await follow(repaired);
  const tokenizer = new Tokenizer(dialect, {
    maxRowBytes,
    bufferBytes: source.isSeekable ? Math.min(bufferBytes, (source.size ?? bufferBytes) + 2) : bufferBytes,
    position,
    policy,
    rowsAreLines: place !== undefined,
    ...(onReject === undefined ? {} : { onReject }),
  });
  let isAtEnd = false;
  const more = async (): Promise<boolean> => {
    if (isAtEnd) return false;
    const bytesRead = await source.read(tokenizer.room());
    isAtEnd = bytesRead === 0;
    if (isAtEnd) tokenizer.end();
    else tokenizer.filled(bytesRead);
    return true;
  };
  const { window } = tokenizer;
  try {
    if (resume !== undefined) window.line = resume.line;
    const { names: header, notes } =
      resume === undefined ? await readHeader(tokenizer, dialect, more) : { names: resume.header, notes: [] };
    if (header.length === 0) throw errors.file_empty({ bytes: source.position }, position);
    checkNamed(header, options, { ...position, line: tokenizer.line });
    tokenizer.expect(header);
    return {
      path: source.name,
      header,
      notes,
      modifiedAt: source.modifiedAt,
      size: source.size,
      isSeekable: source.isSeekable,
      tokenizer,
      readAs: createHash("sha256")
        .update(JSON.stringify([options.encoding, dialect, header, ...(place === undefined ? [] : [place])]))
        .digest("hex")
        .slice(0, 8),
      get position() {
        return { offset: source.position - (window.to - window.from), line: window.line };
      },
      more,
      originOf(cell) {
        if (place === undefined) return "file";
        return ((tokenizer.flags[cell] as number) & quotedFlag) === 0 ? "sheet" : "sheet text";
      },
      async [Symbol.asyncDispose]() {
        tokenizer.release();
        await source[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
}

/** Without names when the file is empty. */
async function readHeader(tokenizer: Tokenizer, { skip, header }: Dialect, more: () => Promise<boolean>): Promise<Header> {
  const reached = async (step: () => boolean): Promise<boolean> => {
    while (!step()) if (!(await more())) return false;
    return true;
  };
  for (let line = 0; line < skip; line++) if (!(await reached(() => tokenizer.skipLine()))) return { names: [], notes: [] };
  if (header === 0) return numberedHeader((await reached(() => tokenizer.peek())) ? tokenizer.count : 0);
  const rows: string[][] = [];
  while (rows.length < header && (await reached(() => tokenizer.next()))) {
    rows.push(Array.from({ length: tokenizer.count }, (_, cell) => tokenizer.text(cell)));
  }
  return rows.length === 0 ? { names: [], notes: [] } : headerOf(rows);
}

function checkNamed(header: readonly string[], { keys, replicationKey }: TableOptions, position: Position): void {
  const wanted = [
    ...keys.map((name) => ["key", name] as const),
    ...(replicationKey === undefined ? [] : [["replication key", replicationKey] as const]),
  ];
  for (const [setting, name] of wanted) {
    if (header.includes(name)) continue;
    throw errors.column_not_in_header({ setting, name, header, meant: didYouMean(name, header) }, position);
  }
}
