/** Which row of a COPY the server refused, and for which table. Pure. */
import type { Position } from "@tapline/sdk";
import type { BulkTarget } from "@tapline/sql";

/** Where a row was, of those that one COPY sent; they are numbered from 0. */
export type PlaceAt = (index: number) => Pick<Position, "file" | "line">;

export function placesOf(lineAt: (index: number) => number | undefined): PlaceAt {
  return (index) => {
    const line = lineAt(index);
    return line === undefined ? {} : { line };
  };
}

/** The last part of a qualified name. */
const quotedName = /"((?:[^"]|"")*)"$/;

/** The server's message with the stream's own table in place of the landing table. */
export function reworded(error: unknown, landing: string, table: string): unknown {
  const [from, to] = [landing, table].map((name) => quotedName.exec(name)?.[0] ?? name);
  return error instanceof Error ? Object.assign(error, { message: error.message.replaceAll(from as string, to as string) }) : error;
}

/**
 * The input position of the refused row. The server's context is "COPY <table>, line <n>, column <name>: …", translated into its
 * language, so only the names and the number are read.
 */
export function refusedAt(error: unknown, landing: string, { stream, columns }: BulkTarget, placeAt: PlaceAt): Position {
  const { where } = error as { where?: unknown };
  const table = quotedName.exec(landing)?.[1]?.replaceAll('""', '"');
  const start = `COPY ${table}, `;
  if (typeof where !== "string" || !where.includes(start)) return { stream };
  const context = where.slice(where.indexOf(start) + start.length);
  const match = /^\D*(\d+)(?:, \S+ )?/.exec(context);
  if (match === null) return { stream };
  const rest = context.slice(match[0].length);
  const named = columns.filter(
    ({ columnName }) => rest.startsWith(`${columnName}:`) || rest === columnName || rest.startsWith(`${columnName}\n`),
  );
  const column = named.sort((a, b) => b.columnName.length - a.columnName.length)[0]?.name;
  return { stream, ...placeAt(Number(match[1]) - 1), ...(column === undefined ? {} : { column }) };
}
