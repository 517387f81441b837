/** Tests whether a plugin works with its settings: checks them against their schema, then asks the plugin itself. */

import { capabilities, hasCapability } from "@tapline/protocol";
import { askForCatalog } from "../catalog/discover.ts";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { preparePlugin, type StepOptions } from "../plugins/prepare.ts";
import { settingProblems } from "../plugins/setting-problems.ts";
import { type AskContext, askPlugin } from "../process/ask-plugin.ts";

export interface TestOptions extends AskContext, Pick<StepOptions, "environment" | "binFolders"> {
  plugin: string;
}

export interface TestResult {
  /** The checks that passed, as sentences for people. */
  checked: string[];
  failure: Failure | null;
}

/** @throws as `preparePlugin` */
export async function testPlugin(options: TestOptions): Promise<TestResult> {
  const ready = await preparePlugin(options.project, options.plugin, options);
  const problems = await settingProblems(ready);
  if (problems.length > 0) {
    return { checked: [], failure: asFailure(options.plugin, errors.settings_invalid({ plugin: options.plugin, problems })) };
  }
  const checked = ready.about?.settings === undefined ? ["All variables and secrets were found."] : ["Settings are valid."];
  const testsItself = hasCapability(ready.about, capabilities.test);
  const isTap = ready.plugin.kind === "tap" || hasCapability(ready.about, capabilities.discover);
  if (!isTap) return { checked: [...checked, "The connection was not tested."], failure: null };
  const done = testsItself
    ? await askPlugin({ ...options, ready, redact: ready.redact, flag: "--test" })
    : await askForCatalog(ready, ready.redact, options);
  if ("failure" in done) return { checked, failure: done.failure };
  return {
    checked: [...checked, testsItself ? "Its test (--test) passed." : "It listed its streams (--discover)."],
    failure: null,
  };
}
