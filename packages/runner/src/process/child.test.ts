import { expect, onTestFinished, test } from "vitest";
import { type Child, signalGroup, startChild } from "./child.ts";
import { readLines } from "./lines.ts";
import { identify, isAlive } from "./liveness.ts";

/** Starts a shell or Node script as a child; resolves once it printed "up". */
async function start(command: string, args: string[]): Promise<{ child: Child; printed: string[] }> {
  const executable = { command, leadingArgs: [], path: command };
  const child = await startChild({
    name: "x",
    executable,
    args,
    cwd: process.cwd(),
    processEnv: process.env,
    env: {},
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => signalGroup(child.identity.pid, "SIGKILL"));
  const printed: string[] = [];
  await new Promise<void>((resolve) => {
    if (child.stdout !== null)
      void readLines(child.stdout, (line) => {
        printed.push(line);
        resolve();
      });
  });
  return { child, printed };
}

const counter =
  'let n = 0; process.on("SIGTERM", () => { n++; setTimeout(() => { console.log("got " + n); process.exit(7) }, 200) }); console.log("up");';

test("a group gets its signal once, however often it is asked for", async () => {
  const { child, printed } = await start(process.execPath, ["-e", `${counter} setInterval(() => {}, 1000)`]);
  child.signal("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 50));
  child.signal("SIGINT");
  child.signal("SIGTERM");
  expect(await child.stop("SIGTERM", 5000)).toEqual({ code: 7, signal: null });
  expect(child.sent).toBe("SIGTERM");
  await expect.poll(() => printed).toEqual(["up", "got 1"]);
});

test("a wrapper's grandchild is waited for, although the wrapper is gone", async () => {
  const script = `'${process.execPath}' -e '${counter.replace('"up"', "process.pid")} setInterval(() => {}, 1000)' & wait`;
  const { child, printed } = await start("/bin/sh", ["-c", script]);
  const grandchild = identify(Number(printed[0]));
  expect(isAlive(grandchild)).toBe(true);
  expect(await child.stop("SIGTERM", 5000)).toEqual({ code: null, signal: "SIGTERM" });
  expect(isAlive(grandchild)).toBe(false);
  expect(printed[1]).toBe("got 1");
});

test("what ignores the signal is killed after the grace, grandchildren too", async () => {
  const { child, printed } = await start("/bin/sh", ["-c", "trap '' TERM; sleep 60 & echo $!; wait; wait"]);
  expect(await child.stop("SIGTERM", 100)).toEqual({ code: null, signal: "SIGKILL" });
  await expect.poll(() => isAlive(identify(Number(printed[0])))).toBe(false);
});

test("a program that can't be started is an error with its reason", async () => {
  const executable = { command: "/no/such/program", leadingArgs: [], path: "/no/such/program" };
  const started = startChild({
    name: "tap-x",
    executable,
    args: [],
    cwd: process.cwd(),
    processEnv: process.env,
    env: {},
    stdio: ["ignore", "ignore", "ignore"],
  });
  await expect(started).rejects.toMatchObject({ code: "plugin_not_started", message: expect.stringContaining("ENOENT") });
});
