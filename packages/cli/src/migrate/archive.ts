/** Does what `tapline migrate archive` asks for. */
import { relative, resolve } from "node:path";
import {
  archiveTables,
  chooseSource,
  describeBytes,
  describeCount,
  describeSeconds,
  planTables,
  quoteWord,
  sumsName,
} from "@tapline/runner";
import { printLines } from "../terminal.ts";
import { endWith, printJson, withProject } from "./open.ts";
import { resultOf } from "./report-text.ts";

export interface ArchiveFlags {
  source: string;
  folder: string;
  tables: readonly string[];
  environment?: string | undefined;
  json: boolean;
  quiet: boolean;
}

export function archive(flags: ArchiveFlags): Promise<number> {
  const words = ["tapline", "migrate", "archive", flags.source, flags.folder, ...flags.tables.flatMap((each) => ["--tables", each])];
  const command = words.map(quoteWord).join(" ");
  return withProject(flags, command, async (options) => {
    const source = chooseSource(options.project, flags.source);
    const plan = await planTables({ ...options, source, tables: flags.tables });
    if ("failure" in plan) return endWith(plan.failure, flags.json);
    const folder = resolve(flags.folder);
    const done = await archiveTables(plan, { ...options, folder });
    if ("failure" in done) return endWith(done.failure, flags.json);
    const { rows, bytes, seconds, compared, streams } = done;
    const shown = relative(process.cwd(), folder) || ".";
    if (flags.json) printJson({ type: "archive", ...done });
    else
      printLines([
        `${describeCount(rows)} rows of ${streams.length} ${streams.length === 1 ? "table" : "tables"}, ${describeBytes(bytes)} in ${describeSeconds(seconds)}`,
        `against ${source}: ${resultOf(compared)}`,
        `archive   ${shown}`,
        `check it  cd ${quoteWord(shown)} && sha256sum --check --quiet ${sumsName}`,
      ]);
    return endWith(null, flags.json);
  });
}
