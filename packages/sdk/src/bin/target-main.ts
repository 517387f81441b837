/** The executable of a target: `runTarget(target)` is all its bin file says. */
import { setFlagsFromString } from "node:v8";
import type { Static, TObject } from "typebox";
import type { Target } from "../target/define.ts";
import { load } from "../target/load.ts";
import { type TargetSettings, withTargetSettings } from "../target/settings.ts";
import { print, runPlugin } from "./run-plugin.ts";

const capabilities = ["about", "record-metadata", "schema-validation"];

export function runTarget<C extends TObject>(target: Target<C>): Promise<never> {
  // Rows live for a moment: a young generation that grows to 100 MB and more makes nothing faster (measured).
  setFlagsFromString("--max-semi-space-size=4");
  setFlagsFromString("--semi-space-growth-factor=1");
  const described = { ...target, config: withTargetSettings(target.config), capabilities };
  return runPlugin<Static<C> & TargetSettings>(described, "target", async ({ config, report, signal }) => {
    const states = load(target as unknown as Target, config, process.stdin, {
      signal,
      onCount: report.count,
      warn: (message) => report.log("warning", message),
      onSummary(summaries) {
        report.flush();
        for (const summary of summaries) report.summary({ ...summary });
      },
    });
    for await (const state of states) print(`${JSON.stringify(state)}\n`);
  });
}
