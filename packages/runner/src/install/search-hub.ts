/** The definitions of Meltano's hub: those of a folder, such as a clone's `_data/meltano`, or those that the hub's address lists. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { readRequirements } from "../plugins/plugin-name.ts";
import type { FoundPlugin, PluginSearch } from "./found-plugin.ts";

export const hubAddress = "https://hub.meltano.com/meltano/api/v1/plugins";

/** The types of plugins there that a project of tapline can run. */
const types = ["extractors", "loaders", "mappers"];
const patienceMs = 15_000;
/** Definitions are fetched one by one, so only the first that fit. */
const mostFetched = 30;

interface HubDefinition {
  name?: unknown;
  variant?: unknown;
  label?: unknown;
  description?: unknown;
  pip_url?: unknown;
  /** The file, relative to where the command runs. */
  file?: string;
}

/** @param place an address, or a folder relative to `folder` */
export async function readHub(word: string, place: string, folder: string): Promise<PluginSearch> {
  try {
    const definitions = /^https?:\/\//.test(place)
      ? await listed(word, place.replace(/\/$/, ""))
      : inFolder(resolve(folder, place), folder);
    return { plugins: definitions.filter((each) => fits(each, word)).map(described), problems: [] };
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { code?: string } };
    const reason = cause?.code ?? message;
    const instead = "search a clone of it: git clone https://github.com/meltano/hub, then --hub hub/_data/meltano";
    return {
      plugins: [],
      problems: [`${place} could not be asked (${reason}), so the plugins of Meltano's hub are missing here; ${instead}`],
    };
  }
}

/** `extractors/index` lists names with their variants; a definition is an address of its own. */
async function listed(word: string, address: string): Promise<HubDefinition[]> {
  const refs: string[] = [];
  for (const type of types) {
    const index = (await get(`${address}/${type}/index`)) as Record<
      string,
      { default_variant?: string; variants?: Record<string, { ref?: string }> }
    >;
    for (const [name, { default_variant = "", variants = {} }] of Object.entries(index)) {
      const ref = variants[default_variant]?.ref;
      if (ref !== undefined && name.toLowerCase().includes(word.toLowerCase())) refs.push(ref);
    }
  }
  const host = new URL(address).host;
  const own = refs.filter((ref) => URL.canParse(ref) && new URL(ref).host === host);
  return await Promise.all(own.slice(0, mostFetched).map(async (ref) => (await get(ref)) as HubDefinition));
}

async function get(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs), headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return await response.json();
}

function inFolder(folder: string, from: string): HubDefinition[] {
  if (!statSync(folder).isDirectory()) throw new Error("it is no folder");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.ya?ml$/.test(name));
  const files = names.filter((name) => !/(^|[\\/])(utilities|orchestrators|transformers|transforms|files)[\\/]/.test(name)).sort();
  return files.flatMap((name) => {
    const definition: unknown = parse(readFileSync(join(folder, name), "utf8"));
    if (typeof definition !== "object" || definition === null) return [];
    const path = relative(from, join(folder, name));
    return [{ ...definition, file: path.startsWith("..") ? path : `./${path}` }];
  });
}

function fits({ name, label, description }: HubDefinition, word: string): boolean {
  return (
    typeof name === "string" &&
    [name, label, description].some((text) =>
      String(text ?? "")
        .toLowerCase()
        .includes(word.toLowerCase()),
    )
  );
}

function described({ name, variant, description, label, pip_url, file }: HubDefinition): FoundPlugin {
  const add =
    file !== undefined
      ? `tapline add --from ${file}`
      : isInstallable(pip_url)
        ? `tapline add ${name} --pip '${pip_url}'`
        : `tapline add ${name} --pip PACKAGE`;
  return {
    name: String(name),
    description: String(description ?? label ?? ""),
    source: `Meltano hub${typeof variant === "string" ? `, variant ${variant}` : ""}`,
    add,
  };
}

/** Requirements of the hub may have options, which are not passed on. */
function isInstallable(requirements: unknown): boolean {
  if (typeof requirements !== "string" || requirements.includes("'")) return false;
  try {
    return readRequirements(requirements).length > 0;
  } catch {
    return false;
  }
}
