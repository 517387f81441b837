import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkFolder } from "./check-folder.ts";

test("a folder that is there can be written, one that is missing is not made, and a file is an error", async () => {
  const folder = mkdtempSync(join(tmpdir(), "check-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  expect(await checkFolder(folder)).toBe(`Files can be written into ${folder}.`);
  expect(await checkFolder(join(folder, "a", "b"))).toContain("The first load can make it");
  expect(existsSync(join(folder, "a"))).toBe(false);
  writeFileSync(join(folder, "file"), "");
  await expect(checkFolder(join(folder, "file", "a"))).rejects.toMatchObject({ code: "folder_unusable" });
});
