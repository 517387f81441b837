/** A run that takes more of the machine than its job allows. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linesOf, makeFolder, start, tapline } from "./tapline.ts";

/** A job whose program starts another one, which takes 20 MB of memory ten times a second and does not heed SIGTERM. */
function makeHungry(limits: object): string {
  const folder = makeFolder();
  const program = join(folder, "program.mjs");
  writeFileSync(
    program,
    `import { spawn } from "node:child_process";
import { getPriority } from "node:os";
import { writeFileSync } from "node:fs";
if (process.argv.includes("--about")) process.exit(2);
const isHungry = process.argv[2] === "hungry";
if (process.argv[2] === "start") spawn(process.execPath, [process.argv[1], "hungry"], { stdio: "inherit" });
else writeFileSync("priority.txt", getPriority() + "\\n");
process.on("SIGTERM", () => {});
const kept = [];
if (process.argv[2] !== "end") setInterval(() => isHungry && kept.length < 100 && kept.push(Buffer.alloc(20_000_000, 1)), 100);
`,
  );
  const plugins = { program: { executable: program, config: {} } };
  const jobs = { eat: { steps: ["program start"], limits }, nice: { steps: ["program end"], limits } };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs }, null, 2));
  return folder;
}

test("all its processes together are held to the limit, and the error has what it used and where the limit is", {
  timeout: 60_000,
}, async () => {
  const folder = makeHungry({ memory_mb: 400 });
  const { code, err } = await start(folder, ["run", "eat"]).answer;
  expect(code).toBe(1);
  expect(err).toContain("limits: memory_mb 400 by a watchdog");
  const line =
    readFileSync(join(folder, "tapline.yml"), "utf8")
      .split("\n")
      .findIndex((text) => text.includes('"limits"')) + 1;
  expect(err).toMatch(
    new RegExp(
      `tapline\\.yml.*line ${line}.*processes used [4-9]\\d\\d MB of memory, and limits\\.memory_mb allows 400; the largest: \\S+ \\(\\d+\\) \\d+ MB`,
    ),
  );
  const { out } = await tapline(folder, ["runs", "list", "--json"]);
  expect(JSON.parse(out)).toMatchObject({ status: "failed", error: { code: "memory_exceeded" } });
});

test("a nice run lets its plugins step back, and its log says so", async () => {
  const folder = makeHungry({ nice: 7 });
  expect((await tapline(folder, ["run", "nice"])).code).toBe(0);
  expect(linesOf(folder, "priority.txt")).toEqual(["7"]);
  expect((await tapline(folder, ["runs", "logs"])).out).toContain("tapline info limits: nice 7\n");
});
