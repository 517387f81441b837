/** Runs a command: one of this plugin, one of dbt's that makes and tests tables, or any other of dbt's unchanged. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { UtilityRun } from "@tapline/sdk";
import { readArguments } from "./arguments.ts";
import type { Config } from "./config.ts";
import { dbtProgram } from "./environment/dbt-program.ts";
import { errors } from "./errors.ts";
import { generate } from "./generate-command.ts";
import { initProject } from "./init.ts";
import { type Profile, writeProfile } from "./profile/profile.ts";
import { failureOf } from "./run/outcome.ts";
import { runNodes } from "./run/run-nodes.ts";
import { startDbt } from "./run/start-dbt.ts";

/** The dbt commands that run nodes. */
const running = new Set(["build", "run", "test", "snapshot", "seed", "source", "retry"]);

/** @throws the errors in `errors.ts` */
export async function work(run: UtilityRun<Config>): Promise<void> {
  const { args, config, context, privateFolder, report, signal } = run;
  const projectDir = resolve(context.project, config.project_dir ?? "transform");
  const dbtArguments = readArguments(args, { folder: context.project, projectDir });
  if (args[0] === "generate") return generate(run, projectDir);
  if (args[0] === "init") return initProject(projectDir, report);
  if (!existsSync(join(projectDir, "dbt_project.yml"))) throw errors.project_missing({ folder: projectDir });
  const program = dbtProgram(config, context);
  const profile = writeProfile(config, context, privateFolder);
  const env = { ...profile.env, ...quiet, DBT_PROJECT_DIR: projectDir };
  if (running.has(dbtArguments.command)) return runNodes({ run, program, env: { ...env, ...reportTables(profile) }, dbtArguments });
  const end = await startDbt({ program, args: dbtArguments.args, env, signal });
  const failure = signal.aborted ? undefined : failureOf({ end, nodes: [], troubles: [], lastLine: "" });
  if (failure !== undefined) throw failure;
}

/** dbt's adapter for DuckDB does not report row counts, so start_dbt.py does. */
function reportTables({ adapter, env }: Profile): Record<string, string> {
  return adapter === "duckdb" ? { TAPLINE_REPORT_TABLES: env.TAPLINE_PATH ?? "" } : {};
}

/** Without usage statistics. */
const quiet = { DBT_SEND_ANONYMOUS_USAGE_STATS: "false", DO_NOT_TRACK: "1", PYTHONUNBUFFERED: "1" };
