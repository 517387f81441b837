/** A reader of the documentation with a folder outside the clone, an empty home and a chosen Node.js. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandBlocks } from "../pages/page-parts.ts";
import { root } from "../repository.ts";

export interface Reader {
  folder: string;
  env: Record<string, string>;
}

/** PATH without this clone and what npm adds when it starts a script. */
export const plainPath = (process.env.PATH ?? "")
  .split(":")
  .filter((folder) => !folder.includes("node_modules"))
  .join(":");

/**
 * @param base the folder of the suite; readers share the caches of npm and pip in it
 * @param node the folder of the Node.js that the reader has; without one, the one of this machine
 * @param npmrc the lines of the reader's `.npmrc`
 */
export function newReader(base: string, node: string | undefined, npmrc: string): Reader {
  const home = mkdtempSync(join(base, "home-"));
  const folder = join(home, "shop");
  mkdirSync(folder);
  writeFileSync(join(home, ".npmrc"), `${npmrc}update-notifier=false\nfund=false\naudit=false\n`);
  const env = {
    PATH: node === undefined ? plainPath : `${node}:${plainPath}`,
    HOME: home,
    LANG: "C.UTF-8",
    TZ: "UTC",
    NO_COLOR: "1",
    NPM_CONFIG_CACHE: join(base, "npm-cache"),
    PIP_CACHE_DIR: join(base, "pip-cache"),
    // How this machine reaches package indexes.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => /CERT|CA_BUNDLE|PROXY|^PIP_|^UV_/i.test(name))),
  } as Record<string, string>;
  return { folder, env };
}

/** Installs a Node.js from npm. @returns the folder of its executable */
export function installNode(base: string, version: string): string {
  const folder = mkdtempSync(join(base, "node-"));
  writeFileSync(join(folder, "package.json"), '{"private": true, "allowScripts": {"node": true}}');
  execFileSync("npm", ["install", "--silent", `node@${version}`], {
    cwd: folder,
    env: { ...process.env, PATH: plainPath },
    stdio: "ignore",
  });
  return join(folder, "node_modules/.bin");
}

/** The commands of a block of the README that no page test runs, by a word in them. @throws Error where there is no such block */
export function readmeCommands(word: string): string {
  const blocks = commandBlocks("README.md", readFileSync(join(root, "README.md"), "utf8"));
  const found = blocks.filter(({ notRun, commands }) => notRun !== undefined && commands.includes(word));
  if (found.length !== 1) throw new Error(`README.md has ${found.length} blocks with "${word}" that are marked not-run; expected 1`);
  return found[0]?.commands as string;
}
