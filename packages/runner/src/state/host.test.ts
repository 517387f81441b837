import { expect, test } from "vitest";
import { isHere, lifeOf, thisRunner } from "./host.ts";

test("a process of this machine is alive or dead, at once", () => {
  const own = thisRunner();
  expect([isHere(own), lifeOf(own)]).toEqual([true, "alive"]);
  expect(lifeOf({ ...own, started: "long ago" })).toBe("dead");
  expect(lifeOf({ pid: own.pid, started: "from before there were hosts" })).toBe("dead");
});

test("of a process in another container or on another machine nothing is known, whatever its pid", () => {
  const elsewhere = { ...thisRunner(), host: "another boot or namespace", machine: "another machine" };
  expect([isHere(elsewhere), lifeOf(elsewhere)]).toEqual([false, "unknown"]);
  const { machine: _, ...container } = elsewhere;
  expect(lifeOf(container)).toBe("unknown");
});

test("what this machine ran before it was rebooted is dead, where it knows itself again", () => {
  const runner = { ...thisRunner(), host: "an earlier boot" };
  expect(lifeOf(runner)).toBe(runner.machine === undefined ? "unknown" : "dead");
});
