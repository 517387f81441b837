/** One load through the real client into the emulator; `npm run test:long snowflake` has the others. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { Config } from "../src/config.ts";
import { startEmulator } from "./emulator/server.ts";
import { readTable } from "./read-table.ts";

const bin = fileURLToPath(new URL("../bin/target-snowflake.js", import.meta.url));

test("rows are upserted, their STATE comes after them, and the ledger has it", { timeout: 600_000 }, async () => {
  const emulator = await startEmulator();
  const folder = mkdtempSync(join(tmpdir(), "target-snowflake-"));
  onTestFinished(async () => {
    rmSync(folder, { recursive: true });
    await emulator[Symbol.asyncDispose]();
  });
  const path = join(folder, "config.json");
  writeFileSync(path, JSON.stringify({ ...emulator.config(), state_id: "s", run_id: "r" }));
  const lines = (id: number, name: string): string =>
    '{"type":"SCHEMA","stream":"orders","schema":{"properties":{"id":{"type":"integer"},"name":{"type":"string"}}},"key_properties":["id"]}\n' +
    `{"type":"RECORD","stream":"orders","record":{"id":${id},"name":${JSON.stringify(name)}}}\n{"type":"STATE","value":{"id":${id}}}\n`;
  for (const input of [lines(1, "one"), lines(2, "it's a \\ two"), lines(1, "new")]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, "--config", path], { input, encoding: "utf8" });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^\{"id":\d\}\n$/);
    const cost = stderr.split("\n").find((line) => line.startsWith('{"type":"cost"')) ?? "";
    const units = ["statements", "MB staged", "s of warehouse time at most"];
    expect(JSON.parse(cost).parts).toEqual(units.map((unit) => ({ amount: expect.toSatisfy((amount) => amount > 0), unit })));
  }
  const rows = await readTable(emulator.config() as Config, "PUBLIC", "ORDERS");
  expect(rows?.map(({ ID, NAME }) => [String(ID), NAME]).sort()).toEqual([
    ["1", "new"],
    ["2", "it's a \\ two"],
  ]);
  const [last] = (await readTable(emulator.config() as Config, "PUBLIC", "_TAPLINE_LOADS")) ?? [];
  expect(last).toMatchObject({ STATE_ID: "s", STATE_RUN_ID: "r", STATE: '{"id":1}' });
});
