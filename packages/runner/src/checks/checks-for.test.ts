import { expect, test } from "vitest";
import type { PlannedCheck } from "../model/planned-check.ts";
import { checksOfPart } from "./checks-for.ts";

const planned = (id: string, rule: string, stream: string, ofRun = false): PlannedCheck =>
  ({ check: { id, rule, stream }, ofRun, when: "after" }) as unknown as PlannedCheck;

test("a partition is held to no check of a whole run, of how new rows are, or of a stream that it does not read", () => {
  const checks = [
    planned("kept", "not_null", "orders"),
    planned("of tables", "sql", ""),
    planned("of the run", "row_count", "orders", true),
    planned("of its age", "freshness", "orders"),
    planned("of another", "not_null", "items"),
  ];
  expect(checksOfPart(checks, ["orders"]).map(({ check }) => check.id)).toEqual(["kept", "of tables"]);
});
