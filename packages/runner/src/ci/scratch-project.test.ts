/** What a trial makes of a project: no target keeps what leads to a real place, and no tap moves anything at its source. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Project } from "../model/project.ts";
import { entryOf } from "../project/plugin-entry.ts";
import { parseProject } from "../project/project-file.ts";
import { combine } from "../project/project-files.ts";
import { keptSettings, type Scratch, scratchProject } from "./scratch-project.ts";

const projectOf = (yaml: string): Project => ({
  ...{ folder: "/shop", path: "/shop/tapline.yml", variables: {}, processEnv: {} },
  parsed: combine([parseProject(yaml, "/shop/tapline.yml")]),
});

const yaml = `
plugins:
  tap-postgres:
    config: { host: prod, default_replication_method: LOG_BASED }
    metadata: { "public-*": { replication-method: LOG_BASED } }
    files: { archive: done }
  tap-inbox: { inherit_from: tap-postgres }
  warehouse:
    kind: target
    config: { default_target_schema: raw, load_method: overwrite, hard_delete: true, host: prod, sqlalchemy_url: postgresql://prod/shop, role: owner }
  dbt: { config: { target: warehouse, schema: analytics } }
environments:
  prod:
    env: { DAY: monday }
    state: { backend: s3, path: "s3://states" }
    plugins: { warehouse: { inherit_from: target-postgres, config: { password: $SECRET, column_names: snake_case } } }
state: { backend: postgres, url: "postgresql://prod/states" }
jobs: { daily: [tap-postgres warehouse, dbt build], files: [tap-inbox target-jsonl] }
`;

const file: Scratch = { target: "target-duckdb", config: { filepath: "/tmp/a$b.duckdb" } };

test("every target becomes the scratch one: settings of loading stay, those of a place go, in all environments", () => {
  const { parsed } = scratchProject(projectOf(yaml), "prod", file);
  expect(entryOf(parsed, "warehouse", "prod")).toEqual({
    entry: {
      kind: "target",
      config: { default_target_schema: "raw", hard_delete: true, column_names: "snake_case", filepath: "/tmp/a$$b.duckdb" },
    },
    chain: ["warehouse", "target-duckdb"],
  });
  // One that only a job names.
  expect(entryOf(parsed, "target-jsonl", "prod").chain).toEqual(["target-jsonl", "target-duckdb"]);
  expect(entryOf(parsed, "dbt", "prod").entry.config).toEqual({ target: "warehouse", schema: "analytics" });
  expect(parsed.file.environments?.prod).toEqual({ env: { DAY: "monday" } });
  expect([parsed.file.state, parsed.file.notify]).toEqual([undefined, undefined]);
});

test("taps read whole what they follow, and put no file away, also where they inherit that", () => {
  const { parsed } = scratchProject(projectOf(yaml), "prod", file);
  for (const name of ["tap-postgres", "tap-inbox"])
    expect(entryOf(parsed, name, "prod").entry).toEqual({
      kind: "tap",
      config: { host: "prod", default_replication_method: "FULL_TABLE" },
      metadata: { "public-*": { "replication-method": "FULL_TABLE" } },
    });
});

test("a target of the project as scratch keeps its connection, apart from its database, and gives it to the others", () => {
  const scratch = { target: "scratch-postgres", config: { database: "tapline_ci_1" } };
  const { parsed } = scratchProject(
    projectOf(
      yaml.replace("  dbt:", "  scratch-postgres: { inherit_from: target-postgres, config: { host: ci, database: postgres } }\n  dbt:"),
    ),
    "prod",
    scratch,
  );
  expect(entryOf(parsed, "scratch-postgres", "prod")).toMatchObject({ entry: { config: { host: "ci", database: "tapline_ci_1" } } });
  expect(entryOf(parsed, "warehouse", "prod")).toMatchObject({
    entry: { config: { host: "ci", database: "tapline_ci_1", default_target_schema: "raw" } },
    chain: ["warehouse", "scratch-postgres", "target-postgres"],
  });
  expect(JSON.stringify(parsed.file.plugins?.warehouse)).not.toContain("prod");
});

test("a plugin that is called like the scratch one would hand its settings down: refused", () => {
  const mixed = projectOf(yaml.replace("  dbt:", "  target-duckdb: { config: { filepath: x, default_target_schema: other } }\n  dbt:"));
  expect(() => scratchProject(mixed, "prod", file)).toThrow(
    /target-jsonl becomes target-duckdb in a trial, and would get its settings default_target_schema/,
  );
});

test("the settings that stay are known to target-duckdb, and each of its settings was looked at", () => {
  const path = fileURLToPath(new URL("../../../../schemas/target-duckdb-settings.schema.json", import.meta.url));
  const all = Object.keys((JSON.parse(readFileSync(path, "utf8")) as { properties: object }).properties);
  const ownOrOfTheRun = [
    ...["filepath", "memory_limit", "threads", "deselected", "state_id", "run_id", "continues", "replace_range", "replace_streams"],
    ...["checks", "commit_checks", "commit_once", "batch_inputs", "batch_folder", "shutdown_timeout_ms"],
  ];
  expect(all.filter((setting) => !keptSettings.has(setting)).sort()).toEqual(ownOrOfTheRun.sort());
  expect([...keptSettings].filter((setting) => !all.includes(setting))).toEqual([]);
});
