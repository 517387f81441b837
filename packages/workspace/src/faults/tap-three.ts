#!/usr/bin/env node
/**
 * A tap of the fault suite without the SDK, as third parties write them: only --config and --state, streams interleaved, no signal
 * handling. It can also stop by itself, between two lines or within one.
 */
import { readFileSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { bookmark, numberIn, parts, rowAt, rowSchema, type Source, streamNames } from "./source.ts";

const { values } = parseArgs({ options: { config: { type: "string" }, state: { type: "string" } } });
const source = JSON.parse(readFileSync(values.config as string, "utf8")) as Source;
const from = values.state === undefined ? 0 : numberIn(readFileSync(values.state, "utf8"));

for (const stream of streamNames(source)) write([{ type: "SCHEMA", stream, schema: rowSchema, key_properties: ["id"] }]);
for await (const { first, last, isMarked } of parts(source, from)) {
  const records = [];
  for (let n = first; n <= last; n++) {
    const { stream, row } = rowAt(source, n);
    records.push({ type: "RECORD", stream, record: row });
    if (n === source.cut?.after) breakOff(records, source.cut);
  }
  write(records);
  if (isMarked) write([{ type: "STATE", value: { bookmarks: { s0: bookmark(source, last) } } }]);
}

function breakOff(records: readonly object[], { half, code }: { half: boolean; code: number }): never {
  write(records);
  if (half) writeSync(1, '{"type":"RECORD","stream":"s0","record":{"id":1,"n":1,"te');
  process.exit(code);
}

function write(messages: readonly object[]): void {
  const bytes = Buffer.from(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
