/** Who may import whom. TypeScript's references don't say: a sibling that is not declared still resolves through the hoisted link. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow, manifest, root, workspaces } from "./repository.ts";

/** protocol <- sdk <- columns <- sql <- plugins, columns <- postgres <- plugins, protocol <- runner <- cli. Plugins never import each other, nobody imports bench or workspace. */
const allowed: Record<string, readonly string[]> = {
  "packages/protocol": [],
  "packages/sdk": ["@tapline/protocol"],
  "packages/columns": ["@tapline/protocol", "@tapline/sdk"],
  "packages/sql": ["@tapline/protocol", "@tapline/sdk", "@tapline/columns"],
  "packages/postgres": ["@tapline/protocol", "@tapline/sdk", "@tapline/columns"],
  "packages/runner": ["@tapline/protocol"],
  "packages/cli": ["@tapline/protocol", "@tapline/runner"],
  "packages/testing": ["@tapline/protocol", "@tapline/sdk", "@tapline/columns", "@tapline/sql"],
  "packages/bench": ["@tapline/testing"],
  "packages/workspace": [
    "@tapline/protocol",
    "@tapline/sdk",
    "@tapline/columns",
    "@tapline/sql",
    "@tapline/postgres",
    "@tapline/runner",
    "@tapline/testing",
    "@tapline/dbt",
    "@tapline/tap-csv",
    "@tapline/target-duckdb",
    "@tapline/target-jsonl",
    "@tapline/target-postgres",
    "tapline",
  ],
};
const allowedForPlugins = ["@tapline/protocol", "@tapline/sdk", "@tapline/columns", "@tapline/sql", "@tapline/postgres"];

const ours = /^(@tapline\/|tapline$|tapline\/)/;
const imports = /^(?:import|export)\s+(?:[\w*{}\s,$]+\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;

interface Import {
  workspace: string;
  file: string;
  name: string;
}

const seen: Import[] = workspaces().flatMap((workspace) =>
  [...filesBelow(workspace, ".ts"), ...filesBelow(workspace, ".js")]
    .filter((file) => !file.endsWith(".test.ts") && !file.includes("/test/"))
    .flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(imports)].map((match) => ({
        workspace,
        file,
        name: (match[1] ?? match[2]) as string,
      })),
    ),
);

test("the check sees the code: every package, and enough of its imports", () => {
  expect(seen.length).toBeGreaterThan(100);
  expect(workspaces().filter((workspace) => !seen.some((s) => s.workspace === workspace))).toEqual([]);
});

test("packages import only what is below them", () => {
  const wrong = seen.filter(({ workspace, name }) => {
    const may = workspace.startsWith("plugins/") ? allowedForPlugins : allowed[workspace];
    return ours.test(name) && !may?.some((one) => name === one || name.startsWith(`${one}/`));
  });
  expect(wrong).toEqual([]);
});

test("nobody reaches into another package's files", () => {
  const isOutside = ({ workspace, file, name }: Import): boolean =>
    name.startsWith(".") && !join(dirname(file), name).startsWith(`${workspace}/`);
  expect(seen.filter((each) => /^@tapline\/[^/]+\/(src|dist)/.test(each.name) || isOutside(each))).toEqual([]);
});

test("what is imported is declared", () => {
  const undeclared = seen.filter(({ workspace, name }) => {
    if (name.startsWith(".") || name.startsWith("node:") || workspace === "packages/workspace") return false;
    const bare = name
      .split("/")
      .slice(0, name.startsWith("@") ? 2 : 1)
      .join("/");
    const { name: own, dependencies, peerDependencies } = manifest(workspace);
    return { ...peerDependencies, ...dependencies }[bare] === undefined && bare !== own;
  });
  expect(undeclared).toEqual([]);
});
