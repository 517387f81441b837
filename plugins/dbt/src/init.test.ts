import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { initProject } from "./init.ts";

test("a project is created once; a second time nothing is overwritten, and the log shows it", () => {
  const folder = mkdtempSync(join(tmpdir(), "dbt-init-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const project = join(folder, "1 shop's");
  const messages: string[] = [];
  const report = { log: (_level: string, message: string) => void messages.push(message) };
  initProject(project, report);
  expect(readFileSync(join(project, "dbt_project.yml"), "utf8")).toMatch(/^name: project_1_shop_s\n/);
  expect(messages).toHaveLength(4);
  writeFileSync(join(project, "dbt_project.yml"), "name: ours\n");
  initProject(project, report);
  expect(messages.slice(4)).toEqual([`${project} is already a dbt project; nothing was changed`]);
  expect(readFileSync(join(project, "dbt_project.yml"), "utf8")).toBe("name: ours\n");
});
