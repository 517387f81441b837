import { expect, test } from "vitest";
import { dbtProgram } from "./dbt-program.ts";

test("not installed: the hint also covers a plugin that inherits from dbt, for which there is no `tapline dbt install`", () => {
  expect(() => dbtProgram({}, { python: null, project: "/shop" })).toThrow(
    expect.objectContaining({ code: "dbt_not_installed", hint: expect.stringMatching(/tapline dbt install .*tapline install PLUGIN/) }),
  );
});
