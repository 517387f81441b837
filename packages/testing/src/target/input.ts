/** Singer lines that the checks send to a target, and the small stream `orders` that most of them use. */
import { encodeMessage, encodeRecord, type Json, type JsonSchema, type Row } from "@tapline/protocol";

export function schema(stream: string, properties: Record<string, JsonSchema>, keys: readonly string[] = []): string {
  return encodeMessage({ type: "SCHEMA", stream, schema: { type: "object", properties }, key_properties: [...keys] });
}

export function records(stream: string, rows: readonly Row[]): string {
  return rows.map((row) => `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":${encodeRecord(row)}}\n`).join("");
}

/** A RECORD that leaves properties unchanged. */
export function partialRecord(stream: string, row: Row, unchanged: unknown): string {
  return `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":${encodeRecord(row)},"unchanged":${JSON.stringify(unchanged)}}\n`;
}

export const activate = (stream: string, version: number): string => `${JSON.stringify({ type: "ACTIVATE_VERSION", stream, version })}\n`;

export const replaceSource = (stream: string, column: string, value: string): string =>
  encodeMessage({ type: "REPLACE_SOURCE", stream, column, value });

/** RECORD lines with a table version. */
export function versioned(stream: string, version: number, rows: readonly Row[]): string {
  const head = `{"type":"RECORD","stream":${JSON.stringify(stream)},"version":${version},"record":`;
  return rows.map((row) => `${head}${encodeRecord(row)}}\n`).join("");
}

export const stateValue = (at: number): Json => ({ bookmarks: { orders: { at } } });

export function state(at: number): string {
  return encodeMessage({ type: "STATE", value: stateValue(at) });
}

/** The lines of a target's stdout. Each must be the value of a STATE. */
export function statesIn(stdout: string): unknown[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

export const orderProperties: Record<string, JsonSchema> = { id: { type: "integer" }, item: { type: ["null", "string"] } };

/** The SCHEMA of `orders`, without a key. */
export const orderSchema = (stream = "orders"): string => schema(stream, orderProperties);

/** Rows with the ids from `first` to `last`. */
export function orderRows(first: number, last: number): Row[] {
  return Array.from({ length: last - first + 1 }, (_, i) => ({ id: first + i, item: `item ${first + i}` }));
}

export const orders = (first: number, last: number, stream = "orders"): string => records(stream, orderRows(first, last));
