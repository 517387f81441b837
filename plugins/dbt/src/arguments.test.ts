import { expect, test } from "vitest";
import { readWords, testsBehind } from "./arguments.ts";

const read = (...args: string[]) => readWords(args, { folder: "/shop", projectDir: "/shop/transform" });

test("our own words are not dbt's, and paths hold wherever dbt goes", () => {
  expect(read("build", "--full", "--defer", "--state", "kept", "--target-path=/x/y")).toEqual({
    command: "build",
    words: ["build", "--defer", "--state", "/shop/kept", "--target-path", "/x/y"],
    full: true,
    isSelected: false,
    targetPath: "/x/y",
  });
});

test.each([["-s"], ["--select"], ["--select=a"], ["-m"], ["--models"], ["--selector"], ["--resource-type=model"]])("%s selects", (word) => {
  expect(read("build", word, "a").isSelected).toBe(true);
});

test("the command stands where dbt has it, or nowhere", () => {
  expect([read("--debug", "build").command, read("source", "freshness").command, read("--version").command]).toEqual([
    "build",
    "source",
    "",
  ]);
  expect(read("build", "--selection-is-another-word").isSelected).toBe(false);
});

test("the tests behind a build: another command, its options as far as `dbt test` has them", () => {
  const build = [
    "--debug",
    "build",
    "--empty",
    "--select",
    "build",
    "tag:daily",
    "-f",
    "--sample",
    "3 days",
    "--event-time-start=2026-01-01",
  ];
  expect(testsBehind([...build, "--threads", "2"])).toEqual(["--debug", "test", "--select", "build", "tag:daily", "--threads", "2"]);
});
