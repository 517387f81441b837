/** A step that is no pipe: a program such as dbt, started with its arguments, whose words are kept like a plugin's. */

import { errors } from "../errors.ts";
import { readLines } from "../lines.ts";
import { listenTo, untilRead } from "../listen.ts";
import { readStderrLine } from "../plugin-output.ts";
import type { Executable } from "../plugins/executable.ts";
import { startChild } from "../processes.ts";
import type { Plugin } from "../project/project.ts";
import { type Redact, redactDeep } from "../project/secrets.ts";
import type { StopSource } from "./deliver.ts";
import type { RunEvent, UtilityResult } from "./run-events.ts";
import { asFailure, type Failure } from "./verdict.ts";

export interface UtilityOptions {
  name: string;
  plugin: Plugin;
  executable: Executable;
  args: readonly string[];
  /** Of the project. */
  folder: string;
  redact: Redact;
  stop: StopSource;
  graceMs?: number;
  onEvent(event: RunEvent): void;
}

/** @throws plugin_not_started */
export async function runUtility(options: UtilityOptions): Promise<UtilityResult> {
  const { name, plugin, executable, args, folder, redact, stop, onEvent, graceMs = 15_000 } = options;
  const started = new Date();
  onEvent({ type: "utility_started", name });
  const child = await startChild({ name: plugin.name, executable, args, cwd: folder, env: plugin.env, stdio: ["ignore", "pipe", "pipe"] });
  void stop.askedAgain.then(() => child.signal("SIGKILL"));
  void stop.asked.then((signal) => child.stop(signal, graceMs));
  const say = (message: string, level: "debug" | "info" | "warning" | "error" | undefined): void =>
    onEvent({ type: "log", plugin: plugin.name, level, message });
  const listener = listenTo(child, redact, (event) => {
    if (event.kind === "log") say(event.message, event.level);
    if (event.kind === "error") say(event.error.message, "error");
  });
  let lastLine: string | undefined;
  const onLine = (line: string): void => {
    if (line.trim() === "") return;
    const event = redactDeep(readStderrLine(line), redact);
    lastLine = event.kind === "log" ? event.message : lastLine;
    if (event.kind === "log") say(event.message, event.level);
  };
  const read = child.stdout === null ? Promise.resolve() : readLines(child.stdout, onLine);
  await Promise.all([untilRead(child, "stdout", read), listener.done]);
  const { code, signal } = await child.exited;
  const failure = failureOf(plugin.name, code, signal, { stop, last: listener.lastWords ?? lastLine });
  return {
    kind: "utility",
    name,
    plugin: plugin.name,
    status: failure === null ? "done" : failure.code === "run_stopped" ? "stopped" : "failed",
    startedAt: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    exitCode: code,
    failure,
  };
}

function failureOf(
  name: string,
  code: number | null,
  signal: NodeJS.Signals | null,
  { stop, last }: { stop: StopSource; last: string | undefined },
): Failure | null {
  if (stop.signal !== undefined) return asFailure("tapline", errors.run_stopped({ signal: stop.signal }));
  if (code === 0) return null;
  if (signal !== null) return asFailure(name, errors.plugin_killed({ signal }));
  return asFailure(name, errors.plugin_failed({ how: `ended with exit code ${code}`, last }));
}
