import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readerFolder } from "./reader-folder.ts";
import { type PageOptions, runPage } from "./run-page.ts";

/** A killed program that nobody waited for yet is a zombie: state Z. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`) && readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[2] !== "Z";
}

const fence = "```";

function run(markdown: string, options: Partial<PageOptions> = {}) {
  const reader = readerFolder();
  onTestFinished(() => reader[Symbol.dispose]());
  return { folder: reader.folder, page: runPage("a.md", markdown, { ...reader, ...options }) };
}

test("blocks share one shell: variables, the working folder and files of the page", async () => {
  const page = `${fence}text title=sub/note.txt\nhello\n${fence}\n${fence}sh\nname=note.txt\ncd sub\n${fence}\n${fence}sh\ncat $name\n${fence}\n${fence}\nhello\n${fence}\n`;
  expect(await run(page).page).toEqual({ ran: 2, leftOut: [] });
});

test("later commands have the value of a placeholder", async () => {
  const page = `<!-- prepare\necho 'RUN-ID=2026$1' >> "$PLACEHOLDERS"\n-->\n${fence}sh\necho 'RUN-ID MY-RUN-ID'\n${fence}\n${fence}\n2026$1 MY-RUN-ID\n${fence}\n`;
  expect((await run(page).page).ran).toBe(1);
});

test("a block that is marked as not run leaves no trace, and its output is not compared", async () => {
  const { folder, page } = run(`<!-- not-run: why -->\n${fence}sh\ntouch made\n${fence}\n${fence}\nx\n${fence}\n`);
  expect((await page).leftOut.map(({ notRun }) => notRun)).toEqual(["why"]);
  expect(existsSync(join(folder, "made"))).toBe(false);
});

test.each([
  [
    "a command in the middle that fails",
    `${fence}sh\necho one\nfalse\necho never\n${fence}\n`,
    /^a\.md:2: ended with 1 instead of 0\n[\s\S]*printed\none\n$/,
  ],
  ["the left side of a pipe that fails", `${fence}sh\nfalse | cat\n${fence}\n`, /ended with 1 instead of 0/],
  ["a command that must fail and does not", `<!-- exit: 3 -->\n${fence}sh\ntrue\n${fence}\n`, /ended with 0 instead of 3/],
  [
    "another output",
    `${fence}sh\necho one\n${fence}\n${fence}\ntwo\n${fence}\n`,
    /^a\.md:5: the page shows\ntwo\nbut the commands printed\none$/,
  ],
  ["a preparation that fails", "<!-- prepare\nfalse\n-->\n", /^a\.md:2: ended with 1/],
])("%s fails the page", async (_name, page, message) => {
  await expect(run(page).page).rejects.toThrow(message);
});

test("a block that does not end is killed with the programs that it started", async () => {
  const page = `${fence}sh\nsleep 1000 & echo $! > pid; wait\n${fence}\n`;
  const { folder, page: ended } = run(page, { blockTimeoutMs: 1000 });
  await expect(ended).rejects.toThrow("ended with SIGKILL instead of 0");
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  await expect.poll(() => isRunning(pid)).toBe(false);
});

test("the reader's commands are those of this clone, also with npx, and HOME is empty", async () => {
  const page = `${fence}sh\nls -A "$HOME"\nnpx tapline --version\ntap-csv --version\n${fence}\n${fence}\ntapline/0.1.0 …\ntap-csv 0.1.0\n${fence}\n`;
  expect(await run(page).page).toEqual({ ran: 1, leftOut: [] });
});
