/** Does what `tapline load` asks for: proposes the streams, runs one pipe into the database, and prints what a person may type next. */
import {
  binFoldersAbove,
  describeColumns,
  hasPlainPassword,
  jobOfWords,
  makeBriefProject,
  openProjectOrEmpty,
  type ProposedLoad,
  type ProposedStream,
  proposeLoad,
  quoteWord,
  type RunEvent,
  runJob,
  shownAddress,
} from "@tapline/runner";
import { exitCodes, printFailure } from "./outcome.ts";
import { passwordNote } from "./password-note.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { exitCodeOf, printResult } from "./run-words.ts";
import { catchSignals, caughtSignal } from "./signals.ts";
import { clean } from "./terminal.ts";
import { createView } from "./views/create-view.ts";

export interface LoadFlags {
  sources: readonly string[];
  /** The database. */
  address: string;
  keys?: string | undefined;
  stream?: string | undefined;
  append: boolean;
  replace: boolean;
  keep: boolean;
  tap?: string | undefined;
  target?: string | undefined;
  json: boolean;
  quiet: boolean;
}

/** The name of the entries in ledgers. It is no hexadecimal number, so no project's store has it. */
const ledgerName = "load";

/** Resolves to the exit code. */
export async function loadSources(flags: LoadFlags): Promise<number> {
  const { address, sources, stream, tap, target, append, replace, json, quiet } = flags;
  const folder = process.cwd();
  const keys = (flags.keys ?? "").split(",").flatMap((key) => (key.trim() === "" ? [] : [key.trim()]));
  const note = (text: string): void => {
    if (!json && !quiet) process.stderr.write(`${clean(text)}\n`);
  };
  if ([address, ...sources].some((text) => hasPlainPassword({ text }))) note(passwordNote);
  const stop = catchSignals();
  const base = openProjectOrEmpty(folder);
  const binFolders = [...binFoldersAbove(folder), ...ownBinFolders];
  using brief = makeBriefProject(base);
  const request = { sources, address, stream, tap, target, keys, readAgain: append, folder, binFolders, stop: stop.asked };
  // The run reports the tap's warnings again.
  const load = await proposeLoad(brief, base, { ...request, onEvent() {} });
  if ("failure" in load) {
    printFailure(load.failure);
    return load.failure.code === "run_stopped" ? exitCodes[caughtSignal()] : exitCodes.failed;
  }
  for (const each of load.streams) note(describeStream(each));
  const names = load.streams.map(({ name }) => name);
  const isAgain = append || replace;
  const again = ["tapline load", ...[...sources, shownAddress({ text: address })].map(quoteWord), ...lasting(flags)].join(" ");
  const preview = (name: string): string => `tapline preview ${quoteWord(name)} --target ${quoteWord(shownAddress({ text: address }))}`;
  const view = createView({ json, quiet, steps: [again] });
  try {
    const result = await runJob({
      project: load.project,
      job: jobOfWords(load.project, [load.tap, load.target]),
      binFolders,
      stop,
      fromLedger: true,
      ledgerName,
      fullRefresh: replace || (append && !load.keepsOthers) ? names : false,
      replace: replace ? names : false,
      keep: flags.keep,
      command: again,
      onEvent(given, step) {
        const event = withOwnHint(given);
        view.show(event, step);
        if (event.type !== "run_finished" || json) return;
        printResult(event.result, { next: { again, retry: again, preview, isElsewhere: true }, quiet, heading: undefined });
      },
    });
    view.close();
    if (result.error !== undefined) throw result.error;
    if (result.status === "failed" && !isAgain && keys.length === 0) note(choices);
    else if (result.status === "done" || result.status === "warning") suggestKeys(load, keys, note);
    return exitCodeOf(result, stop.signal, false);
  } finally {
    view.close();
  }
}

/** Hints name the flags of `tapline run`. */
function withOwnHint(event: RunEvent): RunEvent {
  if (event.type !== "run_finished" || event.result.failure === null) return event;
  const { failure } = event.result;
  const hint = failure.hint.replaceAll(/--full-refresh --replace( (?!To |If )[^\s.`]+)*/g, "--replace");
  return { ...event, result: { ...event.result, failure: { ...failure, hint } } };
}

const choices =
  "If rows of a file that was loaded before have changed: --keys COLUMN updates them by their key, --replace replaces the table, --append adds all rows again.";

function describeStream(stream: ProposedStream): string {
  const { files, columns } = stream;
  return `${describeColumns(stream)}   (${columns.length} columns${files.length > 1 ? ` of ${files.length} files` : ""})`;
}

function suggestKeys({ streams }: ProposedLoad, keys: readonly string[], note: (text: string) => void): void {
  if (keys.length > 0) return;
  for (const { name, keyCandidates } of streams) {
    const [likely] = keyCandidates;
    if (likely !== undefined)
      note(
        `${name} has no keys, so changed rows can't be updated. The first rows differ in ${keyCandidates.join(", ")}: --keys ${quoteWord(likely)}`,
      );
  }
}

function lasting({ keys, stream, tap, target }: LoadFlags): string[] {
  return Object.entries({ keys, stream, tap, target }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${quoteWord(value)}`],
  );
}
