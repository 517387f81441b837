/**
 * Finds plugins by a word: npm packages with the keyword `tapline-plugin`, in the registry that npm is configured for, and the definitions of
 * Meltano's hub. Each place answers by itself: one that can't be asked is told, and the others are shown.
 */
import type { PluginSearch } from "./found-plugin.ts";
import type { Installing } from "./program.ts";
import { readHub } from "./search-hub.ts";
import { readNpmPlugins } from "./search-npm.ts";

export interface SearchOptions {
  /** A folder of definitions, such as a clone's `_data/meltano`, or the hub's address; undefined: the hub is not asked. */
  hub: string | undefined;
  npm: boolean;
}

/** @throws program_missing, program_stopped @example await searchPlugins("orders", { hub: hubAddress, npm: true }, how) */
export async function searchPlugins(word: string, { hub, npm }: SearchOptions, how: Installing): Promise<PluginSearch> {
  const [fromNpm, fromHub] = await Promise.all([
    npm ? readNpmPlugins(word, how) : { plugins: [], problems: [] },
    hub === undefined ? { plugins: [], problems: [] } : readHub(word, hub, how.folder),
  ]);
  return { plugins: [...fromNpm.plugins, ...fromHub.plugins], problems: [...fromNpm.problems, ...fromHub.problems] };
}
