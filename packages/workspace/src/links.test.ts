/** Links between the documents of this repository lead to files that exist. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow, root, workspaces } from "./repository.ts";

const pages = ["README.md", "CONTRIBUTING.md", ...["docs", "examples", ...workspaces()].flatMap((folder) => filesBelow(folder, ".md"))];

interface Link {
  page: string;
  target: string;
}

/** Links to files, without the part after "#". Links in code blocks are examples. */
const links: Link[] = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
  const targets = [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] as string);
  return targets.filter((target) => !/^[a-z]+:/.test(target)).map((target) => ({ page, target }));
});

test("there are links to check", () => {
  expect(links.length).toBeGreaterThan(50);
});

test("every link leads to a file", () => {
  expect(links.filter(({ page, target }) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
});
