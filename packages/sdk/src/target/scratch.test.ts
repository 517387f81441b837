import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeScratch } from "./scratch.ts";

const refuse = (path: string, reason: string) => new Error(`no folder in ${path}: ${reason}`);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "scratch-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("the folder is private, and gone after dispose with all in it", async () => {
  const parent = temporaryFolder();
  const scratch = await makeScratch({ name: "here", parent, refuse });
  writeFileSync(scratch.nextPath(), "x");
  expect(scratch.nextPath()).not.toBe(scratch.nextPath());
  const [name] = readdirSync(parent);
  expect(join(parent, name as string)).toBe(scratch.folder);
  expect(statSync(scratch.folder).mode & 0o777).toBe(0o700);
  await scratch[Symbol.asyncDispose]();
  expect(readdirSync(parent)).toEqual([]);
});

test("folders of dead processes are swept, those of living ones, of other targets and foreign ones stay", async () => {
  const parent = temporaryFolder();
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  const staying = [`tapline-here-${process.ppid}-bbb`, `tapline-there-${dead}-aaa`, "tapline-here-notes"];
  for (const name of [`tapline-here-${dead}-aaa`, ...staying]) mkdirSync(join(parent, name));
  writeFileSync(join(parent, `tapline-here-${dead}-aaa`, "1.parquet"), "x");
  await using _scratch = await makeScratch({ name: "here", parent, refuse });
  expect(existsSync(join(parent, `tapline-here-${dead}-aaa`))).toBe(false);
  for (const name of staying) expect(existsSync(join(parent, name))).toBe(true);
});

test("where no folder can be made, the target's own error says so", async () => {
  const parent = join(temporaryFolder(), "nope");
  await expect(makeScratch({ name: "here", parent, refuse })).rejects.toThrow(`no folder in ${parent}: ENOENT`);
});
