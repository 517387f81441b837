/** Runs what the words and flags of `tapline run` ask for. `tapline runs retry` passes those of an earlier run. */
import { describeNodes } from "@tapline/protocol";
import {
  describePlan,
  describeRun,
  describeSeconds,
  describeStatus,
  type Job,
  type JobResult,
  jobOf,
  jobOfWords,
  type NextCommands,
  openProject,
  type PlanOptions,
  type Project,
  pluginNames,
  runJob,
  type StepResult,
  targetsOf,
  type UtilityResult,
} from "@tapline/runner";
import { nextCommands } from "./next-commands.ts";
import { exitCodes, isUsage, printFailure } from "./outcome.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { durationOf, isDate } from "./run-arguments.ts";
import type { RunWords } from "./run-flags.ts";
import { catchSignals } from "./signals.ts";
import { columnsOf, printLines } from "./terminal.ts";
import { usage } from "./usage.ts";
import { createView } from "./views/create-view.ts";

/** Resolves to the exit code. */
export async function runWords({ words, fullRefresh, flags, retryOf }: RunWords): Promise<number> {
  if (flags["from-ledger"] === true && fullRefresh !== false) throw usage.from_ledger_refresh({});
  const project = openProject(process.cwd());
  const job = jobFrom(project, words);
  const plan: PlanOptions = {
    project,
    job,
    environment: flags.environment,
    binFolders: ownBinFolders,
    fullRefresh,
    replace: flags.replace ?? false,
    fromLedger: flags["from-ledger"] === true,
    keep: flags.keep === true,
    stateId: flags["state-id"],
    stateIdSuffix: flags["state-id-suffix"],
    limit: flags.limit,
    batch: flags.batch as "auto" | "off" | undefined,
    from: checkDate("--from", flags.from),
    to: checkDate("--to", flags.to),
    select: flags.select,
    exclude: flags.exclude,
    refreshCatalog: flags["refresh-catalog"] === true,
  };
  const timeoutMs = flags.timeout === undefined ? undefined : durationOf(flags.timeout);
  const tags = tagsFrom(flags.tag);
  if (flags["dry-run"] === true) {
    printLines(await describePlan(plan));
    return exitCodes.done;
  }
  const stop = catchSignals();
  const view = createView({ json: flags.json === true, quiet: flags.quiet === true, steps: job.steps.map(({ name }) => name) });
  try {
    const result = await runJob({
      ...plan,
      stop,
      timeoutMs,
      tags,
      flags: { words, fullRefresh, ...flags },
      ...(retryOf === undefined
        ? {}
        : { only: retryOf.only, earlierTries: retryOf.earlierTries, retryOf: retryOf.runId, trigger: `retry of ${retryOf.runId}` }),
      onEvent(event, step) {
        view.show(event, step);
        if (event.type !== "run_finished" || flags.json === true) return;
        printResult(event.result, {
          next: nextCommands({ words, fullRefresh, flags }, event.result, { steps: job.steps.length, targets: targetsOf(project) }),
          quiet: flags.quiet === true,
          heading: job.steps.length === 1 ? undefined : job.steps[step]?.name,
        });
      },
    });
    view.close();
    if (result.status === "timed_out") printLines([`Timed out after ${describeSeconds((timeoutMs ?? 0) / 1000)}.`], process.stderr);
    if (result.error !== undefined) throw result.error;
    return exitCodeOf(result, stop.signal, flags["exit-99"] === true);
  } finally {
    view.close();
  }
}

function jobFrom(project: Project, words: readonly string[]): Job {
  const [name = ""] = words;
  const isJob = words.length === 1 && !pluginNames(project).includes(name);
  return isJob ? jobOf(project, name) : jobOfWords(project, words);
}

interface PrintOptions {
  next: NextCommands;
  quiet: boolean;
  /** The step's name, where there are several. */
  heading: string | undefined;
}

export function printResult(result: StepResult, { next, quiet, heading }: PrintOptions): void {
  if (!quiet) {
    const head = heading === undefined ? [] : ["", `${heading}: ${describeStatus(result.status)} after ${describeSeconds(result.seconds)}`];
    const columns = columnsOf(process.stdout);
    printLines([...head, ...(result.kind === "pipe" ? describeRun(result, next, columns) : describeParts(result))]);
  }
  if (result.failure !== null) printFailure(result.failure);
}

function describeParts({ nodes, seconds }: UtilityResult): string[] {
  return nodes.length === 0 ? [] : [`${describeNodes(nodes)} in ${describeSeconds(seconds)}`];
}

export function exitCodeOf({ status, steps }: JobResult, signal: NodeJS.Signals | undefined, wants99: boolean): number {
  if (status === "timed_out") return exitCodes.timedOut;
  if (status === "stopped") return signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
  if (status === "failed") return steps.flatMap((step) => step?.failure ?? []).every(isUsage) ? exitCodes.usage : exitCodes.failed;
  return wants99 && steps.every(wasIdle) ? exitCodes.nothingToDo : exitCodes.done;
}

/** Only reported counts prove that nothing was new: streams without counts do not. */
function wasIdle(result: StepResult | null): boolean {
  if (result?.kind !== "pipe") return result === null;
  const { streams } = result;
  return streams.length > 0 && streams.every(({ sent, received }) => (sent ?? received) === 0 && (received ?? 0) === 0);
}

function checkDate(flag: string, value: string | undefined): string | undefined {
  if (value !== undefined && !isDate(value)) throw usage.date_invalid({ flag, value });
  return value;
}

/** @throws usage */
export function tagsFrom(texts: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
      if (key === undefined || value === undefined) throw usage.tag_invalid({ text });
      return [key, value];
    }),
  );
}
