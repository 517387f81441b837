/** Writes the package of a new plugin into a folder of its own. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type KindName, kinds } from "./kinds.ts";
import { pluginFiles } from "./plugin-files.ts";

export interface NewPlugin {
  /** Its name, which is that of its folder. */
  plugin: string;
  /** Paths in the folder where it was made; [] where there is already something of that name. */
  files: readonly string[];
}

/**
 * @param name without the prefix of its kind
 * @example makePlugin(process.cwd(), "rest", "orders") // { plugin: "tap-orders", files: ["tap-orders/src/tap-orders.ts", …] }
 */
export function makePlugin(folder: string, kind: KindName, name: string): NewPlugin {
  const plugin = kinds[kind].prefix + name;
  if (existsSync(join(folder, plugin))) return { plugin, files: [] };
  const files = Object.entries(pluginFiles(kind, name));
  for (const [path, text] of files) {
    const whole = join(folder, plugin, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text, { flag: "wx" });
  }
  const example = join(folder, plugin, "example.sql");
  if (existsSync(example)) makeDatabase(join(folder, plugin, "example.db"), readFileSync(example, "utf8"));
  return { plugin, files: files.map(([path]) => `${plugin}/${path}`) };
}

/** The database that `npm start` of a tap for databases reads. */
function makeDatabase(path: string, sql: string): void {
  const { DatabaseSync } = createRequire(import.meta.url)("node:sqlite") as typeof import("node:sqlite");
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** What to do next, for the person who made it. */
export function nextSteps(plugin: string): string {
  return `Next: cd ${plugin} && npm install && npm test\nIn a project: tapline add --from ./${plugin}\n`;
}
