import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { initProject } from "./init.ts";

test("a project is made once; a second time nothing is written over, and that is told", () => {
  const folder = mkdtempSync(join(tmpdir(), "dbt-init-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const project = join(folder, "1 shop's");
  const told: string[] = [];
  const report = { log: (_level: string, message: string) => void told.push(message) };
  initProject(project, report);
  expect(readFileSync(join(project, "dbt_project.yml"), "utf8")).toMatch(/^name: project_1_shop_s\n/);
  expect(told).toHaveLength(4);
  writeFileSync(join(project, "dbt_project.yml"), "name: ours\n");
  initProject(project, report);
  expect(told.slice(4)).toEqual([`${project} is a dbt project already: it stays as it is`]);
  expect(readFileSync(join(project, "dbt_project.yml"), "utf8")).toBe("name: ours\n");
});
