/** Starts tap and target with a pipe between them, keeps the states that come out, and judges how it ended. */
import { TaplineError } from "@tapline/protocol";
import { type Delivery, deliver, type Grace, type StopSource } from "./deliver.ts";
import { errors } from "./errors.ts";
import { readLines } from "./lines.ts";
import { type Listener, listenTo, untilRead } from "./listen.ts";
import { createPipe } from "./pipe.ts";
import { type PluginEvent, readStateLine } from "./plugin-output.ts";
import type { ReadyPlugin, Step } from "./prepare.ts";
import { type Child, startChild } from "./processes.ts";
import type { Progress, Role } from "./progress.ts";
import { reconcile } from "./reconcile.ts";
import type { RunEvent } from "./run-events.ts";
import type { RunFolder } from "./run-folder.ts";
import type { StopSwitch } from "./stop-source.ts";
import type { Store } from "./store.ts";
import { asFailure, type Failure, findCause, type Witness } from "./verdict.ts";

/** A run that is open in the store. */
export interface Run {
  step: Step;
  runId: string;
  store: Store;
  state: string | null;
  stop: StopSource;
  /** Stops the run from within. */
  halt: StopSwitch;
  grace: Grace;
  folder: string;
  progress: Progress;
  /** A state could not be saved. */
  storeFailure?: TaplineError;
  onEvent(event: RunEvent): void;
}

/** Runs both plugins to their end and says why they failed, if they did. */
export async function pump(run: Run, folder: RunFolder): Promise<Failure | null> {
  const { step, stop, grace } = run;
  const pipe = await createPipe(folder.path);
  const listeners: Partial<Record<Role, Listener>> = {};
  const start = async (role: Role, stdio: [number | "ignore", number | "pipe", "pipe"]): Promise<Child> => {
    const ready = step[role];
    const child = await startChild({
      name: ready.plugin.name,
      executable: ready.executable,
      args: argsOf(run, role, ready, folder),
      cwd: run.folder,
      env: ready.plugin.env,
      stdio,
    });
    try {
      run.store.noteChild(run.runId, child.identity);
    } catch (error) {
      await child.stop("SIGTERM", role === "tap" ? grace.tapMs : grace.targetMs);
      throw error;
    }
    listeners[role] = listenTo(child, step.redact, (event) => hear(run, role, event));
    return child;
  };
  let statesRead: Promise<void> = Promise.resolve();
  const allRead = (): Promise<unknown> => Promise.all([statesRead, listeners.tap?.done, listeners.target?.done]);
  try {
    const delivery = await deliver({
      pipe,
      stop,
      grace,
      async startTarget(stdin) {
        const target = await start("target", [stdin, "pipe", "pipe"]);
        if (target.stdout !== null) statesRead = untilRead(target, "stdout", readLines(target.stdout, keepStates(run)));
        return target;
      },
      startTap: (stdout) => start("tap", ["ignore", stdout, "pipe"]),
      async tapLostItsReader() {
        await listeners.tap?.done;
        return listeners.tap?.brokenPipe === true;
      },
    });
    await allRead();
    return judge(run, delivery, listeners);
  } finally {
    pipe.close();
    // Also when the tap could not be started: what the target says until its end is kept.
    await allRead();
  }
}

/** Lines that arrive in one piece are saved in one write: only the last of them matters. */
function keepStates(run: Run): (line: string) => void {
  let pending: string | undefined;
  const save = (): void => {
    const value = pending;
    pending = undefined;
    if (value === undefined || run.storeFailure !== undefined) return;
    try {
      run.store.saveState(run.step.stateId, run.runId, value);
    } catch (error) {
      // Going on would load rows whose bookmark is lost.
      if (!(error instanceof TaplineError)) throw error;
      run.storeFailure = error;
      run.halt.stop("SIGTERM");
    }
  };
  return (line) => {
    if (line.trim() === "") return;
    const value = readStateLine(line);
    if (value === undefined) {
      const shown = run.step.redact(line.slice(0, 80));
      const message = `A line on stdout is no STATE message and was not kept: ${shown}`;
      run.onEvent({ type: "log", plugin: run.step.target.plugin.name, level: "warning", message });
      return;
    }
    if (pending === undefined) queueMicrotask(save);
    pending = value;
    run.onEvent({ type: "state", value });
  };
}

function hear(run: Run, role: Role, event: PluginEvent): void {
  run.progress.record(role, event);
  const plugin = run.step[role].plugin.name;
  if (event.kind === "count" || event.kind === "summary") run.onEvent({ type: "progress", streams: run.progress.streams() });
  if (event.kind === "error" && event.stack !== undefined) run.onEvent({ type: "log", plugin, level: "error", message: event.stack });
  if (event.kind === "log") run.onEvent({ type: "log", plugin, level: event.level, message: event.message });
}

function judge(run: Run, { tap, target, first }: Delivery, listeners: Partial<Record<Role, Listener>>): Failure | null {
  if (run.storeFailure !== undefined) return asFailure("tapline", run.storeFailure);
  if (first === "stop") return asFailure("tapline", errors.run_stopped({ signal: run.stop.signal ?? "SIGTERM" }));
  const witness = (role: Role, child: Child): Witness => ({
    name: run.step[role].plugin.name,
    exit: child.exit ?? { code: null, signal: null },
    error: listeners[role]?.error,
    lastWords: listeners[role]?.lastWords,
    brokenPipe: listeners[role]?.brokenPipe === true,
    stopped: child.sent !== undefined,
  });
  const cause = findCause(witness("tap", tap), witness("target", target), first);
  if (cause !== undefined) return cause;
  const disagreement = reconcile(run.progress.streams())[0];
  if (disagreement === undefined) return null;
  return asFailure("tapline", errors.counts_disagree({ problem: disagreement.problem }, { stream: disagreement.stream }));
}

function argsOf(run: Run, role: Role, { plugin, catalog }: ReadyPlugin, folder: RunFolder): string[] {
  const args = ["--config", folder.write(`${role}.config.json`, plugin.config)];
  if (role === "target") return args;
  if (catalog !== undefined) args.push("--catalog", catalog);
  if (run.state !== null) args.push("--state", folder.write("state.json", run.state));
  return args;
}
