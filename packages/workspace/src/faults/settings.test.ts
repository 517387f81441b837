/** So many rounds as the long suite has meet every pair of settings, whatever the seed; the same seed draws the same rounds. */
import { expect, test } from "vitest";
import { faults } from "./faults.ts";
import { randomFrom } from "./random.ts";
import { levelsOf } from "./rounds.ts";
import { drawSettings, levels, pairsMissing } from "./settings.ts";

test.each(faults)("50 rounds of $name meet every pair", (fault) => {
  for (const seed of ["a", "b", "c"]) {
    const rounds = drawSettings(levelsOf(fault), randomFrom(seed), 50);
    expect(pairsMissing(levelsOf(fault), rounds)).toEqual([]);
  }
});

test("a pair that was not met is named", () => {
  const [first] = drawSettings(levels, randomFrom("a"), 1);
  const missing = pairsMissing(levels, first === undefined ? [] : [first]);
  expect(missing).toContain(`target ${first?.target === "duckdb" ? "postgres" : "duckdb"}, streams 1`);
  expect(missing).not.toContain(`target ${first?.target}, streams ${first?.streams}`);
});

test("a seed draws the same rounds again, the first ones of more the same too", () => {
  expect(drawSettings(levels, randomFrom("a"), 2)).toEqual(drawSettings(levels, randomFrom("a"), 50).slice(0, 2));
  expect(drawSettings(levels, randomFrom("a"), 5)).not.toEqual(drawSettings(levels, randomFrom("b"), 5));
});
