/** Reads the words of a step: a pipe from a tap through mappers into a target, or a program with its arguments. Pure. */

import { didYouMean } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { FilePosition } from "../model/file-position.ts";
import type { StepEntry } from "../model/job-schema.ts";
import type { PluginKind } from "../model/plugin-schema.ts";
import type { ParsedProject } from "../model/project.ts";
import { isDeclared, kindOf, pluginNamesIn } from "./plugin-entry.ts";

export type Work = { kind: "pipe"; tap: string; mappers: string[]; target: string } | { kind: "utility"; plugin: string; args: string[] };

export function wordsOfStep(step: StepEntry): string[] {
  const words = typeof step === "string" ? step : step.run;
  return typeof words === "string" ? words.trim().split(/\s+/) : words;
}

/** `position` is where the words are written, for messages. @throws step_invalid */
export function workOf(parsed: ParsedProject, words: readonly string[], position: FilePosition = {}): Work {
  const [plugin = "", ...rest] = words;
  const kinds = words.map((word) => (isPlugin(parsed, word) ? (kindOf(parsed, word) ?? "unknown") : undefined));
  const invalid = (reason: string, meant?: string): Error => errors.step_invalid({ step: words.join(" "), reason, meant }, position);
  const nearTo = (word: string): string | undefined => didYouMean(word, pluginNamesIn(parsed));
  const isPipe = kinds[0] === "tap" || (kinds[0] === "unknown" && rest.length > 0 && kinds.every((kind) => kind !== undefined));
  if (!isPipe) {
    if (kinds[0] === undefined) throw invalid(`this project has no plugin ${plugin}`, nearTo(plugin));
    if (kinds[0] === "target") throw invalid(`${plugin} is a target, so it must be last`);
    return { kind: "utility", plugin, args: rest };
  }
  const target = rest.at(-1);
  if (target === undefined) throw invalid(`${plugin} is a tap and needs a target after it`);
  const unknown = rest.find((word) => !isPlugin(parsed, word));
  if (unknown !== undefined) throw invalid(`this project has no plugin ${unknown}`, nearTo(unknown));
  const fits = (wanted: PluginKind, kind: string | undefined): boolean => kind === "unknown" || kind === wanted;
  if (!fits("target", kinds.at(-1))) throw invalid(`${target} is no target, but the last plugin must be one`);
  const mappers = rest.slice(0, -1);
  const wrong = mappers.find((_word, index) => !fits("mapper", kinds[index + 1]));
  if (wrong !== undefined) throw invalid(`${wrong} is between tap and target but is no mapper`);
  return { kind: "pipe", tap: plugin, mappers, target };
}

/** A plugin of the file, or a name such as tap-… or target-…: there may be an executable of that name. */
function isPlugin(parsed: ParsedProject, word: string): boolean {
  return isDeclared(parsed, word) || pluginNamesIn(parsed).includes(word) || /^(tap|target)-[A-Za-z0-9._-]+$/.test(word);
}
