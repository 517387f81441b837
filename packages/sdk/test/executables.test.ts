/** Taps and targets as a person or a runner meets them: real processes, argv, stdio, signals, exit codes. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { on, once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "executables-"));
const file = (name: string, value: unknown) => {
  writeFileSync(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
  return join(folder, name);
};

interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** With a control channel on descriptor 3, where the environment names it. */
function start(name: string, args: string[], env: Record<string, string> = {}): { child: ChildProcess; ended: Promise<Ended> } {
  const stdio = ["pipe", "pipe", "pipe", ...(env.TAPLINE_CONTROL_FD === "3" ? ["pipe" as const] : [])] as "pipe"[];
  const child: ChildProcess = spawn(process.execPath, [fixture(name), ...args], { cwd: folder, env: { ...process.env, ...env }, stdio });
  const out = { stdout: "", stderr: "" };
  child.stdout?.on("data", (data) => {
    out.stdout += data;
  });
  child.stderr?.on("data", (data) => {
    out.stderr += data;
  });
  return { child, ended: once(child, "close").then(([code, signal]) => ({ code, signal, ...out })) };
}

/** When it resolves, the child has written this to stderr: tests must not guess how long a busy machine takes. */
async function tells(child: ChildProcess, what: string): Promise<void> {
  for await (const [data] of on(child.stderr as NodeJS.ReadableStream, "data", { close: ["close"] }))
    if (String(data).includes(what)) return;
  throw new Error(`the target ended and did not say ${JSON.stringify(what)}`);
}

async function run(
  name: string,
  args: string[],
  { env = {}, input = "" }: { env?: Record<string, string>; input?: string } = {},
): Promise<Ended> {
  const { child, ended } = start(name, args, env);
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  return ended;
}

const lines = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const lastLine = (text: string) => lines(text).at(-1);
const config = file("config.json", { station: "Ulm", hours: 30 });

describe("a tap", () => {
  test("the tutorial's code is the fixture's", () => {
    const tutorial = readFileSync(fileURLToPath(new URL("../../../docs/tutorials/write-a-tap.md", import.meta.url)), "utf8");
    expect(tutorial).toContain(readFileSync(fixture("tap-weather.mjs"), "utf8"));
  });

  test("sends its stream and a summary line, and continues from its state", async () => {
    const first = await run("tap-weather.mjs", ["--config", config]);
    expect(first.code).toBe(0);
    const messages = lines(first.stdout);
    expect(messages.filter((m) => m.type === "RECORD")).toHaveLength(30);
    expect(lastLine(first.stderr)).toMatchObject({ type: "summary", stream: "temperatures", sent: 30 });
    expect(
      lines(first.stderr)
        .filter((l) => l.metric === "record_count")
        .reduce((n, l) => n + l.value, 0),
    ).toBe(30);
    const state = file("state.json", messages.at(-1).value);
    const second = await run("tap-weather.mjs", ["--config", config, "--config", file("more.json", { hours: 40 }), "--state", state]);
    expect(
      lines(second.stdout)
        .filter((m) => m.type === "RECORD")
        .map((m) => m.record.hour),
    ).toEqual([29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
  });

  test("an integer in a state keeps its digits", async () => {
    const state = file("big-state.json", '{"bookmarks":{"other":{"id":9007199254740993}}}');
    const { stdout } = await run("tap-weather.mjs", ["--config", config, "--state", state]);
    expect(stdout.trim().split("\n").at(-1)).toContain('"other":{"id":9007199254740993}');
  });

  test("--discover, --catalog, --properties, --test, --about, --version, --help", async () => {
    const catalog = await run("tap-weather.mjs", ["--config", config, "--discover"]);
    expect(JSON.parse(catalog.stdout).streams[0]).toMatchObject({ tap_stream_id: "temperatures", replication_key: "hour" });
    for (const option of ["--catalog", "--properties"]) {
      const chosen = JSON.parse(catalog.stdout);
      chosen.streams[0].metadata.find((m: { breadcrumb: string[] }) => m.breadcrumb[1] === "celsius").metadata.selected = false;
      const { stdout } = await run("tap-weather.mjs", ["--config", config, option, file("catalog.json", chosen)]);
      expect(Object.keys(lines(stdout)[1].record)).toEqual(["station", "hour"]);
    }
    expect((await run("tap-weather.mjs", ["--config", config, "--test"])).stderr).toContain("test passed: 1 of 1 streams");
    expect(JSON.parse((await run("tap-weather.mjs", ["--about", "--format", "json"])).stdout)).toMatchObject({
      name: "tap-weather",
      settings: { required: ["station"] },
    });
    expect((await run("tap-weather.mjs", ["--about", "--format", "markdown"])).stdout).toContain("| `hours` | integer | `48` |");
    expect((await run("tap-weather.mjs", ["--version"])).stdout).toBe("tap-weather 1.0.0\n");
    expect((await run("tap-weather.mjs", ["--help"])).stdout).toContain("Examples:");
  });

  test("runs its commands without a config, and lists them in its help", async () => {
    expect(await run("tap-with-command.mjs", ["look", "here", "there"])).toMatchObject({
      code: 0,
      stdout: "I see here and there\n",
      stderr: "",
    });
    expect((await run("tap-with-command.mjs", ["--help"])).stdout).toContain("tap-with-command look PLACE...");
    expect((await run("tap-with-command.mjs", ["look", "--help"])).stdout).toContain("Usage: tap-with-command look PLACE...");
    const wrong = await run("tap-with-command.mjs", ["look"]);
    expect(wrong.code).toBe(64);
    expect(lastLine(wrong.stderr)).toMatchObject({ message: "look needs a PLACE", hint: "See tap-with-command look --help." });
    expect((await run("tap-with-command.mjs", ["listen"])).code).toBe(64);
  });

  test("--config ENV takes the environment", async () => {
    const { stdout } = await run("tap-weather.mjs", ["--config", "ENV"], { env: { TAP_WEATHER_STATION: "Aa", TAP_WEATHER_HOURS: "2" } });
    expect(lines(stdout).filter((m) => m.type === "RECORD")).toHaveLength(2);
  });

  test.each([
    [["--config", "nope.json"], "config_file_missing"],
    [["--config", file("broken.json", "{,}")], "config_file_not_json"],
    [["--config", file("typo.json", { statoin: "x" })], "config_invalid"],
    [[], "config_invalid"],
    [["--confg", "x"], "usage"],
    [["--config", config, "--state", file("bad-state.json", { bookmarks: 1 })], "state_invalid"],
    [["--config", config, "--catalog", file("bad-catalog.json", {})], "catalog_invalid"],
  ])("%j is exit code 64 with the code, a hint and no stack trace", async (args, code) => {
    const { code: exit, stdout, stderr } = await run("tap-weather.mjs", args);
    expect([exit, stdout]).toEqual([64, ""]);
    expect(lastLine(stderr)).toMatchObject({ type: "error", code, class: "config", hint: expect.stringMatching(/./) });
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test("a reader that closes its end stops it at once, with its exit code", async () => {
    const { child, ended } = start("tap-weather.mjs", ["--config", file("endless.json", { station: "x", hours: 1_000_000_000 })]);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.stdout?.destroy();
    const { code, stderr } = await ended;
    expect(code).toBe(69);
    expect(lastLine(stderr)).toMatchObject({ code: "output_closed" });
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("%s ends it with %i", async (signal, exit) => {
    const { child, ended } = start("tap-weather.mjs", ["--config", file("endless.json", { station: "x", hours: 1_000_000_000 })]);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.kill(signal);
    expect((await ended).code).toBe(exit);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("%s ends it soon also while its reader takes nothing", async (signal) => {
    const child = spawn(
      process.execPath,
      [fixture("tap-weather.mjs"), "--config", file("endless.json", { station: "x", hours: 1_000_000_000 })],
      {
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    child.stdout.pause();
    await new Promise((resolve) => setTimeout(resolve, 800));
    const exited = once(child, "exit");
    child.kill(signal);
    expect(await exited).toEqual([null, signal]);
  });
});

describe("a target", () => {
  test("refuses a folder as its input, which would look like a run without rows", async () => {
    const input = openSync(folder, "r");
    const child = spawn(process.execPath, [fixture("target-count.mjs"), "--config", file("any.json", {})], {
      stdio: [input, "pipe", "pipe"],
    });
    closeSync(input);
    const errors: Buffer[] = [];
    child.stderr?.on("data", (data) => errors.push(data));
    const [code] = await once(child, "close");
    expect(code).toBe(64);
    expect(Buffer.concat(errors).toString()).toContain("Standard input is a folder");
  });

  const schema = '{"type":"SCHEMA","stream":"temperatures","schema":{"properties":{"n":{"type":"integer"}}},"key_properties":[]}\n';
  const row = (n: unknown) => `{"type":"RECORD","stream":"temperatures","record":{"n":${n}}}\n`;
  const state = (n: number) => `{"type":"STATE","value":${n}}\n`;
  const empty = file("target.json", {});

  test("emits bare states on stdout and its summary on stderr", async () => {
    const { code, stdout, stderr } = await run("target-count.mjs", ["--config", empty], {
      input: schema + row(1) + state(1) + row(2) + state(2),
    });
    expect([code, stdout]).toEqual([0, "2\n"]);
    expect(lastLine(stderr)).toMatchObject({ type: "summary", received: 2, loaded: 2, in_table: 2 });
  });

  test("a broken input ends with what was committed and what was not, then the error", async () => {
    const { code, stdout, stderr } = await run("target-count.mjs", ["--config", empty], {
      input: `${schema + row(1) + state(1) + row(2)}hello\n`,
    });
    expect([code, stdout]).toEqual([76, "1\n"]);
    const [summary, error] = stderr
      .trim()
      .split("\n")
      .slice(-2)
      .map((line) => JSON.parse(line));
    expect(summary).toMatchObject({ type: "summary", received: 2, loaded: 1, not_committed: 1, table: "memory" });
    expect(error).toMatchObject({ type: "error", code: "invalid_json" });
  });

  test.each([
    [schema + row('"x"'), 65, "record_invalid"],
    [row(1), 76, "record_before_schema"],
    [`${schema}{"type":"REC`, 76, "cut_line"],
    [`${schema}hello\n`, 76, "invalid_json"],
  ])("bad input ends with its class", async (input, exit, code) => {
    const result = await run("target-count.mjs", ["--config", empty], { input });
    expect([result.code, result.stdout]).toEqual([exit, ""]);
    expect(lastLine(result.stderr)).toMatchObject({ type: "error", code });
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  test("SIGTERM commits up to the last STATE, emits it, and exits 143 while its input stays open", async () => {
    const { child, ended } = start("target-count.mjs", ["--config", empty]);
    child.stdin?.write(schema + row(1) + state(1) + row(2));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    child.kill("SIGTERM");
    const { code, stdout } = await ended;
    expect([code, stdout]).toEqual([143, "1\n"]);
  });

  describe("with a control channel", () => {
    const control = { TAPLINE_CONTROL_FD: "3" };
    const ends = (child: ChildProcess) => child.stdio[3] as unknown as NodeJS.WritableStream;
    const input = schema + row(1) + state(1) + row(2);

    test("commits everything at the end of its input when the runner sends whole", async () => {
      const { child, ended } = start("target-count.mjs", ["--config", empty], control);
      child.stdin?.end(input);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(child.exitCode).toBe(null);
      ends(child).end("whole\n");
      const { code, stderr } = await ended;
      expect(code).toBe(0);
      expect(lastLine(stderr)).toMatchObject({ type: "summary", received: 2, loaded: 2 });
    });

    test.each([
      ["and its input ends with it", true],
      ["while its input stays open", false],
    ])("commits its last cut, drops the rest and exits 143 when the runner is gone, %s", async (_how, isInputEnded) => {
      const { child, ended } = start("target-count.mjs", ["--config", empty], control);
      if (isInputEnded) child.stdin?.end(input);
      else child.stdin?.write(input);
      await new Promise((resolve) => setTimeout(resolve, 500));
      ends(child).end();
      const { code, stdout, stderr } = await ended;
      expect([code, stdout]).toEqual([143, "1\n"]);
      expect(lastLine(stderr)).toMatchObject({ message: expect.stringContaining("the end of the runner") });
    });

    test("a tap stops when the runner is gone", async () => {
      const endless = file("endless.json", { station: "x", hours: 1_000_000_000 });
      const { child, ended } = start("tap-weather.mjs", ["--config", endless], control);
      await once(child.stdout as NodeJS.ReadableStream, "data");
      ends(child).end();
      expect((await ended).code).toBe(143);
    });

    test("a tap that follows reads what there is once before, hears which states are stored, and ends whole at `finish`", async () => {
      const config = file("follow.json", { once: true });
      const { child, ended } = start("tap-follow.mjs", ["--config", config], { ...control, TAPLINE_FOLLOW: "1" });
      child.stdout?.once("data", () => ends(child).write('{"type":"durable","state":{"bookmarks":{"items":{"id":2}}}}\n'));
      await tells(child, "durable 2 ");
      ends(child).write('{"type":"finish"}\n');
      const { code, stdout, stderr } = await ended;
      expect(code).toBe(0);
      const sent = lines(stdout);
      expect(sent.filter(({ type }) => type === "SCHEMA").map(({ stream }) => stream)).toEqual(["once", "items"]);
      expect(sent.at(-1)).toMatchObject({ type: "STATE", value: { bookmarks: { items: { id: sent.at(-2).record.id } } } });
      expect(lines(stderr).filter(({ type }) => type === "lag")[0]).toEqual({ type: "lag", seconds: 0.25, bytes: 7 });
    });

    test("a descriptor that does not exist is an error with a hint, not a guess", async () => {
      const { code, stderr } = await run("target-count.mjs", ["--config", empty], { env: { TAPLINE_CONTROL_FD: "77" }, input });
      expect(code).toBe(64);
      expect(lastLine(stderr)).toMatchObject({ code: "control_unusable", hint: expect.stringContaining("Unset it") });
    });
  });

  test("a tap does not follow where nobody tells it what is stored", async () => {
    const { code, stderr } = await run("tap-follow.mjs", ["--config", empty], { env: { TAPLINE_FOLLOW: "1" } });
    expect(code).toBe(64);
    expect(lastLine(stderr)).toMatchObject({ code: "follow_unheard", hint: expect.stringContaining("--follow") });
  });

  test("a commit that takes longer than shutdown_timeout_ms is given up: no STATE of it is emitted", async () => {
    const slow = file("very-slow.json", { pause_ms: 60_000, tells: true, commit_after_ms: 0, shutdown_timeout_ms: 300 });
    const { child, ended } = start("target-count.mjs", ["--config", slow]);
    child.stdin?.write(schema + row(1) + state(1));
    await tells(child, "writes");
    child.kill("SIGTERM");
    const { code, signal, stdout } = await ended;
    expect([code, signal, stdout]).toEqual([null, "SIGTERM", ""]);
  });

  test("a second signal ends it at once", async () => {
    const slow = file("very-slow.json", { pause_ms: 60_000, tells: true, commit_after_ms: 0, shutdown_timeout_ms: 60_000 });
    const { child, ended } = start("target-count.mjs", ["--config", slow]);
    child.stdin?.write(schema + row(1) + state(1));
    await tells(child, "writes");
    child.kill("SIGTERM");
    await tells(child, "told to stop");
    child.kill("SIGINT");
    expect((await ended).signal).toBe("SIGINT");
  });

  test("a reader of STATEs that takes none holds the load, and a signal still ends it", async () => {
    const { child, ended } = start("target-count.mjs", ["--config", file("held.json", { commit_after_ms: 0, shutdown_timeout_ms: 300 })]);
    child.stdout?.pause();
    child.stdin?.on("error", () => {});
    const long = JSON.stringify("x".repeat(200_000));
    child.stdin?.write(schema + [1, 2, 3, 4].map((n) => `${row(n)}{"type":"STATE","value":${long}}\n`).join(""));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
    child.stdout?.resume();
    await ended;
  });

  test("a STATE that nobody reads ends the load with an error", async () => {
    const { child, ended } = start("target-count.mjs", ["--config", file("eager.json", { commit_after_ms: 0 })]);
    child.stdout?.destroy();
    child.stdin?.on("error", () => {});
    child.stdin?.write(schema + row(1) + state(1));
    const { code, stderr } = await ended;
    expect(code).toBe(69);
    expect(lastLine(stderr)).toMatchObject({ code: "output_closed" });
  });

  test("--last-state of a target without a ledger is a usage error", async () => {
    const { code, stderr } = await run("target-count.mjs", ["--config", empty, "--last-state", "x"]);
    expect(code).toBe(64);
    expect(lastLine(stderr)).toMatchObject({ message: expect.stringContaining("keeps no ledger") });
  });

  test("a secret never shows, not even in an unexpected failure", async () => {
    const { code, stderr } = await run(
      "target-count.mjs",
      ["--config", file("secret.json", { token: "hunter2-xyz", fail_with: "no access with hunter2-xyz" })],
      { input: schema + row(1) },
    );
    expect(code).toBe(70);
    expect(stderr).toContain("no access with ***");
    expect(stderr).not.toContain("hunter2-xyz");
  });

  test("nor does one deep in the config, a number, or one that an alias names", async () => {
    const logins = [{ user: "ann", pin: 907_816 }];
    const config = { logins, keyfile: "opensesame", fail_with: "ann, 907816 and opensesame" };
    const { code, stderr } = await run("target-count.mjs", ["--config", file("nested-secret.json", config)], { input: schema + row(1) });
    expect(code).toBe(70);
    expect(lastLine(stderr).message).toContain("ann, *** and ***");
    expect(stderr).not.toMatch(/907816|opensesame/);
  });
});

test("back-pressure: a slow target holds a fast tap, and memory stays where it is", async () => {
  const tap = spawn(
    process.execPath,
    [fixture("tap-weather.mjs"), "--config", file("endless.json", { station: "x", hours: 1_000_000_000 })],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const slow = file("slow.json", { pause_ms: 200, batch_max_bytes: 100_000 });
  const target = spawn(process.execPath, [fixture("target-count.mjs"), "--config", slow], { stdio: [tap.stdout, "ignore", "ignore"] });
  tap.stdout.destroy();
  const ended = once(tap, "close");
  await new Promise((resolve) => setTimeout(resolve, 2500));
  for (const { pid } of [tap, target]) {
    const kilobytes = Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }));
    expect(kilobytes).toBeGreaterThan(10_000);
    expect(kilobytes).toBeLessThan(200_000);
  }
  target.kill("SIGKILL");
  expect((await ended)[0]).toBe(69);
});
