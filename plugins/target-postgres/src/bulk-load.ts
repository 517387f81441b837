/**
 * Batches through COPY, each after a savepoint, converted while they are sent: in the binary format where all columns have a type that we
 * write in it. A row that the server refuses is found by the line number in the server's message. Files of canonical CSV go as they are, those of binary COPY with
 * the `_sdc_` columns at the end of each row.
 */
import { randomUUID } from "node:crypto";
import type { ColumnType } from "@tapline/columns";
import {
  CopyEncoder,
  type CopyFormat,
  copyRows,
  postgresErrors as errors,
  explainFailure,
  type Session,
  type TakeBytes,
} from "@tapline/postgres";
import {
  type CsvFile,
  isMetadataColumn,
  type PgcopyFile,
  type Row,
  type RowBatch,
  type Tolerated,
  type WrittenRows,
  withPosition,
} from "@tapline/sdk";
import { type BulkLoad, type BulkTarget, isolate, isRefusal, type Staged } from "@tapline/sql";
import { binaryReaders, presentReaders } from "./binary-readers.ts";
import { copyBinaryInto, copyInto } from "./dialect/copy.ts";
import { csvCopy, takesFile } from "./dialect/csv-copy.ts";
import { dialect } from "./dialect/index.ts";
import { hasReader, type Readers, takesPgcopy } from "./dialect/pgcopy.ts";
import { filePieces } from "./file-pieces.ts";
import { pgcopyRows } from "./pgcopy-pieces.ts";
import { type PlaceAt, placesOf, refusedAt, reworded } from "./refused-row.ts";

/** They take the memory of one piece after another. */
type Pieces = (take: TakeBytes) => Iterable<Buffer>;

const copySavepoint = dialect.statements.savepoint("tapline_copy");

export function bulkLoad(session: Session, target: BulkTarget, typeName: (type: ColumnType) => string): BulkLoad {
  const encoder = new CopyEncoder(target, typeName);
  const statement = copyInto(target.columns);
  /** The table whose columns decided the format; undefined where another session may have changed them since. */
  let landingKnown: string | undefined;
  /** Keys of files are not known. */
  let hasFiles = false;

  const chooseFormat = async (landing: string): Promise<void> => {
    if (landing === landingKnown) return;
    encoder.chooseFormat(await binaryReaders(session, landing, target.table));
    landingKnown = landing;
  };

  /** Copies all rows or none. @returns how many rows the server counted */
  const copyAll = async (landing: string, sql: string, pieces: Pieces, placeAt: PlaceAt): Promise<number> => {
    await session.execute(copySavepoint.set);
    let ownError: unknown;
    const noted = (take: TakeBytes): Iterable<Buffer> =>
      noting(pieces(take), (error) => {
        ownError = error;
      });
    try {
      const count = await copyRows(session, sql, noted);
      await session.execute(copySavepoint.release);
      return count;
    } catch (error) {
      // Without the release it would stay set, and thousands of them would nest.
      for (const end of [copySavepoint.rollBack, copySavepoint.release])
        if (session.lost === undefined) await session.execute(end).catch(() => {});
      // Thrown by the conversion: about a value, or because a column must become wider.
      if (error === ownError && session.lost === undefined) throw error;
      const position = refusedAt(error, landing, target, placeAt);
      throw explainFailure(session.lost ?? reworded(error, landing, target.table), session.options, { table: target.table, position });
    }
  };

  const copyEncoded = (landing: string, pieces: Pieces, lineAt: (index: number) => number | undefined): Promise<number> => {
    const { format } = encoder;
    return copyAll(landing, statement(landing, format.name), (take) => framed(format, pieces(take)), placesOf(lineAt));
  };

  let present: Promise<Readers> | undefined;

  /** @throws column_type_changed */
  const landPgcopy = async (file: WrittenRows<PgcopyFile>, landing: string): Promise<number> => {
    const readers = await binaryReaders(session, landing, target.table);
    const sent = new Set(file.columns.map(({ name }) => name));
    const filled = target.columns.filter(({ name, isRetired }) => isRetired !== true && (sent.has(name) || isMetadataColumn(name)));
    const other = filled.find((column) => !hasReader(column, readers.get(column.columnName) ?? ""));
    if (other !== undefined) throw errors.column_type_changed({ table: target.table, column: other.columnName }, { stream: target.stream });
    const { columns, pieces } = pgcopyRows(target, file, readers);
    return copyAll(landing, copyBinaryInto(landing, columns), pieces, file.placeOf);
  };

  const landCsv = async (file: WrittenRows<CsvFile>, landing: string): Promise<number> => {
    const { prepare, copy, finish } = csvCopy(target.columns, file, landing, `_tapline_${randomUUID()}`);
    for (const sql of prepare) await session.execute(sql, { table: target.table });
    const count = await copyAll(landing, copy, (take) => filePieces(file.path, take), file.placeOf);
    for (const sql of finish) await session.execute(sql, { table: target.table });
    return count;
  };

  const landBatch = async (batch: RowBatch, landing: string, tolerated: Tolerated[]): Promise<number> => {
    await chooseFormat(landing);
    const lines: (readonly number[])[] = [];
    // Of a batch whose conversion failed.
    encoder.takeLost();
    try {
      const count = await copyEncoded(
        landing,
        (take) => encoded(encoder, batch, lines, take),
        (index) => lines.flat()[index],
      );
      tolerated.push(...encoder.takeLost());
      return count;
    } catch (error) {
      if (!batch.mayReject || !isRefusal(error)) throw error;
      encoder.takeLost();
      const rows = [...encodedRows(encoder, batch)];
      const taken = await copyInParts(rows, batch, target.stream, (part) =>
        copyEncoded(
          landing,
          () => pieces(part),
          (index) => part[index]?.line,
        ),
      );
      tolerated.push(...rows.flatMap((row) => (row.isRefused ? [] : row.lost)));
      return taken;
    }
  };

  return {
    get areKeysAscending() {
      return !hasFiles && encoder.areKeysAscending;
    },
    async takesFile(file, use) {
      if (file.format === "csv") return takesFile(target, file, use);
      present ??= presentReaders(session, target.table);
      return takesPgcopy(target, file, use, await present);
    },
    forgetKeys() {
      hasFiles = false;
      encoder.forgetKeys();
      landingKnown = undefined;
    },
    convert(batch): Staged {
      const { file } = batch;
      if (file !== undefined) {
        hasFiles = true;
        // The load deletes it after the commit.
        return {
          rows: file.rows,
          tolerated: [],
          land: (landing) => (file.format === "csv" ? landCsv(file, landing) : landPgcopy(file, landing)),
          drop: async () => {},
        };
      }
      const tolerated: Tolerated[] = [];
      return {
        get rows() {
          return batch.count - batch.rejected;
        },
        tolerated,
        land: (landing) => landBatch(batch, landing, tolerated),
        // Nothing is held outside the server.
        drop: async () => {},
      };
    },
  };
}

function* framed({ head, tail }: CopyFormat, pieces: Iterable<Buffer>): Generator<Buffer> {
  if (head.length > 0) yield head;
  yield* pieces;
  if (tail.length > 0) yield tail;
}

/** Notes the error that `pieces` itself throws. A stream that is torn down throws another one into the generator at `yield`. */
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

/** Copies rows of which the server refuses some. @returns how many it took */
async function copyInParts(
  rows: readonly EncodedRow[],
  batch: RowBatch,
  stream: string,
  copyRange: (part: readonly EncodedRow[]) => Promise<number>,
): Promise<number> {
  const rowAtLine = new Map(rows.map(({ line }, row) => [line, row]));
  let taken = 0;
  await isolate({
    count: rows.length,
    put: async (from, to) => {
      taken += await copyRange(rows.slice(from, to));
    },
    rowOf: ({ position: { line } }) => (line === undefined ? undefined : rowAtLine.get(line)),
    refuse: (index, refusal) => {
      const refused = rows[index] as EncodedRow;
      refused.isRefused = true;
      batch.reject(refused.row, withPosition(refusal, { stream, line: refused.line }));
    },
  });
  return taken;
}

interface EncodedRow {
  row: Row;
  line: number;
  bytes: Buffer;
  /** What of its values could not be stored as it was sent. */
  lost: Tolerated[];
  isRefused: boolean;
}

/** Rows are converted as the server takes them, so that no batch is in memory twice. */
function* encoded(encoder: CopyEncoder, batch: RowBatch, lines: (readonly number[])[], take: TakeBytes): Generator<Buffer> {
  for (const chunk of batch.chunks?.() ?? batch.rows()) {
    const encodedChunk = encoder.encode(chunk, batch.reject, take);
    lines.push(encodedChunk.lines);
    yield encodedChunk.bytes;
  }
}

/** The batch again, each row separately, because the server refuses some of its rows. */
function* encodedRows(encoder: CopyEncoder, batch: RowBatch): Generator<EncodedRow> {
  for (const chunk of batch.rows()) {
    for (const [index, row] of chunk.rows.entries()) {
      const line = chunk.lines[index] as number;
      const { bytes } = encoder.encode({ ...chunk, rows: [row], lines: [line] }, batch.reject);
      if (bytes.length > 0) yield { row, line, bytes, lost: encoder.takeLost(), isRefused: false };
    }
  }
}

/** The first piece is small, as many parts are refused at one of their first rows. */
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
