/** Holds a snapshot of the source while it is exported: the tap keeps it (`--snapshot`) as long as this process keeps its input open. */
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import type { PluginEvent, Redact } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { startChild } from "../process/child.ts";
import { failureOf } from "../process/ended-plugin.ts";
import { listenTo } from "../process/listen.ts";
import { createRunFolder } from "../process/run-folder.ts";

export interface Held extends AsyncDisposable {
  /** What the setting `snapshot` of the tap takes. */
  readonly value: unknown;
  /** Why the tap no longer holds it; undefined: it does. */
  lost(): Failure | undefined;
}

export interface HoldSnapshotOptions {
  project: Project;
  tap: ReadyPlugin;
  redact: Redact;
  onEvent(event: PluginEvent): void;
}

/** @throws plugin_not_started, store_unusable */
export async function holdSnapshot({ project, tap, redact, onEvent }: HoldSnapshotOptions): Promise<Held | { failure: Failure }> {
  const { plugin, executable } = tap;
  const folder = createRunFolder(project.folder, `snapshot-${randomBytes(6).toString("hex")}`);
  try {
    const child = await startChild({
      name: plugin.name,
      executable,
      args: ["--config", folder.write("config.json", plugin.config), "--snapshot"],
      cwd: project.folder,
      processEnv: project.processEnv,
      env: plugin.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const listener = listenTo(child, redact, onEvent);
    let ended: Failure | undefined;
    const end = child.exited.then(async (exit) => {
      await listener.done;
      const { error, lastLine } = listener;
      const how = { name: plugin.name, exit, error, lastLine, brokenPipe: false, stopped: false };
      ended = failureOf(how) ?? asFailure(plugin.name, errors.snapshot_unreadable({ name: plugin.name }));
    });
    const [value] = await Promise.race([firstValue(child.stdout as NodeJS.ReadableStream), end.then(() => [])]);
    if (value === undefined) {
      await child.stop("SIGTERM", 5000);
      await end;
      folder[Symbol.dispose]();
      return { failure: ended ?? asFailure(plugin.name, errors.snapshot_unreadable({ name: plugin.name })) };
    }
    return {
      value,
      lost: () => ended,
      async [Symbol.asyncDispose]() {
        await child.stop("SIGTERM", 5000);
        folder[Symbol.dispose]();
      },
    };
  } catch (error) {
    folder[Symbol.dispose]();
    throw error;
  }
}

/** The first line as JSON; [] where it is none. */
async function firstValue(output: NodeJS.ReadableStream): Promise<[value?: unknown]> {
  for await (const line of createInterface({ input: output })) {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  }
  return [];
}
