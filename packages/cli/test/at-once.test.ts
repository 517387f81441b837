import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeFolder, makeProject, tapline } from "./tapline.ts";

const words = (text: string): string => text.replaceAll(/\s+/g, " ");

test.each([["run"], ["state list"], ["runs"], [""]])("quick help on %j prints what the usual way prints", async (topic) => {
  const folder = makeFolder();
  const typed = topic === "" ? [] : topic.split(" ");
  const quick = await tapline(folder, [...typed, "--help"]);
  // The quick way does not know a flag beside --help.
  const usual = await tapline(folder, [...typed, "--help", "--help"]);
  expect(words(quick.out)).toBe(words(usual.out));
  expect([quick.code, quick.err]).toEqual([0, ""]);
});

test("the version is that of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const { code, out } = await tapline(makeFolder(), ["--version"]);
  expect([code, out]).toEqual([0, `tapline/${version} ${process.platform}-${process.arch} node-${process.version}\n`]);
});

test("so does the list of states, as text and as JSON", async () => {
  const folder = makeProject();
  expect((await tapline(folder, ["state", "list"])).out).toMatch(/^There are no states in .*tapline\.db yet/);
  await tapline(folder, ["run", "pipe"]);
  for (const flags of [[], ["--json"]]) {
    const quick = await tapline(folder, ["state", "list", ...flags]);
    expect(quick.out).toContain("dev:tap-test-to-target-test");
    expect(quick).toEqual(await tapline(folder, ["state", "list", "--environment", "dev", ...flags]));
  }
});

test.each([["pipe"], ["pipes"], ["tap-test"], ["tap-test target-tset"]])("so does a run of %j without flags", async (text) => {
  const ranWith = async (...flags: string[]): Promise<unknown> => {
    const folder = makeProject();
    const { code, out, err } = await tapline(folder, ["run", ...text.split(" "), ...flags]);
    const same = (printed: string): string =>
      words(
        printed
          .replaceAll(folder, "")
          .replaceAll(" --environment dev", "")
          .replaceAll(/\S*\d\S*/g, "N"),
      );
    return { code, out: same(out), err: same(err) };
  };
  expect(await ranWith()).toEqual(await ranWith("--environment", "dev"));
});

test("a project that names another store is read in full", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "tapline.yml"), "{state: {backend: file, path: elsewhere.json}}\n");
  expect((await tapline(folder, ["state", "list"])).out).toContain("elsewhere.json");
  writeFileSync(join(folder, "tapline.yml"), "{'state': {backend: nowhere}}\n");
  expect((await tapline(folder, ["state", "list"])).code).toBe(2);
});

test.each(["text", "json", "markdown"])("a plugin's quick --about --format %s prints what the plugin prints", (format) => {
  const bin = fileURLToPath(new URL("../../../plugins/tap-csv/bin/tap-csv.js", import.meta.url));
  const ask = (...args: string[]): string => execFileSync(process.execPath, [bin, ...args], { encoding: "utf8" });
  // The quick way knows no --config.
  expect(ask("--about", "--format", format)).toBe(ask("--about", "--format", format, "--config", "none.json"));
});
