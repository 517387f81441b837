/** npm plugins, installed by the real npm from a registry in this process and from folders. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { addPlugin } from "../src/install/add.ts";
import { installPlugins } from "../src/install/install.ts";
import { listPlugins } from "../src/install/list.ts";
import { removePlugin } from "../src/install/remove.ts";
import { upgradePlugin } from "../src/install/upgrade.ts";
import { checkInstalledName } from "../src/plugins/npm-plugins.ts";
import { openProject } from "../src/project/project.ts";

const how = { onLine() {} };
const packages = new Map<string, Map<string, { manifest: object; tarball: Buffer }>>();
let registry: Server;
let url: string;
const cache = mkdtempSync(join(tmpdir(), "tapline-npm-cache-"));

beforeAll(async () => {
  publish({ name: "@tapline/tap-shop", version: "1.0.0", tapline: { plugin: "tap-shop" } });
  publish({ name: "tap-shop", version: "9.9.9", tapline: { plugin: "tap-shop" } });
  publish({ name: "tap-other", version: "0.1.0", tapline: { plugin: "tap-other" } });
  publish({ name: "left-pad", version: "1.0.0", scripts: { postinstall: "touch ran.txt" } });
  registry = createServer(({ url: path = "" }, response) => {
    const [name = "", file] = decodeURIComponent(path.slice(1)).split("/-/");
    const versions = packages.get(name);
    if (versions === undefined) return response.writeHead(404).end("{}");
    if (file !== undefined) return response.end(versions.get(file)?.tarball);
    const latest = [...versions.keys()].at(-1);
    const all = Object.fromEntries([...versions].map(([version, { manifest }]) => [version, manifest]));
    return response.end(JSON.stringify({ name, "dist-tags": { latest }, versions: all }));
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  vi.stubEnv("npm_config_registry", url);
  vi.stubEnv("npm_config_cache", cache);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  registry.closeAllConnections();
  await new Promise((resolve) => registry.close(resolve));
  rmSync(cache, { recursive: true });
});

function publish(manifest: { name: string; version: string; [key: string]: unknown }): void {
  const folder = makePackage(manifest);
  execFileSync("tar", ["-czf", join(dirname(folder), "x.tgz"), "-C", dirname(folder), "package"]);
  const tarball = readFileSync(join(dirname(folder), "x.tgz"));
  rmSync(dirname(folder), { recursive: true });
  const versions = packages.get(manifest.name) ?? new Map();
  packages.set(manifest.name, versions);
  const dist = {
    integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
    get tarball() {
      return `${url}/${manifest.name}/-/${manifest.version}`;
    },
  };
  const bin = { [manifest.name.split("/").at(-1) ?? ""]: "cli.js" };
  versions.set(manifest.version, { manifest: { bin, ...manifest, dist }, tarball });
}

function makePackage(manifest: { name: string; [key: string]: unknown }): string {
  const folder = join(mkdtempSync(join(tmpdir(), "tapline-package-")), "package");
  mkdirSync(folder);
  const bin = manifest.name.split("/").at(-1) ?? "";
  writeFileSync(join(folder, "package.json"), JSON.stringify({ bin: { [bin]: "cli.js" }, ...manifest }));
  writeFileSync(join(folder, "cli.js"), "#!/usr/bin/env node\n");
  return folder;
}

function makeProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-npm-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "tapline.yml"), "plugins: {}\n");
  return folder;
}

test("a short name is first looked for in our scope; it is added exactly, installed again, upgraded and removed", async () => {
  const folder = makeProject();
  expect(await addPlugin(openProject(folder), { name: "tap-shop" }, folder, how)).toEqual({
    name: "tap-shop",
    source: "npm @tapline/tap-shop",
    version: "1.0.0",
  });
  expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).dependencies).toEqual({ "@tapline/tap-shop": "1.0.0" });
  expect(openProject(folder).parsed.file.plugins).toEqual({ "tap-shop": {} });
  rmSync(join(folder, "node_modules"), { recursive: true });
  await installPlugins(openProject(folder), [], how);
  expect(listPlugins(openProject(folder))).toEqual([
    { name: "tap-shop", source: "npm @tapline/tap-shop", version: "1.0.0", isInstalled: true },
  ]);
  publish({ name: "@tapline/tap-shop", version: "1.1.0", tapline: { plugin: "tap-shop" } });
  vi.stubEnv("npm_config_prefer_online", "true");
  expect(await upgradePlugin(openProject(folder), { name: "tap-shop" }, how)).toMatchObject({ version: "1.1.0" });
  expect(await upgradePlugin(openProject(folder), { name: "tap-shop", to: "1.0.0" }, how)).toMatchObject({ version: "1.0.0" });
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  // npm itself checks what it downloads against this.
  expect(lock.packages["node_modules/@tapline/tap-shop"]).toMatchObject({ version: "1.0.0", integrity: expect.stringMatching(/^sha512-/) });
  expect(await removePlugin(openProject(folder), "tap-shop", how)).toBeUndefined();
  expect(listPlugins(openProject(folder))).toEqual([]);
  expect(existsSync(join(folder, "tapline.lock.json"))).toBe(false);
});

/** npm that fails shows that no npm was run. */
const noNpm = (): void => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-no-npm-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "npm"), "#!/bin/sh\necho npm was run >&2; exit 9\n", { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  onTestFinished(() => void vi.stubEnv("PATH", (process.env.PATH ?? "").replace(`${folder}:`, "")));
};

/** A package that somebody else installed. */
function putInto(folder: string, manifest: { name: string; [key: string]: unknown }): void {
  const made = makePackage(manifest);
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  mkdirSync(dirname(join(modules, manifest.name)), { recursive: true });
  renameSync(made, join(modules, manifest.name));
  const program = manifest.name.split("/").at(-1) ?? "";
  symlinkSync(join(modules, manifest.name, "cli.js"), join(modules, ".bin", program));
}

test("what node_modules holds is only written to tapline.yml, under its name or that of its package, and remove leaves the package", async () => {
  const folder = makeProject();
  const inner = join(folder, "inner");
  mkdirSync(inner);
  writeFileSync(join(inner, "tapline.yml"), "plugins: {}\n");
  const manifest = { name: "@acme/tap-here", version: "3.0.0", tapline: { plugin: "tap-here" } };
  putInto(folder, manifest);
  putInto(folder, { name: "left-pad", version: "1.0.0" });
  noNpm();
  for (const name of ["tap-here", "@acme/tap-here", "tap-here@3.0.0"]) {
    writeFileSync(join(inner, "tapline.yml"), "plugins: {}\n");
    const added = { name: "tap-here", source: "npm @acme/tap-here", version: "3.0.0" };
    expect(await addPlugin(openProject(inner), { name }, inner, how)).toEqual(added);
    expect(openProject(inner).parsed.file.plugins).toEqual({ "tap-here": {} });
  }
  expect(readdirSync(inner)).toEqual(["tapline.yml"]);
  expect(await removePlugin(openProject(inner), "tap-here", how)).toBeUndefined();
  expect(existsSync(join(folder, "node_modules/@acme/tap-here"))).toBe(true);
  // Another version, and a package that is no plugin, are npm's business.
  for (const name of ["tap-here@4.0.0", "left-pad"])
    await expect(addPlugin(openProject(inner), { name }, inner, how)).rejects.toMatchObject({ code: "program_failed" });
  expect(checkInstalledName(openProject(inner), "tap-here")).toBe("tap-here");
  expect(() => checkInstalledName(openProject(inner), "left-pad")).toThrow(expect.objectContaining({ code: "plugin_unknown" }));
});

test("a name that is taken is refused, and --as gives it another one", async () => {
  const folder = makeProject();
  putInto(folder, { name: "@acme/tap-here", version: "3.0.0", tapline: { plugin: "tap-here" } });
  putInto(folder, { name: "tapline-tool", version: "3.0.0", tapline: { plugin: "tool" } });
  noNpm();
  await addPlugin(openProject(folder), { name: "tap-here" }, folder, how);
  await expect(addPlugin(openProject(folder), { name: "tap-here" }, folder, how)).rejects.toMatchObject({
    code: "plugin_there",
    hint: expect.stringContaining("--as tap-here-2"),
  });
  await addPlugin(openProject(folder), { name: "tap-here", as: "shop" }, folder, how);
  await addPlugin(openProject(folder), { name: "tool", as: "tool-2" }, folder, how);
  expect(openProject(folder).parsed.file.plugins).toEqual({
    "tap-here": {},
    shop: { inherit_from: "tap-here" },
    tool: {},
    "tool-2": { inherit_from: "tool" },
  });
  const taken = addPlugin(openProject(folder), { name: "tap-here", as: "shop" }, folder, how);
  await expect(taken).rejects.toMatchObject({ code: "plugin_there" });
});

test("remove leaves a package that package.json had before, and one that another entry uses", async () => {
  const folder = makeProject();
  const before = { dependencies: { "@acme/tap-here": "3.0.0" } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(before));
  putInto(folder, { name: "@acme/tap-here", version: "3.0.0", tapline: { plugin: "tap-here" } });
  await addPlugin(openProject(folder), { name: "tap-here" }, folder, how);
  expect(await removePlugin(openProject(folder), "tap-here", how)).toEqual({
    what: "@acme/tap-here",
    why: "package.json had it before tapline added the plugin",
  });
  expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toEqual(before);

  const other = makeProject();
  await addPlugin(openProject(other), { name: "tap-other", as: "one" }, other, how);
  await addPlugin(openProject(other), { name: "tap-other", as: "two" }, other, how);
  expect(await removePlugin(openProject(other), "one", how)).toEqual({ what: "tap-other", why: "two uses it" });
  expect(existsSync(join(other, "node_modules/tap-other"))).toBe(true);
  expect(await removePlugin(openProject(other), "two", how)).toBeUndefined();
  expect(existsSync(join(other, "node_modules/tap-other"))).toBe(false);
  expect(readFileSync(join(other, "tapline.yml"), "utf8")).toBe("plugins: {}\n");
});

test("a .tgz of an installed package is installed again; one that is no plugin runs nothing", async () => {
  const pack = (manifest: { name: string; [key: string]: unknown }): string => {
    const made = makePackage(manifest);
    onTestFinished(() => rmSync(dirname(made), { recursive: true }));
    execFileSync("tar", ["-czf", join(dirname(made), "x.tgz"), "-C", dirname(made), "package"]);
    return join(dirname(made), "x.tgz");
  };
  const folder = makeProject();
  const mine = { name: "@acme/tap-mine", tapline: { plugin: "tap-mine" } };
  for (const version of ["1.0.0", "1.0.0", "1.1.0"]) {
    const from = pack({ ...mine, version });
    expect(await addPlugin(openProject(folder), { from }, folder, how)).toMatchObject({ name: "tap-mine", version });
  }
  const stranger = pack({ name: "tap-mine", version: "9.0.0", tapline: { plugin: "tap-mine" } });
  await expect(addPlugin(openProject(folder), { from: stranger }, folder, how)).rejects.toMatchObject({ code: "plugin_there" });
  const other = pack({ name: "other", version: "1.0.0", scripts: { postinstall: `touch ${join(folder, "ran.txt")}` } });
  await expect(addPlugin(openProject(folder), { from: other }, folder, how)).rejects.toMatchObject({ code: "package_not_a_plugin" });
  expect(existsSync(join(folder, "ran.txt"))).toBe(false);
  expect(await removePlugin(openProject(folder), "tap-mine", how)).toBeUndefined();
  expect(existsSync(join(folder, "node_modules/@acme/tap-mine"))).toBe(false);
});

test("a package that is no plugin is refused before anything of it runs, one that does not exist is reported", async () => {
  const folder = makeProject();
  await expect(addPlugin(openProject(folder), { name: "left-pad" }, folder, how)).rejects.toMatchObject({ code: "package_not_a_plugin" });
  await expect(addPlugin(openProject(folder), { name: "tap-none" }, folder, how)).rejects.toMatchObject({
    code: "package_missing",
    message: "npm has no package @tapline/tap-none or tap-none",
  });
  expect(existsSync(join(folder, "package.json"))).toBe(false);
  expect(await addPlugin(openProject(folder), { name: "tap-other" }, folder, how)).toMatchObject({ source: "npm tap-other" });
});

test("what npm can't install is reported with npm's reason", async () => {
  publish({ name: "tap-needy", version: "1.0.0", tapline: { plugin: "tap-needy" }, dependencies: { "acme-nowhere": "1.0.0" } });
  const folder = makeProject();
  await expect(addPlugin(openProject(folder), { name: "tap-needy" }, folder, how)).rejects.toMatchObject({
    code: "program_failed",
    message: expect.stringMatching(/^npm ended with exit code 1; the last line it printed: .*acme-nowhere/),
  });
  expect(openProject(folder).parsed.file.plugins).toEqual({});
});

test("a folder is linked; one that is no plugin is refused", async () => {
  const folder = makeProject();
  const plugin = makePackage({ name: "@acme/tap-mine", version: "0.0.1", tapline: { plugin: "tap-mine" } });
  const other = makePackage({ name: "other", version: "0.0.1" });
  onTestFinished(() => [plugin, other].forEach((each) => void rmSync(dirname(each), { recursive: true })));
  expect(await addPlugin(openProject(folder), { from: plugin }, folder, how)).toMatchObject({ name: "tap-mine" });
  expect(listPlugins(openProject(folder))).toMatchObject([{ name: "tap-mine", source: "npm @acme/tap-mine (linked)", isInstalled: true }]);
  await expect(addPlugin(openProject(folder), { from: other }, folder, how)).rejects.toMatchObject({ code: "package_not_a_plugin" });
  mkdirSync(join(folder, "empty"));
  await expect(addPlugin(openProject(folder), { from: "empty" }, folder, how)).rejects.toMatchObject({ code: "source_missing" });
});
