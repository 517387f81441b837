/**
 * A tap without work of its own: Singer lines of a stated shape, made from one record. Blocks of the streams take turns, each with a STATE.
 * Usage: shaped-lines.js --config {"streams": N, "rows": N, "columns": N, "text_bytes": N}, rows for each stream.
 */
import { readFileSync, writeSync } from "node:fs";

export interface Shape {
  streams: number;
  rows: number;
  /** Beside the key; the first half are integers, the others texts. */
  columns: number;
  /** Of each text. */
  text_bytes: number;
}

const { streams, rows, columns, text_bytes }: Shape = JSON.parse(readFileSync(process.argv.at(-1) as string, "utf8"));
const names = Array.from({ length: columns }, (_, column) => `c${column}`);
const isText = (column: number): boolean => column >= columns / 2;
const schema = {
  properties: {
    id: { type: "integer" },
    ...Object.fromEntries(names.map((name, column) => [name, { type: isText(column) ? "string" : "integer" }])),
  },
};
const fields = names.map((name, column) => `,"${name}":${isText(column) ? JSON.stringify("x".repeat(text_bytes)) : column}`).join("");
/** A megabyte, or the rows of a small stream. */
const blockRows = Math.min(rows, Math.max(1, Math.floor((1 << 20) / (fields.length + 60))));

for (let stream = 0; stream < streams; stream++)
  send(`${JSON.stringify({ type: "SCHEMA", stream: `s${stream}`, schema, key_properties: [] })}\n`);
for (let from = 0; from < rows; from += blockRows) {
  const ids = Array.from({ length: Math.min(blockRows, rows - from) }, (_, index) => from + index);
  for (let stream = 0; stream < streams; stream++) {
    const lead = `{"type":"RECORD","stream":"s${stream}","record":{"id":`;
    send(ids.map((id) => `${lead}${id}${fields}}}\n`).join(""));
    send(`${JSON.stringify({ type: "STATE", value: { bookmarks: { [`s${stream}`]: { sent: from + ids.length } } } })}\n`);
  }
}

function send(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
