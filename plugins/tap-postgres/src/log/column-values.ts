/**
 * Values that the log has in another form than the tap reads columns in, such as arrays, which are read as JSON: the server converts them,
 * by the same SQL as in a whole read. And values that the log lacks: they are read from the table.
 */
import { quoteName, quoteText } from "@tapline/columns";
import type { Session } from "@tapline/postgres";
import { tableName } from "@tapline/sql-tap";
import type { PostgresColumn, PostgresTable } from "../discover/tables.ts";

/** Whether the text of the type's values is not what the tap sends. */
export function needsServer({ wire, castName }: PostgresColumn): boolean {
  return wire.read !== undefined && castName !== "bytea";
}

/** "\x6162" as the server writes bytea in base64. */
export function base64OfHex(bytes: Buffer, start: number, end: number): Buffer {
  return Buffer.from(Buffer.from(bytes.toString("latin1", start + 2, end), "hex").toString("base64"));
}

/** The values of one column, in order. @throws errors of the server, such as for a type that is gone */
export async function convert({ execute }: Session, { wire, castName }: PostgresColumn, values: readonly string[]): Promise<Buffer[]> {
  const read = wire.read ?? ((sql: string) => sql);
  const list = values.map(quoteText).join(", ");
  const { rows } = await execute(
    `SELECT (${read(`CAST(u.value AS ${castName})`)})::text FROM unnest(ARRAY[${list}]::text[]) WITH ORDINALITY AS u(value, place) ORDER BY u.place`,
  );
  return rows.map(([text]) => Buffer.from(text ?? "null"));
}

/** The present text of `names` in the row with this key; undefined where there is no such row any more. */
export async function lookUp(
  { execute }: Session,
  table: PostgresTable,
  key: readonly { name: string; value: string }[],
  names: readonly string[],
): Promise<(string | null)[] | undefined> {
  const conditions = key.map(({ name, value }) => `t.${quoteName(name)} = ${quoteText(value)}::${castOf(table, name)}`);
  const list = names.map((name) => `t.${quoteName(name)}::text`);
  const { rows } = await execute(`SELECT ${list.join(", ")} FROM ${tableName(table)} AS t WHERE ${conditions.join(" AND ")}`);
  return rows[0];
}

const castOf = ({ columns }: PostgresTable, name: string): string => columns.find((column) => column.name === name)?.castName ?? "text";
