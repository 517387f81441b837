import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Project } from "../model/project.ts";
import { pluginOf } from "../plugins/resolve-plugin.ts";
import { jobOf } from "./job.ts";
import { mergeDeep } from "./merge.ts";
import { environmentOf, openProject } from "./project.ts";

function project(text: string, options: { dotenv?: string; environment?: Record<string, string>; below?: string } = {}): Project {
  const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "tapline.yml"), text);
  if (options.dotenv !== undefined) writeFileSync(join(folder, ".env"), options.dotenv);
  const below = join(folder, options.below ?? "");
  mkdirSync(below, { recursive: true });
  return openProject(below, options.environment ?? {});
}

const text = `
plugins:
  target-x:
    config:
      path: a.db
      login: { user: me, password: $DB_PASSWORD }
      price: 5$$ and $1
environments:
  prod:
    plugins:
      target-x: { config: { path: /srv/b.db, login: { user: $PROD_USER } } }
jobs:
  load: [tap-y target-x, "  tap-z   target-x "]
`;

test("tapline.yml is found from a folder below", () => {
  expect(pluginOf(project("plugins: { tap-a: { config: { b: 1 } } }", { below: "deep/er" }), "tap-a", "dev").config).toEqual({ b: 1 });
});

test("no project above is an error that names init", () => {
  expect(() => openProject(tmpdir())).toThrow(
    expect.objectContaining({ code: "project_missing", hint: expect.stringContaining("tapline init") }),
  );
});

test("an environment is merged deeply over the plugins", () => {
  const opened = project(text, { environment: { DB_PASSWORD: "pw", PROD_USER: "admin" } });
  expect(pluginOf(opened, "target-x", "dev").config).toEqual({ path: "a.db", login: { user: "me", password: "pw" }, price: "5$ and $1" });
  expect(pluginOf(opened, "target-x", "prod").config).toMatchObject({ path: "/srv/b.db", login: { user: "admin", password: "pw" } });
});

test("the environment goes over .env", () => {
  const opened = project(text, { dotenv: "DB_PASSWORD=file\nPROD_USER=file\n", environment: { DB_PASSWORD: "env" } });
  expect(pluginOf(opened, "target-x", "prod").config).toMatchObject({ login: { user: "file", password: "env" } });
});

test("a missing variable is named with its place, and only where it is used", () => {
  const opened = project(text, { environment: { DB_PASSWORD: "pw" } });
  expect(pluginOf(opened, "target-x", "dev").config).toMatchObject({ path: "a.db" });
  expect(() => pluginOf(opened, "target-x", "prod")).toThrow(
    expect.objectContaining({
      code: "variable_missing",
      message: "The variable PROD_USER, which target-x.config.login.user uses, is not set",
      position: expect.objectContaining({ line: 11 }),
    }),
  );
});

test("jobs give their steps; a misspelt one gets a suggestion", () => {
  const opened = project(text);
  expect(jobOf(opened, "load").steps.map(({ work }) => work)).toEqual([
    { kind: "pipe", tap: "tap-y", mappers: [], target: "target-x" },
    { kind: "pipe", tap: "tap-z", mappers: [], target: "target-x" },
  ]);
  expect(() => jobOf(opened, "laod")).toThrow(expect.objectContaining({ code: "job_unknown", hint: "Did you mean load?" }));
});

test("an unknown environment is an error, the default one needs no entry", () => {
  const opened = project(text);
  expect(environmentOf(opened)).toBe("dev");
  expect(environmentOf(opened, "prod")).toBe("prod");
  expect(() => environmentOf(opened, "prd")).toThrow(expect.objectContaining({ code: "environment_unknown", hint: "Did you mean prod?" }));
});

test("lists are replaced, not merged", () => {
  expect(mergeDeep({ a: [1, 2], b: { c: 1, d: 2 } }, { a: [3], b: { c: 4 } })).toEqual({ a: [3], b: { c: 4, d: 2 } });
});
