/** Decides what to do when settings that change rows are other ones than those by which files were read: read the files again, or stop. */
import { formatNumber, type LoadForm, type ReadContext } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { type InputFile, nameOf } from "../source/source.ts";
import type { MarkedFiles, Open, Opened } from "./marked-files.ts";
import { changeOfSettings, keysOf, readPrint, type SettingsChange, type SettingsPrint } from "./settings-print.ts";

/** The setting `changed_settings`. */
export type ChangedSettings = "auto" | "keep";

export interface SettingsNow {
  stream: string;
  context: Pick<ReadContext, "state" | "replicationKey" | "log" | "columns">;
  form: LoadForm;
  print: SettingsPrint;
  changed: ChangedSettings;
}

/** `same`: the bookmark has these settings. `adopted`: it has not, but no file is read again. `reread`: marks were dropped, so files are read again. */
export type Settled = "same" | "adopted" | "reread";

/** For a stream with a replication key: whether to read from the beginning. @throws settings_changed */
export function startsOver({ stream, context, form, print, changed }: SettingsNow): boolean {
  const { state, replicationKey, log } = context;
  const wasOther = state.replication_key === undefined ? state.files !== undefined : state.replication_key !== replicationKey;
  const change = changeFrom(state, print);
  if (!wasOther && change === undefined) return false;
  const names = [...(wasOther ? ["replication_key"] : []), ...(change?.names ?? [])];
  if (changed === "keep" && !wasOther) return keep(names, log);
  if (change?.hasNewKeys === true)
    throw errors.settings_changed({ stream, names, files: undefined, because: "keys", keysBefore: keysBefore(context) }, { stream });
  if (form === "append") throw errors.settings_changed({ stream, names, files: undefined, because: "append" }, { stream });
  log("warning", `${describe(names)} changed, so all rows are sent again. ${staleRows}`);
  return true;
}

export interface MarkedSettings extends SettingsNow {
  inputs: readonly InputFile[];
  files: MarkedFiles;
  isLeft: (input: InputFile, error: unknown) => boolean;
  detectDeletes: boolean;
}

/** For a stream whose state has marks of files. @throws settings_changed and the errors of `open` */
export async function settleSettings<T extends Opened>(options: MarkedSettings, open: Open<T>): Promise<Settled> {
  const { stream, context, form, print, changed, files, inputs, detectDeletes } = options;
  const { state, log } = context;
  const wasKeyed = state.replication_key !== undefined;
  const change = changeFrom(state, print);
  if (!wasKeyed && change === undefined) return state.settings === undefined ? "adopted" : "same";
  const names = [...(wasKeyed ? ["replication_key"] : []), ...(change?.names ?? [])];
  const others = wasKeyed ? inputs.map(nameOf) : await filesReadOtherwise(options, change as SettingsChange, open);
  if (changed === "keep" && !wasKeyed) {
    keep(names, log);
    return "adopted";
  }
  if (others.length === 0) return "adopted";
  const there = new Set(inputs.map(nameOf));
  const gone = detectDeletes ? undefined : others.find((name) => !there.has(name));
  const because = change?.hasNewKeys === true ? "keys" : form === "append" ? "append" : gone === undefined ? undefined : "gone";
  if (because !== undefined) {
    const found = { count: others.length, first: gone ?? (others[0] as string) };
    throw errors.settings_changed(
      { stream, names, files: found, because, keysBefore: because === "keys" ? keysBefore(context) : undefined },
      { stream },
    );
  }
  for (const name of others) files.marks.delete(name);
  const what = others.length === 1 ? `${others[0]} is` : `${formatNumber(others.length)} files are`;
  log("warning", `${describe(names)} changed, so ${what} read again. ${detectDeletes ? "" : staleRows}`.trimEnd());
  return "reread";
}

/** The marked files that give other rows by the settings now. Under `keep`, their marks are made to fit. */
async function filesReadOtherwise<T extends Opened>(
  { files: { marks }, inputs, changed, isLeft }: MarkedSettings,
  { concernsAll }: SettingsChange,
  open: Open<T>,
): Promise<string[]> {
  if (concernsAll && changed !== "keep") return [...marks.keys()];
  const byName = new Map(inputs.map((input) => [nameOf(input), input]));
  const others: string[] = [];
  for (const [name, mark] of marks) {
    const input = byName.get(name);
    const readAs = input === undefined ? undefined : await readingOf(input, open, isLeft);
    if (readAs === mark.readAs) continue;
    others.push(name);
    if (changed === "keep" && readAs !== undefined) marks.set(name, { ...mark, readAs });
  }
  return others;
}

/** undefined: the file is empty now. */
async function readingOf<T extends Opened>(
  input: InputFile,
  open: Open<T>,
  isLeft: (input: InputFile, error: unknown) => boolean,
): Promise<string | undefined> {
  try {
    await using table = await open({ input, from: undefined, follow: async (source) => source });
    return table.readAs;
  } catch (error) {
    if (isLeft(input, error)) return undefined;
    throw error;
  }
}

/** A bookmark without settings is of an earlier version of the tap: it gets those of now. */
function changeFrom(state: ReadContext["state"], print: SettingsPrint): SettingsChange | undefined {
  const before = readPrint(state.settings);
  return before && changeOfSettings(before, print);
}

function keysBefore({ state, columns }: SettingsNow["context"]): string[] | undefined {
  const before = readPrint(state.settings);
  return before && keysOf(before, columns);
}

function keep(names: readonly string[], log: ReadContext["log"]): false {
  log("warning", `${describe(names)} changed; what was loaded before stays as it is (changed_settings: keep)`);
  return false;
}

const describe = (names: readonly string[]): string => `the ${names.length === 1 ? "setting" : "settings"} ${names.join(", ")}`;

const staleRows =
  "Rows that are no longer sent stay in the table; to remove them, load the stream with tapline run … --full-refresh --replace";
