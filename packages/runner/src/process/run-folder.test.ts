import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRunFolder, sweepRunFolders } from "./run-folder.ts";

test("what crashed runs left is swept at any stage of its making or unmaking, what is in use stays", () => {
  const project = mkdtempSync(join(tmpdir(), "tapline-test-"));
  onTestFinished(() => rmSync(project, { recursive: true }));
  using mine = createRunFolder(project, "mine");
  expect(statSync(mine.path).mode & 0o777).toBe(0o700);
  const owner = basename(mine.path).slice("mine.".length);
  const other = (name: string): string => {
    const path = join(project, ".tapline", "running", name);
    mkdirSync(path);
    return path;
  };
  const empty = other(`empty.${owner}`);
  const sameProcessNumber = other(`dead.${process.pid}-0123456789ab`);
  const gone = other("gone.999999999-0123456789ab");
  const noOwner = other("stray");
  sweepRunFolders(project);
  expect([mine.path, empty, sameProcessNumber, gone, noOwner].map(existsSync)).toEqual([true, true, false, false, false]);
});
