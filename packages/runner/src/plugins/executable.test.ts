import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Executable } from "../model/plugin.ts";
import { openProject } from "../project/project.ts";
import { findExecutable } from "./executable.ts";
import { pluginOf } from "./resolve-plugin.ts";

function makeFolder(files: Record<string, string>, yml = "{}"): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries({ ...files, "tapline.yml": yml })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    chmodSync(join(folder, path), 0o755);
  }
  return folder;
}

function find(folder: string, name: string, binFolders: string[] = []): Executable {
  const project = openProject(folder);
  return findExecutable(project, pluginOf(project, name, "dev"), binFolders);
}

test("JavaScript after a link in node_modules/.bin is started by this Node", () => {
  const folder = makeFolder({ "pkg/cli.js": "#!/usr/bin/env node\n", "node_modules/.bin/other": "" });
  symlinkSync(join(folder, "pkg/cli.js"), join(folder, "node_modules/.bin/tap-x"));
  expect(find(folder, "tap-x")).toMatchObject({ command: process.execPath, leadingArgs: [join(folder, "pkg/cli.js")] });
});

test("any other program is started as it is", () => {
  const folder = makeFolder({ "node_modules/.bin/tap-x": "#!/usr/bin/env python3\n" });
  expect(find(folder, "tap-x")).toMatchObject({ command: join(folder, "node_modules/.bin/tap-x"), leadingArgs: [] });
});

test("the project's own goes before the folders of the command and PATH", () => {
  const folder = makeFolder({ "node_modules/.bin/tap-x": "#!/bin/sh\n", "beside/tap-x": "#!/bin/sh\n", "beside/tap-y": "#!/bin/sh\n" });
  expect(find(folder, "tap-x", [join(folder, "beside")]).path).toBe(join(folder, "node_modules/.bin/tap-x"));
  expect(find(folder, "tap-y", [join(folder, "beside")]).path).toBe(join(folder, "beside/tap-y"));
});

test("`executable` is a path from the project or a name", () => {
  const yml = "plugins: { tap-x: { executable: ./my/tap.mjs }, tap-y: { executable: sh }, tap-z: { executable: tap.mjs } }";
  const folder = makeFolder({ "my/tap.mjs": "", "tap.mjs": "" }, yml);
  expect(find(folder, "tap-x").leadingArgs).toEqual([join(folder, "my/tap.mjs")]);
  expect(find(folder, "tap-y").command).toMatch(/\/sh$/);
  expect(find(folder, "tap-z").leadingArgs).toEqual([join(folder, "tap.mjs")]);
});

test("what is nowhere gets a hint what to install, and a suggestion where one is near", () => {
  const folder = makeFolder({}, "plugins: { tap-nowhere: {} }");
  expect(() => find(folder, "tap-nowhere")).toThrow(
    expect.objectContaining({
      code: "plugin_not_found",
      hint: expect.stringContaining("tapline add tap-nowhere"),
      position: expect.objectContaining({ line: 1 }),
    }),
  );
  expect(() => find(folder, "tap-nowhare")).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("Did you mean tap-nowhere?") }),
  );
});

test("a plugin whose program is named but not there is not taken for another one", () => {
  const folder = makeFolder({}, "plugins: { tap-shop: {}, map-shop: { executable: ./nowhere } }");
  expect(() => find(folder, "map-shop")).toThrow(
    expect.objectContaining({ code: "plugin_not_found", hint: expect.not.stringContaining("Did you mean") }),
  );
});

test.each(["../evil", "-rf", "", "a b", "a/b", "$(x)"])("%j is no plugin's name", (name) => {
  expect(() => find(makeFolder({}), name)).toThrow(expect.objectContaining({ code: "plugin_name_invalid" }));
});
