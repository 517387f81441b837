import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { identify, isAlive, psStart } from "./liveness.ts";

test("this process is alive, the same pid with another start is not", () => {
  const me = identify(process.pid);
  expect(isAlive(me)).toBe(true);
  expect(isAlive({ ...me, started: "another time" })).toBe(false);
});

test("a process that ended is not alive, by /proc and by ps", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const pid = child.pid as number;
  const identity = identify(pid);
  expect(isAlive(identity)).toBe(true);
  expect(psStart(pid)).toMatch(/\d{2}:\d{2}:\d{2}/);
  expect(psStart(pid)).toBe(psStart(pid));
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isAlive(identity)).toBe(false);
  expect(psStart(pid)).toBeUndefined();
});
