/** Does what `tapline load` asks for: proposes the streams, runs one pipe into the database, and prints what a person may type next. */
import { type SettingSchema, TaplineError } from "@tapline/protocol";
import {
  binFoldersAbove,
  describeColumns,
  type Failure,
  hasPlainPassword,
  makeBriefProject,
  openProjectOrEmpty,
  type Project,
  type ProposedStream,
  proposeLoad,
  quoteWord,
  type RunEvent,
  reportedAbout,
  runJob,
  shownAddress,
} from "@tapline/runner";
import { describeLeft, hintForLoad, hintOfChangedRows, hintOfSettings, keyHints, loadCommand } from "./load-hints.ts";
import { exitCodes, printFailure } from "./outcome.ts";
import { passwordNote } from "./password-note.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals, caughtSignal } from "./signals.ts";
import { printLines } from "./terminal.ts";
import { createView } from "./views/create-view.ts";
import { printResult } from "./views/run-view.ts";

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
    if (!json && !quiet) printLines([text], process.stderr);
  };
  if ([address, ...sources].some((text) => hasPlainPassword({ text }))) note(passwordNote);
  const stop = catchSignals();
  const base = openProjectOrEmpty(folder);
  const binFolders = [...binFoldersAbove(folder), ...ownBinFolders];
  using brief = makeBriefProject(base);
  const request = { sources, address, stream, tap, target, keys, readAgain: append, folder, binFolders, stop: stop.asked };
  const shown = { sources: sources.map((text) => shownAddress({ text })), address: shownAddress({ text: address }) };
  const words = { ...shown, stream, tap, target, keys: flags.keys };
  const settingHint = async ({ hint }: Failure, plugin: string): Promise<string | undefined> =>
    hintOfSettings(hint, plugin, await settingsOf(base, plugin, binFolders), words);
  // The run reports the tap's warnings again.
  const load = await proposeLoad(brief, base, { ...request, onEvent() {} });
  if ("failure" in load) {
    printFailure(load.failure);
    const hint = load.failure.plugin === "tapline" ? undefined : await settingHint(load.failure, load.failure.plugin);
    if (hint !== undefined) note(hint);
    return load.failure.code === "run_stopped" ? exitCodes[caughtSignal()] : exitCodes.failed;
  }
  for (const each of load.streams) note(describeStream(each));
  if (load.left.length > 0) note(describeLeft(load.left));
  const names = load.streams.map(({ name }) => name);
  const isAgain = append || replace;
  const again = loadCommand(words);
  const preview = (name: string): string => `tapline preview ${quoteWord(name)} --target ${quoteWord(shownAddress({ text: address }))}`;
  const view = createView({ json, quiet, steps: [again] });
  try {
    const result = await runJob({
      project: load.project,
      request: {
        words: [load.tap, load.target],
        from_ledger: true,
        full_refresh: replace || (append && !load.keepsOthers) ? names : false,
        replace: replace ? names : false,
        keep: flags.keep,
      },
      binFolders,
      stop,
      ledgerName,
      command: again,
      onEvent(given, step) {
        const event = withOwnHint(given);
        view.show({ time: new Date(), step, event });
        if (event.type !== "run_finished" || json) return;
        printResult(event.result, { next: { again, retry: again, preview, isElsewhere: true }, quiet, heading: undefined });
      },
    });
    view.close();
    if (result.error !== undefined) throw result.error;
    const failure = result.steps.find((step) => step?.failure)?.failure;
    if (failure) {
      const ofRows = isAgain || keys.length > 0 ? undefined : hintOfChangedRows(failure);
      const hints = [ofRows, await settingHint(failure, load.tap)];
      for (const hint of hints) if (hint !== undefined) note(hint);
    } else if (keys.length === 0 && (result.status === "done" || result.status === "warning"))
      for (const hint of keyHints(load.streams, words, folder)) note(hint);
    return result.exitCode;
  } finally {
    view.close();
  }
}

/** undefined: the plugin does not list them. */
async function settingsOf(base: Project, plugin: string, binFolders: readonly string[]): Promise<SettingSchema | undefined> {
  try {
    return (await reportedAbout(base, plugin, { binFolders }))?.settings;
  } catch (error) {
    if (error instanceof TaplineError) return undefined;
    throw error;
  }
}

function withOwnHint(event: RunEvent): RunEvent {
  if (event.type !== "run_finished" || event.result.failure === null) return event;
  const { failure } = event.result;
  return { ...event, result: { ...event.result, failure: { ...failure, hint: hintForLoad(failure.hint) } } };
}

function describeStream(stream: ProposedStream): string {
  const { files, columns } = stream;
  return `${describeColumns(stream)}   (${columns.length} columns${files.length > 1 ? ` of ${files.length} files` : ""})`;
}
