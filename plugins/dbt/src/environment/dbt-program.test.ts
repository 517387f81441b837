import { expect, test } from "vitest";
import { dbtProgram } from "./dbt-program.ts";

test("not installed: what to do, also for a plugin that inherits from dbt and has no `tapline dbt install` of its own", () => {
  expect(() => dbtProgram({}, { python: null, project: "/shop" })).toThrow(
    expect.objectContaining({ code: "dbt_not_installed", hint: expect.stringMatching(/tapline dbt install .*tapline install PLUGIN/) }),
  );
});
