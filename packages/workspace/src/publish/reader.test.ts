import { expect, test } from "vitest";
import { readmeCommands } from "./reader.ts";

test.each([
  ["npm run demo", /^npm ci && /],
  ["npm run pack", /^npm run pack \.\.\/tapline-packages\b/],
  ["*.tgz", /^npm install \.\.\/tapline-packages\/\*\.tgz$/],
])("the README has the block with %s that the long suite publish runs", (word, commands) => {
  expect(readmeCommands(word)).toMatch(commands);
});

test("a block that the README does not have is an error", () => {
  expect(() => readmeCommands("npm run nothing")).toThrow('README.md has 0 blocks with "npm run nothing"');
});
