/** Asks the registry that npm is configured for, through npm, which knows its address, proxy and credentials. */
import type { FoundPlugin, PluginSearch } from "./found-plugin.ts";
import { howEnded, type Installing, tryProgram } from "./program.ts";

/** The keyword by which a package says that it is a plugin. */
const keyword = "tapline-plugin";

interface Package {
  name: string;
  version?: string;
  description?: string;
  keywords?: readonly string[];
  /** In place of `version`, where the registry answers so. */
  "dist-tags"?: { latest?: string };
}

export async function readNpmPlugins(word: string, how: Installing): Promise<PluginSearch> {
  const narrow = await ask(`keywords:${keyword} ${word}`, word, how);
  // A registry that does not know "keywords:" looks for that very text, and finds nothing.
  return narrow.plugins.length > 0 || narrow.problems.length > 0 ? narrow : await ask(word, word, how);
}

async function ask(text: string, word: string, how: Installing): Promise<PluginSearch> {
  const result = await tryProgram("npm", ["search", "--json", "--searchlimit=100", "--fetch-retries=0", "--", ...text.split(/\s+/)], how);
  const found = parse(result.stdout);
  if (result.code !== 0 || !Array.isArray(found)) {
    const reason = errorText(found) ?? (result.last === "" ? howEnded(result) : result.last);
    return { plugins: [], problems: [`npm could not be asked (${reason}), so its packages are missing here`] };
  }
  // Some registries match any of the words.
  const plugins = (found as Package[]).filter((each) => each.keywords?.includes(keyword) === true && fits(each, word)).map(described);
  return { plugins, problems: [] };
}

function fits({ name, description = "", keywords = [] }: Package, word: string): boolean {
  return [name, description, ...keywords].some((text) => text.toLowerCase().includes(word.toLowerCase()));
}

function described({ name, "dist-tags": tags, version = tags?.latest, description = "" }: Package): FoundPlugin {
  const short = name.startsWith("@tapline/") ? name.slice("@tapline/".length) : name;
  return { name: short, version, description, source: `npm ${name}`, add: `tapline add ${short}` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorText(answer: unknown): string | undefined {
  const { summary, code } = (answer as { error?: { summary?: string; code?: string } } | undefined)?.error ?? {};
  return [code, summary?.split("\n")[0]].filter(Boolean).join(": ") || undefined;
}
