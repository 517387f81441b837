import { expect, test } from "vitest";
import { builtNamePattern, orderRenames, readCutoverAnswer, readCutoverQuestion } from "./cutover.ts";

const [live, fresh] = [
  { from: "analytics", to: "analytics_archive" },
  { from: "analytics_new", to: "analytics" },
];

test.each([
  ["'analytics_' || kind", true],
  ["format('%I.%I', 'analytics_%s', kind)", true],
  ["nspname LIKE 'analytics_%'", true],
  ["schema: analytics_{{ target.name }}", true],
  ["prefix || '_new.sales'", true],
  ["{{ prefix }}_new.sales", true],
  ["select * from analytics_new.sales", false],
  ["'my_analytics_'", false],
  ["'analytics_newer'", false],
  ["'_newer'", false],
])("%j may build the name analytics_new: %s", (text, expected) => {
  expect(new RegExp(builtNamePattern("analytics_new") ?? "").test(text)).toBe(expected);
  expect(builtNamePattern("analytics")).toBeUndefined();
});

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
