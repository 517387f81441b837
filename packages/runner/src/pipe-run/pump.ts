/** Starts tap, mappers and target with pipes between them, saves the states that the target emits, and decides how the run ended. */

import { capabilities, controlFormOf, hasCapability, type ReceivedControlMessage } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure, locateSetting } from "../model/failure.ts";
import { hasMaps, type Part, partsOf, type ReadyPlugin } from "../model/step.ts";
import type { ControlChannel } from "../process/control-channel.ts";
import type { EndedPlugin } from "../process/ended-plugin.ts";
import { readLines } from "../process/lines.ts";
import { type Listener, listenTo, untilRead } from "../process/listen.ts";
import { createPipe, type Pipe } from "../process/pipe.ts";
import type { RunFolder } from "../process/run-folder.ts";
import { batchFiles } from "./batch-files.ts";
import { type Delivery, deliver, type Stage } from "./deliver.ts";
import { keepStates } from "./keep-states.ts";
import { handleControlMessage, handlePluginEvent, type LiveRun, startPlugin, tapIdOf } from "./live-run.ts";
import { mapperArguments, type TargetSettings, tapArguments, targetArguments } from "./plugin-arguments.ts";
import { reconcile } from "./reconcile.ts";
import type { MapStage } from "./reconcile-maps.ts";
import { answerSecretRequest } from "./secrets.ts";
import { findCause } from "./verdict.ts";

/** A run whose state is settled. */
export interface PumpOptions {
  run: LiveRun;
  folder: RunFolder;
  /** The state the tap starts from, as JSON text. */
  state: string | null;
  targetSettings: TargetSettings;
}

/** Runs the plugins to their end. Resolves to the failure, or null. */
export async function pump({ run, folder, state, targetSettings }: PumpOptions): Promise<Failure | null> {
  const parts = partsOf(run.step);
  const files = batchFiles(run.step, folder);
  if (files.note !== undefined) run.onEvent({ type: "log", plugin: "tapline", level: "info", message: files.note });
  const pipes: Pipe[] = [];
  const listeners: (Listener | undefined)[] = [];
  let statesRead: Promise<void> = Promise.resolve();
  let controlRead: Promise<void> | undefined;
  let tapControl: ControlChannel | null = null;
  /** A tap may ask before its start is noted. */
  const tapStarted = Promise.withResolvers<ControlChannel | null>();
  const tellsDurable = hasCapability(run.step.tap.about, capabilities.durable);
  const allRead = (): Promise<unknown> => Promise.all([statesRead, controlRead, ...listeners.map((listener) => listener?.done)]);
  const stages = parts.map((part, at): Stage => {
    const { role, ready } = part;
    const heard = Promise.withResolvers<void>();
    return {
      heard: heard.promise,
      graceMs: role === "target" ? run.grace.targetMs : run.grace.tapMs,
      endsEarly: ready.endsEarly === true,
      async start(stdin, stdout) {
        const stdio = [stdin ?? "ignore", stdout ?? "pipe", "pipe"] as const;
        const onControl = (message: ReceivedControlMessage): void => {
          if (role === "target") handleControlMessage(run, message);
          if (role === "tap")
            void answerSecretRequest(
              run.store.facts,
              tapIdOf(run),
              message,
              (answer) => void tapStarted.promise.then((tap) => tap?.sendSecret(answer)),
            );
        };
        const control = controlFormOf(ready.about);
        const child = await startPlugin(run, part, { args: argumentsOf(run, part, at), stdio, control, onControl });
        if (role === "target") controlRead = child.control?.read;
        if (role === "tap") {
          tapControl = child.control;
          tapStarted.resolve(child.control);
        }
        listeners[at] = listenTo(child, run.step.redact, (event) => {
          heard.resolve();
          handlePluginEvent(run, part, event);
        });
        if (child.stdout !== null) {
          const keeper = keepStates(run, tellsDurable ? (value) => tapControl?.sendDurable(value) : undefined);
          statesRead = untilRead(child, "stdout", readLines(child.stdout, keeper.take)).then(keeper.saved);
        }
        return child;
      },
      async lostItsReader() {
        await listeners[at]?.done;
        return listeners[at]?.brokenPipe === true;
      },
    };
  });
  const argumentsOf = (call: LiveRun, { role, ready }: Part, at: number): string[] => {
    if (role === "mapper") return mapperArguments(ready, folder, at);
    return role === "tap"
      ? tapArguments(call, folder, state, files.tap)
      : targetArguments(call, folder, { ...targetSettings, ...files.target });
  };
  try {
    while (pipes.length < parts.length - 1) pipes.push(await createPipe(folder.path));
    const delivery = await deliver({ stages, pipes, stop: run.stop, finishesFirst: run.follows === true });
    await allRead();
    return judge(run, parts, delivery, listeners);
  } finally {
    for (const pipe of pipes) pipe.close();
    // Also when the tap could not be started: what the target reports until its end is still handled.
    await allRead();
  }
}

/** Who maps streams in this run, with what they reported. */
function mapStages({ step, state }: LiveRun): MapStage[] {
  const reported = state.progress.stages();
  const names = step.mappers.map(({ plugin }) => plugin.name);
  // What a plugin reported that stands there twice is not known of either.
  const isOnce = (name: string): boolean => names.indexOf(name) === names.lastIndexOf(name);
  const stageOf = ({ plugin, about }: ReadyPlugin): MapStage => ({
    plugin: plugin.name,
    counts: hasCapability(about, capabilities.streamMaps) && isOnce(plugin.name) ? (reported.get(plugin.name) ?? []) : undefined,
  });
  return [...step.mappers.map(stageOf), ...(hasMaps(step.target) ? [stageOf(step.target)] : [])];
}

function judge(
  run: LiveRun,
  parts: readonly Part[],
  { children, first, early }: Delivery,
  listeners: readonly (Listener | undefined)[],
): Failure | null {
  if (run.state.storeFailure !== undefined) return asFailure("tapline", run.state.storeFailure);
  if (first === "stop") return asFailure("tapline", errors.run_stopped(run.stop));
  const line = parts.map(
    ({ ready }, at): EndedPlugin => ({
      name: ready.plugin.name,
      exit: children[at]?.exit ?? { code: null, signal: null },
      error: listeners[at]?.error,
      lastLine: listeners[at]?.lastLine,
      brokenPipe: listeners[at]?.brokenPipe === true,
      stopped: children[at]?.sent !== undefined,
    }),
  );
  const cause = findCause(line, first, early);
  const failed = parts.find(({ ready }) => ready.plugin.name === cause?.plugin);
  if (cause !== undefined) return failed === undefined ? cause : locateSetting(cause, failed.ready.plugin);
  const disagreement = reconcile(run.state.progress.streams(), mapStages(run))[0];
  if (disagreement === undefined) return null;
  return asFailure("tapline", errors.counts_disagree({ problem: disagreement.problem }, { stream: disagreement.stream }));
}
