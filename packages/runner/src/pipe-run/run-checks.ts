/** The checks of one run of a pipe: those that the target gets with its settings, those of its tables after the load, and what all of them found. */
import {
  type Catalog,
  type Check,
  type CheckFound,
  type CheckOf,
  capabilities,
  describeCheckResult,
  hasCapability,
  metadataAt,
  numberFound,
} from "@tapline/protocol";
import { selectedStreams } from "../catalog/shape.ts";
import { askChecks } from "../checks/ask-checks.ts";
import { checkNames } from "../checks/check-names.ts";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { type CheckResult, type CheckTime, checkResult, isFault, type PlannedCheck } from "../model/planned-check.ts";
import type { Project } from "../model/project.ts";
import { isMapped } from "../model/step.ts";
import type { LiveRun } from "./live-run.ts";
import { handlePluginEvent } from "./live-run.ts";
import type { TargetSettings } from "./plugin-arguments.ts";

export interface RunChecks {
  /**
   * Compares their names with what the tap reads; undefined: that is not known. `isPart`: it reads only the streams that have files now.
   * @throws check_stream_unknown, check_column_unknown
   */
  know(catalog: Catalog | undefined, isPart: boolean): void;
  /** What the target gets of them. `only`: the streams of a lane. */
  forTarget(only?: Catalog): Pick<TargetSettings, "checks" | "commit_checks">;
  /** After a whole load. @returns a failure where a check that stops does not hold, or was not run */
  judge(run: LiveRun, project: Project): Promise<Failure | null>;
  /** Where a run has nothing to load: the tables are looked at, as they are. @returns as `judge` */
  judgeTables(run: LiveRun, project: Project): Promise<Failure | null>;
  results(run: LiveRun): CheckResult[];
}

/** `killed`: the run before, where it ended without a report of what it loaded. */
export function createRunChecks(
  run: Pick<LiveRun, "step">,
  planned: readonly PlannedCheck[] = [],
  killed: string | null = null,
): RunChecks {
  let checks = planned;
  /** It was a whole load, so a check of rows of which nothing was told was not run. */
  let isLoaded = false;
  /** The tap reads all streams that the checks are about: one that did not arrive has no new rows. */
  let areKnown = false;
  let ofTables: CheckResult[] = [];
  const { tap, target } = run.step;

  const ofLoad = ({ state }: LiveRun): CheckResult[] => {
    const found = new Map(state.progress.checks().map((each) => [each.id, each]));
    const byTarget = checks.filter(({ when }) => when !== "after");
    return byTarget.flatMap((each) => {
      const own = found.get(each.check.id);
      if (own === undefined && !isLoaded) return [];
      // With a check at the commit all rows wait for it: where it fails, nobody told of them.
      if (own?.rows === 0 && !isLoaded && byTarget.some(({ when }) => when === "commit") && each.when === "before") return [];
      if (own !== undefined && each.when === "commit") return [checkResult(each, own)];
      // Until the end a check that is not run may only wait for its stream.
      if (own?.status === "not_run" && !isLoaded) return [];
      if (own?.status === "not_run" && areKnown)
        return [checkResult(each, { id: own.id, status: "passed", rows: 0, failed: 0, first: [] })];
      return [
        checkResult(each, own ?? { id: each.check.id, status: "not_run", first: [], reason: `${target.plugin.name} did not tell of it` }),
      ];
    });
  };

  const ask = (live: LiveRun, project: Project, asked: readonly PlannedCheck[]): Promise<CheckResult[] | { failure: Failure }> =>
    askChecks({
      ...{ project, target, redact: live.step.redact, stop: live.stop.asked, checks: asked },
      onEvent: (event) => handlePluginEvent(live, { role: "target", ready: target }, event),
    });

  /** What a killed run has found in rows that it loaded nobody knows any more. They are in the tables. */
  const ofKilled = (live: LiveRun): PlannedCheck[] => {
    const lost = checks.filter(({ when, check }) => when === "before" && check.on_fail === "warn");
    if (killed === null || lost.length === 0) return [];
    const canAsk = hasCapability(target.about, capabilities.check);
    const rest = canAsk
      ? "so they are asked of its tables too"
      : `and ${target.plugin.name} can't look at its tables: what they found is lost`;
    const message = `Run ${killed} was killed before it told what checks of rows found, ${rest}`;
    live.onEvent({ type: "log", plugin: "tapline", level: canAsk ? "info" : "warning", message });
    return canAsk ? lost.map((each) => ({ ...each, when: "after" })) : [];
  };

  /** Those of tables, after the ones that only count. @returns a failure where the target can't be asked */
  const lookAtTables = async (live: LiveRun, project: Project, counted: readonly CheckResult[]): Promise<Failure | null> => {
    const own = checks.filter(({ when, ofRun }) => when === "after" && !ofRun);
    const asked = await ask(live, project, [...own, ...ofKilled(live)]);
    if ("failure" in asked) return live.stop.signal === undefined ? asked.failure : asFailure("tapline", errors.run_stopped(live.stop));
    ofTables = [...counted, ...asked.filter((each, index) => index < own.length || isFault(each))];
    return null;
  };

  return {
    know(catalog, isPart) {
      if (catalog === undefined || isMapped(run.step)) return;
      areKnown = true;
      checks = checkNames(checks, selectedStreams(catalog).map(readStream), tap.plugin.name, isPart);
    },
    forTarget(only) {
      const streams = only && new Set(selectedStreams(only).map(({ stream }) => stream));
      const when = (time: CheckTime): Check[] =>
        checks.flatMap(({ check, ...each }) => (each.when === time && streams?.has(check.stream) !== false ? [check] : []));
      const [ofRows, ofTables] = [when("before"), when("commit")];
      return { ...(ofRows.length > 0 && { checks: ofRows }), ...(ofTables.length > 0 && { commit_checks: ofTables }) };
    },
    async judge(live, project) {
      isLoaded = true;
      const counted = checks.filter(({ when, ofRun }) => when === "after" && ofRun).map((each) => checkResult(each, countOf(each, live)));
      return (await lookAtTables(live, project, counted)) ?? verdict([...ofLoad(live), ...ofTables]);
    },
    async judgeTables(live, project) {
      return (await lookAtTables(live, project, [])) ?? verdict(ofTables);
    },
    results: (live) => [...ofLoad(live), ...ofTables],
  };
}

/** A failure where a check that stops does not hold, or was not run. */
function verdict(results: readonly CheckResult[]): Failure | null {
  const problems = results.filter((each) => isFault(each) && each.on_fail === "stop");
  if (problems.length === 0) return null;
  return asFailure("tapline", errors.checks_failed({ problems: problems.map((each) => describeCheckResult(each)) }));
}

/** Warnings of those that only warn. */
export function warningsOfChecks(results: readonly CheckResult[]): string[] {
  return results.filter((each) => isFault(each) && each.on_fail === "warn").map((each) => describeCheckResult(each));
}

/** The rows that the run loaded. */
function countOf({ check }: PlannedCheck, { state }: LiveRun): CheckFound {
  const { id, stream } = check;
  const result = state.progress.streams().find((each) => each.stream === stream);
  const rows = result === undefined ? 0 : (result.loaded ?? result.received);
  if (rows === null) return { id, status: "not_run", first: [], reason: "the target did not report how many rows it loaded" };
  return numberFound(id, String(rows), check as CheckOf<"row_count">);
}

function readStream(stream: Catalog["streams"][number]) {
  const { schema, key_properties: keys } = stream;
  const named = metadataAt(stream, [])["table-key-properties"] ?? keys;
  return { stream: stream.stream, columns: Object.keys(schema.properties ?? {}), keys: Array.isArray(named) ? named.map(String) : [] };
}
