/**
 * States in S3, on moto, a service in this machine's memory: what every store does, several processes on one state, and processes killed
 * while they change several states at once. moto has the conditional writes of AWS; it is not AWS.
 * Covers: packages/s3/src, packages/runner/src/state, packages/runner/test/store-contract.ts, packages/runner/test/facts-contract.ts
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openBucket } from "@tapline/s3/bucket";
import { type Moto, startMoto } from "@tapline/testing/moto";
import { seededRandom } from "@tapline/testing/seeded-random";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openProject } from "../src/project/project.ts";
import { openStore } from "../src/state/open-store.ts";
import { openS3Backend } from "../src/state/s3/s3-store.ts";
import { describeFacts } from "../test/facts-contract.ts";
import { describeStore, longAgo } from "../test/store-contract.ts";
import bars from "./state-s3.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const environments = fileURLToPath(new URL("../../../.cache/moto", import.meta.url));
let moto: Moto;
let stores = 0;
const newPlace = () => ({ path: `s3://states/${++stores}`, endpoint: moto.endpoint });

beforeAll(async () => {
  for (const name of ["AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"]) delete process.env[name];
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret", AWS_EC2_METADATA_DISABLED: "true" });
  moto = await startMoto(environments);
  await fetch(`${moto.endpoint}/states`, { method: "PUT" });
}, 300_000);

afterAll(() => moto?.[Symbol.asyncDispose]());

describeStore("S3", () => {
  const place = newPlace();
  const change = async (fields: object): Promise<void> => {
    const bucket = await openBucket(place.path, place.endpoint);
    for (const name of await bucket.list("states/")) {
      const found = await bucket.read(name);
      const { value } = JSON.parse(found?.text ?? "");
      const runs = value.runs.map((run: object) => ({ ...run, ...fields }));
      await bucket.replace(name, JSON.stringify({ value: { ...value, runs } }), found?.tag ?? null);
    }
    bucket.close();
  };
  return {
    open: () => openS3Backend(place),
    setRunner: (runner) => change({ runner }),
    expireLeases: () => change({ leaseUntil: longAgo }),
  };
});

describeFacts("S3", async () => {
  const place = newPlace();
  return () => openS3Backend(place);
});

function projectOf(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ state: { backend: "s3", ...newPlace() } }));
  return folder;
}

const fixture = (name: string): string => fileURLToPath(new URL(`../test/fixtures/${name}`, import.meta.url));

test("runs that come all at once lose no state of one another, and the history has them all", async () => {
  const folder = projectOf();
  const stateId = "dev:tap-a-to-target-b";
  const codes = await Promise.all(
    Array.from({ length: bars.racers }, async () => {
      const words = [fixture("count-up.mjs"), folder, stateId, String(bars.runs_each)];
      return (await once(spawn(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] }), "exit"))[0];
    }),
  );
  expect(codes).toEqual(Array(bars.racers).fill(0));
  await using store = await openStore(openProject(folder), "dev");
  const all = bars.racers * bars.runs_each;
  expect((await store.state(stateId))?.value).toBe(`{"count":${all}}`);
  expect(new Set((await store.history(stateId, 1000)).map(({ runId }) => runId)).size).toBe(all);
});

test("states that are changed together are all changed or none, whenever processes are killed", async ({ task }) => {
  const folder = projectOf();
  const random = seededRandom(7);
  let kills = 0;
  const write = async (name: string): Promise<void> => {
    for (let round = 0; round < bars.kills; round++) {
      const child = spawn(process.execPath, [fixture("change-together.mjs"), folder, `${name}${round}`], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const closed = once(child, "close");
      await once(child.stdout, "data");
      await pause(random() * 150);
      if (child.kill("SIGKILL")) kills++;
      await closed;
    }
  };
  const seen: string[] = [];
  const look = { on: true };
  const watch = async (): Promise<void> => {
    await using store = await openStore(openProject(folder), "dev");
    while (look.on) seen.push((await store.states()).map(({ value }) => value).join(" "));
  };
  const watching = watch();
  await Promise.all([write("a"), write("b")]);
  look.on = false;
  await watching;
  await using store = await openStore(openProject(folder), "dev");
  // The last look begins after the last kill: it settles what was left open.
  await store.states();
  const values = (await store.states()).map(({ value }) => value);
  task.meta.result = { kills, looks: seen.length, last: values[0] };
  expect(values).toHaveLength(3);
  expect(new Set(values).size).toBe(1);
  expect(kills).toBeGreaterThanOrEqual(bars.kills);
});
