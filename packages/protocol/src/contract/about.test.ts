import { expect, test } from "vitest";
import { readAbout } from "./about.ts";

test("what is told is taken, what has another form is left", () => {
  const told = { name: "t", version: 3, capabilities: ["a", 1], settings: [], single_writer: { setting: "path" } };
  expect(readAbout(`a banner\n${JSON.stringify(told)}`)).toEqual({
    name: "t",
    capabilities: ["a", "1"],
    single_writer: { setting: "path" },
  });
});

test.each(["", "usage: tap [options]", "{ not json", "[]"])("%j tells nothing", (text) => {
  expect(readAbout(text)).toBeNull();
});
