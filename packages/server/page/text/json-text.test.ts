import { expect, test } from "vitest";
import { layOutJson, prettyJson } from "./json-text.ts";

test("every digit of a number stays", () => {
  const source = '{"id":12345678901234567890,"price":0.10000000000000000001,"big":1e400}';
  expect(prettyJson(source)).toBe('{\n  "id": 12345678901234567890,\n  "price": 0.10000000000000000001,\n  "big": 1e400\n}');
});

test("is laid out as JSON.stringify does it, and again the same", () => {
  const value = { a: [1, { b: null }, []], 'c "d" \\': {}, e: "é\n", f: [true, false] };
  const pretty = prettyJson(JSON.stringify(value));
  expect(pretty).toBe(JSON.stringify(value, null, 2));
  expect(prettyJson(pretty)).toBe(pretty);
});

test.each([
  ["", "expected a value, but the text ends", 1, 1],
  ['{"a": 1,}', 'expected a name in double quotes, but there is "}"', 1, 9],
  ['{\n  "a" 1\n}', 'expected ":" after "a", but there is "1"', 2, 7],
  ['{"a": [1 2]}', 'expected "," or "]" in an array, but there is "2"', 1, 10],
  ["01", 'expected the end of the text, but there is "1"', 1, 2],
  ['{"a": "x', 'expected a string that ends on its line, but there is "\\""', 1, 7],
  ["[1] x", 'expected the end of the text, but there is "x"', 1, 5],
])("%s is refused with its place", (source, message, line, column) => {
  expect(layOutJson(source)).toEqual({ problem: { message, line, column } });
});

test("what is no JSON is shown as it is", () => expect(prettyJson("not JSON")).toBe("not JSON"));
