import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { failure, temporaryFolder } from "../test/database.ts";
import { makeScratch } from "./scratch.ts";

test("the folder is private, and gone after dispose with all in it", async () => {
  const parent = temporaryFolder();
  const scratch = await makeScratch(parent);
  writeFileSync(scratch.nextPath(), "x");
  expect(scratch.nextPath()).not.toBe(scratch.nextPath());
  const [name] = readdirSync(parent);
  expect(statSync(join(parent, name as string)).mode & 0o777).toBe(0o700);
  await scratch[Symbol.asyncDispose]();
  expect(readdirSync(parent)).toEqual([]);
});

test("folders of dead processes are swept, those of living ones and foreign files stay", async () => {
  const parent = temporaryFolder();
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  for (const name of [`tapline-duckdb-${dead}-aaa`, `tapline-duckdb-${process.ppid}-bbb`, "tapline-duckdb-notes"])
    mkdirSync(join(parent, name));
  writeFileSync(join(parent, `tapline-duckdb-${dead}-aaa`, "1.parquet"), "x");
  await using _scratch = await makeScratch(parent);
  expect(existsSync(join(parent, `tapline-duckdb-${dead}-aaa`))).toBe(false);
  expect(existsSync(join(parent, `tapline-duckdb-${process.ppid}-bbb`))).toBe(true);
  expect(existsSync(join(parent, "tapline-duckdb-notes"))).toBe(true);
});

test("a temporary folder that is not there is an error with a hint", async () => {
  const error = await failure(() => makeScratch(join(temporaryFolder(), "nope")));
  expect(error).toMatchObject({ code: "temporary_folder", class: "connection" });
  expect(error.hint).toContain("TMPDIR");
});
