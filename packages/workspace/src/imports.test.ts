import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findCircles, importGraph, parseImports } from "./imports.ts";
import { sourceFiles } from "./repository.ts";

test.each([
  ["a value", 'import { a } from "./a.ts";'],
  ["a type", 'import type { A } from "./a.ts";'],
  ["several lines", 'import {\n  type A,\n  b,\n} from "./a.ts";'],
  ["a default and a namespace", 'import a, * as b from "./a.ts";'],
  ["a side effect", 'import "./a.ts";'],
  ["a re-export", 'export { a as b } from "./a.ts";'],
  ["a re-export of types over several lines", 'export type {\n  A,\n  B,\n} from "./a.ts";'],
  ["a re-export of everything", 'export * from "./a.ts";'],
  ["a lazy import", 'const { a } = await import("./a.ts");'],
  ["a lazy import over lines", 'const a = import(\n  "./a.ts"\n);'],
  ["the type of a lazy import", 'let a: import("./a.ts").A;'],
  ["single quotes", "import { a } from './a.ts';"],
  ["code before it", 'export interface A {\n  b: string;\n}\nexport const c = 1;\nimport { a } from "./a.ts";'],
])("sees the import in %s", (_form, text) => {
  expect(parseImports(text)).toEqual(["./a.ts"]);
});

test.each([
  ["a comment", '/**\n * import { a } from "./a.ts";\n */\n// import "./a.ts"'],
  ["a text about one", 'export const hint = "take it from ./a.ts";'],
  ["an export without a from", 'export function from(text: string): string {\n  return text;\n}\nexport const a = "./a.ts";'],
])("sees no import in %s", (_form, text) => {
  expect(parseImports(text)).toEqual([]);
});

const files = (texts: Record<string, string>) => Object.entries(texts).map(([path, text]) => ({ path, text }));

test("finds a circle of types over three files, and names its files", () => {
  const graph = importGraph(
    files({
      "p/a.ts": 'import type { B } from "./b.ts";',
      "p/b.ts": 'export type { C } from "./target/c.ts";',
      "p/target/c.ts": 'import type { A } from "../a.ts";',
      "p/d.ts": 'import { a } from "./a.ts";',
    }),
  );
  expect(findCircles(graph)).toEqual([["p/a.ts", "p/b.ts", "p/target/c.ts"]]);
});

test("a file that imports itself is a circle; files that share an import are none", () => {
  expect(findCircles(importGraph(files({ "p/a.ts": 'import { a } from "./a.ts";' })))).toEqual([["p/a.ts"]]);
  const shared = files({ "p/a.ts": 'import "./c.ts";\nimport "./b.ts";', "p/b.ts": 'import "./c.ts";', "p/c.ts": "" });
  expect(findCircles(importGraph(shared))).toEqual([]);
});

test("reads a tree from disk with folders named target, without tests, dist and node_modules", () => {
  const base = mkdtempSync(join(tmpdir(), "tapline-imports-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  const tree = {
    "packages/x/src/target/a.ts": 'import type { B } from "./b.ts";',
    "packages/x/src/target/b.ts": 'import type { A } from "./a.ts";',
    "packages/x/src/a.test.ts": "",
    "packages/x/test/a.ts": "",
    "packages/x/dist/a.js": "",
    "packages/x/node_modules/y/a.js": "",
  };
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(join(base, dirname(path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  const found = sourceFiles(["packages/x"], base);
  expect(found.map(({ path }) => path)).toEqual(["packages/x/src/target/a.ts", "packages/x/src/target/b.ts"]);
  expect(findCircles(importGraph(found))).toHaveLength(1);
});
