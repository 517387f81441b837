import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { linesOf, makeProject, runFolders, start, tapline, until } from "./tapline.ts";

const id = "dev:tap-test-to-target-test";
const step = ["run", "tap-test", "target-test"];

describe("a run for people", () => {
  test("ends with a table on stdout and 0", async () => {
    const folder = makeProject({ rows: 3 });
    const { code, out, err } = await tapline(folder, ["run", "pipe"]);
    expect(err).toMatch(new RegExp(`start ${id}, run .*, from the start\n.*end ${id}, done after`));
    expect(out).toMatch(/stream +read +loaded +new +updated +in table +rows\/s\nitems +3 +3 +3 +0 +3 +6\n/);
    expect(out).toContain(`database  ${join(folder, "loaded.txt")}`);
    expect(out).toContain("bookmark  items: id 3");
    expect(out).toContain("delivery  at least once: the target keeps no ledger");
    expect(out).toContain(`tapline state get ${id}`);
    expect(code).toBe(0);
  });

  test("fails with plugin, stream, cause and what to do in its last line", async () => {
    const { code, err } = await tapline(makeProject({ rows: 3, die_at: 2, die_by: "error" }), step);
    expect(err.trimEnd().split("\n").at(-1)).toBe("Failed: tap-test, stream items, file items.csv, line 7: x is no integer — fix the cell");
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });
});

test("before the first run, runs show and runs logs report that there is none", async () => {
  const folder = makeProject({ rows: 3 });
  for (const command of ["show", "logs"]) {
    const { code, err } = await tapline(folder, ["runs", command]);
    expect([code, err]).toEqual([2, expect.stringContaining("No run yet")]);
  }
});

describe("a connection that is lost", () => {
  /** A target that loses its connection so many times before it loads; each start leaves a line. */
  function project(losses: number): string {
    const folder = makeProject({ rows: 3 });
    const target = join(folder, "flaky.mjs");
    writeFileSync(
      target,
      `import { appendFileSync, readFileSync } from "node:fs";
if (process.argv.includes("--about")) process.exit(2);
appendFileSync("starts.txt", "start\\n");
if (readFileSync("starts.txt", "utf8").split("\\n").length - 1 <= ${losses}) {
  console.error(JSON.stringify({ type: "error", code: "connection_lost", message: "the server went away", hint: "look at it", class: "connection", recovery: "retry", position: {} }));
  process.exit(69);
}
for await (const chunk of process.stdin) for (const line of String(chunk).split("\\n")) if (line.includes('"STATE"')) console.log(JSON.stringify(JSON.parse(line).value));
`,
    );
    const config = JSON.parse(readFileSync(join(folder, "tapline.yml"), "utf8"));
    config.plugins["target-test"] = { executable: target };
    writeFileSync(join(folder, "tapline.yml"), JSON.stringify(config));
    return folder;
  }

  test("is tried again, and the run ends well", async () => {
    const folder = project(1);
    const { code, err } = await tapline(folder, step);
    expect(err).toMatch(/Failed: target-test: the server went away.*\n.*trying again in [\d.]+ s, from the last bookmark\n/);
    expect([code, linesOf(folder, "starts.txt").length]).toEqual([0, 2]);
  });

  test("three times at most", async () => {
    const folder = project(9);
    const { code, err } = await tapline(folder, step);
    expect(err.trimEnd().split("\n").at(-1)).toMatch(/^Failed: target-test: the server went away/);
    expect([code, linesOf(folder, "starts.txt").length]).toEqual([1, 3]);
  });
});

test("--json prints JSON lines and nothing else", async () => {
  const { code, out, err } = await tapline(makeProject({ rows: 2, say: ["hello"] }), [...step, "--json"]);
  const events = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: "job_started", step: null, run_id: expect.any(String), steps: ["tap-test target-test"] });
  expect(events[1]).toMatchObject({ type: "run_started", state_id: id, environment: "dev", full_refresh: false });
  expect(events).toContainEqual(expect.objectContaining({ type: "log", plugin: "tap-test", message: "hello" }));
  expect(events.at(-1)).toMatchObject({ type: "job_finished", run_id: events[0].run_id, status: "done", exit_code: 0, error: null });
  expect(events.at(-2)).toMatchObject({
    type: "run_finished",
    status: "done",
    failure: null,
    streams: [{ stream: "items", sent: 2, in_table: 2 }],
    delivery: { exactly_once: false, reason: "the target keeps no ledger" },
    warnings: [],
    state_after: { bookmarks: { items: { replication_key_value: 2 } } },
  });
  expect({ code, err }).toEqual({ code: 0, err: "" });
});

test("how much the tap has read is in the progress of --json", async () => {
  const folder = makeProject({ rows: 2, say: ['{"type":"progress","done":3,"total":4,"unit":"bytes"}'] });
  const events = (await tapline(folder, [...step, "--json"])).out.trimEnd().split("\n");
  const read = events.map((line) => JSON.parse(line)).filter(({ type }) => type === "progress");
  expect(read.map((event) => event.read)).toContainEqual({ done: 3, total: 4, unit: "bytes" });
});

test("what the target did to a table is reported to people, to programs, and kept in the history", async () => {
  const changes = [
    { kind: "column_added", column: "note", to: "TEXT" },
    { kind: "column_widened", column: "id", from: "INT", to: "BIGINT" },
  ];
  const line = "items  schema: +note, id INT -> BIGINT\n";
  const folder = makeProject({ rows: 2 }, { changes });
  expect((await tapline(folder, step)).out).toContain(line);
  const finished = JSON.parse((await tapline(folder, [...step, "--json"])).out.trimEnd().split("\n").at(-2) as string);
  expect(finished).toMatchObject({ type: "run_finished", streams: [{ stream: "items", changes }] });
  expect((await tapline(folder, ["runs", "show"])).out).toContain(line);
  const kept = JSON.parse((await tapline(folder, ["runs", "show", "--json"])).out);
  expect(kept).toMatchObject({ steps: [{ streams: [{ stream: "items", changes }] }] });
});

describe("what can be wrong before a run", () => {
  test.each<[string, string[], RegExp]>([
    ["an unknown job", ["run", "pip"], /There is no job "pip".* — Did you mean pipe\?/],
    ["an unknown plugin", ["run", "tap-tets", "target-test"], /executable tap-tets is neither.* — Did you mean tap-test\?.*tapline add/],
    ["an unknown environment", [...step, "-e", "prod"], /There is no environment "prod"/],
    ["a plugin's name that is none", ["run", "../tap", "target-test"], /this project has no plugin \.\.\/tap/],
    ["an unknown flag", [...step, "--nope"], /^Failed: tapline: tapline run has no flag --nope — See: tapline run --help\n$/],
  ])("%s: exit code 2", async (_name, args, message) => {
    const { code, err } = await tapline(makeProject(), args);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  test("a broken tapline.yml: exit code 2 with line and column", async () => {
    const folder = makeProject();
    writeFileSync(join(folder, "tapline.yml"), "plugins:\n  tap-test:\n    confg: {}\n");
    const { code, err } = await tapline(folder, step);
    expect(err).toMatch(/line 3, character 5: unknown key plugins\.tap-test\.confg, did you mean config\? — /);
    expect(code).toBe(2);
  });

  test("an executable that can't be started: exit code 1 with its reason", async () => {
    const folder = makeProject();
    writeFileSync(join(folder, "broken"), "#!/no/such/interpreter\n");
    chmodSync(join(folder, "broken"), 0o755);
    writeFileSync(join(folder, "tapline.yml"), "plugins: { tap-b: { executable: ./broken }, target-b: { executable: ./broken } }");
    const { code, err } = await tapline(folder, ["run", "tap-b", "target-b"]);
    expect(err).toMatch(/broken could not be started: .*ENOENT/);
    expect(code).toBe(1);
  });
});

describe("signals and crashes", () => {
  const slow = { rows: 100_000, pause_ms: 5 };

  test.each<[NodeJS.Signals, number]>([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("%s reaches each plugin once and gives its exit code", async (signal, code) => {
    const folder = makeProject(slow);
    const running = start(folder, step);
    await until(() => linesOf(folder, "loaded.txt").length > 2, "rows are loaded");
    running.child.kill(signal);
    running.child.kill(signal);
    const answer = await running.answer;
    expect(linesOf(folder, "signals.txt").sort()).toEqual([`tap ${signal}`, `target ${signal}`]);
    expect(answer.err).toContain(`Stopped: tapline: The run was stopped by ${signal}`);
    expect(answer.code).toBe(code);
    expect(runFolders(folder)).toEqual([]);
  });

  test("a second run of the same id is refused with 3, one with a suffix waits for the place both write to", async () => {
    const folder = makeProject(slow);
    const running = start(folder, step);
    await until(() => linesOf(folder, "loaded.txt").length > 2, "rows are loaded");
    const refused = await tapline(folder, step);
    expect(refused.err).toContain(`${id} is already running`);
    expect(refused.code).toBe(3);
    const beside = start(folder, [...step, "--state-id-suffix", "b", "--json"]);
    let printed = "";
    beside.child.stdout?.on("data", (piece: Buffer) => {
      printed += piece.toString();
    });
    await until(() => printed.includes("waiting for another run that writes to"), "the second run waits");
    running.child.kill("SIGTERM");
    await running.answer;
    const before = linesOf(folder, "loaded.txt").length;
    await until(() => linesOf(folder, "loaded.txt").length > before, "the second run loads");
    beside.child.kill("SIGTERM");
    expect((await beside.answer).out).toContain(`"state_id":"${id}:b"`);
  });

  test("after kill -9 of the runner the next run stops what is left, sweeps, and continues from the bookmark", async () => {
    // No STATE, so neither plugin writes to the dead runner and both live on.
    const folder = makeProject({ ...slow, state_every: 1e9, say: ["up"] }, {}, { STRANGER: "1" });
    await tapline(folder, ["state", "set", id, '{"bookmarks":{"items":{"replication_key_value":40}}}']);
    const running = start(folder, step);
    let printed = "";
    running.child.stderr?.on("data", (piece: Buffer) => {
      printed += piece.toString();
    });
    await until(() => printed.includes("tap-test: up"), "the tap is up");
    running.child.kill("SIGKILL");
    await running.answer;
    expect(runFolders(folder)).toHaveLength(1);
    const next = start(folder, [...step, "--json"]);
    let events = "";
    next.child.stdout?.on("data", (piece: Buffer) => {
      events += piece.toString();
    });
    await until(() => events.includes('"message":"up"'), "the next run is going");
    // The tap may have ended by itself when its reader was gone.
    expect(linesOf(folder, "signals.txt")[0]).toBe("target SIGTERM");
    next.child.kill("SIGTERM");
    await next.answer;
    expect(events).toMatch(/crashed and left process \d+ running/);
    expect(JSON.parse(/.*"run_started".*/.exec(events)?.[0] ?? "{}").state).toEqual({
      bookmarks: { items: { replication_key_value: 40 } },
    });
    expect(linesOf(folder, "loaded.txt")).toEqual([]);
    expect(runFolders(folder)).toEqual([]);
  });
});

test.each(["SIGINT", "SIGTERM"] as const)("a run that follows and is ended by %s has ended well", async (signal) => {
  const folder = makeProject();
  const path = join(folder, "tapline.yml");
  const project = JSON.parse(readFileSync(path, "utf8"));
  project.plugins["tap-test"] = { executable: fileURLToPath(new URL("../../sdk/test/fixtures/tap-follow.mjs", import.meta.url)) };
  writeFileSync(path, JSON.stringify(project));
  const run = start(folder, ["run", "pipe", "--follow"]);
  await until(() => linesOf(folder, "loaded.txt").length >= 4, "rows were loaded");
  run.child.kill(signal);
  const { code, err } = await run.answer;
  expect(code, err).toBe(0);
});
