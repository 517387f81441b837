/** Plugins of a project at the command line: added, listed, asked, run by themselves, removed. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linesOf, makeFolder, makeProject, runFolders, start, tapline, until } from "./tapline.ts";

const tap = `#!/usr/bin/env node
const fs = require("node:fs");
if (process.argv.includes("--about")) { console.log('{"name":"tap-mine","version":"0.3.0","capabilities":["discover"]}'); process.exit(0); }
const config = process.argv[process.argv.indexOf("--config") + 1];
console.log(JSON.stringify({ args: process.argv.slice(2), config: JSON.parse(fs.readFileSync(config, "utf8")), mode: fs.statSync(config).mode & 0o777 }));
process.exit(7);
`;

function makePlugin(folder: string): void {
  mkdirSync(join(folder, "tap-mine"));
  const manifest = { name: "@acme/tap-mine", version: "0.3.0", bin: { "tap-mine": "cli.js" }, tapline: { plugin: "tap-mine" } };
  writeFileSync(join(folder, "tap-mine/package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "tap-mine/cli.js"), tap);
  chmodSync(join(folder, "tap-mine/cli.js"), 0o755);
}

test.each(["add", "remove", "install", "list", "upgrade", "invoke"])("%s has help with examples", async (command) => {
  const { code, out } = await tapline(makeFolder(), [command, "--help"]);
  expect(out).toMatch(/USAGE[\s\S]*EXAMPLES/);
  expect(code).toBe(0);
});

test("a plugin is added from a folder, listed, run with its config and removed", async () => {
  const folder = makeFolder();
  makePlugin(folder);
  writeFileSync(
    join(folder, "tapline.yml"),
    "plugins:\n  # of ours\n  tap-mine: { config: { key: $KEY } }\nenvironments:\n  prod:\n    plugins:\n      tap-mine: { config: { key: x } }\n",
  );
  writeFileSync(join(folder, ".env"), "KEY=from-env\n");
  const added = await tapline(folder, ["add", "--from", "./tap-mine"]);
  expect(added).toMatchObject({ code: 0, out: expect.stringContaining("added  tap-mine 0.3.0  (npm @acme/tap-mine)") });
  expect((await tapline(folder, ["list"])).out).toMatch(/^tap-mine {2}0\.3\.0 {2}npm @acme\/tap-mine \(linked\)\n$/);
  const invoked = await tapline(folder, ["invoke", "tap-mine", "--discover", "-e", "x"]);
  expect(invoked.code).toBe(7);
  expect(JSON.parse(invoked.out)).toMatchObject({
    args: ["--config", expect.any(String), "--discover", "-e", "x"],
    config: { key: "from-env" },
    mode: 0o600,
  });
  expect(runFolders(folder)).toEqual([]);
  expect((await tapline(folder, ["remove", "tap-mine"])).code).toBe(0);
  expect(readFileSync(join(folder, "tapline.yml"), "utf8")).not.toContain("tap-mine:");
  const again = await tapline(folder, ["remove", "tap-mine"]);
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining("There is no plugin") });
});

test.each([
  [["add", "--registry"], "tapline add has no flag --registry"],
  [["add", "--", "--registry=http://evil"], "can't be used as an npm package"],
  [["add", "--pip", "--index-url=http://evil x"], "can't be used as a Python requirement"],
  [["add", "--pip", "tap-x", "--python", "-c"], "can't be used as a Python interpreter"],
  [["add", "--from", "./nowhere"], "There is nothing to install at"],
  [["add"], "Name a plugin"],
])("%j is refused before any program is started", async (args, message) => {
  const folder = makeFolder();
  writeFileSync(join(folder, "tapline.yml"), "plugins: {}\n");
  const { code, err } = await tapline(folder, args);
  expect(err).toContain(message);
  expect(code).toBe(2);
  expect(() => statSync(join(folder, "package.json"))).toThrow();
});

test("a definition gives defaults, aliases and kinds to a run, and a missing setting is reported before anything starts", async () => {
  const folder = makeProject();
  const definition = `
name: tap-test
executable: ./tap.mjs
settings_group_validation: [[rows]]
settings: [{ name: rows, kind: integer, aliases: [row_count] }, { name: stream, value: things }, { name: signals_file }]
`;
  writeFileSync(join(folder, "tap-test.yml"), definition);
  const project = JSON.parse(readFileSync(join(folder, "tapline.yml"), "utf8"));
  const entry = project.plugins["tap-test"];
  Object.assign(entry, { definition: "tap-test.yml" });
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(project));
  const lacking = await tapline(folder, ["run", "pipe"]);
  expect(lacking).toMatchObject({ code: 2, err: expect.stringContaining("tap-test needs rows, which is not set") });
  entry.config.row_count = "$ROWS";
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(project));
  writeFileSync(join(folder, ".env"), "ROWS=2\n");
  const { code, out } = await tapline(folder, ["run", "pipe"]);
  expect(out).toContain("things");
  expect(code).toBe(0);
  expect(linesOf(folder, "loaded.txt")).toEqual(["1", "2"]);
});

test("an installer that is stopped is reported, with the signal", async () => {
  const folder = makeProject();
  const npm = join(folder, "npm");
  writeFileSync(npm, "#!/bin/sh\necho looking >&2\nexec sleep 30\n", { mode: 0o755 });
  const { child, answer } = start(folder, ["add", "tap-other"], "", { PATH: `${folder}:${process.env.PATH}` });
  child.stderr?.once("data", () => child.kill("SIGINT"));
  const { code, err } = await answer;
  expect([code, err]).toEqual([130, expect.stringContaining("npm was stopped by SIGINT")]);
});

test("a signal reaches an invoked plugin, and its config is gone after it", async () => {
  const folder = makeProject({ rows: 100, hang_at: 1 });
  const { child, answer } = start(folder, ["invoke", "tap-test"]);
  await until(() => runFolders(folder).length > 0, "the plugin has its config");
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill("SIGTERM");
  expect((await answer).code).toBe(143);
  expect(linesOf(folder, "signals.txt")).toEqual(["tap SIGTERM"]);
  expect(runFolders(folder)).toEqual([]);
});
