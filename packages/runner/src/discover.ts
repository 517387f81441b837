/** Runs a tap with --discover and gives what it prints, which is its catalog. */
import { randomBytes } from "node:crypto";
import { errors } from "./errors.ts";
import { listenTo, untilRead } from "./listen.ts";
import type { PluginEvent } from "./plugin-output.ts";
import { preparePlugin, type StepOptions } from "./prepare.ts";
import { startChild } from "./processes.ts";
import type { Project } from "./project.ts";
import { createRunFolder, sweepRunFolders } from "./run-folder.ts";
import { asFailure, type Failure, findCause } from "./verdict.ts";

export interface DiscoverOptions extends Pick<StepOptions, "environment" | "binFolders"> {
  project: Project;
  tap: string;
  /** Aborted with the signal to pass on. */
  stop?: Promise<NodeJS.Signals>;
  onEvent(event: PluginEvent): void;
}

/** The catalog as the tap printed it, or why there is none. @throws as `preparePlugin` */
export async function discover(options: DiscoverOptions): Promise<{ catalog: string } | { failure: Failure }> {
  const { project, tap } = options;
  const ready = await preparePlugin(project, tap, options);
  sweepRunFolders(project.folder);
  using folder = createRunFolder(project.folder, `discover-${randomBytes(6).toString("hex")}`);
  const child = await startChild({
    name: tap,
    executable: ready.executable,
    args: ["--config", folder.write("tap.config.json", ready.plugin.config), "--discover"],
    cwd: project.folder,
    env: ready.plugin.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  void options.stop?.then((signal) => child.stop(signal, 5000));
  const listener = listenTo(child, ready.redact, options.onEvent);
  const pieces: Buffer[] = [];
  child.stdout?.on("data", (piece: Buffer) => pieces.push(piece));
  await Promise.all([untilRead(child, "stdout", closed(child.stdout)), listener.done]);
  const exit = await child.exited;
  const witness = {
    name: tap,
    exit,
    error: listener.error,
    lastWords: listener.lastWords,
    brokenPipe: false,
    stopped: child.sent !== undefined,
  };
  const failure = findCause(witness, { ...witness, exit: { code: 0, signal: null }, error: undefined }, "tap");
  if (failure !== undefined) return { failure };
  const catalog = Buffer.concat(pieces).toString("utf8");
  return isCatalog(catalog)
    ? { catalog }
    : { failure: asFailure(tap, errors.catalog_unreadable({ start: ready.redact(catalog.slice(0, 80)) })) };
}

function isCatalog(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { streams?: unknown }).streams);
  } catch {
    return false;
  }
}

function closed(stream: NodeJS.ReadableStream | null): Promise<void> {
  return new Promise((resolve) => {
    if (stream === null) resolve();
    else stream.once("close", resolve);
  });
}
