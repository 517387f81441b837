/**
 * A tap that is as fast as the pipe: N small rows, with a STATE after every block of a thousand. The blocks are prepared before the
 * first one is sent. Usage: many-lines.js --config {"rows": N}
 */
import { readFileSync, writeSync } from "node:fs";

const rowsOfBlock = 1000;
const about = { name: "tap-lines", version: "0.1.0", capabilities: ["discover", "catalog", "state"] };

if (process.argv.includes("--about")) console.log(JSON.stringify(about));
else {
  const { rows } = JSON.parse(readFileSync(process.argv[process.argv.indexOf("--config") + 1] ?? "", "utf8")) as { rows: number };
  const schema = { type: "object", properties: { id: { type: "integer" }, name: { type: "string" } } };
  send(Buffer.from(`${JSON.stringify({ type: "SCHEMA", stream: "lines", schema, key_properties: [] })}\n`));
  const records = Array.from({ length: rowsOfBlock }, (_, id) => ({ type: "RECORD", stream: "lines", record: { id, name: `name ${id}` } }));
  const block = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  for (let sent = rowsOfBlock; sent <= rows; sent += rowsOfBlock) {
    const state = { type: "STATE", value: { bookmarks: { lines: { sent } } } };
    send(Buffer.concat([block, Buffer.from(`${JSON.stringify(state)}\n`)]));
  }
  process.stderr.write(`${JSON.stringify({ type: "summary", stream: "lines", sent: rows, bytes: null, seconds: null })}\n`);
}

function send(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
