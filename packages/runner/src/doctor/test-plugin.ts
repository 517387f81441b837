/** Tests whether a plugin works with its settings: checks them against their schema, then asks the plugin itself. */

import { capabilities, hasCapability } from "@tapline/protocol";
import { askForCatalog } from "../catalog/discover.ts";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { preparePlugin, type StepOptions } from "../plugins/prepare.ts";
import { settingProblems } from "../plugins/setting-problems.ts";
import { type AskContext, askPlugin } from "../process/ask-plugin.ts";

export interface TestOptions extends AskContext, Pick<StepOptions, "environment" | "binFolders"> {
  plugin: string;
  /** Longest time of the plugin's answer. */
  timeoutMs: number;
}

export interface TestResult {
  /** The checks that passed, as sentences for people. */
  checked: string[];
  failure: Failure | null;
}

/** @throws as `preparePlugin` */
export async function testPlugin(options: TestOptions): Promise<TestResult> {
  return testReady(await preparePlugin(options.project, options.plugin, options), options);
}

/** The same for a plugin that is ready to start. */
export async function testReady(
  ready: Awaited<ReturnType<typeof preparePlugin>>,
  { project, stop, onEvent, timeoutMs }: AskContext & Pick<TestOptions, "timeoutMs">,
): Promise<TestResult> {
  const { name } = ready.plugin;
  const problems = await settingProblems(ready);
  if (problems.length > 0) return { checked: [], failure: asFailure(name, errors.settings_invalid({ plugin: name, problems })) };
  const checked = ready.about?.settings === undefined ? ["All variables and secrets were found."] : ["Settings are valid."];
  const way = wayToTest(ready);
  if (way === undefined) return { checked: [...checked, notTested], failure: null };
  const limit = timeLimit(timeoutMs);
  const context: AskContext = { project, stop: Promise.race([limit.passed, ...(stop === undefined ? [] : [stop])]), onEvent };
  const done =
    way === "--test"
      ? await askPlugin({ ...context, ready, redact: ready.redact, flag: "--test" })
      : await askForCatalog(ready, ready.redact, context);
  limit.clear();
  if (limit.isOver) return { checked, failure: asFailure(name, errors.test_timed_out({ name, way, seconds: timeoutMs / 1000 })) };
  if ("failure" in done) return { checked, failure: done.failure };
  return { checked: [...checked, way === "--test" ? "Its test (--test) passed." : "It listed its streams (--discover)."], failure: null };
}

export const notTested = "The connection was not tested.";

/** undefined: of this plugin, only the settings can be checked. */
export function wayToTest({ plugin, about }: Pick<ReadyPlugin, "plugin" | "about">): "--test" | "--discover" | undefined {
  if (hasCapability(about, capabilities.test)) return "--test";
  return plugin.kind === "tap" || hasCapability(about, capabilities.discover) ? "--discover" : undefined;
}

function timeLimit(ms: number) {
  const passed = Promise.withResolvers<NodeJS.Signals>();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    passed.resolve("SIGTERM");
  }, ms);
  return {
    passed: passed.promise,
    get isOver() {
      return isOver;
    },
    clear: () => clearTimeout(timer),
  };
}
