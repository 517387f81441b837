/** Collects the output of a plugin that answers and ends (`--discover`, `--last-state`, `--query`): what it printed, or why it failed. */

import type { Readable } from "node:stream";
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
  /** Takes the output as it arrives, at its pace; then none is collected. */
  read?: ((output: Readable) => Promise<void>) | undefined;
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
  await Promise.all([options.read === undefined ? gather(child, pieces) : readAll(child, options.read, options.stop), listener.done]);
  if (stoppedBy !== undefined) return { failure: asFailure("tapline", errors.run_stopped({ by: stoppedBy })) };
  const { error, lastLine } = listener;
  const ended = { name, exit: await child.exited, error, lastLine, brokenPipe: false, stopped: false };
  const failure = failureOf(ended);
  return failure === undefined ? { output: Buffer.concat(pieces).toString("utf8") } : { failure };
}

function gather(child: Child, pieces: Buffer[]): Promise<void> {
  child.stdout?.on("data", (piece: Buffer) => pieces.push(piece));
  return untilRead(child, "stdout", closed(child.stdout));
}

/** Without a time limit, because a person may read slowly. A stop ends it when the plugin has ended, whatever the reader waits for. */
async function readAll({ stdout, exited }: Child, read: (output: Readable) => Promise<void>, stop?: Promise<unknown>): Promise<void> {
  if (stdout === null) return;
  const stopped = new Promise<void>((resolve) => void stop?.then(() => exited).then(() => resolve()));
  await Promise.race([read(stdout), stopped]);
  stdout.destroy();
}

function closed(stream: NodeJS.ReadableStream | null): Promise<void> {
  return new Promise((resolve) => {
    if (stream === null) resolve();
    else stream.once("close", resolve);
  });
}
