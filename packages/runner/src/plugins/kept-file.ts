/** Keeps what plugins answered, one file per question in a folder of `.tapline/`, and deletes the oldest files of a plugin. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Each config of a plugin (each environment) has its own answers. */
const keptOfOnePlugin = 8;

/** `hash` is a SHA-256 in hexadecimal; its first 32 digits are in the name. */
export function keptPath(folder: string, plugin: string, hash: string): string {
  return join(folder, `${plugin}.${hash.slice(0, 32)}.json`);
}

/** Writes the file at `path`, which `keptPath` made. Fails silently: on a full or read-only disk the plugin is asked again, nothing more. */
export function writeKept(folder: string, plugin: string, path: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    const half = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    writeFileSync(half, text, { mode: 0o600 });
    renameSync(half, path);
    dropOld(folder, plugin);
  } catch {
    rmSync(path, { force: true });
  }
}

function dropOld(folder: string, plugin: string): void {
  const kept = readdirSync(folder)
    .filter((file) => file.startsWith(`${plugin}.`) && /^[0-9a-f]{32}\.json$/.test(file.slice(plugin.length + 1)))
    .map((file) => ({ path: join(folder, file), at: statSync(join(folder, file)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { path } of kept.slice(keptOfOnePlugin)) rmSync(path, { force: true });
}
