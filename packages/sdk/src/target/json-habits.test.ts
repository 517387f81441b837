import type { JsonSchema, Row } from "@tapline/protocol";
import { expect, test } from "vitest";
import { toleratingJson } from "./json-habits.ts";
import { recordValidator } from "./validate.ts";

const properties: Record<string, JsonSchema> = {
  any: { type: ["null", "object"] },
  list: { type: "array" },
  both: { type: ["object", "array"] },
  known: { type: "object", properties: { a: { type: "integer" } } },
  text: { type: ["object", "string"] },
  n: { type: "integer" },
};

function check(row: Row): { problem: string | undefined; row: Row; habits: string[] } {
  const schema = { type: "object", properties };
  const habits: string[] = [];
  const problem = toleratingJson(schema, recordValidator(schema))(
    row,
    true,
    [],
    7,
    (line, kind, column) => void habits.push(`${line} ${kind} ${column}`),
  );
  return { problem: problem?.problem, row, habits };
}

test("JSON text is stored as the JSON in it, with its digits, where the SCHEMA declares an object or a list", () => {
  const found = check({ any: ' {"n":12345678901234567890}', list: "[]", both: '[{"a":1}]', known: '{"a":1}' });
  expect(found.problem).toBeUndefined();
  expect(JSON.stringify(found.row)).toBe('{"any":{"n":12345678901234567890},"list":[],"both":[{"a":1}],"known":{"a":1}}');
  expect(found.habits).toEqual(["7 json_text any", "7 json_text list", "7 json_text both", "7 json_text known"]);
});

test("a list is stored where any object may be, also as text", () => {
  expect(check({ any: [1, { x: 2 }] })).toEqual({ problem: undefined, row: { any: [1, { x: 2 }] }, habits: ["7 list_for_object any"] });
  expect(check({ any: "[1]" })).toEqual({ problem: undefined, row: { any: [1] }, habits: ["7 json_text any"] });
});

test.each<[Row, string]>([
  [{ any: "plain" }, "any must be null or object"],
  [{ any: '"a"' }, "any must be null or object"],
  [{ any: "[1" }, "any must be null or object"],
  [{ any: 5 }, "any must be null or object"],
  [{ list: "{}" }, "list must be array"],
  [{ list: {} }, "list must be array"],
  [{ known: "[1]" }, "known must be object"],
  [{ known: [1] }, "known must be object"],
  [{ known: '{"a":"x"}' }, "known.a must be integer"],
  [{ any: "[]", n: "x" }, "n must be integer"],
  [{ any: '["\\ud800"]' }, "any must be null or object"],
])("%j is refused, and the row stays as it was sent", (row, problem) => {
  const sent = JSON.stringify(row);
  expect(check(row)).toEqual({ problem, row: JSON.parse(sent), habits: [] });
});

test("a text is left alone where the SCHEMA allows texts", () => {
  expect(check({ text: "[1]" })).toEqual({ problem: undefined, row: { text: "[1]" }, habits: [] });
});
