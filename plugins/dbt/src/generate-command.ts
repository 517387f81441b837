/** `tapline dbt generate`: writes files into the dbt project for the streams that jobs load into the target. */
import { parseArgs } from "node:util";
import { didYouMean } from "@tapline/protocol";
import type { UtilityRun } from "@tapline/sdk";
import type { Config } from "./config.ts";
import { adapterOf } from "./environment/packages.ts";
import { errors } from "./errors.ts";
import { type GenerateStream, generateFiles, historyProblem, writeGenerated } from "./generate/index.ts";
import { loadedTable } from "./loaded-table.ts";

/** @throws generate_usage, no_streams, stream_unknown, target_unsupported, and the errors of `generateFiles` */
export function generate({ args, config, context, report }: UtilityRun<Config>, projectDir: string): void {
  const { history, names } = readArguments(args.slice(1));
  const target = context.plugins[config.target];
  const adapter = adapterOf(target?.executable ?? "");
  if (target === undefined || adapter === undefined)
    throw errors.target_unsupported({ target: config.target, executable: target?.executable ?? "not in tapline.yml" });
  const piped = (context.catalogs ?? []).flatMap(({ streams }) => streams);
  if (piped.length === 0) throw errors.no_streams({ target: config.target });
  const known = piped.map(({ stream }) => stream);
  for (const stream of names) if (!known.includes(stream)) throw errors.stream_unknown({ stream, known, meant: didYouMean(stream, known) });
  const chosen = names.length === 0 ? piped : piped.filter(({ stream }) => names.includes(stream));
  const streams = chosen.map((stream): GenerateStream => {
    const validFrom = config.valid_from?.[stream.stream];
    return { ...loadedTable(stream, adapter, target.config), ...(validFrom === undefined ? {} : { validFrom }) };
  });
  const files = generateFiles({ adapter, sourceName: config.source_name ?? "raw", streams, history });
  const { written, unchanged, kept } = writeGenerated(projectDir, files);
  for (const path of written) report.log("info", `wrote ${path}`);
  for (const path of kept) report.log("warning", `${path} was edited, so it is not changed`);
  for (const stream of history ? streams : []) {
    const problem = historyProblem(stream);
    if (problem !== undefined) report.log("warning", `no history for ${stream.stream}: ${problem}`);
  }
  report.log("info", `${written.length} written, ${unchanged.length} unchanged, ${kept.length} not changed because they were edited`);
}

function readArguments(args: readonly string[]): { history: boolean; names: string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: { history: { type: "boolean" } }, allowPositionals: true });
    return { history: values.history === true, names: positionals };
  } catch (error) {
    // After the first sentence, Node explains positional arguments that begin with a dash.
    throw errors.generate_usage({ reason: (error as Error).message.split(/\n|\. To specify/, 1)[0] ?? "" });
  }
}
