import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as sdk from "./index.ts";

const folders = ["./", "../../protocol/src/"].map((path) => new URL(path, import.meta.url).pathname);
const sources = folders
  .flatMap((cwd) => globSync("**/*.ts", { cwd, exclude: ["**/node_modules/**", "**/dist/**", "**/*.test.ts"] }).map((path) => cwd + path))
  .map((path) => readFileSync(path, "utf8"));

const functions = Object.entries(sdk).flatMap(([name, value]) => (typeof value === "function" && !/^[A-Z]/.test(name) ? [name] : []));

test("the check sees functions of the SDK and of the protocol", () => {
  expect(functions).toEqual(expect.arrayContaining(["defineTap", "load", "defineErrors", "parseExact"]));
});

test.each(functions)("%s has an example", (name) => {
  const declared = new RegExp(`/\\*\\*(?:(?!\\*/)[^])*@example\\s(?:(?!\\*/)[^])*\\*/\\nexport (?:async )?function\\*? ${name}\\b`);
  expect(sources.some((source) => declared.test(source))).toBe(true);
});
