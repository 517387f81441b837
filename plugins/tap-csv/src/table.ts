/** One open CSV file: its header, and the loop that feeds its bytes to the tokenizer. */
import { createHash } from "node:crypto";
import { didYouMean, type Position } from "@tapline/sdk";
import type { FilePosition } from "./bookmark/file-mark.ts";
import { errors } from "./errors.ts";
import type { TableInSheet } from "./excel/table-in-sheet.ts";
import { quotedFlag } from "./rows/cells.ts";
import { FileEnding } from "./rows/file-ending.ts";
import { isFooterLine, withoutFooter } from "./rows/footer.ts";
import { type Header, headerOf, likeKnown, numberedHeader } from "./rows/header.ts";
import type { SkippedLine } from "./rows/no-data.ts";
import type { RowPolicy } from "./rows/policy.ts";
import { replaceBadBytes } from "./rows/replace-bad-bytes.ts";
import { type RejectedRow, Tokenizer } from "./rows/tokenizer.ts";
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
  place?: TableInSheet | undefined;
  policy: RowPolicy;
  maxRowBytes: number;
  keys: readonly string[];
  replicationKey: string | undefined;
  /** Wraps the source, to track how far it is read or to resume where an earlier run stopped. */
  follow?: (source: Source) => Promise<Source>;
  /** The line at which `follow` resumes, and the header of the file as an earlier `Table` has it. */
  resume?: { line: number; header: Header };
  /** Only the start of the file will be read. */
  isPreview?: boolean;
  footer?: number | "auto" | undefined;
  /** Names of columns in other files of the stream; a name that differs from them only in case is theirs. */
  knownNames?: Iterable<string>;
  onReject?: (row: RejectedRow) => void;
  onSkip?: (what: SkippedLine, line: number) => void;
  /** Called at the end of the file with the lines that `footer` left out. */
  onFooter?: (lines: readonly string[]) => void;
  /** Called with the count of U+FFFD that replaced invalid bytes, under `bad_bytes: replace`. */
  onReplace?: (count: number) => void;
}

/** A file whose header and so many bytes after it are blank is not taken for an empty one. */
const maxBlankBytes = 64 * 1024;

/** Read it with `do { while (tokenizer.next()) … } while (await more())`. */
export interface Table extends AsyncDisposable {
  readonly path: string;
  readonly header: readonly string[];
  /** The header with what is in the file, to resume with. */
  readonly wholeHeader: Header;
  /** How the names in the header were changed, in words. */
  readonly notes: readonly string[];
  readonly modifiedAt: Date;
  readonly size: number | undefined;
  readonly isSeekable: boolean;
  readonly tokenizer: Tokenizer;
  /** A short checksum of encoding, dialect, header and the place in a workbook. Where it differs, the same bytes give different rows. */
  readonly readAs: string;
  /** The share of the file that was read, from 0 to 1; 0 where it is not known before the end. */
  readonly readShare: number;
  /** After the last row. */
  readonly position: FilePosition;
  /** The last line of the file that has text, its number, and some lines before it; undefined before the end, and for a very long line. */
  readonly lastLine: { text: string; line: number; before: readonly string[] } | undefined;
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
      : await (await import("./excel/sheet-source.ts")).openSheet(input, { place, skip: dialect.skip, maxRowBytes, position });
  const repaired = policy.badBytes === "replace" ? replaceBadBytes(opened, options.onReplace ?? (() => {})) : opened;
  const { footer = 0, onFooter = () => {} } = options;
  const isFooter = (line: string, names: string, before: readonly string[]): boolean => isFooterLine(line, names, before, dialect);
  const content = footer === 0 ? repaired : withoutFooter(repaired, { footer, dialect, maxBytes: maxRowBytes, isFooter, onFooter });
  const source = follow === undefined ? content : await follow(content);
  const badByteAt = (bytesFromEnd: number) => ({
    encoding: options.encoding,
    byte: opened.badByteAt?.(source.position - bytesFromEnd),
  });
  const tokenizer = new Tokenizer(dialect, {
    maxRowBytes,
    bufferBytes: source.isSeekable ? Math.min(bufferBytes, (source.size ?? bufferBytes) + 2) : bufferBytes,
    position,
    policy,
    rowsAreLines: place !== undefined,
    ...(opened.badByteAt === undefined ? {} : { badByteAt }),
    ...(onReject === undefined ? {} : { onReject }),
    ...(options.onSkip === undefined ? {} : { onSkip: options.onSkip }),
  });
  const ending = new FileEnding(tokenizer.marks.delimiter[0] as number);
  let isAtEnd = false;
  const more = async (): Promise<boolean> => {
    if (isAtEnd) return false;
    const room = tokenizer.room();
    const bytesRead = await source.read(room);
    ending.add(room.subarray(0, bytesRead));
    isAtEnd = bytesRead === 0;
    if (isAtEnd) tokenizer.end();
    else tokenizer.filled(bytesRead);
    return true;
  };
  const { window } = tokenizer;
  try {
    if (resume !== undefined) window.line = resume.line;
    const wholeHeader = resume?.header ?? (await readHeader(tokenizer, dialect, more, () => checkHeaderBytes(source, options, position)));
    const hasBlankHeader = resume === undefined && dialect.header > 0 && wholeHeader.rows.every(isBlankRow);
    if (wholeHeader.names.length === 0 || (hasBlankHeader && (await isRestBlank(tokenizer, dialect, more))))
      throw errors.file_empty({ bytes: source.position }, position);
    const { names: header, notes } = likeKnown(wholeHeader, options.knownNames ?? []);
    checkNamed(header, options, { ...position, line: tokenizer.line });
    tokenizer.expect(header, wholeHeader.rows, wholeHeader.preface);
    return {
      path: source.name,
      header,
      wholeHeader,
      notes,
      modifiedAt: source.modifiedAt,
      size: source.size,
      isSeekable: source.isSeekable,
      tokenizer,
      readAs: createHash("sha256")
        .update(JSON.stringify([options.encoding, stableDialect(dialect), wholeHeader.names, ...(place === undefined ? [] : [place])]))
        .digest("hex")
        .slice(0, 8),
      get readShare() {
        return opened.readShare?.() ?? 0;
      },
      get position() {
        return { offset: source.position - (window.to - window.from), line: window.line };
      },
      get lastLine() {
        const lines = isAtEnd ? ending.lines : [];
        const text = lines.at(-1);
        return text === undefined ? undefined : { text, line: window.line - 1 - ending.blankLines, before: lines.slice(0, -1) };
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

/** Parts that are as before are left out, so that files which earlier versions read are not read again. */
function stableDialect({ trailingDelimiter, ...dialect }: Dialect): Partial<Dialect> {
  return trailingDelimiter ? { ...dialect, trailingDelimiter } : dialect;
}

/** A device that gives blank lines for ever has no header. */
function checkHeaderBytes(source: Source, { maxRowBytes: limit }: TableOptions, position: Position): void {
  if (source.position > limit + bufferBytes) throw errors.header_missing({ limit }, position);
}

/** Without names when the file is empty. */
async function readHeader(
  tokenizer: Tokenizer,
  { skip, header, trailingDelimiter }: Dialect,
  more: () => Promise<boolean>,
  check: () => void,
): Promise<Header> {
  const reached = async (step: () => boolean): Promise<boolean> => {
    while (!step()) {
      check();
      if (!(await more())) return false;
    }
    return true;
  };
  const none: Header = { names: [], notes: [], rows: [], preface: [] };
  const isEmptyAt = (cell: number): boolean => tokenizer.starts[cell] === tokenizer.ends[cell];
  const width = (): number => (trailingDelimiter && isEmptyAt(tokenizer.count - 1) ? tokenizer.count - 1 : tokenizer.count);
  const preface: string[] = [];
  let firstLine = 0;
  for (let line = 1; line <= skip; line++) {
    if (!(await reached(() => tokenizer.skipLine()))) return none;
    if (preface.length === 0 && isNoPreface(tokenizer.rawText)) continue;
    if (preface.length === 0) firstLine = line;
    preface.push(tokenizer.rawText);
  }
  if (header === 0) return (await reached(() => tokenizer.peek())) ? numberedHeader(width()) : none;
  const rows: string[][] = [];
  while (rows.length < header && (await reached(() => tokenizer.next()))) {
    if (rows.length === 0 && preface.length > 0) {
      // Blank lines after those that `skip` counts.
      while (firstLine + preface.length < tokenizer.line) preface.push("");
      preface.push(tokenizer.rawText);
    }
    rows.push(Array.from({ length: width() }, (_, cell) => tokenizer.text(cell)));
  }
  return rows.length === 0 ? none : headerOf(rows, preface);
}

/** Delimiters count as blanks, because the file may be read with the dialect of the other files of its stream. */
const isBlankText = (text: string): boolean => /^[\s,;|]*$/.test(text);

/** A line that names the delimiter is left out wherever it is. */
const isNoPreface = (line: string): boolean => isBlankText(line) || /^"?sep=/i.test(line);

const isBlankRow = (cells: readonly string[]): boolean => cells.every(isBlankText);

/** Whether a short file has only blanks and delimiters from here to its end. */
async function isRestBlank({ window }: Tokenizer, { delimiter }: Dialect, more: () => Promise<boolean>): Promise<boolean> {
  while (!window.isWhole) {
    if (window.to - window.from > maxBlankBytes) return false;
    await more();
  }
  const rest = Buffer.from(window.bytes.subarray(window.from, window.to)).toString();
  return rest.split(delimiter).every(isBlankText);
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
