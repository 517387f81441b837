/** What a person may type after a run: the same run again, or the failed steps. */
import { type JobRequest, type NextCommands, quoteWord, runOfTry, type StepResult } from "@tapline/runner";

export interface NextContext {
  /** The number of steps in the job. */
  steps: number;
  /** The targets of the project. */
  targets: readonly string[];
}

/**
 * `again` leaves out flags for one run, such as --full-refresh: the next run is to continue. After a failure, `runs retry` repeats all of the request, leaves out steps that
 * succeeded, and lets a full refresh continue where it was interrupted.
 */
export function nextCommands(request: JobRequest, result: StepResult, { steps, targets }: NextContext): NextCommands {
  const { words, full_refresh: fullRefresh, from_ledger: fromLedger, keep } = request;
  const again = ["tapline run", ...words.map(quoteWord), ...flagsOf(request)].join(" ");
  const isSpecial = fullRefresh !== undefined || fromLedger === true || keep === true || steps > 1;
  return {
    again,
    retry: isSpecial && result.kind === "pipe" ? `tapline runs retry ${runOfTry(result.runId)}` : again,
    preview:
      result.kind === "pipe" && targets.includes(result.target)
        ? (stream) => previewCommand(stream, result.target, targets, request)
        : undefined,
  };
}

function previewCommand(stream: string, target: string, targets: readonly string[], { environment }: JobRequest): string {
  const named = targets.length === 1 ? [] : [`--target ${quoteWord(target)}`];
  return [`tapline preview ${quoteWord(stream)}`, ...named, ...flagsOf({ environment })].join(" ");
}

/** What decides what is loaded and where its bookmark is kept. */
const lasting = ["environment", "select", "exclude", "state_id", "state_id_suffix", "from", "to", "limit"] as const;

function flagsOf(request: { [key in (typeof lasting)[number]]?: JobRequest[key] | undefined }): string[] {
  return lasting.flatMap((name) =>
    [request[name] ?? []].flat().map((value) => `--${name.replaceAll("_", "-")} ${quoteWord(String(value))}`),
  );
}
