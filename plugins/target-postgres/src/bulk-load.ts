/** Batches through COPY, each behind a savepoint, converted while they are sent; what the server refuses is found again by its line number. */
import { type ColumnType, quoteName } from "@tapline/columns";
import { CopyText, copyRows, explainFailure, type Session } from "@tapline/postgres";
import { type Position, type Row, type RowBatch, withPosition } from "@tapline/sdk";
import { type BulkLoad, type BulkTarget, isolate, isRefusal } from "@tapline/sql";

const savepoint = "tapline_copy";

export function bulkLoad(session: Session, target: BulkTarget, typeName: (type: ColumnType) => string): BulkLoad {
  const text = new CopyText(target, typeName);
  const names = target.columns.map((column) => quoteName(column.columnName)).join(", ");

  /** All of the rows or none. @returns how many the server says it took */
  const copyAll = async (landing: string, pieces: Iterable<Buffer>, lineAt: (index: number) => number | undefined): Promise<number> => {
    await session.execute(`SAVEPOINT ${savepoint}`);
    let thrown: unknown;
    try {
      const count = await copyRows(
        session,
        `COPY ${landing} (${names}) FROM STDIN`,
        noting(pieces, (error) => {
          thrown = error;
        }),
      );
      await session.execute(`RELEASE SAVEPOINT ${savepoint}`);
      return count;
    } catch (error) {
      // Without the RELEASE it would stay, and each of thousands nest in the one before.
      for (const end of [`ROLLBACK TO SAVEPOINT ${savepoint}`, `RELEASE SAVEPOINT ${savepoint}`])
        if (session.lost === undefined) await session.execute(end).catch(() => {});
      // The conversion's own: about a value, or for a column that is to become wider.
      if (error === thrown && session.lost === undefined) throw error;
      const position = refusedAt(error, landing, target, lineAt);
      throw explainFailure(session.lost ?? reworded(error, landing, target.table), session.options, { table: target.table, position });
    }
  };

  return {
    get areKeysAscending() {
      return text.areKeysAscending;
    },
    forgetKeys: () => text.forgetKeys(),
    convert: (batch) => async (landing) => {
      const lines: (readonly number[])[] = [];
      try {
        return await copyAll(landing, encoded(text, batch, lines), (index) => lines.flat()[index]);
      } catch (error) {
        if (!batch.mayReject || !isRefusal(error)) throw error;
        return copySparingly([...encodedRows(text, batch)], batch, target.stream, (rows) =>
          copyAll(landing, pieces(rows), (index) => rows[index]?.line),
        );
      }
    },
  };
}

/** A stream that is torn down throws its own error into the generator it reads: what comes in at `yield` is not noted. */
function* noting(pieces: Iterable<Buffer>, note: (error: unknown) => void): Generator<Buffer> {
  const source = pieces[Symbol.iterator]();
  for (;;) {
    let next: IteratorResult<Buffer>;
    try {
      next = source.next();
    } catch (error) {
      note(error);
      throw error;
    }
    if (next.done) return;
    yield next.value;
  }
}

/** Rows of which the server refuses some. @returns how many it took */
async function copySparingly(
  rows: readonly EncodedRow[],
  batch: RowBatch,
  stream: string,
  copyRows: (part: readonly EncodedRow[]) => Promise<number>,
): Promise<number> {
  const places = new Map(rows.map(({ line }, place) => [line, place]));
  let taken = 0;
  await isolate({
    count: rows.length,
    put: async (from, to) => {
      taken += await copyRows(rows.slice(from, to));
    },
    placeOf: ({ position: { line } }) => (line === undefined ? undefined : places.get(line)),
    refuse: (place, refusal) => {
      const { row, line } = rows[place] as EncodedRow;
      batch.reject(row, withPosition(refusal, { stream, line }));
    },
  });
  return taken;
}

interface EncodedRow {
  row: Row;
  line: number;
  bytes: Buffer;
}

/** Rows are converted as the server takes them, so that no batch is in memory twice. */
function* encoded(text: CopyText, batch: RowBatch, lines: (readonly number[])[]): Generator<Buffer> {
  for (const chunk of batch.rows()) {
    const encodedChunk = text.encode(chunk, batch.reject);
    lines.push(encodedChunk.lines);
    yield encodedChunk.bytes;
  }
}

/** The batch once more, each row by itself; of a batch the server refuses some rows of. */
function* encodedRows(text: CopyText, batch: RowBatch): Generator<EncodedRow> {
  for (const { rows, lines } of batch.rows()) {
    for (const [index, row] of rows.entries()) {
      const line = lines[index] as number;
      const { bytes } = text.encode({ rows: [row], lines: [line] }, batch.reject);
      if (bytes.length > 0) yield { row, line, bytes };
    }
  }
}

/** The first piece is small, as many a part is refused at one of its first rows. */
const [firstPieceBytes, mostPieceBytes] = [1 << 10, 1 << 16];

function* pieces(rows: readonly EncodedRow[]): Generator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  let most = firstPieceBytes;
  for (const { bytes } of rows) {
    held.push(bytes);
    size += bytes.length;
    if (size < most) continue;
    yield Buffer.concat(held, size);
    held = [];
    size = 0;
    most = Math.min(most * 2, mostPieceBytes);
  }
  if (size > 0) yield Buffer.concat(held, size);
}

/** What the server says of the table rows land in is meant of the one they are for. */
function reworded(error: unknown, landing: string, table: string): unknown {
  const [from, to] = [landing, table].map((name) => quotedName.exec(name)?.[0] ?? name);
  return error instanceof Error ? Object.assign(error, { message: error.message.replaceAll(from as string, to as string) }) : error;
}

/** The last part of a qualified name. */
const quotedName = /"((?:[^"]|"")*)"$/;

/**
 * Where in the input the refused row is. The server's context is "COPY <table>, line <n>, column <name>: …" in the words of
 * its own language, so only the names and the number in it are read.
 */
export function refusedAt(
  error: unknown,
  landing: string,
  { stream, columns }: BulkTarget,
  lineAt: (index: number) => number | undefined,
): Position {
  const { where } = error as { where?: unknown };
  const table = quotedName.exec(landing)?.[1]?.replaceAll('""', '"');
  const start = `COPY ${table}, `;
  if (typeof where !== "string" || !where.includes(start)) return { stream };
  const rest = where.slice(where.indexOf(start) + start.length);
  const match = /^\D*(\d+)(?:, \S+ )?/.exec(rest);
  if (match === null) return { stream };
  const line = lineAt(Number(match[1]) - 1);
  const behind = rest.slice(match[0].length);
  const named = columns.filter(
    ({ columnName }) => behind.startsWith(`${columnName}:`) || behind === columnName || behind.startsWith(`${columnName}\n`),
  );
  const column = named.sort((a, b) => b.columnName.length - a.columnName.length)[0]?.name;
  return { stream, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}
