/** The executable of a target: its bin file only calls `runTarget(target)`. */
import { fstatSync } from "node:fs";
import type { Static, TObject } from "@tapline/protocol";
import { capabilities, writeLastState } from "@tapline/protocol";
import type { Described } from "../config/about.ts";
import { errors } from "../errors.ts";
import type { Target } from "../target/define.ts";
import { load } from "../target/load.ts";
import { type TargetSettings, withTargetSettings } from "../target/settings.ts";
import { describeChange } from "../target/table-changes.ts";
import { answerCheck } from "./check.ts";
import { answerCutover } from "./cutover.ts";
import { answerDigest } from "./digest.ts";
import { Output } from "./output.ts";
import { answerQuery } from "./query.ts";
import { answerRejectsOfTarget } from "./rejects.ts";
import { print, runPlugin } from "./run-plugin.ts";
import { answerScratch } from "./scratch.ts";
import { standardInput } from "./standard-input.ts";
import { keepYoungMemorySmall } from "./young-memory.ts";

const targetCapabilities: readonly string[] = [
  capabilities.about,
  capabilities.batch,
  capabilities.commitOnce,
  capabilities.controlChannel,
  capabilities.controlPipe,
  capabilities.rowChecks,
  capabilities.streamMaps,
  "record-metadata",
  "schema-flattening",
  "schema-validation",
];

/**
 * Runs a target by the arguments of this process, which reads stdin and prints states on stdout, and ends the process: with 0, with
 * the exit code of the error's class, or with 128 + n after a signal.
 * @example await runTarget(target);
 */
export function runTarget<C extends TObject>(target: Target<C>): Promise<never> {
  keepYoungMemorySmall();
  return runPlugin<Static<C> & TargetSettings>(describeTarget(target), "target", async (run) => {
    const { config, report, signal, args } = run;
    if (args.lastState !== undefined) {
      signal.addEventListener("abort", run.dieOfSignal);
      return printLastState(target, config, args.lastState);
    }
    if (args.query !== undefined) return answerQuery(target as unknown as Target, args.query, run);
    if (await answerDigest(target as unknown as Target, run)) return;
    if (args.check !== undefined) return answerCheck(target as unknown as Target, args.check, run);
    if (args.cutover !== undefined) return answerCutover(target as unknown as Target, args.cutover, run);
    if (args.scratch !== undefined) return answerScratch(target as unknown as Target, args.scratch, run);
    if (args.test) {
      signal.addEventListener("abort", run.dieOfSignal);
      if (target.test === undefined) throw errors.usage({ plugin: target.name, reason: `${target.name} has no --test` });
      for (const sentence of await target.test(config)) report.log("info", sentence);
      return;
    }
    if (args.rejects !== undefined) return answerRejectsOfTarget(target as unknown as Target, args.rejects, run);
    // Node gives such an input no error, only an end: the run would look like one without rows.
    if (fstatSync(0).isDirectory())
      throw errors.usage({ plugin: target.name, reason: "Standard input is a folder; it must be what a tap writes" });
    // Give up a commit that takes too long: the process dies, and the database rolls the transaction back.
    signal.addEventListener("abort", () => setTimeout(run.dieOfSignal, config.shutdown_timeout_ms).unref());
    const states = load(target as unknown as Target, config, standardInput(), {
      signal,
      ...(run.isWhole === undefined ? {} : { isWhole: run.isWhole, readsRest: true }),
      onCommit: (streams) => run.send?.({ type: "committed", streams }),
      onGuarantee: report.delivery,
      onCount: report.count,
      onCheck: report.check,
      onChange: (stream, change) => report.log("info", describeChange(stream, change)),
      warn: (message) => report.log("warning", message),
      onSpent: report.cost,
      onMapped: report.mapped,
      onSummary(summaries) {
        report.flush();
        for (const summary of summaries) report.summary({ ...summary });
      },
    });
    // Not `print`, which handles no signals while it waits for a slow reader.
    const output = new Output();
    for await (const state of states) {
      await output.write(Buffer.from(`${JSON.stringify(state)}\n`));
      // A reader that takes none holds the load, and one that is gone ends it: now, and not at the next STATE.
      await output.written();
    }
  });
}

/**
 * Describes a target for `about` and the like: adds the settings and capabilities that every target of this SDK has.
 * @example about(describeTarget(target))
 */
export function describeTarget<C extends TObject>(target: Target<C>): Described {
  const { loadMethods } = target;
  const own = [
    ...(target.capabilities ?? []),
    ...(target.lastState === undefined ? [] : [capabilities.exactlyOnce]),
    ...(target.test === undefined ? [] : [capabilities.test]),
    ...(target.query === undefined ? [] : [capabilities.query]),
    ...(target.digest === undefined ? [] : [capabilities.digest]),
    ...(target.check === undefined ? [] : [capabilities.check]),
    ...(target.cutover === undefined ? [] : [capabilities.cutover]),
    ...(target.scratch === undefined ? [] : [capabilities.scratch]),
    ...(loadMethods?.includes("overwrite") ? [capabilities.replaceStreams] : []),
  ];
  return { ...target, config: withTargetSettings(target.config, loadMethods), capabilities: [...targetCapabilities, ...own].sort() };
}

async function printLastState<C extends TObject>(target: Target<C>, config: Static<C>, stateId: string): Promise<void> {
  if (target.lastState === undefined)
    throw errors.usage({ plugin: target.name, reason: `${target.name} keeps no ledger to read --last-state from` });
  print(`${writeLastState(stateId, await target.lastState(config, stateId))}\n`);
}
