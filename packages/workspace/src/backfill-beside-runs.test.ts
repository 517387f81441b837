/**
 * A run of a job and a partition of its back-fill at once: the second one waits, so that what the first one read is never written over what
 * the other one read later. The tap is a small program that says when it began, and ends when it may.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { suiteDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { bin, type Ended, run, start } from "./command.ts";

const database = suiteDatabase();

const tap = `#!/usr/bin/env node
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const args = process.argv.slice(2);
const print = (value) => process.stdout.write(JSON.stringify(value) + "\\n");
const schema = { type: "object", properties: { id: { type: "integer" }, seen_at: { type: "string", format: "date-time" }, v: { type: "string" } } };
const settings = { type: "object", properties: { folder: { type: "string" }, start_date: { type: "string" }, end_date: { type: "string" } } };
if (args.includes("--about")) print({ name: "tap-slow", version: "1.0.0", description: "", capabilities: ["about", "catalog", "discover", "range", "state"], settings });
else if (args.includes("--discover")) {
  const metadata = [{ breadcrumb: [], metadata: { inclusion: "available", "range-keys": { seen_at: "instant" } } }];
  print({ streams: [{ tap_stream_id: "orders", stream: "orders", schema, key_properties: ["id"], replication_method: "INCREMENTAL", replication_key: "seen_at", metadata }] });
} else {
  const { folder, end_date: end } = JSON.parse(readFileSync(args[args.indexOf("--config") + 1], "utf8"));
  const [name, v, at] = end === undefined ? ["job", "new", "2026-03-01T00:00:00Z"] : ["partition", "old", "2026-01-01T00:00:00Z"];
  print({ type: "SCHEMA", stream: "orders", schema, key_properties: ["id"] });
  print({ type: "RECORD", stream: "orders", record: { id: 1, seen_at: at, v } });
  writeFileSync(folder + "/" + name + ".began", "");
  while (!existsSync(folder + "/" + name + ".go")) await new Promise((resolve) => setTimeout(resolve, 20));
  print({ type: "STATE", value: { bookmarks: { orders: { replication_key: "seen_at", replication_key_value: end ?? at } } } });
}
`;

function makeProject() {
  const folder = mkdtempSync(join(tmpdir(), "tapline-beside-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { host, port, user, password, database: name } = database();
  writeFileSync(join(folder, "tap-slow.mjs"), tap, { mode: 0o755 });
  const plugins = {
    "tap-slow": { executable: join(folder, "tap-slow.mjs"), config: { folder } },
    "target-postgres": { executable: bin("target-postgres"), config: { host, port, user, password, database: name } },
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs: { shop: ["tap-slow target-postgres"] } }));
  return {
    let: (name: string) => writeFileSync(join(folder, `${name}.go`), ""),
    hasBegun: (name: string) => existsSync(join(folder, `${name}.began`)),
    async begun(name: string): Promise<void> {
      while (!existsSync(join(folder, `${name}.began`))) await sleep(20);
    },
    run: (): Promise<Ended> => run("tapline", ["run", "shop", "--json"], { cwd: folder }),
    backfill: () =>
      start("tapline", ["backfill", "shop", "--from", "2026-01-01", "--to", "2026-01-02", "--by", "day"], { cwd: folder, input: "" }),
  };
}

test("a run of the job waits for the partition at work, and its newer row stays", async () => {
  const project = makeProject();
  const backfill = project.backfill();
  await project.begun("partition");
  project.let("job");
  const running = project.run();
  await sleep(2500);
  expect(project.hasBegun("job")).toBe(false);
  project.let("partition");
  const ended = await running;
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining("Waits for partition 2026-01-01 of back-fill")]);
  expect((await backfill.ended).code).toBe(0);
  expect(await database().read("SELECT v FROM orders")).toEqual([["new"]]);
});

test("a partition waits for the run of the job at work", async () => {
  const project = makeProject();
  const running = project.run();
  await project.begun("job");
  project.let("partition");
  const backfill = project.backfill();
  let shown = "";
  backfill.child.stdout?.on("data", (text) => {
    shown += text;
  });
  while (!shown.includes("waits for run") && backfill.child.exitCode === null) await sleep(20);
  expect(project.hasBegun("partition")).toBe(false);
  project.let("job");
  expect([(await running).code, (await backfill.ended).code]).toEqual([0, 0]);
});
