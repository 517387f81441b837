/** A load that is killed at random moments: no file is half, nothing is lost or doubled, and what no manifest lists is swept. */
import { join } from "node:path";
import { seededRandom } from "@tapline/testing/seeded-random";
import { test } from "vitest";
import { temporaryFolder } from "./load-lines.ts";
import { loadUnderFire } from "./under-fire.ts";

test.each([
  ["appends", []],
  ["upserts", ["id"]],
])(
  "%s, 10 kills at random moments: each time the ledger and the rows of both streams agree, and at the end every row is there once",
  async (_, keys) => {
    const random = seededRandom(19);
    let kills = 0;
    // A load that ends before its kill leaves the rest of the kills to another folder.
    while (kills < 10) {
      const folder = temporaryFolder();
      const lake = join(folder, "lake");
      kills += await loadUnderFire({ settings: { destination_path: lake }, look: async () => lake }, folder, keys, 10 - kills, random);
    }
  },
  240_000,
);
