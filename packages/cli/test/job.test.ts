import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { linesOf, makeProject, runFolders, start, tapline, until } from "./tapline.ts";

const id = "dev:tap-test-to-target-test";
const step = ["run", "tap-test", "target-test"];

type Config = { plugins: Record<string, { executable: string; config: object; env?: object }>; jobs: object };

/** A project with these jobs, and a program that notes its calls in calls.txt. */
function makeJobs(jobs: (names: { tap: string; target: string }) => object, tap: object = {}, target: object = {}): string {
  const folder = makeProject(tap, target);
  const program = join(folder, "program.mjs");
  writeFileSync(
    program,
    `import { appendFileSync, existsSync } from "node:fs";
if (process.argv.includes("--about")) process.exit(2);
const [what, name] = process.argv.slice(2);
appendFileSync("calls.txt", what + " " + name + " begins\\n");
console.log("program prints " + name + " " + process.env.PASSWORD);
await new Promise((resolve) => setTimeout(resolve, 300));
if (what === "fail" && !existsSync("fixed")) { console.error("nothing works"); process.exit(7); }
appendFileSync("calls.txt", what + " " + name + " ends\\n");
`,
  );
  change(folder, (config) => {
    config.plugins.program = { executable: program, config: {}, env: { PASSWORD: "hunter22" } };
    config.jobs = jobs({ tap: "tap-test", target: "target-test" });
  });
  return folder;
}

function change(folder: string, edit: (config: Config) => void): void {
  const file = join(folder, "tapline.yml");
  const config = JSON.parse(readFileSync(file, "utf8")) as Config;
  edit(config);
  writeFileSync(file, JSON.stringify(config));
}

describe("steps of a job", () => {
  test("wait for the one above, unless `after` names another", async () => {
    const steps = ["program do a", { run: "program do b", after: [] }, { run: "program do c", after: ["program do a", "program do b"] }];
    const folder = makeJobs(() => ({ all: steps }));
    expect((await tapline(folder, ["run", "all"])).code).toBe(0);
    const calls = linesOf(folder, "calls.txt");
    expect(calls.slice(0, 2).sort()).toEqual(["do a begins", "do b begins"]);
    expect(calls.slice(4)).toEqual(["do c begins", "do c ends"]);
  });

  test("what waits for a failure is skipped; `runs retry` runs it once more and leaves alone what was done", async () => {
    const steps = ["tap-test target-test", "program fail a", "program do b"];
    const folder = makeJobs(() => ({ all: steps }));
    const failed = await tapline(folder, ["run", "all"]);
    expect(failed.code).toBe(1);
    expect(failed.err).toContain("Failed: program: It ended with exit code 7; the last line it printed: nothing works");
    expect(failed.err).toContain("skipped program do b");
    writeFileSync(join(folder, "fixed"), "");
    const { code, err } = await tapline(folder, ["runs", "retry"]);
    expect({ code, loaded: linesOf(folder, "loaded.txt") }).toEqual({ code: 0, loaded: ["1", "2", "3"] });
    expect(err).not.toContain("tap-test");
    expect(linesOf(folder, "calls.txt").slice(1)).toEqual(["fail a begins", "fail a ends", "do b begins", "do b ends"]);
    const listed = await tapline(folder, ["runs", "list"]);
    expect(listed.out).toMatch(/ done +0 +retry +dev +all\n.* failed +3 +command +dev +all\n$/);
    const { out } = await tapline(folder, ["runs", "show"]);
    expect(out).toMatch(/ by retry of \S+/);
  });

  test("that write to one file take turns", async () => {
    const folder = makeJobs(
      ({ tap, target }) => ({ both: [`${tap} ${target}`, { run: `${tap} ${target}`, state_id_suffix: "b", after: [] }] }),
      {
        pause_ms: 100,
      },
    );
    const { code, err } = await tapline(folder, ["run", "both"]);
    expect(code).toBe(0);
    const events = err.split("\n").flatMap((line) => /\] (start|end) /.exec(line)?.[1] ?? []);
    expect(events).toEqual(["start", "end", "start", "end"]);
  });
});

describe("flags", () => {
  test("--limit loads so many rows and leaves the bookmark before the first that was left out", async () => {
    const folder = makeProject({ rows: 5 });
    expect((await tapline(folder, [...step, "--limit", "2"])).code).toBe(0);
    expect(linesOf(folder, "loaded.txt")).toEqual(["1", "2"]);
    expect((await tapline(folder, step)).code).toBe(0);
    expect(linesOf(folder, "loaded.txt")).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("--limit stops the tap once each selected stream has more than that", async () => {
    const folder = makeProject({ rows: 5, hang_at: 4 });
    const { code, err } = await tapline(folder, [...step, "--select", "items", "--limit", "2"]);
    expect([code, err, linesOf(folder, "loaded.txt")]).toEqual([0, expect.not.stringContaining("ERROR"), ["1", "2"]]);
    expect(linesOf(folder, "signals.txt")).toContain("tap SIGTERM");
  });

  test("--from and --to set the tap's dates and keep a bookmark of their own", async () => {
    const folder = makeProject({ start_date: "2020-01-01", end_date: "2021-01-01", say_config: true });
    const { code } = await tapline(folder, [...step, "--from", "2026-01-01", "--to", "2026-02-01"]);
    const { out } = await tapline(folder, ["state", "list"]);
    expect([code, out.split(" ")[0]]).toEqual([0, `${id}:2026-01-01_2026-02-01`]);
    const unknown = await tapline(makeProject(), [...step, "--from", "2026-01-01"]);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("tap-test has no setting start_date")]);
  });

  test("--full-refresh of a stream that has no bookmark names those that have", async () => {
    const folder = makeProject();
    await tapline(folder, step);
    const { code, err } = await tapline(folder, [...step, "--full-refresh", "item"]);
    expect([code, err]).toEqual([2, expect.stringMatching(/no bookmark of item; it has those of items — Did you mean items\?/)]);
    expect((await tapline(folder, [...step, "--full-refresh", "items"])).code).toBe(0);
    expect(linesOf(folder, "loaded.txt")).toEqual(["1", "2", "3", "1", "2", "3"]);
  });

  test.each([
    ["--full-refresh", "item", "--select", "items"],
    ["--select", "item"],
    ["--select", "items", "--select", "item"],
  ])("a stream the tap does not have is a mistake of who typed it: %s %s", async (...flags) => {
    const folder = makeProject();
    const { code, err } = await tapline(folder, [...step, ...flags]);
    expect([code, err]).toEqual([2, expect.stringMatching(/tap-test has no stream "item" — Did you mean items\?/)]);
    const excluded = await tapline(folder, [...step, "--exclude", "items"]);
    expect([excluded.code, excluded.err]).toEqual([2, expect.stringContaining("No stream of tap-test is selected by !items")]);
    expect(linesOf(folder, "loaded.txt")).toEqual([]);
  });

  test("--dry-run prints what would be done and leaves no file", async () => {
    const folder = makeProject();
    const before = readdirSync(folder);
    const { code, out } = await tapline(folder, [...step, "--dry-run"]);
    expect(out).toMatch(/1 step\. Nothing was run\.[\s\S]*state id +dev:tap-test-to-target-test\n +starts +from the beginning\n/);
    expect([code, readdirSync(folder)]).toEqual([0, before]);
  });

  test("--timeout stops the run with 124, and the next one goes on", async () => {
    const folder = makeProject({ rows: 100_000, pause_ms: 5 });
    const { code, err } = await tapline(folder, [...step, "--timeout", "2s"]);
    expect([code, err]).toEqual([124, expect.stringMatching(/The run was stopped by its timeout .*\nTimed out after 2\.0 s\./)]);
    const { out } = await tapline(folder, ["runs", "list", "--status", "timed_out"]);
    expect(out).toContain("tap-test target-test");
    const loaded = linesOf(folder, "loaded.txt");
    change(folder, ({ plugins }) => Object.assign(plugins["tap-test"]?.config as object, { rows: loaded.length + 1 }));
    expect((await tapline(folder, step)).code).toBe(0);
    expect(linesOf(folder, "loaded.txt").length).toBe(loaded.length + 1);
  });

  test("--exit-99 ends with 99 where nothing was new; without it the exit code is 0", async () => {
    const folder = makeProject();
    expect((await tapline(folder, [...step, "--exit-99"])).code).toBe(0);
    expect((await tapline(folder, [...step, "--exit-99"])).code).toBe(99);
    expect((await tapline(folder, step)).code).toBe(0);
  });

  test("--quiet reports nothing of a run that goes well", async () => {
    const { code, out, err } = await tapline(makeProject({ say: ["hello"] }), [...step, "--quiet"]);
    expect({ code, out, err }).toEqual({ code: 0, out: "", err: "" });
  });

  test.each([
    ["--timeout", "soon", /is not a duration/],
    ["--from", "yesterday", /is not a date/],
    ["--tag", "sales", /has no value/],
  ])("%s %s is refused with 2", async (flag, value, message) => {
    const { code, err } = await tapline(makeProject(), [...step, flag, value]);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe("the history", () => {
  test("keeps tags, tries, counts, bookmarks and plugins, and finds runs by them", async () => {
    const folder = makeProject({ rows: 3 });
    await tapline(folder, [...step, "--tag", "team=sales", "--tag", "why=test"]);
    await tapline(folder, step);
    const { out } = await tapline(folder, ["runs", "list", "--tag", "team=sales", "--json"]);
    const run = JSON.parse(out);
    expect(run).toMatchObject({ status: "done", tags: { team: "sales", why: "test" }, trigger: { kind: "command" }, environment: "dev" });
    const shown = JSON.parse((await tapline(folder, ["runs", "show", run.run_id, "--json"])).out);
    expect(shown.steps).toMatchObject([
      {
        state_id: id,
        attempts: [expect.any(String)],
        plugins: [
          { name: "tap-test", version: "1.0.0" },
          { name: "target-test", version: "1.0.0" },
        ],
        streams: [
          { stream: "items", sent: 3, loaded: 3, rows_per_second: 6, bookmark_before: null, bookmark_after: { replication_key_value: 3 } },
        ],
      },
    ]);
  });

  test("`runs logs` prints what plugins printed, without secrets", async () => {
    const folder = makeJobs(() => ({ all: ["program do a"] }));
    await tapline(folder, ["run", "all"]);
    const { out } = await tapline(folder, ["runs", "logs"]);
    expect(out).toMatch(/ program - program prints a \*\*\*\n/);
    expect(out).not.toContain("hunter22");
    expect(existsSync(join(folder, ".tapline", "logs"))).toBe(false);
  });

  test("a run whose runner was killed is shown as crashed", async () => {
    const folder = makeProject({ rows: 100_000, pause_ms: 5 });
    const running = start(folder, step);
    await until(() => linesOf(folder, "loaded.txt").length > 2, "rows are loaded");
    running.child.kill("SIGKILL");
    await running.answer;
    expect((await tapline(folder, ["runs", "list"])).out).toMatch(/ crashed +command +dev +tap-test target-test\n$/);
  });

  test("a program that its killed runner left at work is stopped by the next run of it", async () => {
    const folder = makeJobs(() => ({ all: ["program do a"] }));
    const file = join(folder, "program.mjs");
    const quick = readFileSync(file, "utf8");
    const note = (what: string): string => `appendFileSync("calls.txt", "${what}\\n");`;
    const slow = `process.on("SIGTERM", () => { ${note("slow stopped")} process.exit(143); }); ${note("slow begins")} setTimeout(() => {}, 20_000);`;
    writeFileSync(file, `import { appendFileSync } from "node:fs";\n${slow}\n`);
    const running = start(folder, ["run", "all"]);
    await until(() => linesOf(folder, "calls.txt").length > 0, "it works");
    running.child.kill("SIGKILL");
    await running.answer;
    writeFileSync(file, quick);
    const { code, err } = await tapline(folder, ["run", "all"]);
    expect([code, err]).toEqual([0, expect.stringMatching(/A run of program crashed and left process \d+ running/)]);
    const calls = ["slow begins", "slow stopped", "do a begins", "do a ends"];
    expect([linesOf(folder, "calls.txt"), runFolders(folder)]).toEqual([calls, []]);
  });

  test("a run that is not there is reported, with how to find one", async () => {
    const folder = makeProject();
    const show = ["runs", "show", "2020"];
    expect(await tapline(folder, show)).toMatchObject({
      code: 2,
      err: expect.stringContaining("No run yet in this project — Start one: tapline run"),
    });
    await tapline(folder, step);
    expect(await tapline(folder, show)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/There is no run "2020".* — See: tapline runs list/),
    });
  });
});
