/** What the real command prints on a terminal of 80 columns. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { widthOf } from "@tapline/protocol/text";
import { beforeEach, describe, expect, test } from "vitest";
import { makeProject, tapline } from "./tapline.ts";

const bin = fileURLToPath(new URL("../bin/tapline.js", import.meta.url));
const step = ["run", "tap-test", "target-test"];

/** The lines that are left on a terminal; `script` (of util-linux) gives the command one. */
function atTerminal(folder: string, args: readonly string[], columns = 80): Promise<string[]> {
  const command = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(" ");
  return new Promise((resolve, reject) => {
    const child = execFile("script", ["-qec", `stty cols ${columns} rows 40; ${command}`, "/dev/null"], { cwd: folder }, (error, out) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve(linesOn(out));
    });
    child.stdin?.end();
  });
}

const control = "\u001b";
/** Each picture of the live table begins by moving up to the first line of the one before. */
const redraw = new RegExp(`${control}\\[(\\d+)A\r${control}\\[0J`);

/** The lines without those that were erased. */
function linesOn(output: string): string[] {
  const [start = "", ...pictures] = output.replaceAll("\r\n", "\n").split(redraw);
  const lines = start.split("\n");
  for (let at = 0; at < pictures.length; at += 2) {
    lines.splice(lines.length - 1 - Number(pictures[at]));
    lines.push(...(pictures[at + 1] ?? "").split("\n"));
  }
  return lines.map((line) => stripVTControlCharacters(line)).filter((line) => line !== "");
}

const words = (lines: readonly string[]): string => lines.join(" ").replaceAll(/\s+/g, " ");

describe("at 80 columns", () => {
  let folder: string;
  beforeEach(async () => {
    folder = makeProject({
      rows: 3,
      say: ["WARNING the currency of 14 orders is not known, so their amounts were loaded as they are in the shop's file"],
    });
    const project = JSON.parse(readFileSync(join(folder, "tapline.yml"), "utf8"));
    project.plugins["tap-test"].config.note = "a long text with many words ".repeat(8).trim();
    project.jobs[`a-job-whose-name-is-long-${"and-longer-".repeat(5)}`] = ["tap-test target-test"];
    writeFileSync(join(folder, "tapline.yml"), JSON.stringify(project));
    await tapline(folder, step);
  });

  test.each<[string, string[]]>([
    ["a run", step],
    ["a run that is only planned", [...step, "--dry-run"]],
    ["a run that failed", ["run", "tap-test", "target-tests"]],
    ["state list", ["state", "list"]],
    ["state history", ["state", "history", "dev:tap-test-to-target-test"]],
    ["runs list", ["runs", "list"]],
    ["runs show", ["runs", "show"]],
    ["config list", ["config", "list", "tap-test"]],
    ["list", ["list"]],
    ["about", ["about", "target-duckdb"]],
    ["help", ["run", "--help"]],
  ])("%s breaks no word", async (_name, args) => {
    const lines = await atTerminal(folder, args);
    expect(lines.length).toBeGreaterThan(0);
    // A path may be longer than a line.
    const long = lines.filter((line) => widthOf(line) > 80 && line.trim().includes(" ") && !/^\s*\S+\s+(?:\(.*\)\s*)?\/\S+$/.test(line));
    expect(long).toEqual([]);
  });

  test("a warning is shown once, with all its words", async () => {
    const text = words(await atTerminal(folder, step));
    expect(text.match(/the currency of 14 orders is not known, so their amounts were loaded as they are in the shop's file/g)).toHaveLength(
      1,
    );
  });
});

test("of a plugin that dies, its error is shown, and the log has the stack trace", async () => {
  const folder = makeProject();
  const tap = join(folder, "tap.py");
  writeFileSync(
    tap,
    `#!/usr/bin/env python3
import sys
if "--about" in sys.argv: sys.exit(2)
def fetch():
    raise RuntimeError("401 Client Error: Unauthorized for path: /v1/items")
fetch()
`,
    { mode: 0o755 },
  );
  const project = JSON.parse(readFileSync(join(folder, "tapline.yml"), "utf8"));
  project.plugins["tap-test"] = { executable: tap };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(project));
  const text = words(await atTerminal(folder, step));
  expect(text).toContain("Failed: tap-test: RuntimeError: 401 Client Error: Unauthorized for path: /v1/items (it ended with exit code 1)");
  expect(text).not.toContain("Traceback");
  expect(text).not.toMatch(/bookmark +(?:no|items)|delivery|SIGTERM/);
  expect(text.match(/401 Client Error/g)).toHaveLength(1);
  expect((await tapline(folder, ["runs", "logs"])).out).toMatch(/Traceback \(most recent call last\)[\s\S]*in fetch/);
});
