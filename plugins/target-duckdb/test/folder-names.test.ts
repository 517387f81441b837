/** Rows pass through temporary files: the names of the folders on the way there must not become values. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readTable } from "./read-table.ts";

const bin = fileURLToPath(new URL("../bin/target-duckdb.js", import.meta.url));

test("a temporary folder below one that is called c0=77 gives no row that value", async () => {
  const folder = mkdtempSync(join(tmpdir(), "target-duckdb-names-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const temporary = join(folder, "c0=77");
  mkdirSync(temporary);
  const filepath = join(folder, "x.duckdb");
  writeFileSync(join(folder, "config.json"), JSON.stringify({ filepath, add_record_metadata: false }));
  const schema = { type: "SCHEMA", stream: "s", schema: { properties: { id: { type: "integer" } } }, key_properties: ["id"] };
  const input = [schema, ...[1, 2].map((id) => ({ type: "RECORD", stream: "s", record: { id } }))];
  execFileSync(process.execPath, [bin, "--config", join(folder, "config.json")], {
    input: input.map((message) => `${JSON.stringify(message)}\n`).join(""),
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["pipe", "pipe", "pipe"],
  });
  expect(await readTable(filepath, "s")).toMatchObject([{ id: 1 }, { id: 2 }]);
});
