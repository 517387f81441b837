import { expect, test } from "vitest";
import { readAbout } from "./about.ts";

test("fields of the right form are read, others are left out", () => {
  const printed = { name: "t", version: 3, capabilities: ["a", 1], settings: [], single_writer: { setting: "path" } };
  expect(readAbout(`a banner\n${JSON.stringify(printed)}`)).toEqual({
    name: "t",
    capabilities: ["a", "1"],
    single_writer: { setting: "path" },
  });
});

test("an opening of another form is left out", () => {
  const good = { schemes: ["x"], setting: "url" };
  const opens = [good, { setting: 7 }, { setting: "a", extensions: ".csv" }, "x"];
  expect(readAbout(JSON.stringify({ opens }))).toEqual({ opens: [good] });
});

test.each(["", "usage: tap [options]", "{ not json", "[]"])("%j is no answer", (text) => {
  expect(readAbout(text)).toBeNull();
});
