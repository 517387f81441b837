/** Does what `tapline migrate` asks for: shows the plan, runs what is not done yet, and prints the report. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { chooseSides, openStore, planMigration, runMigration } from "@tapline/runner";
import { columnsOf, printLines } from "../terminal.ts";
import { migrateCommand } from "./command-text.ts";
import { endWith, printJson, withProject } from "./open.ts";
import { describePhase } from "./phase-text.ts";
import { describePlan } from "./plan-text.ts";
import { reportPage } from "./report-html.ts";
import { describeReport } from "./report-text.ts";

export interface MigrateFlags {
  source: string;
  target: string;
  tables: readonly string[];
  environment?: string | undefined;
  dryRun: boolean;
  restart: boolean;
  folder?: string | undefined;
  html?: string | undefined;
  json: boolean;
  quiet: boolean;
}

/** @returns the exit code. @throws what planMigration and runMigration throw */
export function migrate(flags: MigrateFlags): Promise<number> {
  const { json, quiet, tables } = flags;
  return withProject(flags, migrateCommand(flags), async (options) => {
    const { project, environment } = options;
    const plan = await planMigration({ ...options, ...chooseSides(project, flags), tables });
    if ("failure" in plan) return endWith(plan.failure, json);
    const { catalog: _, ...told } = plan;
    const title = `migration ${plan.source} to ${plan.target}`;
    if (json) printJson({ type: "migration_planned", ...told });
    else if (flags.dryRun || !quiet) printLines(describePlan(plan, { title, columns: columnsOf(process.stdout) }));
    if (flags.dryRun) return endWith(null, json);
    await using store = await openStore(project, environment);
    const { migration, failure } = await runMigration({
      ...{ ...options, plan, store, restart: flags.restart },
      folder: flags.folder === undefined ? undefined : resolve(flags.folder),
      onPhase(event) {
        if (json) printJson(event);
        else if (!quiet) printLines(describePhase(event), process.stderr);
      },
    });
    if (flags.html !== undefined) writeFileSync(flags.html, reportPage(migration, plan));
    if (json) printJson({ type: "migration_report", migration });
    else printLines(describeReport(migration, columnsOf(process.stdout)));
    return endWith(failure, json);
  });
}
