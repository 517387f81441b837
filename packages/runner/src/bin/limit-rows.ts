/**
 * Passes on a number of rows of each stream and drops the rest, for `tapline run --limit`. It runs as a process between tap and target. If
 * its config lists the streams, it ends as soon as each of them has more rows than that, so that the rest of the source is not read.
 *
 * ACTIVATE_VERSION is never passed on: it would delete every row that was dropped. After a dropped row or ACTIVATE_VERSION no STATE is
 * passed on: it would stand for rows that were not loaded, or for deletes that were not made. After a REPLACE_SOURCE nothing more of that
 * stream is passed on: the source's earlier rows stay.
 *
 * The next run sends the rows after the last STATE again. A warning names the streams whose tables then have them twice.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseExact } from "@tapline/protocol";

const config = process.argv[process.argv.indexOf("--config") + 1] ?? "";
const {
  rows: limit,
  appends = false,
  streams,
} = JSON.parse(readFileSync(config, "utf8")) as { rows: number; appends?: boolean; streams?: string[] };
const passed = new Map<string, number>();
const cut = new Set<string>();
/** Rows that were passed after the last STATE that was passed, by stream. */
const uncovered = new Map<string, number>();
const keyed = new Set<string>();
let hasDeletes = false;

for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
  if (isPassed(line) && !process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
  if (cut.size > 0 && streams?.every((stream) => cut.has(stream)) === true) break;
}
if (cut.size > 0 || hasDeletes) {
  for (const [stream, count] of uncovered) if (appends || !keyed.has(stream)) warn(stream, count);
}
// A read that waits would keep this process alive.
process.stdin.destroy();

function isPassed(line: string): boolean {
  if (line.trim() === "") return false;
  const { type, stream = "", key_properties: keys } = parseExact(line) as { type?: string; stream?: string; key_properties?: unknown };
  if (type === "STATE") {
    if (cut.size > 0 || hasDeletes) return false;
    uncovered.clear();
    return true;
  }
  if (type === "SCHEMA" && Array.isArray(keys) && keys.length > 0) keyed.add(stream);
  if (type === "ACTIVATE_VERSION") {
    hasDeletes = true;
    return false;
  }
  if (type === "REPLACE_SOURCE") {
    passed.set(stream, limit);
    cut.add(stream);
    return false;
  }
  if (type !== "RECORD") return true;
  const count = (passed.get(stream) ?? 0) + 1;
  passed.set(stream, count);
  if (count > limit) {
    cut.add(stream);
    return false;
  }
  uncovered.set(stream, (uncovered.get(stream) ?? 0) + 1);
  return true;
}

function warn(stream: string, count: number): void {
  const rows =
    count === 1 ? "1 row that no bookmark covers; the next run sends it" : `${count} rows that no bookmark covers; the next run sends them`;
  const twice = `again, and a table that is appended to then has ${count === 1 ? "it" : "them"} twice`;
  const message = `${stream}: --limit stopped after ${rows} ${twice}`;
  process.stderr.write(`${JSON.stringify({ type: "log", level: "warning", message })}\n`);
}
