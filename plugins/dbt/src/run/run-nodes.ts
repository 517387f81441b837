/** Runs the commands that report nodes: selects nodes, starts dbt, reports its events and decides the result. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeNodes, type NodeResult } from "@tapline/protocol";
import type { UtilityRun } from "@tapline/sdk";
import { type DbtArguments, testArguments } from "../arguments.ts";
import type { Config } from "../config.ts";
import type { DbtProgram } from "../environment/dbt-program.ts";
import { errors } from "../errors.ts";
import { downstreamOf, type Manifest, upstreamOf } from "./downstream.ts";
import { readDbtLine } from "./events.ts";
import { describeBad, type Ended, failureOf } from "./outcome.ts";
import { canRetry, readResults } from "./results.ts";
import { startDbt } from "./start-dbt.ts";

export interface NodeRun {
  run: UtilityRun<Config>;
  program: DbtProgram;
  env: Record<string, string>;
  dbtArguments: DbtArguments;
}

/** @throws nodes_failed, project_broken, database_locked, database_unreachable, dbt_killed, dbt_failed, stream_without_source */
export async function runNodes(nodeRun: NodeRun): Promise<void> {
  const { run, dbtArguments } = nodeRun;
  const selection = await selectionOf(nodeRun);
  if (selection === "nothing")
    return run.report.log("info", "no new rows since this step last succeeded, so there is nothing to do; use --full to run everything");
  const ended: Ended[] = [];
  for (const args of dbtRuns(dbtArguments, selection, run.config)) {
    if (run.signal.aborted) return;
    const one = await startOnce(nodeRun, isRetry(nodeRun, args) ? ["retry"] : args);
    ended.push(one);
    for (const node of one.nodes) run.report.result(node);
    const failure = run.signal.aborted ? undefined : failureOf(one);
    if (failure === undefined) continue;
    if (!isOnlyWarning(one, run.config)) throw failure;
    for (const node of one.nodes.filter(({ status }) => status === "fail")) run.report.log("warning", describeBad(node));
  }
  const nodes = ended.flatMap((one) => one.nodes);
  for (const node of nodes) if (node.status === "warn") run.report.log("warning", describeBad(node));
  run.report.log("info", describeNodes(nodes));
}

/** Whether to retry only the failed nodes: this run follows a failed one, and dbt has its results. */
function isRetry({ run: { context, report }, dbtArguments }: NodeRun, args: readonly string[]): boolean {
  const { failed_since: since, environment } = context;
  if (since === null || !canRetry(dbtArguments.targetPath, { args, environment, since })) return false;
  report.log("info", "running only the nodes that failed or were skipped last time");
  return true;
}

/** With `on_test_failure: warn`, models are built first and tested after, because in one run dbt would skip what depends on a failed test. */
function dbtRuns({ command, args: given }: DbtArguments, selection: readonly string[], { on_test_failure: gate }: Config): string[][] {
  const args = [...given, ...selection];
  if (gate !== "warn" || command !== "build") return [args];
  return [[...args, "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"], testArguments(args)];
}

/** Whether only tests failed, and failed tests are only warnings. */
function isOnlyWarning({ end, nodes }: Ended, { on_test_failure: gate }: Config): boolean {
  return (
    gate === "warn" && end.code === 1 && nodes.some(({ status }) => status === "fail") && nodes.every(({ status }) => status !== "error")
  );
}

async function startOnce({ run, program, env, dbtArguments }: NodeRun, args: readonly string[]): Promise<Ended> {
  const { report, signal } = run;
  const seen = new Map<string, NodeResult>();
  const wrote = new Map<string, string>();
  let tables: ReadonlyMap<string, number> = new Map();
  const invocations = new Set<string>();
  const troubles: string[] = [];
  let lastLine = "";
  const onLine = (line: string): void => {
    const { invocation, event } = readDbtLine(line);
    if (invocation !== undefined) invocations.add(invocation);
    if (event.kind === "log") lastLine = event.message;
    if (event.kind === "log") report.log(event.level, event.message);
    if (event.kind === "trouble") troubles.push(event.message);
    if (event.kind === "tables") tables = event.rows;
    if (event.kind !== "node") return;
    if (event.wrote !== undefined) wrote.set(event.node.id, event.wrote);
    seen.set(event.node.id, event.node);
    report.node(event.node);
  };
  const end = await startDbt({ program, args, env: { ...env, ...asJsonLines }, signal, onLine });
  const file = dbtArguments.command === "source" ? "sources.json" : "run_results.json";
  for (const node of readResults(dbtArguments.targetPath, file, invocations)) {
    const rows = node.rows ?? (node.status === "ok" ? tables.get(wrote.get(node.id) ?? "") : undefined) ?? null;
    // The name in the log is better.
    seen.set(node.id, { ...node, rows, name: seen.get(node.id)?.name ?? node.name });
  }
  const upstream = upstreamFinder(join(dbtArguments.targetPath, "manifest.json"));
  const nodes = [...seen.values()].map((node) => ({ ...node, depends_on: upstream(node.id) }));
  return { end, nodes, troubles, lastLine };
}

/** A dbt that failed early has no manifest: then nothing is known. */
function upstreamFinder(path: string): (id: string) => string[] {
  const manifest = existsSync(path) ? readManifest(path) : { sources: {} };
  return (id) => upstreamOf(manifest, id);
}

const asJsonLines = { DBT_LOG_FORMAT: "json", DBT_LOG_LEVEL: "info", DBT_USE_COLORS: "false", DBT_QUIET: "false" };

/** Arguments that select only what depends on new rows; "nothing" when there are none. @throws manifest_unreadable */
async function selectionOf(nodeRun: NodeRun): Promise<readonly string[] | "nothing"> {
  const { run, dbtArguments, program, env } = nodeRun;
  const { loaded } = run.context;
  const isNarrowed =
    run.config.select === "downstream" && !dbtArguments.full && !dbtArguments.isSelected && selectable.has(dbtArguments.command);
  if (!isNarrowed || loaded === null) return [];
  const withRows = loaded.filter(({ rows }) => rows !== 0);
  if (withRows.length === 0) return "nothing";
  const parsed = await startOnce({ run, program, env, dbtArguments }, ["parse"]);
  if (run.signal.aborted) return [];
  const failure = failureOf(parsed);
  if (failure !== undefined) throw failure;
  const { selectors, unknown } = downstreamOf(readManifest(join(dbtArguments.targetPath, "manifest.json")), withRows);
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
