import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow, root, workspaces } from "../repository.ts";
import { commandBlocks, pageParts } from "./page-parts.ts";

const fence = "```";

test("sh blocks are found with their line, also inside lists, and blocks of other languages are not", () => {
  const page = `# A\n\n${fence}sh\ntapline init\ntapline run items\n${fence}\n\n1. Then\n   ${fence}sh\n   cat <<END\n     two\n   END\n   ${fence}\n\n${fence}yaml\na: 1\n${fence}\n`;
  expect(commandBlocks("a.md", page)).toEqual([
    { kind: "commands", page: "a.md", line: 4, commands: "tapline init\ntapline run items", exit: 0 },
    { kind: "commands", page: "a.md", line: 10, commands: "cat <<END\n  two\nEND", exit: 0 },
  ]);
});

test("marks apply to the next block alone", () => {
  const page = `<!-- not-run: needs an account -->\n\n${fence}sh\ntap-shop\n${fence}\n<!-- long: pip -->\n<!-- exit: 3 -->\n${fence}sh\nls\n${fence}\n${fence}sh\nls\n${fence}\n`;
  expect(commandBlocks("a.md", page).map(({ notRun, long, exit }) => [notRun, long, exit])).toEqual([
    ["needs an account", undefined, 0],
    [undefined, "pip", 3],
    [undefined, undefined, 0],
  ]);
});

test("files, outputs and preparations are found in their order", () => {
  const page = `<!-- needs: postgres -->\n<!-- prepare\ntouch a\n-->\n${fence}\nnot an output\n${fence}\n${fence}yaml title=b/tapline.yml\njobs: {}\n${fence}\n${fence}sh\nls\n${fence}\n\n${fence}\na\n${fence}\n`;
  expect(pageParts("a.md", page)).toEqual([
    { kind: "needs", what: "postgres" },
    { kind: "prepare", line: 3, commands: "touch a" },
    { kind: "file", name: "b/tapline.yml", text: "jobs: {}\n" },
    { kind: "commands", page: "a.md", line: 12, commands: "ls", exit: 0 },
    { kind: "output", line: 16, text: "a" },
  ]);
});

test.each([
  ["a mark without a reason", `<!-- not-run: -->\n${fence}sh\nls\n${fence}`, "a.md:1: write <!-- not-run: the reason -->"],
  ["a mark before text", `<!-- not-run: x -->\nText\n${fence}sh\nls\n${fence}`, "a.md:2: the mark before it has no sh block"],
  ["a mark before another language", `<!-- long: x -->\n${fence}yaml\na: 1\n${fence}`, "a.md:2: a mark belongs"],
  ["a mark at the end", "<!-- not-run: x -->\n", "a.md: the last mark"],
  ["an exit code that is none", `<!-- exit: bad -->\n${fence}sh\nls\n${fence}`, "a.md:2: bad is not an exit code"],
  ["another name of the shell", `${fence}bash\nls\n${fence}`, "a.md:1: write sh instead of bash"],
  ["a block that does not end", `${fence}sh\nls`, "a.md:1: this code block is not closed"],
  ["a comment that does not end", "<!-- prepare\nls", "a.md:1: this comment is not closed"],
])("%s is an error", (_name, page, message) => {
  expect(() => pageParts("a.md", page)).toThrow(message);
});

test("the documentation of this repository can be read, and its blocks are found", () => {
  const pages = ["README.md", "CONTRIBUTING.md", ...["docs", "examples", ...workspaces()].flatMap((folder) => filesBelow(folder, ".md"))];
  const blocks = pages.flatMap((page) => commandBlocks(page, readFileSync(join(root, page), "utf8")));
  expect(blocks.length).toBeGreaterThan(40);
});
