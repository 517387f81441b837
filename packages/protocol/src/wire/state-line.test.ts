import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readStateLine } from "./state-line.ts";

describe("a target's stdout", () => {
  test("a STATE message gives its value with all digits", () => {
    expect(readStateLine('{"type":"STATE","value":{"id":12345678901234567891}}')).toBe('{"id":12345678901234567891}');
  });

  test("a bare state is read too", () => {
    expect(readStateLine('{"bookmarks":{}}')).toBe('{"bookmarks":{}}');
  });

  test.each([
    ['{"type":"STATE","value":3}'],
    ['{"type":"STATE","val'],
    ['{"type":"RECORD","stream":"x","record":{}}'],
    ['{"level":"info","event":"hello"}'],
    ["[1]"],
    ["done"],
  ])("%s is none", (line) => {
    expect(readStateLine(line)).toBeUndefined();
  });

  test("half a STATE line is never read as a state", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (value, part) => {
          const line = JSON.stringify({ type: "STATE", value });
          expect(readStateLine(line.slice(0, Math.floor(line.length * part)))).toBeUndefined();
        },
      ),
    );
  });
});
