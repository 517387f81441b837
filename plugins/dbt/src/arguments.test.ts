import { expect, test } from "vitest";
import { readArguments, testArguments } from "./arguments.ts";

const read = (...args: string[]) => readArguments(args, { folder: "/shop", projectDir: "/shop/transform" });

test("this plugin's options are removed, and paths are made absolute", () => {
  expect(read("build", "--full", "--defer", "--state", "kept", "--target-path=/x/y")).toEqual({
    command: "build",
    args: ["build", "--defer", "--state", "/shop/kept", "--target-path", "/x/y"],
    full: true,
    isSelected: false,
    targetPath: "/x/y",
  });
});

test.each([["-s"], ["--select"], ["--select=a"], ["-m"], ["--models"], ["--selector"], ["--resource-type=model"]])("%s selects", (word) => {
  expect(read("build", word, "a").isSelected).toBe(true);
});

test("the command may be at any position, or missing", () => {
  expect([read("--debug", "build").command, read("source", "freshness").command, read("--version").command]).toEqual([
    "build",
    "source",
    "",
  ]);
  expect(read("build", "--selection-is-another-word").isSelected).toBe(false);
});

test("the tests after a build: another command, with the options that `dbt test` has", () => {
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
  expect(testArguments([...build, "--threads", "2"])).toEqual(["--debug", "test", "--select", "build", "tag:daily", "--threads", "2"]);
});
