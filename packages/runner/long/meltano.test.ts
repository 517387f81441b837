/**
 * Public Meltano projects are imported without a manual step, and what has no counterpart is named with its line: `npm run test:long meltano DIR`.
 * `meltano-projects.json` lists them; in DIR, OWNER/NAME is a clone at that commit. An independent reader of meltano.yml checks that
 * no plugin, setting, job, schedule or environment is lost without a word.
 * Covers: packages/runner/src/meltano, packages/runner/src/project/meltano, packages/runner/src/plugins/definition.ts, packages/runner/long/meltano.test.ts, packages/runner/long/meltano-projects.json
 * Takes: DIR
 * Needs: clones of these projects in DIR
 */

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { importMeltano } from "../src/meltano/import-meltano.ts";
import type { MeltanoGap } from "../src/model/meltano.ts";
import { definitionOf } from "../src/plugins/source.ts";
import { jobOf } from "../src/project/job.ts";
import { entryOf } from "../src/project/plugin-entry.ts";
import { environmentsOf, openProject, pluginNames } from "../src/project/project.ts";
import bars from "./meltano.bars.json" with { type: "json" };
import projects from "./meltano-projects.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const [folder = ""] = JSON.parse(process.env.TEST_LONG_ARGUMENTS ?? "[]") as string[];

test("there are enough projects", ({ task }) => {
  task.meta.result = { projects: projects.length };
  expect(new Set(projects.map(({ repository }) => repository)).size).toBeGreaterThanOrEqual(bars.least_repositories);
});

test.for(projects)("$repository $path", async ({ repository, commit, path, ...project }, { task }) => {
  const source = join(resolve(folder), repository, path);
  if (!existsSync(join(source, "meltano.yml")))
    throw new Error(
      `git clone https://github.com/${repository} ${join(folder, repository)} && git -C ${join(folder, repository)} checkout ${commit}`,
    );
  const copy = mkdtempSync(join(tmpdir(), "tapline-meltano-"));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(source, copy, { recursive: true, filter: (each) => !/\/(node_modules|\.git|\.meltano)(\/|$)/.test(each.slice(source.length)) });
  const refused = "refused" in project ? project.refused : undefined;
  const importing = importMeltano({ folder: copy, processEnv: { PATH: process.env.PATH }, binFolders: [], npm: [], isDry: false });
  if (refused !== undefined) return await expect(importing).rejects.toThrow(expect.objectContaining({ code: refused }));
  const { counts, gaps } = await importing;
  for (const { what, text, position } of gaps)
    expect([what, text, position.file]).toEqual([expect.stringMatching(/./), expect.stringMatching(/\S$/), expect.any(String)]);
  const opened = openProject(copy, { PATH: process.env.PATH });
  for (const name of pluginNames(opened))
    for (const environment of environmentsOf(opened)) {
      entryOf(opened.parsed, name, environment);
      definitionOf(opened, name);
    }
  for (const job of Object.keys(opened.parsed.file.jobs ?? {})) jobOf(opened, job);
  const missing = notFound(copy, gaps, opened.parsed.file);
  expect(missing).toEqual([]);
  const kinds = { lost: 0, differs: 0, unknown: 0 };
  for (const { kind } of gaps) kinds[kind]++;
  task.meta.result = {
    ...counts,
    ...kinds,
    named: gaps.filter(({ kind }) => kind === "lost").map(({ what, position }) => `${what} (line ${position.line})`),
  };
});

interface Item {
  name: string;
  config?: Record<string, unknown> | null;
  extractor?: string;
  tasks?: unknown;
  interval?: string;
}

/** What meltano.yml itself (without the files it includes) has and tapline.yml has not, although no gap names it. */
function notFound(
  copy: string,
  gaps: readonly MeltanoGap[],
  file: { jobs?: object; schedules?: readonly { name: string }[]; environments?: object; plugins?: object },
): string[] {
  const yml = parse(readFileSync(join(copy, "meltano.yml"), "utf8")) as Record<string, unknown>;
  const isNamed = (what: string): boolean => gaps.some((gap) => gap.what === what || gap.what.startsWith(`${what}: `));
  const listOf = (value: unknown): Item[] => (Array.isArray(value) ? (value as Item[]) : []);
  const missing: string[] = [];
  const check = (isThere: boolean, what: string): void => {
    if (!isThere && !isNamed(what)) missing.push(what);
  };
  for (const [type, items] of Object.entries((yml.plugins ?? {}) as Record<string, unknown>)) {
    if (type === "files") continue;
    for (const { name, config } of listOf(items)) {
      check(Object.hasOwn(file.plugins ?? {}, name), name);
      // A target whose settings depend on the tap became one for each tap.
      const text = JSON.stringify(Object.entries(file.plugins ?? {}).filter(([each]) => each === name || each.startsWith(`${name}-`)));
      for (const [key, value] of Object.entries(config ?? {}))
        if (value !== null) check(text.includes(JSON.stringify(key.split(".").at(-1)).slice(1, -1)), `${name}: ${key}`);
    }
  }
  for (const { name } of listOf(yml.jobs)) check(Object.hasOwn(file.jobs ?? {}, name), `job ${name}`);
  for (const { name } of listOf(yml.environments)) check(Object.hasOwn(file.environments ?? {}, name), `environment ${name}`);
  for (const { name, interval } of listOf(yml.schedules))
    if (!/^@(once|none|manual)$/.test(interval ?? ""))
      check(
        (file.schedules ?? []).some((each) => each.name === name),
        `schedule ${name}`,
      );
  return missing;
}
