/** The place of a row in the order of its table's key, as text for a state and as a condition for the rows after it. Pure. */
import type { MysqlColumn, MysqlTable } from "../discover/tables.ts";
import { quoteBytes, quoteName, quoteText } from "../quote.ts";
import { cellBytes } from "./row-lines.ts";
import type { RowPlace } from "./table-rows.ts";

/** The columns by which a table is read in pages; undefined where its key has no order that a condition could use. */
export function keyColumns(table: MysqlTable, selected: readonly string[]): MysqlColumn[] | undefined {
  if (!table.hasKeyOrder) return undefined;
  const columns = table.keys.map((key) => table.columns.find(({ name }) => name === key) as MysqlColumn);
  return columns.every(({ name, wire }) => wire.literal !== undefined && selected.includes(name)) ? columns : undefined;
}

/** The values of the key: text as it is, bytes in hex. */
export function keyOfRow(columns: readonly MysqlColumn[], selected: readonly string[], { bytes, start }: RowPlace): string[] {
  return columns.map(({ name, wire }) => {
    const cell = cellBytes(bytes, start, selected.indexOf(name)) as Buffer;
    return cell.toString(wire.literal === "bytes" ? "hex" : "utf8");
  });
}

/** The rows after this one. The first part is there for the index: it would not be used for the others alone. */
export function isAfter(columns: readonly MysqlColumn[], key: readonly string[]): string {
  const parts = columns.map((column, i) => [`t.${quoteName(column.name)}`, literal(column, key[i] as string)] as const);
  const [first, value] = parts[0] as readonly [string, string];
  const after = parts.reduceRight<string>((inner, [name, own]) => {
    if (inner === "") return `${name} > ${own}`;
    return `(${name} > ${own} OR (${name} = ${own} AND ${inner}))`;
  }, "");
  return parts.length === 1 ? after : `${first} >= ${value} AND ${after}`;
}

export function literal({ wire }: Pick<MysqlColumn, "wire">, text: string): string {
  if (wire.literal === "bytes") return quoteBytes(Buffer.from(text, "hex"));
  return wire.literal === "text" ? quoteText(text) : numberText(text);
}

/** A state may come from anywhere. */
export function numberText(text: string): string {
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? text : quoteText(text);
}
