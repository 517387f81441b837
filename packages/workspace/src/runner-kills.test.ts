import { expect, test } from "vitest";
import { expectedOutcome, killRunner } from "./runner-kills.ts";

test("two kills of the runner at random moments lose nothing, double nothing and leave nothing", async () => {
  expect(await killRunner({ kills: 2, seed: 8 })).toMatchObject(expectedOutcome);
});
