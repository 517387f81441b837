import { TaplineError } from "@tapline/protocol";
import { expect, test } from "vitest";
import { parseProject } from "./project-file.ts";

function failure(text: string): TaplineError {
  try {
    parseProject(text, "tapline.yml");
  } catch (error) {
    if (error instanceof TaplineError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

test("an unknown key near a known one gets a suggestion with line and column", () => {
  const error = failure("plugins:\n  tap-csv:\n    confg: {}\n");
  expect(error.message).toBe("unknown key plugins.tap-csv.confg, did you mean config?");
  expect(error.position).toEqual({ file: "tapline.yml", line: 3, offset: 5 });
});

test("all problems are reported at once", () => {
  const error = failure("jobz: {}\njobs:\n  a: [tap-a target-b, 7]\n");
  expect(error.message).toContain("unknown key jobz, did you mean jobs?");
  expect(error.message).toContain("jobs.a.1 must be text or an object");
  expect(error.message).toContain("line 3, column 23");
});

test.each([
  ["a tab", "plugins:\n\ttap: {}\n", 2],
  ["an open bracket", "jobs:\n  a: [x y\nb: 1\n", 3],
  ["a key twice", "jobs: {}\njobs: {}\n", 2],
])("%s is not YAML, and the error names the line", (_name, text, line) => {
  const error = failure(text);
  expect(error).toMatchObject({ code: "project_not_yaml", position: { file: "tapline.yml", line } });
});

test("a list where an object belongs is named", () => {
  expect(failure("- a\n").message).toContain("the file must be an object");
});

test("an empty file is an empty project, and so is a plugin without anything", () => {
  expect(parseProject("", "x").file).toEqual({});
  expect(parseProject("plugins:\n  tap-csv:\n", "x").file.plugins).toEqual({ "tap-csv": null });
});

test("whole numbers past 2^53 keep their digits", () => {
  const { file } = parseProject("plugins: { tap: { config: { account: 12345678901234567891, small: 7 } } }", "x");
  expect(JSON.stringify(file.plugins?.tap?.config)).toBe('{"account":12345678901234567891,"small":7}');
});
