/**
 * dbt in practice, on DuckDB and PostgreSQL: broken projects, failing models and tests, locks, kills, stops, retries, running only
 * what depends on new rows, and the cost of the plugin over dbt alone.
 * Covers: plugins/dbt/src/run, plugins/dbt/src/profile, plugins/dbt/src/environment, plugins/dbt/python, plugins/dbt/test/project.ts, plugins/dbt/long/dbt.test.ts
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { suiteDatabase } from "@tapline/testing/postgres";
import { describe, expect, test } from "vitest";
import { readTable } from "../../target-duckdb/test/read-table.ts";
import { dbtForTests } from "../test/dbt-for-tests.ts";
import { makeProject, nodesOf, type ProjectOptions, stagingFiles, type TestProject } from "../test/project.ts";
import bars from "./dbt.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const database = suiteDatabase();
const staging = stagingFiles("main");
const tapline = fileURLToPath(new URL("../../../packages/cli/bin/tapline.js", import.meta.url));

function onDuckdb(options: Partial<ProjectOptions> = {}): Promise<TestProject> {
  return makeProject({ target: { name: "target-duckdb", config: { filepath: "w.duckdb" } }, files: staging, ...options });
}

async function statuses(project: TestProject, step = 1): Promise<Record<string, string>> {
  return Object.fromEntries((await nodesOf(project, step)).map(({ name, status }) => [name, status]));
}

async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 120_000; !(await isTrue()); ) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Processes whose command line or environment names this text. */
function processesWith(text: string): number[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const own = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/environ`, "latin1") + readFileSync(`/proc/${pid}/cmdline`, "latin1") : "";
      return own.includes(text) ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

describe("a clear end, and a second run that works", () => {
  test("a failing model: the complete error, its dependents skipped, and retry runs only these two", async () => {
    const project = await onDuckdb({
      files: {
        ...staging,
        "models/total.sql": "select nope from {{ ref('stg_items') }}",
        "models/top.sql": "select 1 as one from {{ ref('total') }}",
      },
    });
    const { code, err } = await project.tapline("run", "daily");
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/Failed: dbt: .*model total had an error: .*"nope" not found.*LINE \d.*dbt retry/),
    ]);
    expect(await statuses(project)).toMatchObject({ stg_items: "ok", total: "error", top: "skipped" });
    project.write("transform/models/total.sql", "select count(*) as items from {{ ref('stg_items') }}");
    const again = await project.tapline("runs", "retry");
    expect([again.code, again.err]).toEqual([0, expect.stringContaining("running only the nodes that failed or were skipped last time")]);
    expect(await statuses(project)).toEqual({ total: "ok", top: "ok" });
    project.write("transform/models/top.sql", "select nope from {{ ref('total') }}");
    expect((await project.tapline("dbt", "build")).code).toBe(1);
    project.write("transform/models/top.sql", "select 1 as one from {{ ref('total') }}");
    expect((await project.tapline("dbt", "retry")).code).toBe(0);
    expect(await statuses(project, 0)).toEqual({ top: "ok" });
    expect((await project.tapline("run", "daily")).code).toBe(0);
  });

  test("a failing test stops the dependents of its model, or is only a warning", async () => {
    const files: Record<string, string> = { ...staging, "models/top.sql": "select 1 as one from {{ ref('stg_items') }}" };
    const bad = {
      ...files,
      "models/models.yml": (files["models/models.yml"] ?? "").replace("not_null", "{accepted_values: {arguments: {values: ['1']}}}"),
    };
    const stopped = await onDuckdb({ files: bad });
    const { code, err } = await stopped.tapline("run", "daily");
    expect([code, err]).toEqual([1, expect.stringMatching(/Failed: dbt: .*test accepted_values_\S+ failed \(2 rows\): Got 2 results/)]);
    expect(await statuses(stopped)).toMatchObject({ stg_items: "ok", top: "skipped", total: "skipped" });
    const warned = await onDuckdb({ files: bad, dbt: { on_test_failure: "warn" } });
    const second = await warned.tapline("run", "daily");
    expect([second.code, second.err]).toEqual([0, expect.stringMatching(/warning: test accepted_values_\S+ failed \(2 rows\)/)]);
    expect(await statuses(warned)).toMatchObject({ stg_items: "ok", top: "ok", total: "ok", unique_stg_items_id: "ok" });
    expect(await warned.tapline("dbt", "build", "--empty")).toMatchObject({ code: 0 });
  });

  test("a project that is broken", async () => {
    const project = await onDuckdb({ files: { ...staging, "models/broken.sql": "select * from {{ ref('nowhere') }}" } });
    const { code, err } = await project.tapline("run", "daily");
    expect([code, err]).toEqual([1, expect.stringMatching(/Failed: dbt: dbt could not start: .*nowhere.* which was not found/)]);
    rmSync(join(project.folder, "transform/models/broken.sql"));
    expect((await project.tapline("dbt", "build")).code).toBe(0);
  });

  test("no dbt project, no dbt installed, an invalid executable", async () => {
    const none = await onDuckdb({ dbt: { project_dir: "elsewhere" } });
    expect((await none.tapline("dbt", "ls")).err).toMatch(/There is no dbt_project.yml in \S+elsewhere[\s\S]*tapline dbt init/);
    const missing = await onDuckdb({ dbt: { executable: "./no-dbt" } });
    expect(await missing.tapline("run", "dbt", "build")).toMatchObject({ code: 1, err: expect.stringMatching(/no-dbt can't be started/) });
    const config = JSON.parse(readFileSync(join(missing.folder, "tapline.yml"), "utf8"));
    delete config.plugins.dbt.config.executable;
    missing.write("tapline.yml", JSON.stringify(config));
    expect(await missing.tapline("run", "dbt", "build")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/dbt is not installed.*tapline dbt install/),
    });
  });

  test("install: the locked versions, then a build with them; without Python the error names what is missing", async () => {
    const project = await onDuckdb();
    const config = JSON.parse(readFileSync(join(project.folder, "tapline.yml"), "utf8"));
    delete config.plugins.dbt.config.executable;
    project.write("tapline.yml", JSON.stringify(config));
    project.write("bin/sh", "");
    const none = spawnSync(process.execPath, [tapline, "dbt", "install"], {
      ...{ cwd: project.folder, encoding: "utf8", env: { ...process.env, PATH: join(project.folder, "bin") } },
    });
    expect([none.status, none.stderr]).toEqual([2, expect.stringMatching(/python3 is not in PATH.*Install Python 3 with venv and pip/)]);
    const { code, out } = await project.tapline("dbt", "install");
    expect([code, out]).toEqual([0, expect.stringMatching(/installed {2}dbt\/target-duckdb 1\.11\.16/)]);
    const lock = JSON.parse(readFileSync(join(project.folder, "tapline.lock.json"), "utf8"));
    expect(lock.python["dbt/target-duckdb"].packages).toEqual(
      expect.arrayContaining(["dbt-core==1.11.16", "dbt-duckdb==1.11.1", "duckdb==1.5.5"]),
    );
    expect((await project.tapline("install")).out).toContain("All plugins of this project are installed.");
    expect((await project.tapline("run", "daily")).code).toBe(0);
  });

  test("a file that another program has locked: an error that can be retried", async () => {
    const project = await onDuckdb({
      jobs: { daily: ["tap-csv target-duckdb"], models: { retry: { attempts: 1 }, steps: ["dbt build"] } },
    });
    await project.tapline("run", "daily");
    const other = await DuckDBInstance.create(join(project.folder, "w.duckdb"));
    const { code, err } = await project.tapline("run", "models");
    other.closeSync();
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/Failed: dbt: The database file is locked by another process.*Conflicting lock/),
    ]);
    expect((await project.tapline("run", "models")).code).toBe(0);
  });

  test("dbt is killed", async () => {
    const slow = await onDuckdb({ files: { ...staging, "models/slow.sql": slowModel } });
    const run = slow.start("run", "daily");
    const dbt = await dbtOf(slow);
    process.kill(dbt, "SIGKILL");
    expect(await run.answer).toMatchObject({ code: 1, err: expect.stringMatching(/Failed: dbt: dbt was killed by SIGKILL/) });
    rmSync(join(slow.folder, "transform/models/slow.sql"));
    expect((await slow.tapline("run", "daily")).code).toBe(0);
  });
});

/** A query of minutes that returns one row. */
const slowModel =
  "{{ config(materialized='table') }}\nselect count(*) as n from range(3000000) a, range(300000) b where (a.range * b.range) % 7 = 3";

/** Its pid, once it runs models. */
async function dbtOf({ folder }: TestProject): Promise<number> {
  const log = join(folder, "transform/logs/dbt.log");
  await until(
    () => existsSync(log) && readFileSync(log, "utf8").includes("START sql table model analytics.slow"),
    "dbt runs the slow model",
  );
  const found = processesWith("start_dbt.py").find((pid) => processesWith(folder).includes(pid));
  if (found === undefined) throw new Error("no dbt of this project runs");
  return found;
}

describe("a stop", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("%s cancels the query on DuckDB, and no process is left", async (signal) => {
    const project = await onDuckdb({ files: { ...staging, "models/slow.sql": slowModel } });
    const run = project.start("run", "daily");
    const dbt = await dbtOf(project);
    const asked = Date.now();
    run.child.kill(signal);
    expect((await run.answer).code).toBe(signal === "SIGINT" ? 130 : 143);
    expect(Date.now() - asked).toBeLessThan(20_000);
    expect(existsSync(`/proc/${dbt}`)).toBe(false);
    rmSync(join(project.folder, "transform/models/slow.sql"));
    expect((await project.tapline("run", "daily")).code).toBe(0);
  });

  test("while the project is read for select: downstream: reported as a stop, not as a failure of dbt", async () => {
    const project = await onDuckdb({ dbt: { select: "downstream" } });
    const run = project.start("run", "daily");
    const isReading = (): boolean => processesWith("start_dbt.py").some((pid) => processesWith(project.folder).includes(pid));
    await until(isReading, "dbt reads the project");
    run.child.kill("SIGINT");
    const { code, err } = await run.answer;
    expect({ code, err }).toEqual({ code: 130, err: expect.not.stringContaining("was killed by") });
    expect(isReading()).toBe(false);
  });

  test("on PostgreSQL the server's query ends too, even when the runner is killed", async () => {
    const { host, port, user, password, database: name, read } = database();
    const project = await makeProject({
      target: { name: "target-postgres", config: { host, port, user, password, database: name } },
      files: { ...stagingFiles("public"), "models/slow.sql": "{{ config(materialized='table') }}\nselect pg_sleep(600)::text as slept" },
    });
    const sleeping = async (): Promise<number> =>
      (await read("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()"))
        .length;
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const run = project.start("run", "daily");
      await until(async () => (await sleeping()) > 0, "the query runs");
      run.child.kill(signal);
      await run.answer;
      await until(async () => (await sleeping()) === 0, `the query ends after ${signal}`);
      await until(() => processesWith(project.folder).length === 0, "no process is left");
    }
    rmSync(join(project.folder, "transform/models/slow.sql"));
    expect((await project.tapline("run", "daily")).code).toBe(0);
  });
});

describe("concurrent runs", () => {
  test("two builds of one project wait for each other, and so does a load into the same file", async () => {
    const project = await onDuckdb({
      jobs: { daily: ["tap-csv target-duckdb", "dbt build"], again: [{ run: "tap-csv target-duckdb", state_id_suffix: "again" }] },
    });
    expect((await project.tapline("run", "daily")).code).toBe(0);
    const [build, other, load] = await Promise.all([
      project.tapline("run", "dbt", "build"),
      project.tapline("run", "dbt", "snapshot"),
      project.tapline("run", "again"),
    ]);
    expect([build.code, other.code, load.code]).toEqual([0, 0, 0]);
    expect([build, other, load].filter(({ err }) => err.includes("waiting for another run that writes to")).length).toBeGreaterThanOrEqual(
      2,
    );
  });
});

describe("select: downstream", () => {
  const files = {
    "models/from_items.sql": "select * from {{ source('raw', 'items') }}",
    "models/on_top.sql": "select count(*) as n from {{ ref('from_items') }}",
    "models/from_orders.sql": "select * from {{ source('raw', 'the orders') }}",
    "models/alone.sql": "select 1 as one",
    "models/models.yml":
      "sources: [{ name: raw, schema: main, tables: [{ name: the_items, identifier: items }, { name: the orders, identifier: orders }] }]",
  };
  const own = { ...files, "models/from_items.sql": "select * from {{ source('raw', 'the_items') }}" };

  test("only the dependents of loaded streams, nothing without new rows, everything with --full; a failed run is caught up", async () => {
    const project = await onDuckdb({
      files: own,
      dbt: { select: "downstream" },
      jobs: { daily: ["tap-csv target-duckdb", "dbt build"], full: ["dbt build --full"] },
    });
    const orders = { entity: "orders", path: "orders.csv", keys: ["id"] };
    const config = JSON.parse(readFileSync(join(project.folder, "tapline.yml"), "utf8"));
    config.plugins["tap-csv"].config.files.push(orders);
    writeFileSync(join(project.folder, "tapline.yml"), JSON.stringify(config));
    project.write("orders.csv", "id,item\n1,1\n");
    expect((await project.tapline("run", "daily")).code).toBe(0);
    expect(await statuses(project)).toEqual({ from_items: "ok", on_top: "ok", from_orders: "ok" });
    const idle = await project.tapline("run", "daily");
    expect([idle.code, idle.err, await statuses(project)]).toEqual([
      0,
      expect.stringContaining("no new rows since this step last succeeded"),
      {},
    ]);
    project.write("orders.csv", "id,item\n1,1\n2,1\n");
    project.write("transform/models/from_orders.sql", "select broken from {{ source('raw', 'the orders') }}");
    expect((await project.tapline("run", "daily")).code).toBe(1);
    expect(await statuses(project)).toEqual({ from_orders: "error" });
    project.write("transform/models/from_orders.sql", files["models/from_orders.sql"]);
    expect((await project.tapline("run", "daily")).code).toBe(0);
    expect(await statuses(project)).toEqual({ from_orders: "ok" });
    expect((await project.tapline("run", "full")).code).toBe(0);
    expect(await statuses(project, 0)).toEqual({ alone: "ok", from_items: "ok", on_top: "ok", from_orders: "ok" });
  });
});

test("a snapshot, freshness of a source and --defer are in the history, or work as in dbt", async () => {
  const project = await onDuckdb({
    files: {
      ...staging,
      "snapshots/items_history.yml": `snapshots: [{ name: items_history, relation: "source('raw', 'items')", config: { unique_key: id, strategy: check, check_cols: all } }]`,
      "models/models.yml":
        "sources: [{ name: raw, schema: main, config: { freshness: { error_after: { count: 1, period: day } }, loaded_at_field: _sdc_batched_at }, tables: [{ name: items }] }]",
    },
  });
  expect((await project.tapline("run", "daily")).code).toBe(0);
  expect(await nodesOf(project, 1)).toContainEqual(expect.objectContaining({ kind: "snapshot", name: "items_history", status: "ok" }));
  expect((await project.tapline("dbt", "source", "freshness")).code).toBe(0);
  expect(await nodesOf(project, 0)).toMatchObject([{ kind: "source", status: "ok" }]);
  const { code, out, err } = await project.tapline("dbt", "ls", "--resource-type", "model");
  expect({ code, out, err }).toMatchObject({ code: 0, out: expect.stringContaining("shop.stg_items") });
  const kept = join(project.folder, "kept");
  spawnSync("cp", ["-r", join(project.folder, "transform/target"), kept]);
  expect((await project.tapline("dbt", "build", "--select", "total", "--defer", "--state", "kept")).code).toBe(0);
});

test("generate writes sources and staging models for the streams of jobs, and dbt builds them; a second time nothing changes, and edits are kept", async () => {
  const project = await onDuckdb({ files: {} });
  await project.tapline("run", "tap-csv", "target-duckdb");
  expect((await project.tapline("dbt", "generate")).code).toBe(0);
  expect((await project.tapline("dbt", "build")).code).toBe(0);
  expect(await statuses(project, 0)).toMatchObject({ stg_items: "ok" });
  const model = join(project.folder, "transform/models/staging/raw/items/stg_items.sql");
  const edited = `${readFileSync(model, "utf8")}-- ours\n`;
  writeFileSync(model, edited);
  const { err } = await project.tapline("dbt", "generate");
  expect(err).toMatch(/0 written, \d+ unchanged, 1 not changed because they were edited/);
  expect(readFileSync(model, "utf8")).toBe(edited);
  expect(await project.tapline("dbt", "generate", "itmes")).toMatchObject({
    code: 64,
    err: expect.stringContaining("Did you mean items?"),
  });
});

test("values of settings are never read as Jinja or numbers", async () => {
  const { host, port, user, password, database: name, read } = database();
  await read(`CREATE ROLE "{{ o'dd }}" SUPERUSER LOGIN PASSWORD '12345'`, `GRANT ALL ON DATABASE ${name} TO "{{ o'dd }}"`);
  const project = await makeProject({
    target: { name: "target-postgres", config: { host, port, user: "{{ o'dd }}", password: "12345", database: name } },
    files: stagingFiles("public"),
  });
  expect(user + password).not.toBe("");
  expect(await project.tapline("run", "daily")).toMatchObject({ code: 0 });
  await read(`REASSIGN OWNED BY "{{ o'dd }}" TO ${user}`, `DROP OWNED BY "{{ o'dd }}"`, `DROP ROLE "{{ o'dd }}"`);
});

test("costs less than a tenth over dbt alone", async ({ task }) => {
  const models = Array.from({ length: 30 }, (_, at) => [
    `models/m${at}.sql`,
    `{{ config(materialized='table') }}\nselect ${at} as id, range as n from range(200000)`,
  ]);
  const project = await onDuckdb({ files: { ...staging, ...Object.fromEntries(models) } });
  expect((await project.tapline("run", "daily")).code).toBe(0);
  const profiles = {
    shop: { target: "dev", outputs: { dev: { type: "duckdb", path: join(project.folder, "w.duckdb"), schema: "analytics", threads: 4 } } },
  };
  project.write("profiles/profiles.yml", JSON.stringify(profiles));
  const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: "false" };
  const dbt = await dbtForTests();
  const bare = (): void => {
    const { status, stdout } = spawnSync(dbt, ["build", "--profile", "shop", "--project-dir", "transform", "--profiles-dir", "profiles"], {
      cwd: project.folder,
      env,
      encoding: "utf8",
    });
    expect(status, stdout).toBe(0);
  };
  const seconds = { bare: [] as number[], ours: [] as number[] };
  const measure = async (into: number[], work: () => unknown): Promise<void> => {
    const start = Date.now();
    await work();
    into.push((Date.now() - start) / 1000);
  };
  const discard: number[] = [];
  for (let round = 0; round < 6; round++) {
    await measure(round === 0 ? discard : seconds.bare, bare);
    await measure(round === 0 ? discard : seconds.ours, async () => expect((await project.tapline("dbt", "build")).code).toBe(0));
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const ratio = median(seconds.ours) / median(seconds.bare);
  task.meta.result = {
    nodes: 34,
    pairs: 5,
    bare_seconds: median(seconds.bare),
    seconds: median(seconds.ours),
    ratio: Math.round(ratio * 1000) / 1000,
  };
  expect(await readTable(join(project.folder, "w.duckdb"), "m29", "analytics")).toHaveLength(200_000);
  expect(ratio).toBeLessThan(bars.most_times_of_bare);
});
