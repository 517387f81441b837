/** Answers `--rejects VERB`: the rejected rows that a plugin keeps, as JSON lines on stdout. */
import type { RejectVerb, Static, TObject } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Tap } from "../tap/define-tap.ts";
import type { Target } from "../target/define.ts";
import type { ListedRejects, RejectSelection } from "../target/kept-rejects.ts";
import { replayRejects } from "../target/replay.ts";
import type { TargetSettings } from "../target/settings.ts";
import { type PluginRun, print } from "./run-plugin.ts";

/** @throws usage, reject_missing, and what the target's sink throws */
export async function answerRejectsOfTarget(target: Target, verb: RejectVerb, run: PluginRun<TargetSettings>): Promise<void> {
  const selection = selectionOf(run);
  const config = run.config as TargetSettings & Record<string, unknown>;
  const sink = await target.open(config, "rejects");
  try {
    if (sink.rejects === undefined) throw noRejects(target.name);
    await checkIds(sink.rejects, selection);
    if (verb !== "replay") return printLines(await answer(sink.rejects, verb, selection));
  } finally {
    await sink[Symbol.asyncDispose]();
  }
  const options = { signal: run.signal, warn: (message: string) => run.report.log("warning", message) };
  printLines(await replayRejects(target, config, selection, options));
}

/** @throws usage, reject_missing, and what the tap throws */
export async function answerRejectsOfTap<C extends TObject>(tap: Tap<C>, verb: RejectVerb, run: PluginRun<Static<C>>): Promise<void> {
  const rejects = tap.rejects?.(run.config);
  if (rejects === undefined) throw noRejects(tap.name);
  if (verb === "replay") throw errors.replay_by_tap({ plugin: tap.name });
  const selection = selectionOf(run);
  await checkIds(rejects, selection);
  printLines(await answer(rejects, verb, selection));
}

async function answer(rejects: ListedRejects, verb: "list" | "show" | "discard", selection: RejectSelection): Promise<object[]> {
  if (verb !== "discard") return rejects.list(selection, verb === "show");
  return [...(await rejects.discard(selection))].map(([stream, discarded]) => ({ stream, discarded }));
}

/** @throws reject_missing, before anything is changed */
async function checkIds(rejects: ListedRejects, selection: RejectSelection): Promise<void> {
  if (selection.ids === undefined) return;
  const found = new Set((await rejects.list(selection)).map(({ id }) => id));
  const missing = selection.ids.filter((id) => !found.has(id));
  if (missing.length > 0) throw errors.reject_missing({ ids: missing });
}

function selectionOf({ args }: PluginRun<unknown>): RejectSelection {
  const { ids, streams } = args;
  return { ...(ids.length > 0 && { ids }), ...(streams.length > 0 && { streams }) };
}

const noRejects = (plugin: string): Error => errors.usage({ plugin, reason: `${plugin} keeps no rejected rows that can be read back` });

function printLines(lines: readonly object[]): void {
  print(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
