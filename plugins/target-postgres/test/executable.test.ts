/** The executable as a shell runs it: STATE on stdout after its commit, exit code by class of error, nothing half-committed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { settings } from "./rows.ts";

const bin = fileURLToPath(new URL("../bin/target-postgres.js", import.meta.url));
const schema =
  '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"},"t":{"type":"string"}}},"key_properties":["id"]}';
const record = (id: number | string, t = "x") => JSON.stringify({ type: "RECORD", stream: "s", record: { id, t } });
const state = (n: number) => `{"type":"STATE","value":{"n":${n}}}`;

async function run(config: object, lines: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), "target-postgres-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "config.json");
  writeFileSync(path, JSON.stringify(config));
  const child = spawn(process.execPath, [bin, "--config", path]);
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => {
    out.stdout += data;
  });
  child.stderr.on("data", (data) => {
    out.stderr += data;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const [code] = await once(child, "close");
  return { code, ...out };
}

test("rows become a table, STATE comes after its commit, the metadata columns are there", async () => {
  const database = await testDatabase();
  const { code, stdout, stderr } = await run(settings(database), [schema, record(1), record(2), record(1, "y"), state(1)]);
  expect(stderr).toContain('"inserted":2,"updated":0,"superseded":1');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '{"n":1}\n' });
  expect(await database.read("SELECT id, t, _sdc_received_at > now() - interval '1 hour' FROM s ORDER BY id")).toEqual([
    ["1", "y", "t"],
    ["2", "x", "t"],
  ]);
});

test.each([
  ["a wrong password", { password: "wrong" }, [], 64, "password_refused"],
  ["a missing database", { database: "not_there" }, [], 64, "database_missing"],
  ["a server that is down", { port: 1 }, [], 69, "host_down"],
  ["a value the server can't hold", {}, [record(1, "a\0")], 65, "nul_character"],
  ["a row that does not fit its schema", {}, [record("1")], 65, "record_invalid"],
] as const)(
  "%s ends it by its class of error, with nothing after the last commit and no STATE for it",
  async (_, more, bad, exitCode, errorCode) => {
    const database = await testDatabase();
    const config = { ...settings(database), ...more, batch_size_rows: 1 };
    const { code, stdout, stderr } = await run(config, [schema, record(7), state(1), record(8), ...bad, record(9), state(2)]);
    const error = JSON.parse(stderr.trim().split("\n").at(-1) as string);
    expect({ code, error: error.code }).toEqual({ code: exitCode, error: errorCode });
    expect(stderr).not.toMatch(/\n +at /);
    const reached = bad.length > 0;
    expect(stdout).toBe(reached ? '{"n":1}\n' : "");
    if (reached) {
      expect(error.position).toMatchObject({ stream: "s", line: 5 });
      expect(await database.read("SELECT id FROM s")).toEqual([["7"]]);
    }
  },
);
