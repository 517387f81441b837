import { expect, test } from "vitest";
import { meantCommand } from "./meant-command.ts";

const known = [["run"], ["config", "set"], ["config", "list"], ["state", "list"], ["state"]];

test.each<[string, string | undefined]>([
  ["rnu items", "run"],
  ["confg set tap-x path 1", "config set"],
  ["state lsit", "state list"],
  ["stat", "state"],
  ["something else", undefined],
])("%j meant %j", (typed, meant) => {
  expect(meantCommand(typed.split(" "), known)).toBe(meant);
});
