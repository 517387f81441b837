/** Refuses checks that a target could not run, before the run starts. Pure. */
import { capabilities, hasCapability } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { PlannedCheck } from "../model/planned-check.ts";
import type { ReadyPlugin } from "../model/step.ts";

/** @throws checks_unsupported */
export function checksFor({ plugin, about }: ReadyPlugin, checks: readonly PlannedCheck[]): readonly PlannedCheck[] {
  for (const { check, when, ofRun, position } of checks) {
    const refuse = (what: string): Error => errors.checks_unsupported({ target: plugin.name, id: check.id, what }, position);
    if (when === "before" && !hasCapability(about, capabilities.rowChecks)) throw refuse("does not check rows before it loads them");
    if (when === "commit" && !hasCapability(about, capabilities.commitChecks))
      throw refuse("can't look at its tables before it commits (`when: commit`)");
    if (when === "after" && !ofRun && !hasCapability(about, capabilities.check)) throw refuse("can't check its tables");
  }
  return checks;
}

/** The checks that can be asked of tables. @throws checks_unsupported */
export function checksOfTables(target: ReadyPlugin, checks: readonly PlannedCheck[]): readonly PlannedCheck[] {
  const asked = checks.filter(({ ofRun }) => !ofRun).map((planned) => ({ ...planned, when: "after" as const }));
  return checksFor(target, asked);
}

/**
 * Those that a partition of a back-fill can be held to, which reads these streams alone and has the rows of another time: not what a check
 * says of the rows of a whole run, or of how new they are.
 */
export function checksOfPart(checks: readonly PlannedCheck[], streams: readonly string[] = []): readonly PlannedCheck[] {
  return checks.filter(
    ({ check, ofRun }) => !ofRun && check.rule !== "freshness" && (check.stream === "" || streams.includes(check.stream)),
  );
}
