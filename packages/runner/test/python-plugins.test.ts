/** Python plugins, installed by the real pip from wheels in a folder: no index is asked. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { addPlugin } from "../src/install/add.ts";
import { installPlugins } from "../src/install/install.ts";
import { listPlugins } from "../src/install/list.ts";
import { removePlugin } from "../src/install/remove.ts";
import { upgradePlugin } from "../src/install/upgrade.ts";
import { findExecutable } from "../src/plugins/executable.ts";
import { pluginOf } from "../src/plugins/resolve-plugin.ts";
import { openProject } from "../src/project/project.ts";

const how = { onLine() {} };
const wheels = mkdtempSync(join(tmpdir(), "tapline-wheels-"));
beforeAll(() => {
  vi.stubEnv("PIP_NO_INDEX", "1");
  vi.stubEnv("PIP_FIND_LINKS", wheels);
  vi.stubEnv("UV_NO_INDEX", "1");
  vi.stubEnv("UV_FIND_LINKS", wheels);
  makeWheel("acme_base", "0.5", {});
  makeWheel("acme_tap_shop", "1.0", { "tap-shop": "acme_tap_shop:main", "acme-admin": "acme_tap_shop:main" }, ["acme-base"]);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(wheels, { recursive: true });
});

/** A wheel is a zip with four small files. */
function makeWheel(name: string, version: string, scripts: Record<string, string>, needs: string[] = []): void {
  const info = `${name}-${version}.dist-info`;
  const files = {
    [`${name}.py`]: `import json, sys\ndef main(): print(json.dumps({"name": "${name}", "version": "${version}", "args": sys.argv[1:]}))\n`,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name.replaceAll("_", "-")}\nVersion: ${version}\n${needs.map((need) => `Requires-Dist: ${need}\n`).join("")}`,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/entry_points.txt`]: `[console_scripts]\n${Object.entries(scripts)
      .map(([script, at]) => `${script} = ${at}\n`)
      .join("")}`,
    [`${info}/RECORD`]: "",
  };
  const zip =
    "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w'); [z.writestr(k, v) for k, v in json.load(sys.stdin).items()]; z.close()";
  execFileSync("python3", ["-c", zip, join(wheels, `${name}-${version}-py3-none-any.whl`)], { input: JSON.stringify(files) });
}

function makeProject(yml = "plugins: {}\n"): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-python-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "tapline.yml"), yml);
  return folder;
}

function answerOf(folder: string, name: string, ...args: string[]): unknown {
  const project = openProject(folder);
  const { command } = findExecutable(project, pluginOf(project, name, "dev"));
  return JSON.parse(execFileSync(command, args, { encoding: "utf8" }));
}

const lockOf = (folder: string) => JSON.parse(readFileSync(join(folder, "tapline.lock.json"), "utf8")).python;

test("it is added under its program's name, locked with all it needs, installed from the lock, upgraded, and removed", async () => {
  const folder = makeProject("# mine\nplugins: {}\n");
  const added = await addPlugin(openProject(folder), { pip: "acme-tap-shop" }, folder, how);
  expect(added).toEqual({ name: "tap-shop", source: "pip acme-tap-shop", version: "1.0" });
  expect(readFileSync(join(folder, "tapline.yml"), "utf8")).toMatch(/# mine[\s\S]*tap-shop:[\s\S]*pip: acme-tap-shop/);
  expect(lockOf(folder)["tap-shop"].packages).toEqual(["acme-base==0.5", "acme-tap-shop==1.0"]);
  expect(answerOf(folder, "tap-shop", "--x")).toEqual({ name: "acme_tap_shop", version: "1.0", args: ["--x"] });
  await expect(addPlugin(openProject(folder), { pip: "acme-tap-shop" }, folder, how)).rejects.toMatchObject({ code: "plugin_there" });

  makeWheel("acme_tap_shop", "1.1", { "tap-shop": "acme_tap_shop:main" }, ["acme-base"]);
  onTestFinished(() => rmSync(join(wheels, "acme_tap_shop-1.1-py3-none-any.whl")));
  rmSync(join(folder, ".tapline"), { recursive: true });
  expect(() => answerOf(folder, "tap-shop")).toThrow(expect.objectContaining({ code: "plugin_not_installed" }));
  expect(listPlugins(openProject(folder))).toMatchObject([{ name: "tap-shop", isInstalled: false }]);
  expect(await installPlugins(openProject(folder), [], how)).toMatchObject([{ name: "tap-shop", version: "1.0" }]);
  expect(answerOf(folder, "tap-shop")).toMatchObject({ version: "1.0" });
  expect(await installPlugins(openProject(folder), [], how)).toEqual([]);

  const upgraded = { name: "tap-shop", version: "1.1", pinnedBy: undefined };
  expect(await upgradePlugin(openProject(folder), { name: "tap-shop" }, how)).toMatchObject(upgraded);
  expect(answerOf(folder, "tap-shop")).toMatchObject({ version: "1.1" });
  // A run that is under way goes on with the old one.
  expect(readdirSync(join(folder, ".tapline/python"))).toHaveLength(2);

  await removePlugin(openProject(folder), "tap-shop", how);
  expect(readFileSync(join(folder, "tapline.yml"), "utf8")).not.toContain("tap-shop");
  expect(readdirSync(folder)).not.toContain("tapline.lock.json");
});

test("a pinned one stays where it is, with a message, until another version is asked for, also for its heirs", async () => {
  makeWheel("acme_tap_shop", "1.1", { "tap-shop": "acme_tap_shop:main" }, ["acme-base"]);
  onTestFinished(() => rmSync(join(wheels, "acme_tap_shop-1.1-py3-none-any.whl")));
  const pinned =
    "plugins:\n  tap-shop:\n    pip: acme-tap-shop==1.0 acme-base # mine\n  tap-heir: { inherit_from: tap-shop, executable: tap-shop }\n";
  const folder = makeProject(pinned);
  await installPlugins(openProject(folder), [], how);
  const kept = await upgradePlugin(openProject(folder), { name: "tap-heir" }, how);
  expect(kept).toMatchObject({ name: "tap-heir", version: "1.0", pinnedBy: "acme-tap-shop==1.0" });
  expect(answerOf(folder, "tap-shop")).toMatchObject({ version: "1.0" });
  const moved = await upgradePlugin(openProject(folder), { name: "tap-heir", to: "1.1" }, how);
  expect(moved).toMatchObject({ name: "tap-heir", version: "1.1", pinnedBy: undefined });
  expect(readFileSync(join(folder, "tapline.yml"), "utf8")).toBe(pinned.replace("==1.0", "==1.1"));
  expect(lockOf(folder)["tap-shop"]).toMatchObject({
    pip: "acme-tap-shop==1.1 acme-base",
    packages: ["acme-base==0.5", "acme-tap-shop==1.1"],
  });
  expect(answerOf(folder, "tap-heir")).toMatchObject({ version: "1.1" });
  expect(await installPlugins(openProject(folder), [], how)).toEqual([]);
  // What can't be had changes nothing.
  await expect(upgradePlugin(openProject(folder), { name: "tap-shop", to: "7" }, how)).rejects.toMatchObject({ code: "program_failed" });
  for (const to of ["1.0 --index-url=x", "-r", "1.0,<2", ""]) {
    await expect(upgradePlugin(openProject(folder), { name: "tap-shop", to }, how)).rejects.toMatchObject({ code: "source_invalid" });
  }
  expect(answerOf(folder, "tap-shop")).toMatchObject({ version: "1.1" });
});

test("two plugins of the same packages share one environment, as it was locked", async () => {
  const twin = "{ pip: acme-tap-shop==1.0 acme-base, executable: tap-shop }";
  const folder = makeProject(`plugins:\n  tap-shop: ${twin}\n`);
  await installPlugins(openProject(folder), [], how);
  writeFileSync(join(folder, "tapline.yml"), `plugins:\n  tap-shop: ${twin}\n  tap-store: ${twin}\n`);
  expect(await installPlugins(openProject(folder), ["tap-store"], how)).toMatchObject([{ name: "tap-store", version: "1.0" }]);
  expect(answerOf(folder, "tap-store")).toEqual(answerOf(folder, "tap-shop"));
  expect(lockOf(folder)["tap-store"]).toEqual(lockOf(folder)["tap-shop"]);
  expect(readdirSync(join(folder, ".tapline/python"))).toHaveLength(1);
});

test("heirs share its environment; a folder is linked, so what is changed in it counts at once", async () => {
  const folder = makeProject();
  const source = join(folder, "my-tap");
  mkdirSync(source);
  writeFileSync(join(source, "pyproject.toml"), '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n');
  writeFileSync(join(source, "my_tap.py"), "def main(): print('{\"version\": 1}')\n");
  writeFileSync(join(source, "backend.py"), backend(source));
  await addPlugin(openProject(folder), { from: "my-tap" }, folder, how);
  const yml = readFileSync(join(folder, "tapline.yml"), "utf8");
  expect(yml).toContain("pip: ./my-tap");
  expect(lockOf(folder)["tap-my"].packages).toEqual([]);
  writeFileSync(join(folder, "tapline.yml"), `plugins:\n  tap-my: { pip: ./my-tap }\n  tap-heir: { inherit_from: tap-my }\n`);
  expect(answerOf(folder, "tap-heir")).toEqual({ version: 1 });
  writeFileSync(join(source, "my_tap.py"), "def main(): print('{\"version\": 22}')\n");
  expect(answerOf(folder, "tap-heir")).toEqual({ version: 22 });
  await expect(upgradePlugin(openProject(folder), { name: "tap-my", to: "2" }, how)).rejects.toMatchObject({ code: "version_not_chosen" });
  await expect(removePlugin(openProject(folder), "tap-my", how)).rejects.toMatchObject({ code: "plugin_in_use" });
});

test("what can't be installed leaves nothing after, and pip's last words are reported", async () => {
  const folder = makeProject();
  const adding = addPlugin(openProject(folder), { pip: "acme-nowhere" }, folder, how);
  await expect(adding).rejects.toMatchObject({ code: "program_failed", message: expect.stringContaining("acme-nowhere") });
  await expect(addPlugin(openProject(folder), { pip: "acme-base" }, folder, how)).rejects.toMatchObject({ code: "plugin_ambiguous" });
  expect(readFileSync(join(folder, "tapline.yml"), "utf8")).toBe("plugins: {}\n");
  expect(readdirSync(join(folder, ".tapline/python"))).toEqual([]);
});

test("a lock that was tampered with is refused before pip sees it", async () => {
  const folder = makeProject("plugins: { tap-shop: { pip: acme-tap-shop } }\n");
  const entry = { pip: "acme-tap-shop", python: "3.11", packages: ["--index-url=http://evil"] };
  writeFileSync(join(folder, "tapline.lock.json"), JSON.stringify({ python: { "tap-shop": entry } }));
  await expect(installPlugins(openProject(folder), [], how)).rejects.toMatchObject({ code: "lock_invalid" });
});

/** A build backend that is separate: no other has to be fetched. */
function backend(source: string): string {
  return `
import os, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    info = "my_tap-0.1.dist-info"
    with zipfile.ZipFile(os.path.join(folder, "my_tap-0.1-py3-none-any.whl"), "w") as z:
        z.writestr("my_tap.pth", ${JSON.stringify(source)})
        z.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: my-tap\\nVersion: 0.1\\n")
        z.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        z.writestr(info + "/entry_points.txt", "[console_scripts]\\ntap-my = my_tap:main\\n")
        z.writestr(info + "/RECORD", "")
    return "my_tap-0.1-py3-none-any.whl"
build_editable = build_wheel
`;
}
