/**
 * A Meltano project beside the real Meltano from PyPI: the same project is run by `meltano run` and, in a copy, by `tapline run`, with Python plugins,
 * a mapping, a job, .env and incremental state. Rows and states are equal, also after further runs. States that Meltano wrote into each of its stores
 * are taken over, and exported back into Meltano, which goes on from there. A run of Meltano that is at work refuses ours. An import with `--npm` goes on from the state of the Python tap.
 * Covers: packages/runner/src/meltano, packages/runner/src/project/meltano, packages/runner/src/state/meltano, packages/workspace/src/meltano-run, packages/workspace/long/meltano-run.test.ts
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Moto, startMoto } from "@tapline/testing/moto";
import { connectPostgres, type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { begin, call, stateOf } from "../src/meltano-run/programs.ts";
import {
  addOrders,
  changeOrder,
  cloneOf,
  copyProject,
  ids,
  installProject,
  linesIn,
  makeShop,
  meltanoVersion,
} from "../src/meltano-run/project.ts";
import { root } from "../src/repository.ts";
import bars from "./meltano-run.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

let installed: string;
beforeAll(() => {
  expect(meltanoVersion).toBe(bars.meltano);
  installed = installProject();
});
afterAll(() => rmSync(installed, { recursive: true, force: true }));

async function newShop(): Promise<TestDatabase> {
  const shop = await testDatabase();
  await makeShop(shop);
  return shop;
}

const pipe = ["run", "tap-postgres", "hide-emails", "target-jsonl"];

const tables = {
  orders: "SELECT id, email, amount::numeric(12, 2), updated::timestamptz FROM loaded_by_tap_postgres.orders ORDER BY 1",
  items: "SELECT id, name FROM loaded_by_tap_postgres.items ORDER BY 1, 2",
};

test("the same rows and the same states, run after run", async ({ task }: TestContext) => {
  const shop = await newShop();
  const warehouses = { meltano: await testDatabase(), tapline: await testDatabase() };
  const folders = { meltano: copyProject(installed, shop, warehouses.meltano), tapline: copyProject(installed, shop, warehouses.tapline) };
  const counts: number[] = [];
  for (const round of [1, 2]) {
    await call(folders.meltano, ["meltano", "run", "nightly"]);
    await call(folders.tapline, ["tapline", "run", "nightly"]);
    for (const stream of ["shop-orders", "shop-items"]) expect(linesIn(folders.tapline, stream)).toEqual(linesIn(folders.meltano, stream));
    for (const sql of Object.values(tables)) expect(await warehouses.tapline.read(sql)).toEqual(await warehouses.meltano.read(sql));
    expect(await warehouses.tapline.read(tables.orders)).toEqual(
      await shop.read("SELECT id, email, amount, updated FROM shop.orders ORDER BY 1"),
    );
    for (const id of Object.values(ids))
      expect(await stateOf(folders.tapline, "tapline", id)).toEqual(await stateOf(folders.meltano, "meltano", id));
    expect(JSON.parse(await call(folders.tapline, ["tapline", "export", "meltano-state"]))).toEqual(
      JSON.parse(await call(folders.meltano, ["meltano", "state", "export"])),
    );
    counts.push(linesIn(folders.tapline, "shop-orders").length);
    await addOrders(shop, 100 * round + 101, 100 * round + 110);
    await changeOrder(shop, round, 100 * round + 150);
  }
  const orders = linesIn(folders.tapline, "shop-orders").map((line) => JSON.parse(line));
  expect(orders.filter((row) => "note" in row || row.email.includes("@"))).toEqual([]);
  task.meta.result = { lines_of_orders: counts };
});

test("a pipe goes from Meltano to tapline and back, and no row is lost or doubled", async ({ task }: TestContext) => {
  const shop = await newShop();
  // What Meltano alone does is what is to be done.
  const folders = { alone: copyProject(installed, shop, shop), handed: copyProject(installed, shop, shop) };
  const programs = ["meltano", "tapline", "meltano", "tapline"] as const;
  for (const [round, program] of programs.entries()) {
    // tapline knows the id by now: a person says that Meltano's state counts from here on.
    if (round === 3) {
      const state = JSON.stringify(await stateOf(folders.handed, "meltano", ids.files));
      await call(folders.handed, ["tapline", "state", "set", ids.files, "-"], state);
    }
    await call(folders.alone, ["meltano", ...pipe]);
    await call(folders.handed, [program, ...pipe]);
    if (program === "tapline")
      await call(folders.handed, ["meltano", "state", "import"], await call(folders.handed, ["tapline", "export", "meltano-state"]));
    await addOrders(shop, 100 * round + 201, 100 * round + 210);
    await changeOrder(shop, round + 1, 100 * round + 250);
  }
  expect(await stateOf(folders.handed, "meltano", ids.files)).toEqual(await stateOf(folders.alone, "meltano", ids.files));
  const [alone, handed] = [linesIn(folders.alone, "shop-orders"), linesIn(folders.handed, "shop-orders")];
  const result = { lines: handed.length, rows_lost: surplus(alone, handed), rows_doubled: surplus(handed, alone) };
  expect(result).toMatchObject({ rows_lost: bars.rows_lost, rows_doubled: bars.rows_doubled });
  task.meta.result = result;
});

/** How many lines there are that the other lacks. */
function surplus(lines: readonly string[], other: readonly string[]): number {
  const left = [...other];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  }).length;
}

interface StateStore {
  more: string;
  env?: Record<string, string>;
}

const stores: Record<string, () => Promise<StateStore>> = {
  "a SQLite file of another name": async () => ({ more: "database_uri: sqlite:///$MELTANO_PROJECT_ROOT/.meltano/other.db\n" }),
  "a PostgreSQL database": async () => ({ more: "database_uri: $STATES\n", env: { STATES: urlOf(await testDatabase()) } }),
  "a schema of a PostgreSQL database": async () => {
    const database = await testDatabase();
    await database.read("CREATE SCHEMA meltano");
    const url = `${urlOf(database).replace("postgresql:", "postgresql+psycopg2:")}?options=-csearch_path%3Dmeltano`;
    return { more: "", env: { MELTANO_DATABASE_URI: url } };
  },
  "a folder": async () => ({ more: "state_backend: { uri: file://$MELTANO_PROJECT_ROOT/states }\n" }),
  "S3, with keys in meltano.yml": async () => ({
    more: `state_backend: { uri: s3://states/here/, s3: { aws_access_key_id: key, aws_secret_access_key: $SECRET, endpoint_url: ${moto.endpoint} } }\n`,
    env: { SECRET: "secret" },
  }),
  "S3, with keys in the URL": async () => ({
    more: "",
    env: { MELTANO_STATE_BACKEND_URI: "s3://key:secret@states/there", MELTANO_STATE_BACKEND_S3_ENDPOINT_URL: moto.endpoint },
  }),
};

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto(join(root, ".cache/moto"));
  await fetch(`${moto.endpoint}/states`, { method: "PUT" });
});
afterAll(() => moto?.[Symbol.asyncDispose]());

const urlOf = ({ host, port, user, password, database }: TestDatabase): string =>
  `postgresql://${user}:${password}@${host}:${port}/${database}`;

const places = Object.entries(stores).map(([place, store]) => ({ place, store }));
test.for(places)("a state in $place is taken over as Meltano wrote it", async ({ store }, { task }) => {
  const shop = await newShop();
  const folder = copyProject(installed, shop, shop, await store());
  // Nothing is there yet, and tapline must not stumble over that.
  expect(await call(folder, ["tapline", "state", "list"])).not.toContain("tap-postgres");
  await call(folder, ["meltano", ...pipe]);
  const theirs = await stateOf(folder, "meltano", ids.files);
  expect(theirs).toMatchObject({ bookmarks: { "shop-orders": { replication_key_value: expect.stringMatching(/^2026-01-01T02:00/) } } });
  expect(await stateOf(folder, "tapline", ids.files)).toEqual(theirs);
  task.meta.result = { state: theirs };
});

test("a run of Meltano at work refuses ours, and its state is taken over when it has ended", async () => {
  const shop = await newShop();
  const folder = copyProject(installed, shop, shop);
  await call(folder, ["meltano", ...pipe]);
  await addOrders(shop, 201, 205);
  const holder = await connectPostgres(shop);
  await holder.query("BEGIN; LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE");
  const meltano = begin(folder, ["meltano", ...pipe]);
  const waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
  while ((await shop.read(waiting))[0]?.[0] === "0") await pause(100);
  const refused = await begin(folder, ["tapline", ...pipe]).ended;
  expect([refused.code, refused.err]).toEqual([
    3,
    expect.stringMatching(/dev:tap-postgres-to-target-jsonl is already running: run \w+, by Meltano/),
  ]);
  expect(await call(folder, ["tapline", "state", "list"])).not.toContain(ids.files);
  await holder.query("ROLLBACK");
  await holder.end();
  expect((await meltano.ended).code).toBe(0);
  const before = linesIn(folder, "shop-orders").length;
  await call(folder, ["tapline", ...pipe]);
  expect(linesIn(folder, "shop-orders")).toHaveLength(before + 1);
});

test("an import, also with plugins of npm, goes on from the state of the Python tap", async ({ task }: TestContext) => {
  const shop = await newShop();
  const warehouse = await testDatabase();
  const folder = copyProject(installed, shop, warehouse);
  await call(folder, ["meltano", "run", "nightly"]);
  const written = readFileSync(join(folder, "meltano.yml"), "utf8");
  const ours = cloneOf(folder);
  await call(folder, ["tapline", "import", "meltano"]);
  await call(folder, ["tapline", "install"]);
  const report = JSON.parse(await call(ours, ["tapline", "import", "meltano", "--npm", "all", "--json"]));
  const replaced = report.replaced.map(({ plugin }: { plugin: string }) => plugin).sort();
  expect(replaced).toEqual(["meltano-map-transformer", "tap-postgres", "target-jsonl", "target-postgres"]);
  await addOrders(shop, 201, 210);
  await changeOrder(shop, 1, 250);
  const before = linesIn(folder, "shop-orders").length;
  await call(folder, ["tapline", "run", "nightly"]);
  await call(ours, ["tapline", "run", "nightly"]);
  for (const each of [folder, ours]) {
    expect(linesIn(each, "shop-orders")).toHaveLength(before + 12);
    expect(readFileSync(join(each, "meltano.yml"), "utf8")).toBe(written);
  }
  // target-jsonl of npm adds columns to each row, which are not compared.
  const rowsOf = (each: string): string[] =>
    linesIn(each, "shop-orders")
      .map((line) => JSON.parse(line))
      .map(({ id, amount, email, updated }) => JSON.stringify([id, amount, email, Date.parse(updated)]))
      .sort();
  expect(rowsOf(ours)).toEqual(rowsOf(folder));
  expect(await warehouse.read("SELECT id, amount::numeric(12, 2) FROM loaded_by_tap_postgres.orders ORDER BY 1")).toEqual(
    await shop.read("SELECT id, amount FROM shop.orders ORDER BY 1"),
  );
  task.meta.result = { replaced, lines_after: 12 };
});
