/**
 * A thousand files dropped into an inbox while fifty runs are killed at random moments between the claim of the first file and the record of the last:
 * each row is loaded exactly once, each file is put away once, copies of files that were loaded are put aside, and nobody is told anything twice. Append-only, into DuckDB.
 * Covers: packages/runner/src/files, packages/runner/src/pipe-run, packages/runner/src/state, plugins/tap-csv/src/bookmark, plugins/tap-csv/src/find, packages/workspace/src/file-life.ts, packages/workspace/long/file-life.test.ts
 */
import { rmSync } from "node:fs";
import { seededRandom } from "@tapline/testing/seeded-random";
import { expect, type TestContext, test } from "vitest";
import { fileProject } from "../src/file-life.ts";
import bars from "./file-life.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

test("files are loaded and put away once under kills", async ({ task }: TestContext) => {
  const made = fileProject({ isToldOf: true });
  try {
    const random = seededRandom(bars.seed);
    const perRound = Math.ceil(bars.files / bars.kills);
    let dropped = 0;
    let copies = 0;
    let killed = 0;
    for (let round = 0; round < bars.kills; round++) {
      for (let index = 0; index < perRound && dropped < bars.files; index++, dropped++)
        made.drop(`orders-${String(dropped).padStart(4, "0")}.csv`, `id,v\n${dropped}-a,x\n${dropped}-b,x\n`);
      // The first file was loaded long ago, so this is a copy in each round but the first.
      if (round > 0 && round % 10 === 0) {
        made.drop(`orders-copy-${round}.csv`, "id,v\n0-a,x\n0-b,x\n");
        copies++;
      }
      const isDue = momentOf(random, () => made.files("archive").length);
      if (await made.kill(isDue)) killed++;
    }
    let runs = 0;
    while (made.files("inbox").length > 0 && runs++ < 5) expect((await made.tapline("run", "load")).code).toBe(0);
    const ids = await made.ids();
    expect([...ids].filter(([, times]) => times !== 1)).toEqual([]);
    expect(ids.size).toBe(2 * bars.files);
    const archived = made.files("archive");
    const of = (outcome: string): string[] => archived.filter((path) => path.startsWith(`archive/${outcome}/`));
    expect({ success: of("success").length, duplicate: of("duplicate").length, all: archived.length, inbox: made.files("inbox") }).toEqual({
      success: bars.files,
      duplicate: copies,
      all: bars.files + copies,
      inbox: [],
    });
    for (const path of of("success")) expect(made.record(path)).toMatchObject({ outcome: "success", rows_read: 2 });
    const listed = (await made.tapline("files", "list", "--limit", String(2 * bars.files), "--json")).stdout.trim().split("\n");
    expect(listed).toHaveLength(bars.files + copies);
    const told = made.told();
    expect(told.filter(({ event }) => event === "failure").length).toBeGreaterThan(0);
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    task.meta.result = { files: bars.files, rounds: bars.kills, killed, copies, told: told.length };
  } finally {
    rmSync(made.folder, { recursive: true, force: true });
  }
});

/** A third each: after a time, when the run begins to move files, and after it moved some. */
function momentOf(random: () => number, moved: () => number): () => boolean {
  const [kind, part] = [random(), random()];
  const [begun, before] = [Date.now(), moved()];
  if (kind < 1 / 3) return () => Date.now() - begun > 500 + part * 5000;
  const after = kind < 2 / 3 ? 1 : 1 + Math.floor(part * 15);
  return () => moved() - before >= after;
}
