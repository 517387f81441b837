/**
 * Loads into the emulator of Snowflake that end in their middle. Killed at random moments and statements, 20 times in each way of upserts, and between any two
 * steps of a widening: no row is lost or doubled, and no file is left. A statement that is refused, a full disk, an account that nobody answers for:
 * cause, remedy, and nothing half committed.
 *
 * Covers: plugins/target-snowflake/src, plugins/target-snowflake/test, packages/sql/src, packages/columns/src, packages/sdk/src/target
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@tapline/testing/seeded-random";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Config } from "../src/config.ts";
import { listFiles, putFile } from "../src/dialect/stage.ts";
import { openSession } from "../src/session.ts";
import { stageFolder } from "../src/stage-folder.ts";
import { type Emulator, startEmulator } from "../test/emulator/server.ts";
import { recordLine, schemaLine, stateLine } from "../test/lines.ts";
import { readTable } from "../test/read-table.ts";
import { errorIn, runTarget, startTarget } from "../test/run-target.ts";
import { type Decision, startStatementProxy } from "../test/statement-proxy.ts";
import { loadUnderFire } from "../test/under-fire.ts";
import bars from "./snowflake-kills.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(async () => {
  await emulator?.[Symbol.asyncDispose]();
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "snowflake-kills-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const settings = (schema: string): Config => ({ ...(emulator.config() as Config), default_target_schema: schema });

test.for([
  ["delete_insert", bars.seed],
  ["merge", bars.seed + 1],
] as const)(
  "upsert_with %s, killed at random: ledger and rows agree each time, every row is there once at the end",
  async ([way, seed], { task }) => {
    const random = seededRandom(seed);
    let kills = 0;
    const ways: Record<string, number> = {};
    for (let load = 0; kills < bars.kills; load++) {
      const fire = { emulator, folder: temporaryFolder(), schema: `${way}_${load}`, settings: { upsert_with: way } };
      const done = await loadUnderFire({ ...fire, kills: bars.kills - kills, random });
      for (const [each, count] of Object.entries(done)) {
        ways[each] = (ways[each] ?? 0) + count;
        kills += count;
      }
    }
    expect(kills).toBe(bars.kills);
    expect(Object.values(ways).every((count) => count > 0)).toBe(true);
    task.meta.result = { seed, kills, ...ways };
  },
);

test("killed between any two steps of a widening, and again while the next load mends it: every value is there, and the third load ends", async ({
  task,
}) => {
  const instants = ["2024-01-02T03:04:05.123456Z", "1969-12-31T23:59:59Z", null];
  const before = schemaLine("s", { id: { type: "integer" }, at: { type: ["null", "string"], format: "date-time" } }, ["id"]);
  const after = schemaLine("s", { id: { type: "integer" }, at: { type: ["null", "string"] } }, ["id"]);
  const old = instants.map((at, id) => recordLine("s", { id, at })).join("");
  const change = after + recordLine("s", { id: 9, at: "soon" }) + stateLine(2);
  let steps = 0;
  for (let isKilled = true; isKilled; steps++) {
    const schema = `widening_${steps}`;
    const folder = temporaryFolder();
    expect((await runTarget(folder, settings(schema), before + old + stateLine(1))).code).toBe(0);
    isKilled = await killedAtWidening(folder, schema, change, steps + 1);
    const rows = await valuesIn(schema);
    expect(rows.slice(0, 3)).toEqual(instants.map((at, id) => [id, at === null ? null : Date.parse(at)]));
    await killedAtWidening(folder, schema, change, 1);
    expect((await valuesIn(schema)).slice(0, 3)).toEqual(rows.slice(0, 3));
    const { code, stderr } = await runTarget(folder, settings(schema), change);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const whole = (await readTable(emulator.config() as Config, schema.toUpperCase(), "S")) ?? [];
    expect(Object.keys(whole[0] ?? {}).filter((name) => !name.startsWith("_SDC_"))).toEqual(["ID", "AT"]);
    const texts = whole.map(({ ID, AT }) => [Number(ID), AT]).sort();
    expect(texts).toEqual([
      [0, instants[0]],
      [1, "1969-12-31T23:59:59.000000Z"],
      [2, null],
      [9, "soon"],
    ]);
  }
  task.meta.result = { steps: steps - 1 };
  expect(steps - 1).toBeGreaterThanOrEqual(7);
});

/** Kills the load before its statement with that number of those about a widening. @returns false where it has fewer, and ended well */
async function killedAtWidening(folder: string, schema: string, input: string, number: number): Promise<boolean> {
  let [seen, isKilled] = [0, false];
  await using proxy = await startStatementProxy(emulator.port, (sql) => {
    if (isKilled) return "leave";
    if (!/_TAPLINE_(NEW|OLD)_/.test(sql) || ++seen !== number) return "pass";
    isKilled = child.kill("SIGKILL");
    return "leave";
  });
  const { child, ended } = startTarget(folder, { ...settings(schema), access_url: proxy.url }, input);
  const { code, stderr } = await ended;
  if (!isKilled) expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return isKilled;
}

/** Each row's id and instant, whatever the column with it is called now: for a moment it has no name but that of the widening. */
async function valuesIn(schema: string): Promise<[id: number, at: number | null][]> {
  const rows = (await readTable(emulator.config() as Config, schema.toUpperCase(), "S")) ?? [];
  const value = (row: Record<string, unknown>): unknown => row.AT ?? row._TAPLINE_OLD_AT ?? row._TAPLINE_NEW_AT ?? null;
  return rows
    .map((row): [number, number | null] => [Number(row.ID), value(row) === null ? null : Date.parse(String(value(row)))])
    .map(([id, at]): [number, number | null] => [id, at === null || Number.isNaN(at) ? null : at])
    .sort(([a], [b]) => a - b);
}

test("files of killed loads of the state id are removed at once, those of others after a day", async () => {
  await using session = await openSession(emulator.config() as Config);
  const folder = temporaryFolder();
  const path = join(folder, "file");
  execFileSync("truncate", ["-s", "10", path]);
  const [own, other] = [stageFolder(session, "own"), stageFolder(session, "other")];
  for (const [stage, name] of [
    [own, "own"],
    [other, "other"],
  ] as const)
    await stage.put(path, stage.next(), name.length);
  const files = async (): Promise<number> => (await session.execute(listFiles)).rows.length;
  expect(await files()).toBe(2);
  const again = stageFolder(session, "own");
  await again.put(path, again.next(), 10);
  expect(await files()).toBe(2);
  const later = stageFolder(session, "third", () => Date.now() + 25 * 3_600_000);
  await later.put(path, later.next(), 10);
  expect(await files()).toBe(1);
  await later.clear();
  expect(await files()).toBe(0);
  expect((await session.execute(putFile(path, "@~/others/1/"))).rows).toHaveLength(1);
});

const refusal: Decision = {
  code: "003001",
  sqlState: "42501",
  message: "SQL access control error:\nInsufficient privileges to operate on table 'S'",
};
const properties = { id: { type: "integer" }, text: { type: "string" } };
const rows = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, at) => recordLine("s", { id: from + at, text: "x".repeat(50) })).join("");

describe("a right is missing in mid-load", () => {
  test.each([
    ["PUT", /^PUT/],
    ["the temporary table", /^CREATE OR REPLACE TEMPORARY/],
    ["COPY", /^COPY INTO/],
    ["BEGIN", /^BEGIN/],
    ["the DELETE of old rows", /^DELETE FROM "KIT"\."[^"]*"\."S"/],
    ["the INSERT of new rows", /^INSERT INTO "KIT"\."[^"]*"\."S"/],
    ["the ledger", /^UPDATE "KIT"\."[^"]*"\."_TAPLINE_LOADS"/],
    ["COMMIT", /^COMMIT/],
  ])("%s: cause and remedy, the rows before it, and no others", async (what, pattern) => {
    const schema = `refused_${what.replaceAll(/\W/g, "_")}`.toLowerCase();
    const folder = temporaryFolder();
    const ids = { state_id: "s", commit_after_ms: 0 };
    const first = schemaLine("s", properties, ["id"]) + rows(1, 20) + stateLine(1);
    expect((await runTarget(folder, { ...settings(schema), ...ids, run_id: "1" }, first)).code).toBe(0);
    let isRefused = false;
    await using proxy = await startStatementProxy(emulator.port, (sql) => {
      isRefused ||= pattern.test(sql);
      return pattern.test(sql) ? refusal : "pass";
    });
    const next = { ...settings(schema), ...ids, run_id: "2", access_url: proxy.url };
    const ended = await runTarget(folder, next, schemaLine("s", properties, ["id"]) + rows(11, 40) + stateLine(2));
    expect(isRefused).toBe(true);
    expect(ended.states).toEqual([]);
    expect(errorIn(ended)).toMatchObject({
      code: "snowflake_right_missing",
      class: "config",
      hint: expect.stringContaining("USAGE on database"),
    });
    expect(await idsIn(schema)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    const third = await runTarget(
      folder,
      { ...settings(schema), ...ids, run_id: "3" },
      schemaLine("s", properties, ["id"]) + rows(11, 40) + stateLine(2),
    );
    expect({ code: third.code, states: third.states }).toEqual({ code: 0, states: [2] });
    expect(await idsIn(schema)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  });
});

async function idsIn(schema: string): Promise<number[]> {
  const found = (await readTable(emulator.config() as Config, schema.toUpperCase(), "S")) ?? [];
  return found.map(({ ID }) => Number(ID)).sort((a, b) => a - b);
}

test("the disk is full in mid-file: cause and remedy, the rows of the commit before, and the next load completes", async ({ task }) => {
  const folder = temporaryFolder();
  const disk = join(folder, "disk");
  execFileSync("mkdir", [disk]);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bars.disk_megabytes}m,mode=0777`, "tapline-snowflake-kills", disk], {
    stdio: "pipe",
  });
  onTestFinished(() => void execFileSync("umount", [disk]));
  const random = seededRandom(bars.seed);
  const noise = (): string => Array.from({ length: 40 }, () => Math.floor(random() * 2 ** 48).toString(36)).join("");
  const many = (from: number, count: number): string =>
    Array.from({ length: count }, (_, at) => recordLine("s", { id: from + at, text: noise() })).join("");
  const start = schemaLine("s", properties) + many(1, 100) + stateLine(1);
  const ids = { state_id: "s", batch_size_rows: 100 };
  const ended = await runTarget(folder, { ...settings("full"), ...ids, run_id: "1" }, start + many(101, 30_000) + stateLine(2), {
    TMPDIR: disk,
  });
  expect(ended).toMatchObject({ code: 69, states: [1] });
  expect(errorIn(ended)).toMatchObject({ code: "snowflake_disk_full", class: "connection", hint: expect.stringContaining("Free space") });
  expect(await idsIn("full")).toHaveLength(100);
  const again = await runTarget(
    folder,
    { ...settings("full"), ...ids, run_id: "2" },
    schemaLine("s", properties) + many(101, 1000) + stateLine(2),
  );
  expect(again).toMatchObject({ code: 0, states: [2] });
  expect(await idsIn("full")).toHaveLength(1100);
  task.meta.result = { megabytes: bars.disk_megabytes };
});

test("an address where nobody answers, and one where something else does: cause and remedy", async () => {
  const folder = temporaryFolder();
  const input = schemaLine("s", properties) + rows(1, 2) + stateLine(1);
  const other = createServer((_, answer) => {
    answer.statusCode = 404;
    answer.end("not found");
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  for (const port of [9, (other.address() as AddressInfo).port]) {
    const ended = await runTarget(folder, { ...settings("nowhere"), access_url: `http://127.0.0.1:${port}` }, input);
    expect(ended).toMatchObject({ code: 69, states: [] });
    expect(errorIn(ended)).toMatchObject({ code: "snowflake_unreachable", hint: expect.stringContaining("access_url") });
  }
});
