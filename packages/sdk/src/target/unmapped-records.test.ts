/** Maps inside the load: records that an expression fails on, records that are flattened after they are mapped, and partial records. */
import { describeMapCount, type MapCount, type StreamSummary } from "@tapline/protocol";
import { expect, test } from "vitest";
import { memoryTarget, pieces, run, schema, settings, state } from "../../test/memory-target.ts";
import type { Target } from "./define.ts";
import type { TargetSettings } from "./settings.ts";

const typed = { id: { type: "integer" }, text: { type: "string" } };
const row = (id: number, text: string): string => JSON.stringify({ type: "RECORD", stream: "s", record: { id, text } }).concat("\n");
const maps = { stream_maps: { s: { n: "int(text)", __alias__: "t" } } };
const input = () => pieces(schema("s", ["id"], typed) + row(1, "1") + row(2, "two") + state(1) + row(3, "three") + row(4, "4") + state(2));

async function load(config: Partial<TargetSettings>, given = input()) {
  const rows: Record<string, unknown>[] = [];
  const { target, kept } = memoryTarget({
    failWrite(written) {
      rows.push(written);
      return false;
    },
  });
  let summaries: StreamSummary[] = [];
  let counts: readonly MapCount[] = [];
  const ran = await run(target as unknown as Target, settings(config), given, {
    onSummary(all: StreamSummary[]) {
      summaries = all;
    },
    onMapped(all: readonly MapCount[]) {
      counts = all;
    },
  });
  return { ...ran, rows, kept, summaries, counts: counts.map(describeMapCount) };
}

test("a record that an expression fails on is rejected as the tap sent it, counted, and the run goes on", async () => {
  const { failure, states, rows, kept, summaries, counts } = await load({ ...maps, on_error: "reject" });
  expect(failure).toBeUndefined();
  expect(states).toEqual([2]);
  expect(rows).toMatchObject([
    { id: 1, n: 1 },
    { id: 4, n: 4 },
  ]);
  expect(kept).toMatchObject([
    { stream: "t", code: "map_failed", position: { line: 3 }, record: '{"id":2,"text":"two"}', definition: null },
    {
      stream: "t",
      code: "map_failed",
      position: { line: 5 },
      record: '{"id":3,"text":"three"}',
      reason: expect.stringContaining("int(text)"),
    },
  ]);
  expect(summaries).toMatchObject([{ stream: "t", received: 4, loaded: 2, rejected: 2 }]);
  expect(counts).toEqual(["s: 4 received, 4 passed as t"]);
});

test("by default it ends the run, and so it does over max_rejects", async () => {
  const { failure, states } = await load(maps);
  expect([failure, states]).toMatchObject([{ code: "map_failed", position: { stream: "s", line: 3 } }, []]);
  expect((await load({ ...maps, on_error: "reject", max_rejects: 1 })).failure).toMatchObject({ code: "too_many_rejects" });
});

test("records are mapped, then flattened: expressions see the nested value, columns are made of the result", async () => {
  const nested = { id: { type: "integer" }, who: { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } } } };
  const record = { type: "RECORD", stream: "s", record: { id: 1, who: { name: "Ann", age: 7 } } };
  const config = {
    stream_maps: { s: { first: "who['name'].upper()", person: "who", who: null } },
    flattening_enabled: true,
    flattening_max_depth: 1,
  };
  const { failure, rows } = await load(config, pieces(`${schema("s", ["id"], nested)}${JSON.stringify(record)}\n${state(1)}`));
  expect(failure).toBeUndefined();
  expect(rows[0]).toMatchObject({ id: 1, first: "ANN", person__name: "Ann", person__age: 7 });
});
