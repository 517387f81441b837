import type { UtilityRun } from "@tapline/sdk";
import { expect, test } from "vitest";
import type { Config } from "./config.ts";
import { generate } from "./generate-command.ts";

test("an unknown option gives its name and the usage", () => {
  const run = { args: ["generate", "--hist"], config: {}, context: {} } as unknown as UtilityRun<Config>;
  expect(() => generate(run, "/shop")).toThrow(
    expect.objectContaining({ code: "generate_usage", message: "Unknown option '--hist'", hint: expect.stringContaining("[--history]") }),
  );
});
