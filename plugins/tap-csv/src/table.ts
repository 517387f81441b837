/** One open CSV file: its header, checked, and the loop that pours its bytes into the tokenizer. */
import { didYouMean, type Position } from "@tapline/sdk";
import { errors } from "./errors.ts";
import { fileError, openFile } from "./files.ts";
import { type Dialect, Tokenizer } from "./tokenize.ts";

/** More does not make reading faster, and every byte of it is resident. */
const bufferBytes = 1024 * 1024;

export interface TableOptions {
  stream: string;
  dialect: Dialect;
  maxRowBytes: number;
  keys: readonly string[];
  replicationKey: string | undefined;
}

/** Read it with `while (tokenizer.next()) …` as often as `more` says true. */
export interface Table extends AsyncDisposable {
  readonly path: string;
  readonly header: readonly string[];
  readonly modifiedAt: Date;
  readonly tokenizer: Tokenizer;
  /** Reads on; false when the file is used up. @throws row_over_budget, file_unreadable */
  more(): Promise<boolean>;
}

/**
 * @throws file_missing, file_forbidden, file_unreadable, file_empty, header_name_empty, header_name_repeated,
 * column_not_in_header and what reading a row throws
 */
export async function openTable(path: string, options: TableOptions): Promise<Table> {
  const position: Position = { stream: options.stream, file: path };
  const { handle, bytes, modifiedAt } = await openFile(path, position);
  const { maxRowBytes } = options;
  const tokenizer = new Tokenizer(options.dialect, { maxRowBytes, bufferBytes: Math.min(bufferBytes, bytes + 2), position });
  let isAtEnd = false;
  const more = async (): Promise<boolean> => {
    if (isAtEnd) return false;
    const room = tokenizer.room();
    const { bytesRead } = await handle.read(room, 0, room.length, null).catch((error: unknown) => {
      throw fileError(path, position, error);
    });
    isAtEnd = bytesRead === 0;
    if (isAtEnd) tokenizer.end();
    else tokenizer.poured(bytesRead);
    return true;
  };
  const close = (): Promise<void> => {
    tokenizer.release();
    return handle.close();
  };
  try {
    while (!tokenizer.next()) if (!(await more())) throw errors.file_empty({ bytes }, position);
    const header = Array.from({ length: tokenizer.count }, (_, cell) => tokenizer.text(cell));
    checkHeader(header, options, { ...position, line: tokenizer.line });
    tokenizer.expect(header);
    return { path, header, modifiedAt, tokenizer, more, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the columns of a stream's first file are compared with. */
export type FirstFile = Pick<Table, "path" | "header">;

/** A later file's columns are those of the first in any order, or fewer. @throws column_unknown */
export function checkColumns({ path, header }: FirstFile, first: FirstFile, stream: string): void {
  const known = new Set(first.header);
  const name = header.find((column) => !known.has(column));
  if (name !== undefined) throw errors.column_unknown({ name, first: first.path, header: first.header }, { stream, file: path });
}

function checkHeader(header: readonly string[], { keys, replicationKey }: TableOptions, position: Position): void {
  const places = (wanted: (name: string) => boolean): number[] => header.flatMap((name, i) => (wanted(name) ? [i + 1] : []));
  const empty = places((name) => name.trim() === "");
  if (empty.length > 0) throw errors.header_name_empty({ columns: empty, of: header.length }, position);
  const known = new Set<string>();
  for (const name of header) {
    if (known.has(name)) throw errors.header_name_repeated({ name, columns: places((other) => other === name) }, position);
    known.add(name);
  }
  const wanted = [
    ...keys.map((name) => ["key", name] as const),
    ...(replicationKey === undefined ? [] : [["replication key", replicationKey] as const]),
  ];
  for (const [setting, name] of wanted) {
    if (known.has(name)) continue;
    throw errors.column_not_in_header({ setting, name, header, meant: didYouMean(name, header) }, position);
  }
}
