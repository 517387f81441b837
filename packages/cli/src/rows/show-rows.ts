/** What `tapline query` and `tapline preview` share: their flags, and the way from a question to rows on the screen. */
import { existsSync } from "node:fs";
import { Flags } from "@oclif/core";
import type { Query } from "@tapline/protocol";
import {
  askQuery,
  binFoldersAbove,
  describeCount,
  hasPlainPassword,
  isTargetAddress,
  makeBriefProject,
  openProject,
  openProjectOrEmpty,
  projectOfTarget,
} from "@tapline/runner";
import { exitCodes, printFailure } from "../outcome.ts";
import { passwordNote } from "../password-note.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals } from "../signals.ts";
import { clean } from "../terminal.ts";
import { usage } from "../usage.ts";
import { type RowFormatName, rowFormats, rowWriter } from "./row-writer.ts";

export const rowFlags = {
  target: Flags.string({
    description: "The target whose rows to show, or its database, as tapline load takes it. Default: the only target of the project.",
  }),
  environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
  format: Flags.option({
    options: rowFormats,
    default: "table" as const,
    description: "How to print rows: a table, CSV (NULL is an empty field, an empty text is two quotes), or JSON, one object a line.",
  })(),
  limit: Flags.integer({ min: 1, description: "Show at most so many rows.", exclusive: ["all"] }),
  all: Flags.boolean({ description: "Show all rows." }),
};

export interface RowFlags {
  target?: string | undefined;
  environment?: string | undefined;
  format: RowFormatName;
  limit?: number | undefined;
  all: boolean;
}

/** `fallback`: the limit where no flag sets one; undefined: none. @returns the exit code. @throws as `askQuery` and `projectOfTarget`, rows_without_project */
export async function showRows(query: Query, { target: named, environment, format, limit, all }: RowFlags, fallback: number | undefined) {
  const folder = process.cwd();
  const binFolders = [...binFoldersAbove(folder), ...ownBinFolders];
  const base = openProjectOrEmpty(folder);
  if (named === undefined && !existsSync(base.path)) throw usage.rows_without_project({});
  const address = named !== undefined && isTargetAddress(base, named) ? named : undefined;
  if (address !== undefined && hasPlainPassword({ text: address })) process.stderr.write(`${passwordNote}\n`);
  using brief = address === undefined ? undefined : makeBriefProject(base);
  const { project, target } =
    brief === undefined || address === undefined
      ? { project: openProject(folder), target: named }
      : await projectOfTarget(brief, base, { address, folder, binFolders });
  const stop = catchSignals();
  const writer = rowWriter(format, process.stdout, () => stop.stop("SIGTERM", "the end of the reader"));
  const most = all ? undefined : (limit ?? fallback);
  const answer = await askQuery({
    project,
    target,
    environment,
    binFolders,
    query: most === undefined ? query : { ...query, limit: most },
    stop,
    onColumns: writer.start,
    onRow: writer.row,
    onLimit: writer.flush,
    onEvent(event) {
      if (event.kind === "log" && event.level !== "info" && event.level !== "debug") process.stderr.write(`${clean(event.message)}\n`);
    },
  });
  writer.flush();
  if (writer.isClosed) return exitCodes.done;
  if (stop.signal !== undefined) return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
  if ("failure" in answer) {
    printFailure(answer.failure);
    return exitCodes.failed;
  }
  const { rows, more } = answer;
  // On stderr, so that the rows alone can be passed on.
  if (more > 0) process.stderr.write(`${describeCount(rows)} of ${describeCount(rows + more)} rows are shown; --all shows all of them.\n`);
  else if (format === "table") process.stderr.write(`${describeCount(rows)} ${rows === 1 ? "row" : "rows"}\n`);
  return exitCodes.done;
}
