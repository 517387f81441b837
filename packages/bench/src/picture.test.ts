import { expect, test } from "vitest";
import { picture } from "./picture.ts";
import { compare } from "./result.ts";

test("a bar is as long as its ratio, up to a most; what has no time has no bar", () => {
  const results = [
    compare("a & b, wall", 2, "s", ["the limit", 1], 3),
    compare("slow, wall", 9, "s", ["the limit", 1], 3),
    compare("peak memory", 2, "MB", ["bar", 1], 3),
    { name: "left out, wall", beside: "peer", verdict: "wrong" as const, reason: "a row is missing" },
  ];
  const svg = picture({ commit: "c", machine: "m", duckdb: { measured_at: "2026-01-01", rows: 1, rounds: 1, results } });
  expect(svg.match(/<rect x=[^>]* width="([\d.]+)"/g)).toEqual([
    '<rect x="470" y="30" width="165.0"',
    '<rect x="470" y="56" width="330.0"',
  ]);
  expect(svg).toContain("a &amp; b / the limit</text>");
  expect(svg).toContain(">9.00x<");
});
