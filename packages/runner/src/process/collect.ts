/** Collects the output of a plugin that answers and ends (`--discover`, `--last-state`): what it printed, or why it failed. */

import type { PluginEvent, Redact } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { Child } from "./child.ts";
import { failureOf } from "./ended-plugin.ts";
import { listenTo, untilRead } from "./listen.ts";

export interface CollectOptions {
  name: string;
  redact: Redact;
  stop?: Promise<NodeJS.Signals> | undefined;
  graceMs?: number;
  onEvent(event: PluginEvent): void;
}

export async function collectOutput(child: Child, options: CollectOptions): Promise<{ output: string } | { failure: Failure }> {
  const { name, redact, graceMs = 5000 } = options;
  let stoppedBy: NodeJS.Signals | undefined;
  void options.stop?.then((signal) => {
    stoppedBy = signal;
    return child.stop(signal, graceMs);
  });
  const listener = listenTo(child, redact, options.onEvent);
  const pieces: Buffer[] = [];
  child.stdout?.on("data", (piece: Buffer) => pieces.push(piece));
  await Promise.all([untilRead(child, "stdout", closed(child.stdout)), listener.done]);
  if (stoppedBy !== undefined) return { failure: asFailure("tapline", errors.run_stopped({ by: stoppedBy })) };
  const { error, lastLine } = listener;
  const ended = { name, exit: await child.exited, error, lastLine, brokenPipe: false, stopped: false };
  const failure = failureOf(ended);
  return failure === undefined ? { output: Buffer.concat(pieces).toString("utf8") } : { failure };
}

function closed(stream: NodeJS.ReadableStream | null): Promise<void> {
  return new Promise((resolve) => {
    if (stream === null) resolve();
    else stream.once("close", resolve);
  });
}
