import { expect, test } from "vitest";
import { readQuery, readQueryLine, writeQueryRow } from "./query.ts";

test("cells keep their digits, spelling and order of keys", () => {
  const cells = ["12345678901234567890", "1.10", '"a,]\\"}b\\\\"', "null", '{"b":1,"1":[2,"],"]}', "[]", "true"];
  expect(readQueryLine(writeQueryRow(cells))).toEqual({ kind: "row", cells });
  expect(readQueryLine(' [ 1 , "x" ] ')).toEqual({ kind: "row", cells: ["1", '"x"'] });
  expect(readQueryLine("[]")).toEqual({ kind: "row", cells: [] });
});

test("the first and the last line", () => {
  const columns = [{ name: "id", type: "bigint" }];
  expect(readQueryLine(JSON.stringify({ columns }))).toEqual({ kind: "columns", columns });
  expect(readQueryLine('{"rows":2,"more":0}')).toEqual({ kind: "end", rows: 2, more: 0 });
});

test.each(["", "x", "[1", "{}", '{"columns":[{"name":"a"}]}', '{"rows":1}', "3"])("%j is no line of an answer", (line) => {
  expect(readQueryLine(line)).toBeUndefined();
});

test.each([{ sql: "select 1" }, { sql: "", limit: 0 }, { stream: "orders" }, { stream: "orders", metadata: true, limit: 5 }])(
  "%j is a question",
  (value) => {
    expect(readQuery(value)).toBe(value);
  },
);

test.each([null, [], {}, { sql: 1 }, { sql: "a", stream: "b" }, { sql: "a", metadata: true }, { stream: "a", limit: -1 }])(
  "%j is no question",
  (value) => {
    expect(readQuery(value)).toBeUndefined();
  },
);
