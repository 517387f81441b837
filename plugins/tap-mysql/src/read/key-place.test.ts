import { expect, test } from "vitest";
import type { MysqlColumn } from "../discover/tables.ts";
import { type FoundType, wireType } from "../discover/types.ts";
import { isAfter } from "./key-place.ts";

const column = (name: string, type: Partial<FoundType>): MysqlColumn => {
  const found = { name: "int", spelled: "int", precision: undefined, scale: undefined, charset: undefined, isJson: false, ...type };
  return { name, wire: wireType(found, { datesAsText: false, booleans: false }) } as MysqlColumn;
};

test("the rows after a key of one column, and of several", () => {
  expect(isAfter([column("id", {})], ["7"])).toBe("t.`id` > 7");
  expect(
    isAfter([column("a", {}), column("b", { name: "varchar", charset: "latin1" }), column("c`", { name: "binary" })], ["-1", "é'", "00ff"]),
  ).toBe(
    "t.`a` >= -1 AND (t.`a` > -1 OR (t.`a` = -1 AND (t.`b` > _utf8mb4 X'c3a927' OR (t.`b` = _utf8mb4 X'c3a927' AND t.`c``` > X'00ff'))))",
  );
});

test("a state that is no number can't become SQL", () => {
  expect(isAfter([column("id", {})], ["1 OR 1=1"])).toBe(`t.\`id\` > _utf8mb4 X'${Buffer.from("1 OR 1=1").toString("hex")}'`);
});
