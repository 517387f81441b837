/** What is published: executables that run from their bundle, laid out as npm installs them, without the packages that are bundled. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundledPlugins, bundlePlugin } from "./bundle.ts";
import { bin as clonedBin, type Executable } from "./command.ts";
import { duckdbRows } from "./duckdb.ts";
import { postgresDatabase } from "./faults/database.ts";
import { suiteServer } from "./faults/suite-server.ts";
import { manifest, root } from "./repository.ts";

const folder = mkdtempSync(join(tmpdir(), "bundle-"));
const server = suiteServer();
const plugins = bundledPlugins();
const executables = plugins.map((plugin) => Object.entries(manifest(plugin).bin ?? {})[0] as [string, string]);

beforeAll(async () => {
  for (const plugin of plugins) {
    const { name, files = [], dependencies = {} } = manifest(plugin);
    const installed = join(folder, name);
    await bundlePlugin(plugin, join(installed, "bundle"));
    for (const file of ["package.json", ...files.filter((file) => !/^(!|dist$|bundle$)/.test(file))])
      cpSync(join(root, plugin, file), join(installed, file), { recursive: true });
    for (const dependency of Object.keys(dependencies).filter((each) => !each.startsWith("@tapline/"))) {
      const link = join(installed, "node_modules", dependency);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, "node_modules", dependency), link);
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installedBin = (executable: string): string => {
  const at = executables.findIndex(([name]) => name === executable);
  return join(folder, manifest(plugins[at] as string).name, executables[at]?.[1] as string);
};
const { TAPLINE_BUNDLES: _, ...env } = process.env;
const answer = (bin: string, ...args: string[]) => spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", env });

test("the plugins with executables are bundled", () => {
  expect(executables.map(([name]) => name)).toEqual([
    "tapline-dbt",
    "tap-csv",
    "tap-duckdb",
    "tap-mysql",
    "tap-postgres",
    "tap-rest",
    "tapline-map",
    "target-duckdb",
    "target-jsonl",
    "target-parquet",
    "target-postgres",
    "target-snowflake",
  ]);
});

test.each(executables)("%s answers from its bundle as from the clone", (name, path) => {
  const cloned = join(root, plugins[executables.findIndex(([each]) => each === name)] as string, path);
  for (const args of [["--version"], ["--help"], ["--about", "--format", "json"], ["--no-such-option"]]) {
    const [ours, theirs] = [answer(installedBin(name), ...args), answer(cloned, ...args)];
    expect([ours.status, ours.stdout]).toEqual([theirs.status, theirs.stdout]);
  }
});

test("a CSV file is loaded into all targets", async () => {
  // Windows-1252, because guessing an encoding needs a file that is loaded on demand.
  writeFileSync(join(folder, "items.csv"), Buffer.from("id;name;price\n1;Café;1,50\n2;Tür;2,25\n", "latin1"));
  await using database = await postgresDatabase(server());
  const configs = {
    tap: { files: [{ entity: "items", path: join(folder, "items.csv"), keys: ["id"] }] },
    "target-duckdb": { filepath: join(folder, "items.duckdb") },
    "target-jsonl": { destination_path: folder },
    "target-parquet": { destination_path: join(folder, "lake") },
    "target-postgres": database.config,
  };
  for (const [name, config] of Object.entries(configs)) writeFileSync(join(folder, `${name}.json`), JSON.stringify(config));
  const lines = execFileSync(process.execPath, [installedBin("tap-csv"), "--config", join(folder, "tap.json")], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  for (const target of ["target-duckdb", "target-jsonl", "target-parquet", "target-postgres"])
    execFileSync(process.execPath, [installedBin(target), "--config", join(folder, `${target}.json`)], {
      input: lines,
      stdio: ["pipe", "ignore", "pipe"],
    });
  const rows = [
    ["1", "Café", "1.50"],
    ["2", "Tür", "2.25"],
  ];
  const found = await duckdbRows(join(folder, "items.duckdb"), "SELECT id, name, price FROM items ORDER BY id");
  expect(found.map(Object.values)).toEqual(rows);
  const files = join(folder, "lake/items/*.parquet");
  const inLake = await duckdbRows(join(folder, "items.duckdb"), `SELECT id, name, price FROM read_parquet('${files}') ORDER BY id`);
  expect(inLake.map(Object.values)).toEqual(rows);
  for (const source of ["items", `read_parquet('${join(folder, "lake/items/*.parquet")}')`]) {
    const found = await duckdbRows(join(folder, "items.duckdb"), `SELECT id, name, price FROM ${source} ORDER BY id`);
    expect(found.map(Object.values)).toEqual(rows);
  }
  expect(await database.query("SELECT id::text, name, price::text FROM items ORDER BY id")).toEqual(rows);
  expect(readFileSync(join(folder, "items.jsonl"), "utf8")).toContain('"name":"Tür"');
});

test("a clone runs its bundle only where TAPLINE_BUNDLES is set", () => {
  const name: Executable = "target-jsonl";
  const copy = join(folder, "clone");
  cpSync(dirname(dirname(installedBin(name))), copy, { recursive: true });
  mkdirSync(join(copy, "src"));
  const { status, stderr } = answer(join(copy, "bin", `${name}.js`), "--version");
  expect(status).not.toBe(0);
  expect(stderr).toContain(join(copy, "dist/main.js"));
  expect(answer(clonedBin(name), "--version").stdout).toBe(`${name} 0.1.0\n`);
});

test("positions in a bundle are mapped to the sources, and licences of bundled packages are included", () => {
  const bundle = join(folder, "@tapline/target-postgres/bundle");
  const maps = readdirSync(bundle).filter((name) => name.endsWith(".js.map"));
  const sources = maps.flatMap((name) => JSON.parse(readFileSync(join(bundle, name), "utf8")).sources as string[]);
  expect(sources.filter((source) => source.endsWith("plugins/target-postgres/src/connection.ts"))).toHaveLength(1);
  expect(sources.filter((source) => source.includes("/dist/") && !source.includes("node_modules"))).toEqual([]);
  const licences = readFileSync(join(bundle, "licences.txt"), "utf8");
  for (const name of ["ajv", "pg", "pg-copy-streams"]) expect(licences).toMatch(new RegExp(`^${name} \\d`, "m"));
});

test("a file whose import.meta.url would be another one in the bundle is refused", async () => {
  const plugin = join(folder, "plugins/tap-x");
  mkdirSync(join(plugin, "dist/deep"), { recursive: true });
  writeFileSync(join(plugin, "package.json"), '{"name": "tap-x", "type": "module", "bin": {"tap-x": "./bin/tap-x.js"}}');
  writeFileSync(join(plugin, "dist/main.js"), 'import "./deep/file.js";\nconsole.log(import.meta.url);\n');
  writeFileSync(join(plugin, "dist/deep/file.js"), "console.log(import.meta.url);\n");
  await expect(bundlePlugin(relative(root, plugin))).rejects.toThrow("dist/deep/file.js uses import.meta.url");
});
