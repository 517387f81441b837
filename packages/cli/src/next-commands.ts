/** What a person may type after a run: the same run again, or the failed steps. */
import { type NextCommands, quoteWord, runOfTry, type StepResult } from "@tapline/runner";
import type { RunFlags, RunWords } from "./run-flags.ts";

export interface NextContext {
  /** The number of steps in the job. */
  steps: number;
  /** The targets of the project. */
  targets: readonly string[];
}

/**
 * `again` leaves out flags for one run, such as --full-refresh: the next run is to continue. After a failure, `runs retry` repeats the flags too, leaves out steps that
 * succeeded, and lets a full refresh continue where it was interrupted.
 */
export function nextCommands(run: RunWords, result: StepResult, { steps, targets }: NextContext): NextCommands {
  const { words, fullRefresh, flags } = run;
  const again = ["tapline run", ...words.map(quoteWord), ...wordsOf(flags)].join(" ");
  const isSpecial = fullRefresh !== false || flags["from-ledger"] === true || flags.keep === true || steps > 1;
  return {
    again,
    retry: isSpecial && result.kind === "pipe" ? `tapline runs retry ${runOfTry(result.runId)}` : again,
    preview:
      result.kind === "pipe" && targets.includes(result.target)
        ? (stream) => previewCommand(stream, result.target, targets, flags)
        : undefined,
  };
}

function previewCommand(stream: string, target: string, targets: readonly string[], { environment }: RunFlags): string {
  const named = targets.length === 1 ? [] : [`--target ${quoteWord(target)}`];
  return [`tapline preview ${quoteWord(stream)}`, ...named, ...wordsOf({ environment })].join(" ");
}

/** The flags that decide what is loaded and where its bookmark is kept. */
const lasting = ["environment", "select", "exclude", "state-id", "state-id-suffix", "from", "to", "limit"] as const;

function wordsOf(flags: RunFlags): string[] {
  return lasting.flatMap((name) => [flags[name] ?? []].flat().map((value) => `--${name} ${quoteWord(String(value))}`));
}
