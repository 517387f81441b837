import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { editText } from "./edit-file.ts";

const text = `# my project
plugins:
  tap-csv: # files
    config:
      files:   [{entity: items, keys: [id]}]   # one file

      limit: 5 # rows
  target-x:
jobs:
- never looked at
`;

test("only the line of the value changes; remarks and spaces stay", () => {
  expect(editText(text, ["plugins", "tap-csv", "config", "limit"], 7)).toBe(text.replace("limit: 5", "limit: 7"));
});

test("a new key comes after its neighbours, below parents that are made for it", () => {
  const added = editText(text, ["plugins", "tap-csv", "config", "login", "user"], "$USER_NAME");
  expect(added).toBe(text.replace("limit: 5 # rows\n", "limit: 5 # rows\n      login:\n        user: $USER_NAME\n"));
  expect(editText(text, ["plugins", "target-x", "config", "a"], true)).toBe(
    text.replace("target-x:\n", "target-x:\n    config:\n      a: true\n"),
  );
});

test("maps in braces stay in their line", () => {
  const flow = "plugins:\n  tap-a: # first\n    config: {a: 1}\nenvironments: { prod: {} } # two\n";
  expect(editText(flow, ["plugins", "tap-a", "config", "b"], [2])).toBe(flow.replace("{a: 1}", "{a: 1, b: [ 2 ]}"));
  const added = editText(flow, ["environments", "prod", "plugins", "tap-a", "config", "c"], "x");
  expect(added).toBe(flow.replace("{} }", "{ plugins: { tap-a: { config: { c: x } } } } }"));
});

test("an empty file becomes one with that value", () => {
  expect(editText("", ["plugins", "tap-x", "config", "a"], [1])).toBe("plugins:\n  tap-x:\n    config:\n      a:\n        - 1\n");
});

test("taking out leaves no empty parents, but the plugin", () => {
  expect(editText(text, ["plugins", "tap-csv", "config", "limit"], undefined)).toBe(text.replace("\n      limit: 5 # rows", ""));
  const one = "plugins:\n  a: # mine\n    config:\n      b: 1\n  c: {}\n";
  expect(parse(editText(one, ["plugins", "a", "config", "b"], undefined))).toEqual({ plugins: { a: null, c: {} } });
});

test("texts that look like something else stay texts, and big numbers keep their digits", () => {
  const edited = editText(text, ["plugins", "tap-csv", "config", "code"], "0123");
  expect(edited).toContain('code: "0123"');
  expect(
    editText(
      text,
      ["plugins", "tap-csv", "config", "limit"],
      (JSON as never as { rawJSON(t: string): unknown }).rawJSON("12345678901234567891"),
    ),
  ).toContain("limit: 12345678901234567891");
});

const list = `plugins:
  tap-csv:
    config:
      # what to read
      files:
      - entity: items # the first
        path: 'items.csv'

        keys: [id]
      # the second
      - entity: orders
        path: orders.csv
`;

test("only the changed part of a list is touched, whether its item or the whole list is given", () => {
  const files = ["plugins", "tap-csv", "config", "files"];
  const renamed = list.replace("'items.csv'", "new/items.csv");
  expect(editText(list, [...files, 0, "path"], "new/items.csv")).toBe(renamed);
  const items = { entity: "items", path: "new/items.csv", keys: ["id"] };
  expect(editText(list, files, [items, { entity: "orders", path: "orders.csv" }])).toBe(renamed);
  expect(editText(list, files, [items])).toBe(renamed.replace("      - entity: orders\n        path: orders.csv\n", ""));
  const third = { entity: "more", path: "more.csv" };
  expect(editText(list, [...files, 2], third)).toBe(`${list}      - entity: more\n        path: more.csv\n`);
  expect(editText(list, [...files, 0, "entity"], undefined)).toBe(list.replace("- entity: items # the first\n        path", "- path"));
});

test("an entry in empty braces is continued below its name", () => {
  expect(editText("plugins:\n  dbt: {} # mine\n", ["plugins", "dbt", "config", "target"], "target-duckdb")).toBe(
    "plugins:\n  dbt: # mine\n    config:\n      target: target-duckdb\n",
  );
});

test("a file in JSON stays JSON, and one with CRLF keeps it", () => {
  const json = '{\n  "plugins": {\n    "tap-x": { "config": { "a": 1 } }\n  }\n}\n';
  const edited = editText(json, ["plugins", "tap-x", "config", "b"], { c: ["d"] });
  expect(JSON.parse(edited)).toEqual({ plugins: { "tap-x": { config: { a: 1, b: { c: ["d"] } } } } });
  expect(editText("plugins:\r\n  a: {}\r\n", ["plugins", "a", "config", "b"], 1)).toBe("plugins:\r\n  a:\r\n    config:\r\n      b: 1\r\n");
});

test("what an anchor names is refused, and nothing is formatted again", () => {
  const anchored = "plugins:\n  a:\n    config: &x {p: 1, q: 1}\n  b:\n    config: *x\n";
  for (const path of [
    ["a", "config", "p"],
    ["b", "config", "p"],
  ])
    expect(() => editText(anchored, ["plugins", ...path], 2)).toThrow(expect.objectContaining({ code: "edit_impossible" }));
  expect(editText(anchored, ["plugins", "b", "config"], undefined)).toBe(anchored.replace("\n    config: *x", ""));
});

test("environments, items of lists and keys at the top stay when their last setting is taken out", () => {
  expect(
    editText(
      "environments:\n  prod:\n    plugins:\n      a:\n        config: {b: 1}\n",
      ["environments", "prod", "plugins", "a"],
      undefined,
    ),
  ).toBe("environments:\n  prod: {}\n");
  expect(editText("plugins:\n  a:\n    config: {b: 1}\n", ["plugins", "a"], undefined)).toBe("plugins: {}\n");
  expect(editText("plugins: {a: {config: {b: 1}}}\n", ["plugins", "a", "config", "b"], undefined)).toBe("plugins: {a: null}\n");
});

test("an anchor that is used below it is not taken out, and __proto__ is no name", () => {
  const refused = expect.objectContaining({ code: "edit_impossible" });
  const anchored = "plugins:\n  a:\n    config:\n      b: &x 1\n      c: *x\n";
  expect(() => editText(anchored, ["plugins", "a", "config", "b"], undefined)).toThrow(refused);
  expect(() => editText(anchored, ["plugins", "a", "config", "__proto__"], 1)).toThrow(refused);
});

test("a value inside of a single value is refused", () => {
  expect(() => editText(text, ["plugins", "tap-csv", "config", "limit", "a"], 1)).toThrow(
    expect.objectContaining({ code: "edit_impossible" }),
  );
});

test("whatever is set is there afterwards, with all the rest", () => {
  const key = fc.string({ minLength: 1, maxLength: 6 }).filter((name) => name !== "__proto__");
  fc.assert(
    fc.property(key, fc.jsonValue({ maxDepth: 2 }), (name, value) => {
      const wanted = parse(text);
      wanted.plugins["tap-csv"].config[name] = structuredClone(value);
      expect(parse(editText(text, ["plugins", "tap-csv", "config", name], value))).toEqual(wanted);
    }),
    {
      numRuns: 100,
      examples: [
        [" ", [-0]],
        ["a", -0],
      ],
    },
  );
});
