/** The executable of a target: `runTarget(target)` is all its bin file says. */
import { setFlagsFromString } from "node:v8";
import type { Static, TObject } from "@tapline/protocol";
import { parseExact } from "@tapline/protocol";
import type { Described } from "../config/about.ts";
import { errors } from "../errors.ts";
import type { Target } from "../target/define.ts";
import { load } from "../target/load.ts";
import { type TargetSettings, withTargetSettings } from "../target/settings.ts";
import { describeChange } from "../target/table-changes.ts";
import { Output } from "./output.ts";
import { print, runPlugin } from "./run-plugin.ts";

const capabilities = ["about", "control-channel", "control-pipe", "record-metadata", "schema-validation"];

export function runTarget<C extends TObject>(target: Target<C>): Promise<never> {
  // Rows live for a moment: a young generation that grows to 100 MB and more makes nothing faster (measured).
  setFlagsFromString("--max-semi-space-size=4");
  setFlagsFromString("--semi-space-growth-factor=1");
  return runPlugin<Static<C> & TargetSettings>(describeTarget(target), "target", async (run) => {
    const { config, report, signal, args } = run;
    if (args.lastState !== undefined) {
      signal.addEventListener("abort", run.dieOfSignal);
      return printLastState(target, config, args.lastState);
    }
    // A commit that takes too long is given up by dying: what a database was not told to commit, it drops.
    signal.addEventListener("abort", () => setTimeout(run.dieOfSignal, config.shutdown_timeout_ms).unref());
    const states = load(target as unknown as Target, config, process.stdin, {
      signal,
      ...(run.isWhole === undefined ? {} : { isWhole: run.isWhole }),
      onGuarantee: report.delivery,
      onCount: report.count,
      onChange: (stream, change) => report.log("info", describeChange(stream, change)),
      warn: (message) => report.log("warning", message),
      onSummary(summaries) {
        report.flush();
        for (const summary of summaries) report.summary({ ...summary });
      },
    });
    // Not `print`, which waits without hearing signals: a reader may take its time.
    const output = new Output();
    try {
      for await (const state of states) await output.write(Buffer.from(`${JSON.stringify(state)}\n`));
    } finally {
      await output.end();
    }
  });
}

/** With the settings every target has, and what it can do. */
export function describeTarget<C extends TObject>(target: Target<C>): Described {
  const own = [...(target.capabilities ?? []), ...(target.lastState === undefined ? [] : ["exactly-once"])];
  return { ...target, config: withTargetSettings(target.config), capabilities: [...capabilities, ...own].sort() };
}

async function printLastState<C extends TObject>(target: Target<C>, config: Static<C>, stateId: string): Promise<void> {
  if (target.lastState === undefined)
    throw errors.usage({ plugin: target.name, reason: `${target.name} keeps no ledger to read --last-state from` });
  const { run_id, state, committed_at } = await target.lastState(config, stateId);
  print(`${JSON.stringify({ state_id: stateId, run_id, state: state === null ? null : parseExact(state), committed_at })}\n`);
}
