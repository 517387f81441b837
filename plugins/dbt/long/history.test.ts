/**
 * Thirty days of exports, with changes, deletes, late files and repeated files, through the real targets into both databases: each day the
 * history from dbt equals, row for row, what a simple program computes from the same events.
 * Covers: plugins/dbt/src/generate, plugins/dbt/long/history.test.ts, plugins/dbt/test
 */
import { createHash } from "node:crypto";
import { expect, type TestContext, test } from "vitest";
import { days, type Event, message, stock } from "../test/days.ts";
import { readHistory } from "../test/read-history.ts";
import { referenceHistory } from "../test/reference-history.ts";
import { adapters, schemaMessage, type Warehouse, warehouse } from "../test/warehouse.ts";
import bars from "./history.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const { seed, days: dayCount } = bars;
const model = "stock_history";
const digests = new Map<string, string>();

test.for(adapters)(
  "thirty days on %s: day by day and rebuilt, the history equals the reference",
  async (adapter, { task }: TestContext) => {
    const place = await warehouse(adapter);
    place.generate([stock]);
    const loads: Event[][] = [];
    for (const today of days(seed, dayCount)) {
      await place.load([schemaMessage(stock), ...today.map(message)]);
      loads.push(today);
      await place.dbtDone("run", "--select", model);
      expect(await readHistory(place), `day ${loads.length}`).toEqual(referenceHistory(loads));
    }
    const before = await whole(place);
    // Without new rows, nothing is written.
    const trace = await writes(place);
    await place.load([schemaMessage(stock), ...loads.flat().slice(-60).map(message)]);
    await place.dbtDone("run", "--select", model);
    expect(await writes(place)).toEqual(trace);
    // The generated tests pass.
    expect((await place.dbtDone("build")).output).toContain("ERROR=0");
    await place.dbtDone("run", "--select", model, "--full-refresh");
    expect(await whole(place)).toEqual(before);
    task.meta.result = { seed, days: dayCount, events: loads.flat().length, versions: before.length };
    digests.set(adapter, digest(await readHistory(place)));
  },
);

test("both databases have the same history", () => {
  expect([...digests.keys()]).toEqual([...adapters]);
  expect(new Set(digests.values()).size).toBe(1);
});

/** Each row, with its position in the log. */
function whole(place: Warehouse): Promise<(string | null)[][]> {
  return place.read("SELECT * FROM stock_history ORDER BY item_name, site, valid_from");
}

/** A value that changes when a row is written again. */
function writes(place: Warehouse): Promise<(string | null)[][]> {
  const row = place.adapter === "duckdb" ? "rowid" : "xmin, ctid";
  return place.read(`SELECT ${row}, item_name, site FROM stock_history ORDER BY item_name, site, valid_from`);
}

const digest = (lines: readonly string[]): string => createHash("sha256").update(lines.join("\n")).digest("hex");
