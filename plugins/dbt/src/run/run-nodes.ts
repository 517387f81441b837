/** The commands whose nodes are told and kept: what is selected, each start of dbt with its events, and the verdict over all of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeNodes, type NodeResult } from "@tapline/protocol";
import type { UtilityRun } from "@tapline/sdk";
import { type DbtWords, testsBehind } from "../arguments.ts";
import type { Config } from "../config.ts";
import type { DbtProgram } from "../environment/dbt-program.ts";
import { errors } from "../errors.ts";
import { downstreamOf, type Manifest } from "./downstream.ts";
import { readDbtLine } from "./events.ts";
import { describeBad, type Ended, failureOf } from "./outcome.ts";
import { canRetry, readResults } from "./results.ts";
import { startDbt } from "./start-dbt.ts";

export interface NodeRun {
  run: UtilityRun<Config>;
  program: DbtProgram;
  env: Record<string, string>;
  words: DbtWords;
}

/** @throws nodes_failed, project_broken, database_locked, database_unreachable, dbt_killed, dbt_failed, stream_without_source */
export async function runNodes(nodeRun: NodeRun): Promise<void> {
  const { run, words } = nodeRun;
  const selection = await selectionOf(nodeRun);
  if (selection === "nothing")
    return run.report.log("info", "nothing came since this was last done, so nothing is to be done; --full does all of it");
  const ended: Ended[] = [];
  for (const args of startsOf(words, selection, run.config)) {
    if (run.signal.aborted) return;
    const one = await startOnce(nodeRun, leftUndone(nodeRun, args) ? ["retry"] : args);
    ended.push(one);
    for (const node of one.nodes) run.report.result(node);
    const failure = run.signal.aborted ? undefined : failureOf(one);
    if (failure === undefined) continue;
    if (!isForgiven(one, run.config)) throw failure;
    for (const node of one.nodes.filter(({ status }) => status === "fail")) run.report.log("warning", describeBad(node));
  }
  const nodes = ended.flatMap((one) => one.nodes);
  for (const node of nodes) if (node.status === "warn") run.report.log("warning", describeBad(node));
  run.report.log("info", describeNodes(nodes));
}

/** A try that makes up for a failed one does what was left undone, where dbt knows that. */
function leftUndone({ run: { context, report }, words }: NodeRun, args: readonly string[]): boolean {
  const { failed_since: since, environment } = context;
  if (since === null || !canRetry(words.targetPath, { args, environment, since })) return false;
  report.log("info", "only what failed in the last try, and what was skipped for it");
  return true;
}

/** With `on_test_failure: warn` models are built first and tested after: in one go dbt would skip what hangs on a failed test. */
function startsOf({ command, words }: DbtWords, selection: readonly string[], { on_test_failure: gate }: Config): string[][] {
  const args = [...words, ...selection];
  if (gate !== "warn" || command !== "build") return [args];
  return [[...args, "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"], testsBehind(args)];
}

/** Nothing but tests failed, and they need not stop anything. */
function isForgiven({ end, nodes }: Ended, { on_test_failure: gate }: Config): boolean {
  return (
    gate === "warn" && end.code === 1 && nodes.some(({ status }) => status === "fail") && nodes.every(({ status }) => status !== "error")
  );
}

async function startOnce({ run, program, env, words }: NodeRun, args: readonly string[]): Promise<Ended> {
  const { report, signal } = run;
  const seen = new Map<string, NodeResult>();
  const wrote = new Map<string, string>();
  let tables: ReadonlyMap<string, number> = new Map();
  const invocations = new Set<string>();
  const troubles: string[] = [];
  let lastWords = "";
  const onLine = (line: string): void => {
    const { invocation, event } = readDbtLine(line);
    if (invocation !== undefined) invocations.add(invocation);
    if (event.kind === "log") lastWords = event.message;
    if (event.kind === "log") report.log(event.level, event.message);
    if (event.kind === "trouble") troubles.push(event.message);
    if (event.kind === "tables") tables = event.rows;
    if (event.kind !== "node") return;
    if (event.wrote !== undefined) wrote.set(event.node.id, event.wrote);
    seen.set(event.node.id, event.node);
    report.node(event.node);
  };
  const end = await startDbt({ program, args, env: { ...env, ...asJsonLines }, signal, onLine });
  const file = words.command === "source" ? "sources.json" : "run_results.json";
  for (const node of readResults(words.targetPath, file, invocations)) {
    const rows = node.rows ?? (node.status === "ok" ? tables.get(wrote.get(node.id) ?? "") : undefined) ?? null;
    // Its name in the log is the better one.
    seen.set(node.id, { ...node, rows, name: seen.get(node.id)?.name ?? node.name });
  }
  return { end, nodes: [...seen.values()], troubles, lastWords };
}

const asJsonLines = { DBT_LOG_FORMAT: "json", DBT_LOG_LEVEL: "info", DBT_USE_COLORS: "false", DBT_QUIET: "false" };

/** Words that narrow what dbt does to what hangs on new rows. @throws stream_without_source, manifest_unreadable */
async function selectionOf(nodeRun: NodeRun): Promise<readonly string[] | "nothing"> {
  const { run, words, program, env } = nodeRun;
  const { loaded } = run.context;
  const isNarrowed = run.config.select === "downstream" && !words.full && !words.isSelected && selectable.has(words.command);
  if (!isNarrowed || loaded === null) return [];
  const came = loaded.filter(({ rows }) => rows !== 0);
  if (came.length === 0) return "nothing";
  const parsed = await startOnce({ run, program, env, words }, ["parse"]);
  if (run.signal.aborted) return [];
  const failure = failureOf(parsed);
  if (failure !== undefined) throw failure;
  const { selectors, unknown } = downstreamOf(readManifest(join(words.targetPath, "manifest.json")), came);
  if (unknown.length > 0) run.report.log("warning", errors.stream_without_source({ tables: unknown }).message);
  return selectors.length === 0 ? "nothing" : ["--select", ...selectors];
}

const selectable = new Set(["build", "run", "test", "snapshot"]);

/** @throws manifest_unreadable */
function readManifest(path: string): Manifest {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Manifest;
  } catch (error) {
    throw errors.manifest_unreadable({ path, reason: (error as Error).message }, {}, error);
  }
}
