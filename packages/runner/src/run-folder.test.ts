import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRunFolder, sweepRunFolders } from "./run-folder.ts";

test("what crashed runs left is swept, what is in use or being made stays", () => {
  const project = mkdtempSync(join(tmpdir(), "tapline-test-"));
  onTestFinished(() => rmSync(project, { recursive: true }));
  const runs = join(project, ".tapline", "runs");
  using mine = createRunFolder(project, "mine");
  const other = (name: string): string => {
    mkdirSync(join(runs, name));
    return join(runs, name);
  };
  const dead = other("dead");
  writeFileSync(join(dead, "owner.json"), JSON.stringify({ pid: process.pid, started: "long ago" }));
  const fresh = other("fresh");
  const stray = other("stray");
  utimesSync(stray, 0, 0);
  sweepRunFolders(project);
  expect([mine.path, fresh, dead, stray].map(existsSync)).toEqual([true, true, false, false]);
});
