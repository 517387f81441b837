/** What the program does with its words: its own commands, dbt's that make and test tables, and all others as dbt has them. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { UtilityRun } from "@tapline/sdk";
import { readWords } from "./arguments.ts";
import type { Config } from "./config.ts";
import { dbtProgram } from "./environment/dbt-program.ts";
import { errors } from "./errors.ts";
import { generate } from "./generate-command.ts";
import { initProject } from "./init.ts";
import { writeProfile } from "./profile/profile.ts";
import { failureOf } from "./run/outcome.ts";
import { runNodes } from "./run/run-nodes.ts";
import { startDbt } from "./run/start-dbt.ts";

/** dbt's commands that run nodes. */
const running = new Set(["build", "run", "test", "snapshot", "seed", "source", "retry"]);

/** @throws what is in the catalogue of this plugin */
export async function work(run: UtilityRun<Config>): Promise<void> {
  const { args, config, context, privateFolder, report, signal } = run;
  const projectDir = resolve(context.project, config.project_dir ?? "transform");
  const words = readWords(args, { folder: context.project, projectDir });
  if (args[0] === "generate") return generate(run, projectDir);
  if (args[0] === "init") return initProject(projectDir, report);
  if (!existsSync(join(projectDir, "dbt_project.yml"))) throw errors.project_missing({ folder: projectDir });
  const program = dbtProgram(config, context);
  const profile = writeProfile(config, context, privateFolder);
  const env = { ...profile.env, ...quiet, DBT_PROJECT_DIR: projectDir };
  if (running.has(words.command)) return runNodes({ run, program, env, words });
  const end = await startDbt({ program, args: words.words, env, signal });
  const failure = signal.aborted ? undefined : failureOf({ end, nodes: [], troubles: [], lastWords: "" });
  if (failure !== undefined) throw failure;
}

/** No usage statistics. */
const quiet = { DBT_SEND_ANONYMOUS_USAGE_STATS: "false", DO_NOT_TRACK: "1", PYTHONUNBUFFERED: "1" };
