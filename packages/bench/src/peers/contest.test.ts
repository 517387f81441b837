import { expect, test } from "vitest";
import type { Program } from "../measure.ts";
import { type Arena, type Contestant, contest } from "./contest.ts";

const arena = (wrong: Record<string, string> = {}): Arena => ({
  folder: process.cwd(),
  clear: async () => {},
  difference: async (place) => wrong[place],
});
const contestant = (name: string, ...program: Program): Contestant => ({ name, place: name, programs: () => [program] });
const run = (list: [Contestant, ...Contestant[]], wrong?: Record<string, string>) => contest("test", arena(wrong), list, 1, () => {});

test("a correct peer is compared; one with a wrong table, that fails or is not installed is reported with the reason", async () => {
  const absent: Contestant = {
    ...contestant("absent", "true"),
    programs: () => {
      throw new Error("pip said no");
    },
  };
  const failing = contestant("failing", "bash", "-c", "echo broken >&2; exit 3");
  const ours = contestant("ours", "true");
  const results = await run([ours, contestant("right", "sleep", "0.5"), contestant("lossy", "true"), failing, absent], {
    lossy: "a row is missing",
  });
  const name = "test, wall";
  expect(results).toEqual([
    expect.objectContaining({ name, beside: expect.stringContaining("right 0."), holds: true }),
    { name, beside: "lossy", verdict: "wrong", reason: "a row is missing" },
    { name, beside: "failing", verdict: "wrong", reason: "broken" },
    { name, beside: "absent", verdict: "not installed", reason: "pip said no" },
  ]);
});

test("a wrong table of ours fails the run", async () => {
  await expect(run([contestant("ours", "true"), contestant("peer", "true")], { ours: "a row is missing" })).rejects.toThrow(
    "test: ours: wrong: a row is missing",
  );
});

test("a peer that is right only the first time is wrong", async () => {
  let loads = 0;
  const doubling = { ...arena(), difference: async (place: string) => (place === "peer" && ++loads === 2 ? "rows doubled" : undefined) };
  const results = await contest("test", doubling, [contestant("ours", "true"), contestant("peer", "true")], 1, () => {});
  expect(results).toEqual([{ name: "test, wall", beside: "peer", verdict: "wrong", reason: "rows doubled" }]);
});
