import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkFolder } from "./check-folder.ts";

const refuse = (path: string, reason: string): Error => new Error(`${path}: ${reason}`);

test("a folder that is there can be written, one that is missing is not made, and a file is an error", async () => {
  const folder = mkdtempSync(join(tmpdir(), "check-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  expect(await checkFolder(folder, refuse)).toBe(`Files can be written into ${folder}.`);
  expect(await checkFolder(join(folder, "a", "b"), refuse)).toContain("The first load can make it");
  expect(existsSync(join(folder, "a"))).toBe(false);
  writeFileSync(join(folder, "file"), "");
  await expect(checkFolder(join(folder, "file", "a"), refuse)).rejects.toThrow(`${join(folder, "file")}: it is a file`);
});
