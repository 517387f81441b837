/**
 * The settings that change which rows the same bytes give, as the bookmark keeps them: a short checksum of each setting that the user
 * set. A later run compares them, because files that were read before are not read again. What the tap detects and its defaults are left
 * out, so that a newer version of the tap is no change.
 */
import { createHash } from "node:crypto";
import { isObject } from "@tapline/protocol";
import type { Json, StreamState } from "@tapline/sdk";
import type { Config, FileSettings } from "../config.ts";
import { policyOf } from "../rows/row-settings.ts";

/** By setting, a checksum of its value. */
export type SettingsPrint = Readonly<Record<string, string>>;

/** These decide how a file is divided into cells: its mark shows whether a new value makes a difference for it. */
const layoutSettings = [
  "delimiter",
  "quotechar",
  "escapechar",
  "doublequote",
  "skipinitialspace",
  "trailing_delimiter",
  "comment",
  "skip",
  "header",
  "encoding",
  "sheet",
  "range",
] as const;

/** What to do with rows that can't be read. A file that was read under `fail` has none, so only two other values differ. */
const ruleSettings = ["on_type_break", "short_rows", "long_rows", "stray_quotes", "bad_bytes", "nul_bytes", "on_bad_row"] as const;

export interface PrintedSettings {
  settings: FileSettings;
  config: Pick<Config, "add_metadata_columns" | "infer">;
  /** Those of the SCHEMA line. */
  keys: readonly string[];
}

export function printSettings({ settings, config, keys }: PrintedSettings): SettingsPrint {
  const { columns, null_values: nulls, time_zone, footer } = settings;
  const rule = policyOf(settings);
  const values: Record<string, unknown> = {
    ...Object.fromEntries(layoutSettings.map((name) => [name, settings[name]])),
    keys: keys.length === 0 ? undefined : keys.toSorted(),
    columns: Object.keys(columns).length === 0 ? undefined : columns,
    null_values: nulls.length === 0 ? undefined : nulls.toSorted(),
    time_zone,
    repeated_header: ifRowOrFail(settings.repeated_header),
    empty_rows: ifRowOrFail(settings.empty_rows),
    footer: footer === 0 ? undefined : footer,
    add_metadata_columns: config.add_metadata_columns || undefined,
    infer: config.infer === "sample" ? undefined : config.infer,
    on_type_break: unlessFail(settings.on_type_break),
    short_rows: unlessFail(rule.short),
    long_rows: unlessFail(rule.long),
    stray_quotes: unlessFail(rule.strayQuotes),
    bad_bytes: unlessFail(rule.badBytes),
    nul_bytes: unlessFail(rule.nulBytes),
    on_bad_row: unlessFail(rule.other),
  };
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, checksum(value)]])));
}

/** undefined: an earlier version of the tap, which kept none, wrote the bookmark. */
export function readPrint(value: Json | undefined): SettingsPrint | undefined {
  return isObject(value) ? (value as Record<string, string>) : undefined;
}

export function writePrint(print: SettingsPrint): StreamState {
  return { ...print };
}

export interface SettingsChange {
  /** All that changed. */
  names: readonly string[];
  /** Every file that was read would now give other rows; false: the marks show which files would. */
  concernsAll: boolean;
  hasNewKeys: boolean;
}

/** undefined: nothing changed. */
export function changeOfSettings(before: SettingsPrint, now: SettingsPrint): SettingsChange | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => {
    if (before[name] === now[name] || before[name] === failPrint || now[name] === failPrint) return false;
    return !(ruleSettings as readonly string[]).includes(name) || (before[name] !== undefined && now[name] !== undefined);
  });
  if (names.length === 0) return undefined;
  return {
    names,
    concernsAll: names.some((name) => !(layoutSettings as readonly string[]).includes(name)),
    hasNewKeys: names.includes("keys"),
  };
}

/**
 * The keys by which files were read, found among these columns by their checksum; undefined: none, or more than two, or columns that are
 * gone.
 */
export function keysOf({ keys }: SettingsPrint, columns: readonly string[]): string[] | undefined {
  if (keys === undefined) return undefined;
  const some = columns.toSorted().slice(0, 200);
  const sets = some.flatMap((first, index) => [[first], ...some.slice(index + 1).map((second) => [first, second])]);
  return sets.toSorted((a, b) => a.length - b.length).find((set) => checksum(set) === keys);
}

const unlessFail = <T extends string>(rule: T | undefined): T | undefined => (rule === "fail" ? undefined : rule);

/** Rows that are left out, for whatever reason, are the same rows. */
const ifRowOrFail = (rule: string | undefined): string | undefined => (rule === "row" || rule === "fail" ? rule : undefined);

/** The order of names in an object makes no difference. */
function checksum(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** A file that was read under `fail` had no such row; one that is to be read under `fail` stops the run if it has one. */
const failPrint = checksum("fail");
