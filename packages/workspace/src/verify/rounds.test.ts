/** A dozen rounds of planted differences, of which `npm run test:long verify` plays two thousand. */
import { describe, expect, test } from "vitest";
import { roundDatabases } from "./round-databases.ts";
import { playRound, type RoundKind } from "./rounds.ts";

const databases = roundDatabases();

const kinds: readonly RoundKind[] = ["postgres-duckdb", "duckdb-parquet"];

describe.each(kinds)("%s", (kind) => {
  test.each([1, 2, 3, 4, 5, 6])("round %i finds what was planted, and nothing else", async (seed) => {
    const { found, expected, report } = await playRound(databases(), kind, seed);
    expect(report.failure).toBeUndefined();
    expect(found).toEqual(expected);
    expect(report.verdict).toBe(expected.length === 0 ? "equal" : "different");
  });
});
