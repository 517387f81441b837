/**
 * target-parquet with a root in S3, on moto: all checks of the kit, kills at random moments, writers that race, answers that are lost, large
 * files in parts, and what is wrong with endpoint, credentials and bucket. moto has the conditional writes of AWS; it is not AWS.
 * Covers: packages/sdk/src/target, packages/columns/src, plugins/target-parquet/src, plugins/target-parquet/test, plugins/target-parquet/long
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, CreateMultipartUploadCommand, DeleteObjectCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { describeTarget, ownCommand } from "@tapline/testing";
import { seededRandom } from "@tapline/testing/seeded-random";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadLines, record, schema, state, temporaryFolder } from "../test/load-lines.ts";
import { startLossyProxy } from "../test/lossy-proxy.ts";
import { type ObjectStore, startObjectStore } from "../test/object-store.ts";
import { readStream } from "../test/read-stream.ts";
import { commits, counted, input, loadUnderFire, reachedIn, rowsEach } from "../test/under-fire.ts";
import bars from "./parquet-s3.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const bin = fileURLToPath(new URL("../bin/target-parquet.js", import.meta.url));
const bucket = "lake";
let moto: ObjectStore;

/** Where a folder of a test has its rows. */
const placeOf = (folder: string) => ({ destination_path: `s3://${bucket}/${basename(folder)}`, endpoint: moto.endpoint });
const look = (folder: string): Promise<string> => moto.mirror(bucket, basename(folder), join(folder, "mirror"));

beforeAll(async () => {
  for (const name of ["AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"]) delete process.env[name];
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret", AWS_EC2_METADATA_DISABLED: "true" });
  moto = await startObjectStore();
  await moto.client.send(new CreateBucketCommand({ Bucket: bucket }));
}, 300_000);

afterAll(async () => {
  await moto?.[Symbol.asyncDispose]();
});

describeTarget({
  command: ownCommand(import.meta.url),
  config: placeOf,
  // The kit asks in turns and side by side: each answer has a mirror of its own.
  read: async (stream, folder) => readStream(stream, await moto.mirror(bucket, basename(folder), temporary(folder))),
  loadMethods: ["append-only", "upsert", "overwrite"],
  anyInteger: true,
});

let mirrors = 0;
const temporary = (folder: string): string => join(folder, `mirror-${++mirrors}`);

test.each([
  ["appends", []],
  ["upserts", ["id"]],
])("%s, killed at random moments: ledger and rows agree each time, every row is there once at the end", async (_, keys) => {
  const random = seededRandom(19);
  for (let kills = 0; kills < bars.kills; ) {
    const folder = temporaryFolder();
    kills += await loadUnderFire({ settings: placeOf(folder), look: () => look(folder) }, folder, keys, bars.kills - kills, random);
  }
});

test("two writers of one root: no row is lost or doubled, and the one that lost says who took over", async ({ task }) => {
  let refused = 0;
  for (let round = 0; round < bars.races; round++) {
    const folder = temporaryFolder();
    const text = input(0, []);
    const ended = await Promise.all(
      ["one", "two"].map(async (run) => {
        const config = join(folder, `${run}.json`);
        writeFileSync(config, JSON.stringify({ ...placeOf(folder), state_id: "s", run_id: run, commit_after_ms: 0 }));
        const child = spawn(process.execPath, [bin, "--config", config], { stdio: ["pipe", "pipe", "pipe"] });
        let [said, states] = ["", ""];
        child.stdout.on("data", (chunk: Buffer) => {
          states += chunk;
        });
        child.stderr.on("data", (chunk: Buffer) => {
          said += chunk;
        });
        child.stdin.on("error", () => {});
        child.stdin.end(text);
        const [code] = await once(child, "close");
        const last = states.trim().split("\n").at(-1);
        return { code, said, committed: last ? JSON.parse(last) : 0 };
      }),
    );
    const lake = await look(folder);
    // Each loads the whole input. Both end well only where the second one began after the first one's end.
    const losers = ended.filter(({ code }) => code !== 0);
    for (const { said } of losers) expect(said).toMatch(/writer_replaced|run_superseded/);
    refused += losers.length;
    expect(losers.length).toBeLessThan(2);
    const rows = ended.reduce((sum, { committed }) => sum + committed * rowsEach, 0);
    for (const stream of ["a", "b"]) expect(await counted(lake, stream)).toEqual([rows, commits * rowsEach]);
    expect(reachedIn(lake)).toBe(commits);
  }
  task.meta.result = { rounds: bars.races, refused };
  expect(refused).toBeGreaterThan(0);
});

test("an answer to the replacement of the manifest is lost: the commit counts once", async () => {
  let puts = 0;
  await using proxy = await startLossyProxy(moto.endpoint, (method, path) => {
    return method === "PUT" && path.includes("_tapline_manifest") && ++puts % 2 === 1;
  });
  const folder = temporaryFolder();
  const text = schema({ id: { type: "integer" } }) + [1, 2, 3].map((id) => record({ id }) + state(id)).join("");
  const settings = { endpoint: proxy.endpoint, state_id: "s", run_id: "r", batch_size_rows: 1 };
  const { failure, states, summaries } = await loadLines(placeOf(folder).destination_path, text, settings);
  expect(failure).toBeUndefined();
  expect(states.at(-1)).toEqual(3);
  expect(summaries[0]).toMatchObject({ received: 3, loaded: 3, in_table: 3 });
  expect(proxy.dropped).toBeGreaterThan(2);
  expect((await readStream("s", await look(folder)))?.length).toBe(3);
});

test("an answer that stays lost: the load fails, and what it had committed keeps its files", async () => {
  let puts = 0;
  await using proxy = await startLossyProxy(moto.endpoint, (method, path) => {
    return method === "PUT" && path.includes("_tapline_manifest") && ++puts > 1;
  });
  const folder = temporaryFolder();
  const text = schema({ id: { type: "integer" } }) + record({ id: 1 }) + state(1);
  const { failure, states } = await loadLines(placeOf(folder).destination_path, text, { endpoint: proxy.endpoint });
  expect(states).toEqual([]);
  expect(failure).toMatchObject({ code: "s3_unreachable" });
  expect((await readStream("s", await look(folder)))?.length).toBe(1);
});

test("a listed file that is gone is named by the load that needs it", async () => {
  const folder = temporaryFolder();
  const { destination_path, endpoint } = placeOf(folder);
  const text = schema({ id: { type: "integer" } }, ["id"]) + record({ id: 1 }) + state(1);
  expect((await loadLines(destination_path, text, { endpoint })).failure).toBeUndefined();
  const [file] = JSON.parse(readFileSync(join(await look(folder), "_tapline_manifest.json"), "utf8")).streams[0].files;
  await moto.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${basename(folder)}/${file.path}` }));
  const { failure, states } = await loadLines(destination_path, text, { endpoint });
  expect(states).toEqual([]);
  expect(failure).toMatchObject({ code: "file_changed", message: expect.stringContaining(`${destination_path}/${file.path}`) });
});

test("a large file goes in parts; unfinished uploads of this target are ended, those of others stay", async () => {
  const folder = temporaryFolder();
  const { destination_path, endpoint } = placeOf(folder);
  const own = `${basename(folder)}/s/20260101T000000Z-0a1b2c3d-000001.parquet`;
  const others = `${basename(folder)}/s/other.parquet`;
  for (const Key of [own, others]) await moto.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  const random = seededRandom(7);
  const wide = () => Array.from({ length: 100 }, () => Math.floor(random() * 2 ** 48).toString(36)).join(" ");
  const rows = Array.from({ length: 20_000 }, (_, id) => record({ id, text: wide() }));
  const text = schema({ id: { type: "integer" }, text: { type: "string" } }) + rows.join("") + state(1);
  const { failure } = await loadLines(destination_path, text, { endpoint, compression: "none" });
  expect(failure).toBeUndefined();
  expect((await readStream("s", await look(folder)))?.length).toBe(20_000);
  const { Uploads = [] } = await moto.client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: basename(folder) }));
  expect(Uploads.map(({ Key }) => Key)).toEqual([others]);
});

describe("what is wrong is said with its remedy", () => {
  const text = schema({ id: { type: "integer" } }) + record({ id: 1 }) + state(1);
  const load = async (path: string, endpoint: string) => (await loadLines(path, text, { endpoint })).failure;

  test("wrong endpoint", async () => {
    const failure = await load(`s3://${bucket}/x`, "http://127.0.0.1:9");
    expect(failure).toMatchObject({
      code: "s3_unreachable",
      message: expect.stringContaining("127.0.0.1:9"),
      hint: expect.stringContaining("endpoint"),
    });
  });

  test("no such bucket", async () => {
    const failure = await load("s3://no-such-bucket/x", moto.endpoint);
    expect(failure).toMatchObject({
      code: "s3_bucket_missing",
      message: expect.stringContaining("no-such-bucket"),
      hint: expect.stringContaining("Create"),
    });
  });

  test("wrong credentials", async () => {
    await using strict = await startObjectStore(0);
    const failure = await load(`s3://${bucket}/x`, strict.endpoint);
    expect(failure).toMatchObject({
      code: "s3_refused",
      message: expect.stringContaining("InvalidAccessKeyId"),
      hint: expect.stringContaining("credentials"),
    });
    expect(JSON.stringify(failure)).not.toContain("secret");
  });

  test.each([
    ["the manifest", "_tapline_manifest"],
    ["files", ".parquet"],
  ])("no right to write %s: nothing is committed", async (_, part) => {
    const folder = temporaryFolder();
    const { destination_path, endpoint } = placeOf(folder);
    expect((await loadLines(destination_path, text, { endpoint })).failure).toBeUndefined();
    const isWrite = (method: string, path: string): boolean => method === "PUT" && path.includes(part);
    await using proxy = await startLossyProxy(moto.endpoint, () => false, isWrite);
    const { failure, states } = await loadLines(destination_path, text, { endpoint: proxy.endpoint });
    expect(states).toEqual([]);
    expect(failure).toMatchObject({
      code: "s3_refused",
      message: expect.stringContaining("refused writing (AccessDenied"),
      hint: expect.stringContaining("PutObject"),
    });
    expect((await readStream("s", await look(folder)))?.length).toBe(1);
  });

  test("no credentials", async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) delete process.env[name];
    try {
      const failure = await load(`s3://${bucket}/x`, moto.endpoint);
      expect(failure).toMatchObject({ code: "s3_credentials_missing", hint: expect.stringContaining("AWS_ACCESS_KEY_ID") });
    } finally {
      Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
    }
  });
});
