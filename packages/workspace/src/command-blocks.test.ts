import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandBlocks, runBlock } from "./command-blocks.ts";
import { filesBelow, root, workspaces } from "./repository.ts";

const fence = "```";

test("sh blocks are found with their line, also inside lists, and blocks of other languages are not", () => {
  const page = `# A\n\n${fence}sh\ntapline init\ntapline run items\n${fence}\n\n1. Then\n   ${fence}sh\n   cat <<END\n     two\n   END\n   ${fence}\n\n${fence}yaml\na: 1\n${fence}\n`;
  expect(commandBlocks("a.md", page)).toEqual([
    { page: "a.md", line: 4, commands: "tapline init\ntapline run items" },
    { page: "a.md", line: 10, commands: "cat <<END\n  two\nEND" },
  ]);
});

test("a marked block has its reason", () => {
  const page = `<!-- not-run: needs an account -->\n\n${fence}sh\ntap-shop\n${fence}\n${fence}sh\nls\n${fence}\n`;
  expect(commandBlocks("a.md", page).map(({ notRun }) => notRun)).toEqual(["needs an account", undefined]);
});

test.each([
  ["a mark without a reason", `<!-- not-run: -->\n${fence}sh\nls\n${fence}`, "a.md:1: write <!-- not-run: the reason -->"],
  ["a mark before text", `<!-- not-run: x -->\nText\n${fence}sh\nls\n${fence}`, "a.md:2: the not-run mark before it has no sh block"],
  ["a mark before another language", `<!-- not-run: x -->\n${fence}yaml\na: 1\n${fence}`, "a.md:2: a not-run mark belongs"],
  ["a mark at the end", "<!-- not-run: x -->\n", "a.md: the last not-run mark"],
  ["another name of the shell", `${fence}bash\nls\n${fence}`, "a.md:1: write sh instead of bash"],
  ["a block that does not end", `${fence}sh\nls`, "a.md:1: this code block is not closed"],
])("%s is an error", (_name, page, message) => {
  expect(() => commandBlocks("a.md", page)).toThrow(message);
});

test("the documentation of this repository can be read, and its blocks are found", () => {
  const pages = ["README.md", "CONTRIBUTING.md", ...["docs", "examples", ...workspaces()].flatMap((folder) => filesBelow(folder, ".md"))];
  const blocks = pages.flatMap((page) => commandBlocks(page, readFileSync(join(root, page), "utf8")));
  expect(blocks.length).toBeGreaterThan(40);
});

test("a block stops at the first command that fails, and its output is kept in order", async () => {
  const folder = mkdtempSync(join(tmpdir(), "blocks-"));
  const env = { PATH: process.env.PATH ?? "", GREETING: "hello" };
  const run = (commands: string) => runBlock({ page: "a.md", line: 1, commands }, folder, env);
  try {
    expect(await run("echo $GREETING >&2\npwd -P\nfalse\necho never")).toEqual({ code: 1, output: `hello\n${folder}\n` });
    expect(await run('test -z "$HOME" && echo "$(( 1 + 1 ))"')).toEqual({ code: 0, output: "2\n" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
