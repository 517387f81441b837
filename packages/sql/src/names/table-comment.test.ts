import { expect, test } from "vitest";
import { keyOfComment, streamOfComment, tableComment } from "./table-comment.ts";

test.each<[string, string[]]>([
  ["orders", []],
  ["orders", ["id"]],
  ['a "by ["x"] b\\', ['"', "two words", "]"]],
])("the stream %s and the key %j are read back", (stream, key) => {
  const comment = tableComment(stream, key);
  expect([streamOfComment(comment), keyOfComment(comment)]).toEqual([stream, key]);
});

test("a comment of an older version names no key", () => {
  expect([streamOfComment('tapline: stream "orders"'), keyOfComment('tapline: stream "orders"')]).toEqual(["orders", []]);
});

test.each([null, undefined, "", "mine", "tapline: stream orders", 'tapline: stream "a" and more'])("%j is another's comment", (comment) => {
  expect([streamOfComment(comment), keyOfComment(comment)]).toEqual([undefined, []]);
});
