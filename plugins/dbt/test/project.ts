/** A project with a CSV file, a target and a dbt project, in a temporary folder, for the real `tapline` and the real dbt. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { dbtForTests } from "./dbt-for-tests.ts";

export interface Answer {
  code: number | null;
  out: string;
  err: string;
}

export interface Started {
  child: ChildProcess;
  answer: Promise<Answer>;
}

export interface TestProject {
  folder: string;
  write(path: string, content: string): void;
  start(...args: string[]): Started;
  tapline(...args: string[]): Promise<Answer>;
}

export interface ProjectOptions {
  target: { name: string; config: object };
  /** Settings of the plugin dbt. */
  dbt?: object;
  jobs?: object;
  /** Files of the dbt project by path. */
  files: Record<string, string>;
}

/** items.csv has the columns id and price. */
export async function makeProject({ target, dbt = {}, jobs, files }: ProjectOptions): Promise<TestProject> {
  const executable = await dbtForTests();
  const folder = mkdtempSync(join(tmpdir(), "tapline-dbt-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const project = {
    plugins: {
      "tap-csv": { config: { files: [{ entity: "items", path: "items.csv", keys: ["id"] }] } },
      [target.name]: { config: target.config },
      dbt: { config: { target: target.name, executable, ...dbt } },
    },
    jobs: jobs ?? { daily: [`tap-csv ${target.name}`, "dbt build"] },
  };
  write("tapline.yml", JSON.stringify(project));
  write("items.csv", "id,price\n1,2.50\n2,3.00\n3,4.25\n");
  write("transform/dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: tapline\n");
  for (const [path, content] of Object.entries(files)) write(`transform/${path}`, content);
  const start = (...args: string[]): Started => startTapline(folder, args);
  return { folder, write, start, tapline: (...args) => start(...args).answer };
}

function startTapline(folder: string, args: readonly string[]): Started {
  const bin = fileURLToPath(new URL("../../../packages/cli/bin/tapline.js", import.meta.url));
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const answer = Promise.all([ended, text(child.stdout), text(child.stderr)]).then(([code, out, err]) => ({ code, out, err }));
  return { child, answer };
}

/** A staging model over the loaded items, with tests of its key. */
export function stagingFiles(schema: string): Record<string, string> {
  return {
    "models/stg_items.sql": "{{ config(materialized='table') }}\nselect id, price from {{ source('raw', 'items') }}\n",
    "models/total.sql": "select count(*) as items, sum(price) as price from {{ ref('stg_items') }}\n",
    "models/models.yml": `
sources:
  - name: raw
    schema: ${schema}
    tables: [{ name: items }]
models:
  - name: stg_items
    columns: [{ name: id, data_tests: [unique, not_null] }]
`,
  };
}

export interface ShownNode {
  kind: string;
  name: string;
  status: string;
  seconds: number;
  rows: number | null;
  message: string | null;
}

/** The step of the last run, from the history. */
export async function nodesOf(project: TestProject, step: number): Promise<ShownNode[]> {
  const { out } = await project.tapline("runs", "show", "--json");
  const { steps } = JSON.parse(out) as { steps: { index: number; nodes?: ShownNode[] }[] };
  return steps.find(({ index }) => index === step)?.nodes ?? [];
}
