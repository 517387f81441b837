/** Does what `tapline ci` asks for: runs the trial, shows its report, and writes it as Markdown. */
import { writeFileSync } from "node:fs";
import { type CiReport, openProject, runCi, snakeKeys } from "@tapline/runner";
import { exitCodes, printFailure } from "./outcome.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals } from "./signals.ts";
import { clean, columnsOf, printLines } from "./terminal.ts";
import { usage } from "./usage.ts";
import { ciMarkdown } from "./views/ci-markdown.ts";
import { describeCi } from "./views/ci-text.ts";
import { createView } from "./views/create-view.ts";

export interface CiFlags {
  base?: string | undefined;
  compare: boolean;
  expectEqual: boolean;
  rows?: number | undefined;
  environment?: string | undefined;
  markdown?: string | undefined;
  json: boolean;
  verbose: boolean;
}

/** @returns the exit code. @throws what `runCi` throws, file_unwritable */
export async function ci(jobs: readonly string[], flags: CiFlags): Promise<number> {
  const { base, compare, rows, environment, markdown, json, verbose } = flags;
  const project = openProject(process.cwd());
  const given = { ...(jobs.length > 0 && { jobs: [...jobs] }), ...(base !== undefined && { base }) };
  const more = { ...(rows !== undefined && { rows }), ...(environment !== undefined && { environment }) };
  const stop = catchSignals();
  const view = createView({ json: false, quiet: !verbose, steps: ["tapline ci"] });
  const tell = (text: string): void => void process.stderr.write(`${clean(text)}\n`);
  try {
    const report = await runCi({
      project,
      settings: { ...project.parsed.file.ci, ...given, ...more },
      compares: compare,
      binFolders: ownBinFolders,
      stop,
      // What goes wrong is in the report.
      onEvent: (event, step) => void (verbose && view.show({ time: new Date(), step, event })),
      onPluginEvent(event) {
        if (event.kind === "log" && event.level === "warning") tell(event.message);
      },
      onPhase: (text) => tell(`ci: ${text}`),
    });
    if (stop.signal !== undefined) return exitCodes[stop.signal === "SIGINT" ? "SIGINT" : "SIGTERM"];
    if ("failure" in report) return failed(report.failure, json);
    if (json) process.stdout.write(`${JSON.stringify({ type: "ci_report", ...(snakeKeys(report) as object) })}\n`);
    else printLines(describeCi(report, columnsOf(process.stdout)));
    if (markdown !== undefined) writeMarkdown(markdown, report);
    return exitCodeOf(report, flags);
  } finally {
    view.close();
  }
}

function exitCodeOf({ verdict }: CiReport, { expectEqual, compare }: CiFlags): number {
  if (verdict === "failed") return exitCodes.failed;
  return expectEqual && compare && verdict !== "same" ? exitCodes.failed : exitCodes.done;
}

function failed(failure: Parameters<typeof printFailure>[0], json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify({ type: "error", ...failure })}\n`);
  else printFailure(failure);
  return failure.class === "config" ? exitCodes.usage : exitCodes.failed;
}

function writeMarkdown(path: string, report: CiReport): void {
  try {
    writeFileSync(path, ciMarkdown(report));
  } catch (error) {
    throw usage.file_unwritable({ path, reason: (error as NodeJS.ErrnoException).code ?? (error as Error).message });
  }
}
