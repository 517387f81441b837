/**
 * Keeps the catalogs that taps printed in `.tapline/catalogs/`, by plugin, version and config, because discovery can take minutes. The
 * time of a file is the time of the discovery.
 */

import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ReadyPlugin } from "../model/step.ts";
import { keptPath, writeKept } from "../plugins/kept-file.ts";

export interface KeptCatalog {
  text: string;
  ageMs: number;
}

export interface CatalogCache {
  read(): KeptCatalog | undefined;
  /** Fails silently: on a full or read-only disk the next run discovers again, nothing more. */
  write(text: string): void;
}

export function catalogCache(projectFolder: string, ready: Pick<ReadyPlugin, "plugin" | "executable" | "about">): CatalogCache {
  const folder = join(projectFolder, ".tapline", "catalogs");
  const { name } = ready.plugin;
  const path = keptPath(folder, name, keyOf(ready));
  return {
    read() {
      try {
        return { text: readFileSync(path, "utf8"), ageMs: Date.now() - statSync(path).mtimeMs };
      } catch {
        return undefined;
      }
    },
    write: (text) => writeKept(folder, name, path, text),
  };
}

/** Values from commands and files are left out of the key: a token that differs each time would make the cache useless. */
function keyOf({ plugin, executable, about }: Pick<ReadyPlugin, "plugin" | "executable" | "about">): string {
  const { size, mtimeMs } = statSync(realpathSync(executable.path));
  const { config, env } = plugin.entry;
  const parts = [executable.path, size, mtimeMs, about?.version ?? null, config ?? {}, env ?? {}, [...plugin.usedVariables].sort()];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
