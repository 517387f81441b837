/** What `tapline query` and `tapline preview` share: their flags, and the way from a question to rows on the screen. */
import { Flags } from "@oclif/core";
import type { Query } from "@tapline/protocol";
import { askQuery, describeCount, openProject } from "@tapline/runner";
import { exitCodes, printFailure } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals } from "../signals.ts";
import { clean } from "../terminal.ts";
import { type RowFormatName, rowFormats, rowWriter } from "./row-writer.ts";

export const rowFlags = {
  target: Flags.string({ description: "The target whose rows to show. Default: the only one of the project." }),
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

/** `fallback`: the limit where no flag sets one; undefined: none. @returns the exit code. @throws as `askQuery` */
export async function showRows(query: Query, { target, environment, format, limit, all }: RowFlags, fallback: number | undefined) {
  const project = openProject(process.cwd());
  const stop = catchSignals();
  const writer = rowWriter(format, process.stdout, () => stop.stop("SIGTERM", "the end of the reader"));
  const most = all ? undefined : (limit ?? fallback);
  const answer = await askQuery({
    project,
    target,
    environment,
    binFolders: ownBinFolders,
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
