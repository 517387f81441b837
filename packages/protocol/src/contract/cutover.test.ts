import { expect, test } from "vitest";
import { orderRenames, readCutoverAnswer, readCutoverQuestion } from "./cutover.ts";

const [live, fresh] = [
  { from: "analytics", to: "analytics_archive" },
  { from: "analytics_new", to: "analytics" },
];

test("a name is given only once it is free", () => {
  expect(orderRenames([fresh, live])).toEqual([live, fresh]);
  expect(orderRenames([live, fresh])).toEqual([live, fresh]);
});

test.each([
  [
    [
      { from: "a", to: "b" },
      { from: "b", to: "a" },
    ],
  ],
  [[{ from: "a", to: "a" }]],
  [
    [
      { from: "a", to: "c" },
      { from: "b", to: "c" },
    ],
  ],
  [
    [
      { from: "a", to: "b" },
      { from: "a", to: "c" },
    ],
  ],
])("%j has no order", (renames) => {
  expect(orderRenames(renames)).toBeUndefined();
});

test("what is no question", () => {
  const question = { action: "plan", renames: [fresh], lock_timeout_ms: 5000 };
  expect(readCutoverQuestion(question)).toBe(question);
  for (const wrong of [
    null,
    { ...question, action: "drop" },
    { ...question, renames: [] },
    { ...question, renames: [{ from: "a", to: "" }] },
    { ...question, lock_timeout_ms: 0 },
    { ...question, grants: [{ on: "schema", schema: "a", right: "ALL", grantee: "b" }] },
  ])
    expect(readCutoverQuestion(wrong)).toBeUndefined();
});

test("what is no answer", () => {
  const answer = { state: "before", did: false, problems: [], findings: [], schemas: [], missing_grants: [], statements: ["x"] };
  expect(readCutoverAnswer(JSON.stringify(answer))).toEqual(answer);
  for (const wrong of ["", "{}", JSON.stringify({ ...answer, state: "between" }), JSON.stringify({ ...answer, statements: [1] })])
    expect(readCutoverAnswer(wrong)).toBeUndefined();
});
