import type { UtilityRun } from "@tapline/sdk";
import { expect, test } from "vitest";
import type { Config } from "./config.ts";
import { generate } from "./generate-command.ts";

test("an option that is none is named, with the usage and nothing else", () => {
  const run = { args: ["generate", "--hist"], config: {}, context: {} } as unknown as UtilityRun<Config>;
  expect(() => generate(run, "/shop")).toThrow(
    expect.objectContaining({ code: "generate_usage", message: "Unknown option '--hist'", hint: expect.stringContaining("[--history]") }),
  );
});
