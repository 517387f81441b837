import { expect, test } from "vitest";
import { diffLines, withoutFarLines } from "./diff.ts";

const short = { same: " ", removed: "-", added: "+" };
const shown = (before: string, after: string): string[] => diffLines(before, after).map(({ kind, text }) => short[kind] + text);

test("what changed stands between what stayed", () => {
  expect(shown("a\nb\nc\nd", "a\nx\nc\ny\nd")).toEqual([" a", "-b", "+x", " c", "+y", " d"]);
});

test("equal texts have no change, and ends are not counted twice", () => {
  expect(shown("a\na", "a\na")).toEqual([" a", " a"]);
  expect(shown("a\na", "a")).toEqual([" a", "-a"]);
  expect(shown("", "a")).toEqual(["+a"]);
});

test("each side can be read out of the diff", () => {
  const [before, after] = ["1\n2\n3\n4\n5\n6", "0\n2\n4\n3\n5\n7\n6"];
  const diff = diffLines(before, after);
  const side = (other: string): string => diff.flatMap(({ kind, text }) => (kind === other ? [] : [text])).join("\n");
  expect([side("added"), side("removed")]).toEqual([before, after]);
});

test("very long texts are replaced whole", () => {
  const many = (letter: string): string => Array.from({ length: 3000 }, (_, index) => letter + index).join("\n");
  expect(diffLines(many("a"), many("b"))).toHaveLength(6000);
});

test("lines far from a change are left out", () => {
  const diff = diffLines("1\n2\n3\n4\n5\n6\n7", "1\n2\n3\nx\n5\n6\n7");
  expect(withoutFarLines(diff, 1).map((line) => line?.text ?? "…")).toEqual(["…", "3", "4", "x", "5", "…"]);
});
