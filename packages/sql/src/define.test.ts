import { Type } from "@tapline/sdk";
import { expect, test } from "vitest";
import { defineSqlTarget } from "./define.ts";
import type { Dialect } from "./dialect/dialect.ts";
import { sqlSettings } from "./settings.ts";

test("a dialect whose DDL commits is refused: a rollback could not take its changes back", () => {
  const dialect = { name: "Other", names: { fallbackSchema: "main" }, traits: { ddl: "commits" } } as unknown as Dialect;
  const about = { name: "target-other", version: "0.0.0", description: "", config: Type.Object(sqlSettings("main")) };
  expect(() => defineSqlTarget({ ...about, dialect, connect: () => Promise.reject(new Error("not reached")) })).toThrow("Other");
});
