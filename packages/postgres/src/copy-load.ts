/** Batches through COPY, each behind a savepoint, converted while they are sent; what the server refuses is found again by its line number. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Position, RowBatch } from "@tapline/sdk";
import type { BulkLoad, BulkTarget, ColumnType } from "@tapline/sql";
import copyStreams from "pg-copy-streams";
import { CopyText } from "./copy-text.ts";
import { explainFailure } from "./failures.ts";
import { quoteName, type Session } from "./session.ts";

const savepoint = "tapline_copy";

export function copyLoad(session: Session, target: BulkTarget, typeName: (type: ColumnType) => string): BulkLoad {
  const text = new CopyText(target, typeName);
  const names = target.columns.map((column) => quoteName(column.columnName)).join(", ");
  return {
    get areKeysAscending() {
      return text.areKeysAscending;
    },
    forgetKeys: () => text.forgetKeys(),
    convert: (batch) => async (landing) => {
      const lines: (readonly number[])[] = [];
      await session.execute(`SAVEPOINT ${savepoint}`);
      try {
        const count = await copy(session, `COPY ${landing} (${names}) FROM STDIN`, encoded(text, batch, lines));
        await session.execute(`RELEASE SAVEPOINT ${savepoint}`);
        return count;
      } catch (error) {
        if (session.lost === undefined) await session.execute(`ROLLBACK TO SAVEPOINT ${savepoint}`).catch(() => {});
        const position = refusedAt(error, landing, target, lines);
        throw explainFailure(session.lost ?? error, session.options, { table: landing, position });
      }
    },
  };
}

/** Rows are converted as the server takes them, so that no batch is in memory twice. A row that is refused here ends the COPY. */
function* encoded(text: CopyText, batch: RowBatch, lines: (readonly number[])[]): Generator<Buffer> {
  for (const chunk of batch.rows()) {
    lines.push(chunk.lines);
    yield text.encode(chunk);
  }
}

/** @returns how many rows the server says it took */
async function copy(session: Session, sql: string, bytes: Iterable<Buffer>): Promise<number> {
  const stream = session.client.query(copyStreams.from(sql));
  await pipeline(Readable.from(bytes, { objectMode: true, highWaterMark: 2 }), stream);
  return stream.rowCount;
}

/**
 * Where in the input the refused row is. The server's context is "COPY <table>, line <n>, column <name>: …" in the words of
 * its own language, so only the names and the number in it are read.
 */
export function refusedAt(
  error: unknown,
  landing: string,
  { stream, columns }: BulkTarget,
  lines: readonly (readonly number[])[],
): Position {
  const { where } = error as { where?: unknown };
  const table = /"((?:[^"]|"")*)"$/.exec(landing)?.[1]?.replaceAll('""', '"');
  const start = `COPY ${table}, `;
  if (typeof where !== "string" || !where.includes(start)) return { stream };
  const rest = where.slice(where.indexOf(start) + start.length);
  const match = /^\D*(\d+)(?:, \S+ )?/.exec(rest);
  if (match === null) return { stream };
  const line = lines.flat()[Number(match[1]) - 1];
  const behind = rest.slice(match[0].length);
  const named = columns.filter(
    ({ columnName }) => behind.startsWith(`${columnName}:`) || behind === columnName || behind.startsWith(`${columnName}\n`),
  );
  const column = named.sort((a, b) => b.columnName.length - a.columnName.length)[0]?.name;
  return { stream, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}
