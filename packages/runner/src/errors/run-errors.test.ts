import { expect, test } from "vitest";
import { errors } from "../errors.ts";

test("a ledger without the commit is not offered as the place to continue from", () => {
  const hintFor = (found: string | null) =>
    errors.commit_missing({ entry: "x", known: "run-1", command: "tapline run a b", stateId: "x", found }).hint;
  expect(hintFor(null)).not.toContain("--from-ledger");
  expect(hintFor("run-0")).toContain("tapline run a b --from-ledger");
});
