/** Runs a step that is one program, such as dbt, with its arguments. Its output is logged like a plugin's. */

import { randomBytes } from "node:crypto";
import {
  controlFormOf,
  type LoadedStream,
  type NodeResult,
  type PluginEvent,
  readStderrLine,
  redactEvent,
  TaplineError,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure, locateSetting } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import type { RunEvent, UtilityResult } from "../model/run-event.ts";
import type { StopSource } from "../model/stop.ts";
import { type Exit, endLeftover, startChild } from "../process/child.ts";
import { readLines } from "../process/lines.ts";
import { type Listener, listenTo, untilRead } from "../process/listen.ts";
import { createRunFolder, leftoverPrograms, type RunFolder, sweepRunFolders } from "../process/run-folder.ts";
import { lockForWriting, logWait } from "../state/writer-lock.ts";
import { type ReadyUtility, takesContext } from "./prepare-utility.ts";
import { writeContext } from "./run-context.ts";

export interface UtilityOptions {
  project: Project;
  ready: ReadyUtility;
  /** The step's name. */
  name: string;
  /** The run id of the job. */
  runId: string;
  /** What was loaded since the step last succeeded; null: not known. */
  loaded: LoadedStream[] | null;
  /** When the failed try began that this one repeats; null: this is the first try. */
  failedSince: string | null;
  binFolders?: readonly string[] | undefined;
  stop: StopSource;
  graceMs?: number;
  onEvent(event: RunEvent): void;
}

const defaultGraceMs = 15_000;

interface End {
  exit: Exit | null;
  nodes: NodeResult[];
  failure: Failure | null;
}

/** Failures of the program are in the result. @throws plugin_not_started and what `writeContext` throws */
export async function runUtility(options: UtilityOptions): Promise<UtilityResult> {
  const { name, ready, onEvent } = options;
  const started = new Date();
  onEvent({ type: "utility_started", name });
  const { exit, nodes, failure } = await attempt(options);
  return {
    kind: "utility",
    name,
    plugin: ready.plugin.name,
    status: failure === null ? statusOf(nodes) : failure.code === "run_stopped" ? "stopped" : "failed",
    startedAt: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    exitCode: exit?.code ?? null,
    nodes,
    failure,
  };
}

/** A test of severity `warn` that found bad rows does not stop dbt, and a person should look at it. */
function statusOf(nodes: readonly NodeResult[]): "done" | "warning" {
  return nodes.some(({ status }) => status === "warn" || status === "fail") ? "warning" : "done";
}

async function attempt(options: UtilityOptions): Promise<End> {
  const { project, ready, runId, stop, onEvent } = options;
  try {
    using _locks = await lockForWriting({ folder: project.folder, paths: ready.writesTo, stop, onWait: logWait(onEvent) });
    await endLeftovers(options);
    sweepRunFolders(project.folder);
    using folder = createRunFolder(project.folder, `${runId}.${ready.plugin.name}-${randomBytes(3).toString("hex")}`);
    return await runProgram(options, folder, takesContext(ready.about) ? await writeContext(options, folder) : {});
  } catch (error) {
    if (error instanceof TaplineError && error.code === "run_stopped")
      return { exit: null, nodes: [], failure: asFailure("tapline", error) };
    throw error;
  }
}

/** Stops programs that a crashed runner left running: they would do the work twice. @throws leftover_unstoppable */
async function endLeftovers({ project, ready, onEvent, graceMs = defaultGraceMs }: UtilityOptions): Promise<void> {
  const warn = (message: string): void => onEvent({ type: "log", plugin: "tapline", level: "warning", message });
  const { name } = ready.plugin;
  const leftovers = leftoverPrograms(project.folder).filter((program) => program.name === name);
  for (const { pid, started } of leftovers) await endLeftover({ whose: `A run of ${name}`, pid, started }, graceMs, warn);
}

async function runProgram(
  { project, ready, stop, onEvent, graceMs = defaultGraceMs }: UtilityOptions,
  folder: RunFolder,
  context: Record<string, string>,
): Promise<End> {
  const { plugin, executable, args, about, redact } = ready;
  const child = await startChild({
    name: plugin.name,
    executable,
    args,
    cwd: project.folder,
    processEnv: project.processEnv,
    env: { ...plugin.env, ...context },
    stdio: ["ignore", "pipe", "pipe"],
    control: controlFormOf(about),
  });
  try {
    folder.noteProgram({ name: plugin.name, ...child.identity });
  } catch (error) {
    await child.stop("SIGTERM", graceMs);
    throw error;
  }
  void stop.askedAgain.then(() => child.signal("SIGKILL"));
  void stop.asked.then((signal) => child.stop(signal, graceMs));
  const nodes = new Map<string, NodeResult>();
  const handleEvent = (event: PluginEvent): void => {
    if (event.kind === "log") onEvent({ type: "log", plugin: plugin.name, level: event.level, message: event.message });
    if (event.kind === "error") onEvent({ type: "log", plugin: plugin.name, level: "error", message: event.error.message });
    if (event.kind === "node" || event.kind === "result") nodes.set(event.node.id, event.node);
    if (event.kind === "node") onEvent({ type: "node", plugin: plugin.name, node: event.node });
  };
  const listener = listenTo(child, redact, handleEvent);
  let lastLine: string | undefined;
  const onLine = (line: string): void => {
    if (line.trim() === "") return;
    const event = redactEvent(readStderrLine(line), redact);
    if (event.kind !== "log") return;
    lastLine = event.message;
    handleEvent(event);
  };
  const read = child.stdout === null ? Promise.resolve() : readLines(child.stdout, onLine);
  await Promise.all([untilRead(child, "stdout", read), listener.done]);
  const exit = await child.exited;
  const failure = failureOf(plugin.name, exit, { stop, listener, lastLine });
  return { exit, nodes: [...nodes.values()], failure: failure === null ? null : locateSetting(failure, plugin) };
}

interface Ending {
  stop: StopSource;
  listener: Listener;
  /** The last line of its stdout. */
  lastLine: string | undefined;
}

function failureOf(name: string, { code, signal }: Exit, { stop, listener, lastLine }: Ending): Failure | null {
  if (stop.signal !== undefined) return asFailure("tapline", errors.run_stopped(stop));
  if (code === 0) return null;
  if (listener.error !== undefined) return { plugin: name, ...listener.error };
  if (signal !== null) return asFailure(name, errors.plugin_killed({ signal }));
  return asFailure(name, errors.plugin_failed({ how: `ended with exit code ${code}`, last: listener.lastLine ?? lastLine }));
}
