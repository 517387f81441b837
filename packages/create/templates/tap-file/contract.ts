/** The contract that every tap keeps, with files that this test writes. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeReadme, describeTap, ownCommand } from "@tapline/testing";
import { afterAll } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "tap-example-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of that day. Returns its rows. */
function write(path: string, day: string, rows: { id: number; name: string }[]) {
  const changed_at = `${day}T00:00:00.000Z`;
  writeFileSync(join(folder, path), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  utimesSync(join(folder, path), new Date(changed_at), new Date(changed_at));
  return rows.map((row) => ({ ...row, changed_at }));
}

mkdirSync(join(folder, "long"));
const rowsOf = (first: number, count: number) => Array.from({ length: count }, (_, i) => ({ id: first + i, name: `row ${first + i}` }));
const second = write("b.jsonl", "2026-01-01", rowsOf(50, 50));
const first = write("c.jsonl", "2025-12-01", rowsOf(0, 50));
write("long/a.jsonl", "2026-01-01", rowsOf(0, 15_000));

describeTap({
  command: ownCommand(import.meta.url),
  config: { path: folder },
  rows: { example_rows: [...first, ...second] },
  longConfig: { path: join(folder, "long/*.jsonl") },
});
describeReadme(import.meta.url);
