import type { StreamSummary, TableChange } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import { memoryTarget, pieces, row, run, schema, settings, state } from "../../test/memory-target.ts";
import type { Target, TargetStream } from "./define.ts";
import { describeChange } from "./table-changes.ts";

/** A memory target that reports a change whenever its stream is opened or altered. */
function changingTarget(faults = {}) {
  const { target, ...rest } = memoryTarget(faults);
  const report = (stream: TargetStream): void => {
    for (const column of Object.keys(stream.schema.properties ?? {})) stream.changed?.({ kind: "column_added", column, to: "BIGINT" });
  };
  return {
    ...rest,
    target: {
      ...target,
      async open(config: never) {
        const sink = await target.open(config);
        return {
          ...sink,
          async open(stream: TargetStream) {
            report(stream);
            const writer = await sink.open(stream);
            return {
              ...writer,
              async alter(next: TargetStream) {
                report(next);
                await writer.alter(next);
              },
            };
          },
        };
      },
    } as unknown as Target,
  };
}

async function loaded(text: string, faults = {}) {
  const reported: [string, TableChange][] = [];
  let summaries: StreamSummary[] = [];
  const { target } = changingTarget(faults);
  const { states, failure } = await run(target, settings({ batch_size_rows: 1 }), pieces(text), {
    onChange: (stream: string, change: TableChange) => reported.push([stream, change]),
    onSummary: (all: StreamSummary[]) => {
      summaries = all;
    },
  });
  return { reported, summaries, states, failure };
}

describe("changes of a stream's table", () => {
  const added = (column: string): TableChange => ({ kind: "column_added", column, to: "BIGINT" });

  test("are reported once each, after their commit, and are in the stream's summary", async () => {
    const text = schema("a") + row("a", 1) + state(1) + schema("a", [], { b: {} }) + row("a", 2) + schema("c") + state(2);
    const { reported, summaries } = await loaded(text);
    expect(reported).toEqual([
      ["a", added("id")],
      ["a", added("b")],
      ["c", added("id")],
    ]);
    expect(summaries).toMatchObject([
      { stream: "a", changes: [added("id"), added("b")] },
      { stream: "c", changes: [added("id")] },
    ]);
  });

  test("that were rolled back are not reported", async () => {
    const text = schema("a") + row("a", 1) + state(1) + schema("a", [], { b: {} }) + row("a", 2) + state(2);
    const { reported, states, failure } = await loaded(text, { failWrite: ({ id }: { id?: unknown }) => id === 2 });
    expect([(failure as Error).message, states]).toEqual(["refused", [1]]);
    expect(reported).toEqual([["a", added("id")]]);
  });

  test("a stream without any has none in its summary", async () => {
    let summaries: StreamSummary[] = [];
    const onSummary = (all: StreamSummary[]): void => {
      summaries = all;
    };
    await run(memoryTarget().target as unknown as Target, settings(), pieces(schema("a") + row("a", 1)), { onSummary });
    expect(summaries[0]).not.toHaveProperty("changes");
  });
});

test.each<[TableChange, string]>([
  [{ kind: "table_created", to: "shop.items" }, 'stream "items": a new table "shop.items"'],
  [{ kind: "table_renamed", from: "Items", to: "items_1a2b" }, 'stream "items": its table is "items_1a2b"'],
  [{ kind: "column_added", column: "note", to: "VARCHAR" }, 'stream "items": a new column "note" VARCHAR'],
  [
    { kind: "column_widened", column: "price", from: "BIGINT", to: "HUGEINT" },
    'stream "items": column "price" was BIGINT and is now HUGEINT',
  ],
  [{ kind: "column_renamed", column: "Né", from: "Né", to: "ne" }, 'stream "items": the property "Né" is in the column "ne"'],
  [
    { kind: "column_kept_apart", column: "price", from: "BIGINT", to: "price__text" },
    `stream "items": values of "price" that don't fit its column (BIGINT) are in the column "price__text"`,
  ],
  [
    { kind: "column_absent", column: "old" },
    'stream "items": column "old" is no longer sent; rows that are updated keep their value there',
  ],
  [{ kind: "key_changed", from: "id", to: "id, region" }, 'stream "items": its key was id and is now id, region'],
  [{ kind: "view_remade", to: "v" }, 'stream "items": the view "v" was made again, for its table changed'],
])("%j in words", (change, sentence) => {
  expect(describeChange("items", change)).toBe(sentence);
});
