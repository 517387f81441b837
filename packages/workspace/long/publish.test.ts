/**
 * Publishes all packages with lerna from a clean clone to a registry on this machine, and installs them in fresh folders outside the clone: the README and
 * the tutorials run there with each Node.js that is supported, and so does the way to install without a registry.
 * Covers: README.md, Dockerfile, docs/tutorials, package.json, packages/cli, packages/create, packages/columns/src, packages/postgres/src, packages/protocol, packages/runner/src, packages/sdk/src, packages/sql/src, plugins/dbt/src, plugins/tap-csv/src, plugins/target-duckdb/src, plugins/target-jsonl/src, plugins/target-postgres/src, packages/workspace/src/publish, packages/workspace/src/pages, packages/workspace/src/bundle.ts, packages/workspace/src/pack.ts, packages/workspace/verdaccio, packages/workspace/long/publish.test.ts
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandBlocks } from "../src/pages/page-parts.ts";
import { runInShell, runPage } from "../src/pages/run-page.ts";
import { type LocalRegistry, npmrcOf, startEmptyRegistry, startRegistry } from "../src/publish/local-registry.ts";
import { installNode, newReader, type Reader, readmeCommands } from "../src/publish/reader.ts";
import { manifest, root, workspaces } from "../src/repository.ts";
import bars from "./publish.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

/** The mark of blocks that only a registry with our packages lets run. */
const unpublished = "the packages are not on the npm registry yet";
const base = mkdtempSync(join(tmpdir(), "publish-"));
const clone = join(base, "clone");
const published = workspaces().filter((workspace) => manifest(workspace).private !== true);
let registry: LocalRegistry;

beforeAll(async () => {
  execFileSync("git", ["clone", "--quiet", root, clone], { stdio: "ignore" });
  const reader = newReader(base, undefined, "");
  for (const word of ["npm run demo", "npm run pack"]) await bash({ ...reader, folder: clone }, readmeCommands(word));
  mkdirSync(join(base, "registry"));
  registry = await startRegistry(join(base, "registry"));
});
afterAll(async () => {
  await registry?.stop();
  rmSync(base, { recursive: true, force: true });
});

test("the demo loads its rows in a clone", () => {
  expect(existsSync(join(clone, "examples/quickbooks/output/quickbooks.duckdb"))).toBe(true);
});

test("lerna publishes every package", async () => {
  const { env } = newReader(base, undefined, npmrcOf(registry));
  const lerna = ["lerna", "publish", "from-package", "--yes", "--no-verify-access", "--registry", registry.url];
  execFileSync("npx", lerna, { cwd: clone, env, stdio: ["ignore", "ignore", "pipe"] });
  for (const workspace of published) {
    const { name, version } = manifest(workspace);
    const answer = (await (await fetch(`${registry.url}${name.replace("/", "%2f")}`)).json()) as { versions: Record<string, unknown> };
    expect([name, Object.keys(answer.versions ?? {})]).toEqual([name, [version]]);
  }
  expect(execFileSync("git", ["status", "--porcelain"], { cwd: clone, encoding: "utf8" })).toBe("");
});

describe.each(bars.nodes)("Node.js %s", (version) => {
  let node: string;
  beforeAll(() => {
    node = installNode(base, version);
  });

  test.for(["README.md", "docs/tutorials/first-pipe.md", "docs/tutorials/write-a-tap.md"])("%s", async (page, { task }) => {
    const reader = newReader(base, node, npmrcOf(registry));
    const { output } = await bash(reader, "node --version");
    expect(output.trim()).toMatch(new RegExp(`^v${version.replaceAll(".", "\\.")}(\\.|$)`));
    const markdown = readFileSync(join(root, page), "utf8");
    const installs = commandBlocks(page, markdown).some(({ notRun }) => notRun === unpublished);
    if (!installs) await bash(reader, "npm install tapline @tapline/tap-csv @tapline/target-duckdb");
    const { ran, leftOut } = await runPage(page, markdown, {
      ...reader,
      isLeftOut: ({ notRun }) => notRun !== undefined && notRun !== unpublished,
      blockTimeoutMs: 30 * 60_000,
    });
    task.meta.result = { node: output.trim(), ran, left_out: leftOut.map(({ notRun }) => notRun) };
    expect(ran).toBeGreaterThan(0);
    const folder = join(reader.folder, "node_modules/@tapline/target-duckdb");
    expect([existsSync(join(folder, "bundle/target-duckdb.js")), existsSync(join(folder, "src"))]).toEqual([true, false]);
  });

  test("packages from a clone, without a registry that has them", async () => {
    const empty = await startEmptyRegistry();
    try {
      const reader = newReader(base, node, `@tapline:registry=${empty.url}\n`);
      execFileSync("cp", ["-r", join(base, "tapline-packages"), join(reader.env.HOME as string, "tapline-packages")]);
      await bash(reader, readmeCommands("*.tgz"));
      const asked = empty.asked.length;
      const { output } = await bash(reader, "npx tapline init && npx tapline run items && npx tapline add dbt && npx tapline list");
      expect(output).toMatch(/items +3 +3 +3 /);
      // What is installed is never looked up in a registry.
      expect(empty.asked.slice(asked)).toEqual([]);
    } finally {
      await empty.stop();
    }
  });
});

test("npm create tapline makes a plugin whose tests pass", async () => {
  const reader = newReader(base, installNode(base, bars.nodes[0] as string), npmrcOf(registry));
  await bash(reader, "npm create --yes tapline@latest tap-orders -- --kind custom");
  const { output } = await bash(reader, "cd tap-orders && npm install && npm test && npm start --silent -- --discover");
  expect(output).toMatch(/15 passed[\s\S]*"tap_stream_id": "orders"/);
});

test("on a Node.js that is too old, the error gives the command that works", async () => {
  const reader = newReader(base, installNode(base, "20"), npmrcOf(registry));
  await bash(reader, "npm install tapline @tapline/tap-csv @tapline/target-jsonl");
  for (const [name, code] of [
    ["tapline", 2],
    ["tap-csv", 64],
    ["target-jsonl", 64],
  ] as const) {
    const { output } = await bash(reader, `npx ${name} --version`, code);
    expect(output).toMatch(
      new RegExp(
        `^${name} needs Node.js 22.13 or newer, and this is v20\\..*\n  what to do: .* npm install node@24 and then type npx ${name}$`,
        "m",
      ),
    );
  }
  await bash(reader, "npm install node@24");
  expect((await bash(reader, "npx tap-csv --version")).output).toMatch(/^tap-csv \d/);
});

/** Runs commands as the reader. @throws Error with their output where the exit code is another one */
async function bash(reader: Reader, commands: string, exit = 0): Promise<{ output: string }> {
  const shell = mkdtempSync(join(base, "shell-"));
  const { code, output } = await runInShell(commands, shell, { ...reader, blockTimeoutMs: 60 * 60_000 });
  if (code !== exit) throw new Error(`${commands}\nended with ${code} instead of ${exit}:\n${output}`);
  return { output };
}
