import type { StreamSummary } from "@tapline/protocol";
import { encodeMessage, type SchemaMessage, TaplineError } from "@tapline/protocol";
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { memoryTarget, pieces, row, run, schema, settings, state } from "../../test/memory-target.ts";
import { defineTarget, type Target, type TargetStream } from "./define.ts";
import { load, Stopped } from "./load.ts";

describe("the cut", () => {
  test("whatever the budget and the interleaving, a STATE is emitted when exactly the rows before it are durable", async () => {
    const message = fc.oneof({ weight: 6, arbitrary: fc.constantFrom("a", "b", "c") }, { weight: 1, arbitrary: fc.constant("STATE") });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { maxLength: 120 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.option(fc.integer({ min: 1, max: 20 })),
        fc.integer({ min: 1, max: 999 }),
        fc.boolean(),
        async (messages, budget, rows, chunk, eager) => {
          let text = ["a", "b", "c"].map((s) => schema(s)).join("");
          const before: string[][] = [];
          const sent: string[] = [];
          for (const [id, m] of messages.entries()) {
            if (m === "STATE") {
              text += state({ n: before.length });
              before.push([...sent]);
            } else {
              text += row(m, id);
              sent.push(`${m}${id}`);
            }
          }
          const { target, durable } = memoryTarget();
          const config = settings({
            batch_max_bytes: budget,
            commit_after_ms: eager ? 0 : 60_000,
            ...(rows === null ? {} : { batch_size_rows: rows }),
          });
          let last = -1;
          for await (const value of load(target as unknown as Target, config, pieces(text, chunk))) {
            const n = (value as { n: number }).n;
            expect(n).toBeGreaterThan(last);
            last = n;
            const covered = n === before.length - 1 && durable.length === sent.length ? sent : (before[n] as string[]);
            expect([...durable].sort()).toEqual([...covered].sort());
          }
          expect([...durable].sort()).toEqual([...sent].sort());
          expect(last).toBe(before.length - 1);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("batch_size_rows commits at the first STATE at or past so many rows", async () => {
    const { target, log } = memoryTarget();
    const text = schema("a") + row("a", 1) + state(1) + row("a", 2) + row("a", 3) + state(2) + row("a", 4) + state(3);
    expect((await run(target as unknown as Target, settings({ batch_size_rows: 3 }), pieces(text))).states).toEqual([2, 3]);
    expect(log.filter((l) => l.startsWith("commit"))).toEqual(["commit 3", "commit 4"]);
  });

  test("a quiet tap delays no commit: the timer commits what is before the last STATE", async () => {
    const { target, durable } = memoryTarget();
    async function* quiet() {
      yield* pieces(schema("a") + row("a", 1) + state(1) + row("a", 2));
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(durable).toEqual(["a1"]);
    }
    expect((await run(target as unknown as Target, settings({ commit_after_ms: 50 }), quiet())).states).toEqual([1]);
    expect(durable).toEqual(["a1", "a2"]);
  });

  test("rows after a cut keep their age when it is committed: they don't wait for another commit_after_ms", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { target, log } = memoryTarget();
    async function* slow() {
      yield* pieces(schema("a") + row("a", 1) + state(1) + row("a", 2));
      await vi.advanceTimersByTimeAsync(1000);
      log.push("1000 ms");
      await vi.advanceTimersByTimeAsync(10);
      yield* pieces(state(2));
      log.push("STATE 2 was read");
      await vi.advanceTimersByTimeAsync(1000);
    }
    const config = settings({ commit_after_ms: 1000 });
    expect((await run(target as unknown as Target, config, slow())).states).toEqual([1, 2]);
    expect(log.filter((line) => !/^(open|write|closed)/.test(line))).toEqual(["commit 1", "1000 ms", "commit 2", "STATE 2 was read"]);
  });

  test("of STATEs without rows, those of a second are one commit: the first at once, the last of them a second later", async () => {
    const { target } = memoryTarget();
    async function* idle() {
      yield* pieces(schema("a") + state(1) + state(2) + state(3));
      await new Promise((resolve) => setTimeout(resolve, 1300));
      yield* pieces(state(4) + state(5));
    }
    expect((await run(target as unknown as Target, settings(), idle())).states).toEqual([1, 3, 5]);
  });

  test("stopped by its signal it commits up to the last STATE, drops the rest and throws Stopped", async () => {
    const { target, durable } = memoryTarget();
    const stop = new AbortController();
    async function* endless() {
      yield* pieces(schema("a") + row("a", 1) + state(1) + row("a", 2));
      setTimeout(() => stop.abort(), 20);
      await new Promise(() => {});
    }
    const { states, failure } = await run(target as unknown as Target, settings(), endless(), { signal: stop.signal });
    expect([states, durable]).toEqual([[1], ["a1"]]);
    expect(failure).toBeInstanceOf(Stopped);
  });

  test("a stop keeps the rows before the last STATE though more has arrived than the budget holds", async () => {
    const { target, durable, log } = memoryTarget();
    const stop = new AbortController();
    const rows = (first: number, count: number) => Array.from({ length: count }, (_, at) => row("a", first + at)).join("");
    async function* endless() {
      yield* pieces(schema("a") + rows(100, 20) + state(1) + rows(120, 45));
      setTimeout(() => stop.abort(), 20);
      await new Promise(() => {});
    }
    const config = settings({ batch_max_bytes: rows(100, 50).length });
    const { states, failure } = await run(target as unknown as Target, config, endless(), { signal: stop.signal });
    expect([states, durable.length]).toEqual([[1], 20]);
    expect(log).toEqual(["open a append-only", "write a 20", "commit 20", "closed"]);
    expect(failure).toBeInstanceOf(Stopped);
  });

  test("rows after the cut that are already handed over are dropped with the whole transaction", async () => {
    const { target, durable, log } = memoryTarget();
    const text = `${schema("a") + row("a", 1) + state(1) + row("a", 2)}broken\n`;
    const { states, failure } = await run(target as unknown as Target, settings({ batch_max_bytes: 1 }), pieces(text));
    expect([states, durable, log.includes("rollback")]).toEqual([[], [], true]);
    expect(failure).toMatchObject({ code: "invalid_json", position: { line: 5 } });
  });

  test("a broken input keeps the rows before the last STATE, and none after it", async () => {
    const { target, durable } = memoryTarget();
    const { states, failure } = await run(
      target as unknown as Target,
      settings(),
      pieces(`${schema("a") + row("a", 1) + state(1) + row("a", 2)}{"type":"RECORD","str`),
    );
    expect([states, durable]).toEqual([[1], ["a1"]]);
    expect(failure).toMatchObject({ code: "cut_line", position: { line: 5 } });
  });
});

describe("rows", () => {
  test("one that does not fit its schema stops the load with its position and type, and keeps nothing after the last commit", async () => {
    const { target, durable } = memoryTarget();
    const { failure } = await run(target as unknown as Target, settings(), pieces(schema("a") + row("a", 1) + row("a", '"x"') + state(1)));
    expect(failure).toMatchObject({
      code: "record_invalid",
      position: { stream: "a", line: 3, column: "id" },
      message: expect.stringContaining('must be integer; it is the string "x"'),
    });
    expect(durable).toEqual([]);
  });

  test("validate_records: false leaves the check to the target", async () => {
    const { target, durable } = memoryTarget();
    await run(target as unknown as Target, settings({ validate_records: false }), pieces(schema("a") + row("a", '"x"')));
    expect(durable).toEqual(["ax"]);
  });

  test("one that the target refuses long after it was handed over counts as rejected, and is kept as the target gives it", async () => {
    const { target } = memoryTarget();
    const kept: unknown[] = [];
    const late = defineTarget({
      ...target,
      async open(config) {
        const sink = await target.open(config);
        let refuse = (): void => {};
        return {
          ...sink,
          async open(stream) {
            const writer = await sink.open(stream);
            const error = new TaplineError({ code: "late", message: "too late", hint: "", class: "data", recovery: "skip" });
            refuse = () => stream.reject?.(error, '{"id":1}');
            return { ...writer, write: async () => {}, keepRejects: async (rejects) => void kept.push(...rejects) };
          },
          async settle() {
            refuse();
          },
        };
      },
    });
    let summaries: StreamSummary[] = [];
    const options = {
      onSummary: (all: StreamSummary[]) => {
        summaries = all;
      },
    };
    await run(late as unknown as Target, settings({ on_error: "reject" }), pieces(schema("a") + row("a", 1)), options);
    expect(summaries).toMatchObject([{ received: 1, loaded: 0, rejected: 1 }]);
    expect(kept).toMatchObject([{ stream: "a", position: {}, code: "late", reason: "too late", record: '{"id":1}' }]);
  });

  test("integers beyond 2^53 pass the check", async () => {
    const { target } = memoryTarget();
    expect(
      (await run(target as unknown as Target, settings(), pieces(schema("a") + row("a", "9007199254740993")))).failure,
    ).toBeUndefined();
  });

  test("a failing write rolls back and yields no STATE", async () => {
    const { target, durable, log } = memoryTarget({ failWrite: (r) => r.id === 2 });
    const { states, failure } = await run(
      target as unknown as Target,
      settings(),
      pieces(schema("a") + row("a", 1) + state(1) + row("a", 2) + state(2)),
    );
    expect([states, durable, (failure as Error).message]).toEqual([[], [], "refused"]);
    expect(log.slice(-2)).toEqual(["rollback", "closed"]);
  });

  test("a target that loses a row is caught before its STATE is emitted", async () => {
    const { target } = memoryTarget({ loseRow: true });
    const { states, failure } = await run(
      target as unknown as Target,
      settings(),
      pieces(schema("a") + row("a", 1) + row("a", 2) + state(1)),
    );
    expect(states).toEqual([]);
    expect(failure).toMatchObject({ code: "counts_disagree" });
  });

  test("the metadata columns: _sdc_extracted_at from the tap, _sdc_sequence rising over all streams", async () => {
    const rows: Record<string, unknown>[] = [];
    const { target } = memoryTarget({ failWrite: (r) => rows.push(r) === 0 });
    const text = `${schema("a") + schema("b")}{"type":"RECORD","stream":"a","record":{"id":1},"time_extracted":"2026-01-02T03:04:05Z","version":7}\n${row("b", 2)}${row("a", 3)}`;
    await run(target as unknown as Target, settings({ add_record_metadata: true }), pieces(text));
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ id: 1, _sdc_extracted_at: "2026-01-02T03:04:05Z", _sdc_table_version: 7, _sdc_deleted_at: null });
    const sequences = rows.map((r) => r._sdc_sequence as number);
    expect(new Set(sequences).size).toBe(3);
    for (const r of rows) expect(Object.keys(r)).toHaveLength(8);
  });
});

describe("schemas and methods", () => {
  test("an equal SCHEMA changes nothing; another one hands the rows over first, under the old one", async () => {
    const { target, log } = memoryTarget();
    const text = schema("a") + row("a", 1) + schema("a") + row("a", 2) + schema("a", [], { b: {} }) + row("a", 3);
    await run(target as unknown as Target, settings(), pieces(text));
    expect(log).toEqual(["open a append-only", "write a 2", "alter a id,b", "write a 1", "commit 3", "closed"]);
  });

  test("a SCHEMA that changes after the last STATE waits with its rows: a commit there stays possible", async () => {
    const { target, durable, log } = memoryTarget();
    const text = `${schema("a") + row("a", 1) + state(1) + row("a", 2) + schema("a", [], { b: {} }) + row("a", 3)}broken\n`;
    const { states } = await run(target as unknown as Target, settings(), pieces(text));
    expect([states, durable]).toEqual([[1], ["a1"]]);
    expect(log).toEqual(["open a append-only", "write a 1", "commit 1", "closed"]);
  });

  test("references are followed within the schema; what leads out of it or means nothing is ignored with one warning", async () => {
    const types: unknown[] = [];
    const { target } = memoryTarget();
    const seeing = {
      ...target,
      async open(config: never) {
        const sink = await target.open(config);
        return {
          ...sink,
          open(stream: TargetStream) {
            types.push(stream.schema.properties);
            return sink.open(stream);
          },
        };
      },
    };
    const definitions = { id: { type: "integer" } };
    const wild = { $ref: "https://example.com/x", description: "d" };
    const message = {
      type: "SCHEMA",
      stream: "a",
      key_properties: ["id"],
      schema: { definitions, properties: { id: { $ref: "#/definitions/id" }, x: wild, y: wild, z: { type: "date" } } },
    } as const;
    const warnings: string[] = [];
    const text = encodeMessage(message as unknown as SchemaMessage) + row("a", 1);
    const warn = (warning: string): void => void warnings.push(warning);
    const { failure } = await run(seeing as unknown as Target, settings(), pieces(text + text), { warn });
    expect(failure).toBeUndefined();
    expect(types).toEqual([{ id: { type: "integer" }, x: { description: "d" }, y: { description: "d" }, z: {} }]);
    expect(warnings).toEqual([
      `the SCHEMA of stream "a" has a keyword that can't be followed, so it is ignored: $ref is the string "https://example.com/x", at /properties/x and 1 more`,
      `the SCHEMA of stream "a" has a keyword that can't be followed, so it is ignored: type is the string "date", at /properties/z`,
    ]);
    const refused = await run(memoryTarget().target as unknown as Target, settings(), pieces(text + row("a", '"x"')));
    expect(refused.failure).toMatchObject({ code: "record_invalid", position: { line: 3, column: "id" } });
  });

  test("upsert where there are keys, append-only where there are none or where it is set", async () => {
    for (const [method, expected] of [
      [undefined, "upsert"],
      ["append-only", "append-only"],
      ["append", "append-only"],
    ] as const) {
      const { target, log } = memoryTarget();
      await run(target as unknown as Target, settings(method === undefined ? {} : { load_method: method }), pieces(schema("a", ["id"])));
      expect(log[0]).toBe(`open a ${expected}`);
    }
  });

  test("a key that is no column, a BATCH message in a format that nobody reads, and one before its SCHEMA", async () => {
    const target = memoryTarget().target as unknown as Target;
    expect((await run(target, settings(), pieces(schema("a", ["nope"])))).failure).toMatchObject({ code: "key_property_missing" });
    const batch = encodeMessage({ type: "BATCH", stream: "a", encoding: { format: "avro" }, manifest: ["file:///x"] });
    expect((await run(target, settings(), pieces(schema("a") + batch))).failure).toMatchObject({ code: "batch_unsupported" });
    expect((await run(target, settings(), pieces(batch))).failure).toMatchObject({ code: "record_before_schema" });
  });

  test("the summary accounts for every row", async () => {
    const { target } = memoryTarget();
    let summaries: StreamSummary[] = [];
    await run(target as unknown as Target, settings(), pieces(schema("a") + row("a", 1) + row("a", 2)), {
      onSummary: (s: StreamSummary[]) => {
        summaries = s;
      },
    });
    expect(summaries).toMatchObject([
      { stream: "a", received: 2, loaded: 2, inserted: 2, updated: 0, superseded: 0, rejected: 0, in_table: 2 },
    ]);
  });

  test("errors are TaplineErrors with a class, a hint and no stack in the message", async () => {
    const { failure } = await run(memoryTarget().target as unknown as Target, settings(), pieces(row("a", 1)));
    expect(failure).toBeInstanceOf(TaplineError);
    expect(failure).toMatchObject({ code: "record_before_schema", class: "protocol" });
  });
});
