import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Project } from "../model/project.ts";
import { createRedactor } from "../model/secrets.ts";
import { pluginOf } from "../plugins/resolve-plugin.ts";
import { jobOf } from "./job.ts";
import { openProject } from "./project.ts";

/** A project with these files, by path. */
function project(files: Record<string, string>, environment: Record<string, string> = {}): Project {
  const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return openProject(folder, environment);
}

const only = (text: string, environment: Record<string, string> = {}): Project => project({ "tapline.yml": text }, environment);
const workOf = (text: string): unknown =>
  jobOf(only(`plugins: { dbt: {}, map-x: {}, shop: {}, store: {} }\njobs: { a: ["${text}"] }`), "a").steps[0]?.work;

test("a plugin starts from what it inherits, and has its executable", () => {
  const opened = only(`
plugins:
  tap-csv: { config: { a: 1, deep: { b: 2 } }, select: [x] }
  shop: { inherit_from: tap-csv, config: { deep: { c: 3 } } }
  shop-two: { inherit_from: shop, select: [y] }
environments: { prod: { plugins: { tap-csv: { config: { a: 9 } } } } }
`);
  expect(pluginOf(opened, "shop-two", "dev")).toMatchObject({
    base: "tap-csv",
    kind: "tap",
    config: { a: 1, deep: { b: 2, c: 3 } },
    entry: { select: ["y"] },
  });
  expect(pluginOf(opened, "shop-two", "prod").config).toMatchObject({ a: 9 });
});

test("an environment lets a plugin inherit from another one, with its settings", () => {
  const opened = only(`
plugins:
  target-postgres: { config: { host: db } }
  store: { kind: target, config: { schema: raw } }
environments:
  dev: { plugins: { store: { inherit_from: target-duckdb, config: { filepath: a.duckdb } } } }
  prod: { plugins: { store: { inherit_from: target-postgres } } }
`);
  expect(pluginOf(opened, "store", "dev")).toMatchObject({ base: "target-duckdb", config: { schema: "raw", filepath: "a.duckdb" } });
  expect(pluginOf(opened, "store", "prod")).toMatchObject({ base: "target-postgres", config: { schema: "raw", host: "db" } });
  const broken = "plugins: { store: {} }\nenvironments: { prod: { plugins: { store: { inherit_from: tapshop } } } }";
  expect(() => only(broken)).toThrow(expect.objectContaining({ code: "inherit_unknown", position: expect.objectContaining({ line: 2 }) }));
});

test("a plugin that inherits from nowhere or from itself is refused with its line", () => {
  expect(() => only("plugins:\n  tap-shop: {}\n  a: { inherit_from: tapshop }\n")).toThrow(
    expect.objectContaining({ code: "inherit_unknown", hint: "Did you mean tap-shop?", position: expect.objectContaining({ line: 3 }) }),
  );
  expect(() => only("plugins: { a: { inherit_from: b }, b: { inherit_from: a } }")).toThrow(
    expect.objectContaining({ code: "inherit_circular", message: expect.stringContaining("a -> b -> a") }),
  );
});

test("included files belong to the project, and their problems have their place", () => {
  const opened = project({
    "tapline.yml":
      "include: [plugins/*.yml]\nenvironments: { prod: { plugins: { tap-b: { config: { x: 2 } } } } }\njobs: { all: [tap-a target-z] }\n",
    "plugins/a.yml": "plugins: { tap-a: { config: { x: 1 } } }\n",
    "plugins/b.yml": "plugins:\n  tap-b:\n    config: { y: $GONE }\n",
    "plugins/notes.txt": "not: [read",
  });
  expect(pluginOf(opened, "tap-a", "dev").config).toEqual({ x: 1 });
  expect(() => pluginOf(opened, "tap-b", "prod")).toThrow(
    expect.objectContaining({
      code: "variable_missing",
      position: expect.objectContaining({ file: expect.stringMatching(/b\.yml$/), line: 3 }),
    }),
  );
  expect(() => project({ "tapline.yml": "include: [a.yml]\n", "a.yml": "\nplugin: {}\n" })).toThrow(
    expect.objectContaining({ position: expect.objectContaining({ file: expect.stringMatching(/a\.yml$/), line: 2 }) }),
  );
});

test("an included file that is missing, or a plugin in two files, is refused", () => {
  expect(() => only("include: [more.yml]\n")).toThrow(expect.objectContaining({ code: "include_missing" }));
  const twice = { "tapline.yml": "include: [a.yml]\nplugins: { tap-a: {} }\n", "a.yml": "plugins: { tap-a: {} }\n" };
  expect(() => project(twice)).toThrow(expect.objectContaining({ code: "include_conflict" }));
});

test("variables of the project reach settings and plugins; the environment goes over them", () => {
  const text =
    "env: { CITY: Oslo, YEAR: '2026' }\nenvironments: { prod: { env: { CITY: Bergen } } }\nplugins: { tap-a: { config: { c: $CITY-$YEAR } } }";
  expect(pluginOf(only(text), "tap-a", "prod")).toMatchObject({ config: { c: "Bergen-2026" }, env: { CITY: "Bergen", YEAR: "2026" } });
  expect(pluginOf(only(text, { CITY: "Rome" }), "tap-a", "prod")).toMatchObject({ config: { c: "Rome-2026" }, env: { CITY: "Rome" } });
});

test("a secret comes from a file or a command without a shell, and is redacted whatever its setting is called", () => {
  const text = `plugins: { tap-a: { config: { a: { $file: secrets/word }, b: [{ $command: [printf, "%s", "$HOME;two words"] }] } } }`;
  const plugin = pluginOf(project({ "tapline.yml": text, "secrets/word": "sesame\n" }), "tap-a", "dev");
  expect(plugin.config).toEqual({ a: "sesame", b: ["$HOME;two words"] });
  expect(createRedactor([{ plugin, about: null }])("sesame, $HOME;two words")).toBe("***, ***");
});

test.each<[string, string, string]>([
  ["a file that is not there", "{ $file: gone }", "secret_file_unreadable"],
  ["a command that fails", "{ $command: ['false'] }", "secret_command_failed"],
  ["a command that is not there", "{ $command: [no-such-program] }", "secret_command_failed"],
  ["a command that reports nothing", "{ $command: ['true'] }", "secret_command_failed"],
  ["a command as text", "{ $command: echo hi }", "secret_reference_invalid"],
])("%s is an error with its place", (_name, value, code) => {
  expect(() => pluginOf(only(`plugins:\n  tap-a:\n    config:\n      word: ${value}\n`), "tap-a", "dev")).toThrow(
    expect.objectContaining({
      code,
      position: expect.objectContaining({ line: 4 }),
      message: expect.stringContaining("tap-a.config.word"),
    }),
  );
});

test.each<[string, object]>([
  ["tap-a target-b", { kind: "pipe", tap: "tap-a", mappers: [], target: "target-b" }],
  ["tap-a map-x target-b", { kind: "pipe", tap: "tap-a", mappers: ["map-x"], target: "target-b" }],
  ["shop store", { kind: "pipe", tap: "shop", mappers: [], target: "store" }],
  ["dbt build --select tag:daily", { kind: "utility", plugin: "dbt", args: ["build", "--select", "tag:daily"] }],
])("the step %s is understood", (text, wanted) => {
  expect(workOf(text)).toEqual(wanted);
});

test.each<[string, string]>([
  ["tap-a", "needs a target"],
  ["tap-a stroe", "this project has no plugin stroe"],
  ["tap-a tap-b", "tap-b is no target"],
  ["tap-a dbtt target-b", "has no plugin dbtt"],
  ["tap-a target-c target-b", "target-c is between tap and target but is no mapper"],
  ["target-b tap-a", "it must be last"],
  ["dtb build", "has no plugin dtb"],
])("the step %s is refused: %s", (text, reason) => {
  expect(() => workOf(text)).toThrow(expect.objectContaining({ code: "step_invalid", message: expect.stringContaining(reason) }));
});
