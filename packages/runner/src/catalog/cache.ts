/**
 * Catalogs as taps printed them, kept in `.tapline/catalogs/` by plugin, version and config: discovery can take minutes.
 * A file's time is when it was discovered.
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
  /** A disk that is full or read-only only costs the next run a discovery. */
  write(text: string): void;
}

/** Other configs of a plugin (environments) keep theirs; old ones go. */
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

/** What a command or a file gave is left out: tokens that are new each time would make every catalog a new one. */
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
