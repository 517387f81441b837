/** What a plugin says about itself when asked with `--about --format json`. Strangers that don't know the flag are fine. */
import { execFile } from "node:child_process";
import type { Executable } from "./executable.ts";
import type { Plugin } from "./project.ts";

/** As much as was told; our plugins tell all of it. */
export interface About {
  name?: string;
  version?: string;
  description?: string;
  capabilities?: string[];
  settings?: { properties?: Record<string, { secret?: boolean; description?: string }>; [key: string]: unknown };
  single_writer?: { setting: string };
}

export interface AskOptions {
  cwd: string;
  /** A stranger may take the flag for nothing and start working. */
  timeoutMs?: number;
}

/** null when the plugin does not answer with a JSON object. */
export function askAbout(plugin: Plugin, executable: Executable, { cwd, timeoutMs = 10_000 }: AskOptions): Promise<About | null> {
  return new Promise((resolve) => {
    const child = execFile(
      executable.command,
      [...executable.leadingArgs, "--about", "--format", "json"],
      { cwd, env: { ...process.env, ...plugin.env }, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 8 * 2 ** 20 },
      (error, stdout) => resolve(error === null ? readAbout(stdout) : null),
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end();
  });
}

/** Takes the first JSON object of the text: some plugins print a banner before it. */
export function readAbout(text: string): About | null {
  const start = text.indexOf("{");
  if (start < 0) return null;
  try {
    const told = JSON.parse(text.slice(start)) as Record<string, unknown>;
    const { capabilities, settings, single_writer: place } = told;
    return {
      ...textFields(told, ["name", "version", "description"]),
      ...(Array.isArray(capabilities) ? { capabilities: capabilities.map(String) } : {}),
      ...(isObject(settings) ? { settings: settings as NonNullable<About["settings"]> } : {}),
      ...(isObject(place) && typeof place.setting === "string" ? { single_writer: { setting: place.setting } } : {}),
    };
  } catch {
    return null;
  }
}

function textFields<K extends string>(from: Record<string, unknown>, names: readonly K[]): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {};
  for (const name of names) if (typeof from[name] === "string") found[name] = from[name];
  return found;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
