/**
 * Keeps the catalogs that taps printed in `.tapline/catalogs/`, by plugin, version and config, because discovery can take minutes. The
 * time of a file is the time of the discovery.
 */

import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReadyPlugin } from "../model/step.ts";

export interface KeptCatalog {
  text: string;
  ageMs: number;
}

export interface CatalogCache {
  read(): KeptCatalog | undefined;
  /** Fails silently: on a full or read-only disk the next run discovers again, nothing more. */
  write(text: string): void;
}

/** Each config of a plugin (each environment) has its own catalog. The oldest are deleted. */
const keptOfOnePlugin = 8;

export function catalogCache(projectFolder: string, ready: Pick<ReadyPlugin, "plugin" | "executable" | "about">): CatalogCache {
  const folder = join(projectFolder, ".tapline", "catalogs");
  const { name } = ready.plugin;
  const path = join(folder, `${name}.${keyOf(ready)}.json`);
  return {
    read() {
      try {
        return { text: readFileSync(path, "utf8"), ageMs: Date.now() - statSync(path).mtimeMs };
      } catch {
        return undefined;
      }
    },
    write(text) {
      try {
        mkdirSync(folder, { recursive: true });
        const fresh = `${path}.${randomBytes(6).toString("hex")}`;
        writeFileSync(fresh, text, { mode: 0o600 });
        renameSync(fresh, path);
        dropOld(folder, name);
      } catch {
        rmSync(path, { force: true });
      }
    },
  };
}

/** Values from commands and files are left out of the key: a token that differs each time would make the cache useless. */
function keyOf({ plugin, executable, about }: Pick<ReadyPlugin, "plugin" | "executable" | "about">): string {
  const { size, mtimeMs } = statSync(realpathSync(executable.path));
  const { config, env } = plugin.entry;
  const parts = [executable.path, size, mtimeMs, about?.version ?? null, config ?? {}, env ?? {}, [...plugin.usedVariables].sort()];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

function dropOld(folder: string, name: string): void {
  const own = readdirSync(folder)
    .filter((file) => file.startsWith(`${name}.`) && /^[0-9a-f]{32}\.json$/.test(file.slice(name.length + 1)))
    .map((file) => ({ path: join(folder, file), at: statSync(join(folder, file)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { path } of own.slice(keptOfOnePlugin)) rmSync(path, { force: true });
}
