/** How a load ends: whole and broken inputs, overwrite, versions, rejects. */

import type { StreamSummary } from "@tapline/protocol";
import { encodeMessage, type Json } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import { memoryTarget, pieces, row, run, schema, settings, state } from "../../test/memory-target.ts";
import type { Target } from "./define.ts";
import { load, Stopped } from "./load.ts";
import type { LoadOptions } from "./load-options.ts";
import type { TargetSettings } from "./settings.ts";

const activate = (stream: string, version: number) => encodeMessage({ type: "ACTIVATE_VERSION", stream, version });

async function loaded(text: string, given: Partial<TargetSettings> = {}, options: LoadOptions = {}, faults = {}) {
  const { target, ...seen } = memoryTarget(faults);
  const warnings: string[] = [];
  let summaries: StreamSummary[] = [];
  const { states, failure } = await run(target as unknown as Target, settings(given), pieces(text), {
    warn: (message: string) => warnings.push(message),
    onSummary: (all: StreamSummary[]) => {
      summaries = all;
    },
    ...options,
  });
  return { ...seen, states, failure, warnings, summaries };
}

describe("the end of an input", () => {
  const text = schema("a") + row("a", 1) + state(1) + row("a", 2);

  test.each([
    [true, [1], ["a1", "a2"]],
    [false, [1], ["a1"]],
  ])("rows after the last STATE count only when the input is known to be whole: %s", async (whole, states, durable) => {
    const ended = await loaded(text, {}, { isWhole: async () => whole });
    expect([ended.states, ended.durable]).toEqual([states, durable]);
    if (whole) expect(ended.failure).toBeUndefined();
    else expect(ended.failure).toBeInstanceOf(Stopped);
  });

  test("a torn last line is no fault of the tap when the input is not whole", async () => {
    const { failure, states } = await loaded(`${text}{"type":"REC`, {}, { isWhole: async () => false });
    expect(failure).toBeInstanceOf(Stopped);
    expect(states).toEqual([1]);
  });
});

describe("a target that is stopped and reads the rest", () => {
  /** Sends the start, is told to stop, and goes on with the rest. */
  async function stopped(start: string, rest: () => AsyncIterable<string>, given: LoadOptions = { readsRest: true }) {
    const { target, durable } = memoryTarget();
    const stop = new AbortController();
    let read = 0;
    async function* input(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(start);
      stop.abort();
      for await (const text of rest()) {
        read += text.length;
        yield Buffer.from(text);
      }
    }
    const began = Date.now();
    const ended = await run(target as unknown as Target, settings(), input(), { signal: stop.signal, ...given });
    return { ...ended, durable, read, ms: Date.now() - began };
  }

  const start = schema("a") + row("a", 1);
  const left = async function* () {
    yield row("a", 2) + state(2);
    yield row("a", 3);
  };

  test("commits the last STATE that a tap sent before it failed, and drops the rows after it", async () => {
    const { states, durable, failure } = await stopped(start, left);
    expect([states, durable]).toEqual([[2], ["a1", "a2"]]);
    expect(failure).toBeInstanceOf(Stopped);
  });

  test("without it, what nobody has read is dropped", async () => {
    const { states, durable, failure } = await stopped(start, left, {});
    expect([states, durable]).toEqual([[], []]);
    expect(failure).toBeInstanceOf(Stopped);
  });

  const endless = (text: string, everyMs: number) =>
    async function* () {
      for (;;) {
        if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
        yield text;
      }
    };

  test.each([
    ["fast", endless(row("a", 2).repeat(1000) + state(2), 0), 2 * 1024 * 1024],
    ["a little now and then", endless(row("a", 2) + state(2), 50), 64 * 1024],
  ])("does not wait for a tap that still writes, %s", async (_how, rest, mostRead) => {
    const { states, read, ms, failure } = await stopped(start, rest);
    expect(states).toEqual([2]);
    expect(failure).toBeInstanceOf(Stopped);
    expect(read).toBeLessThan(mostRead);
    expect(ms).toBeLessThan(10_000);
  });

  test("nor for one that holds the pipe open and is silent", async () => {
    const silent = (): AsyncIterable<string> => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) });
    const { ms, failure } = await stopped(start + state(1), silent);
    expect(failure).toBeInstanceOf(Stopped);
    expect(ms).toBeLessThan(5000);
  });

  test("nor for the answer whether the input was whole", async () => {
    const { states, durable, failure } = await stopped(start, left, { readsRest: true, isWhole: () => new Promise<never>(() => {}) });
    expect([states, durable]).toEqual([[2], ["a1", "a2"]]);
    expect(failure).toBeInstanceOf(Stopped);
  });
});

describe("what was committed is reported at every end", () => {
  const text = schema("a") + schema("b") + row("a", 1) + state(1) + row("a", 2) + row("b", 3);
  const committed = [
    { stream: "a", received: 2, loaded: 1, inserted: 1, rejected: 0, not_committed: 1, table: "a" },
    { stream: "b", received: 1, loaded: 0, not_committed: 1 },
  ];

  test.each<[string, string, LoadOptions]>([
    ["an input that is not whole", text, { isWhole: async () => false }],
    ["a broken line", `${text}nonsense\n`, {}],
  ])("%s", async (_what, input, options) => {
    const { summaries, failure } = await loaded(input, {}, options);
    expect(failure).toBeDefined();
    expect(summaries).toMatchObject(committed);
    for (const summary of summaries) expect(summary).not.toHaveProperty("in_table");
  });

  test("a failure after a commit", async () => {
    const { summaries, durable } = await loaded(
      text + state(2),
      { commit_after_ms: 0 },
      {},
      { failWrite: (seen: Record<string, unknown>) => seen.id === 3 },
    );
    expect([summaries, durable]).toMatchObject([committed, ["a1"]]);
  });

  test("a reader that stops taking STATEs", async () => {
    const { target } = memoryTarget();
    let summaries: StreamSummary[] = [];
    const onSummary = (all: StreamSummary[]): void => {
      summaries = all;
    };
    for await (const _ of load(target as unknown as Target, settings({ commit_after_ms: 0 }), pieces(text), { onSummary })) break;
    expect(summaries).toMatchObject([{ stream: "a", received: 1, loaded: 1, not_committed: 0 }, { stream: "b" }]);
  });

  test("a whole input has no rows left, and its tables are counted unless the connection was lost after the commit", async () => {
    const { summaries } = await loaded(text);
    expect(summaries).toMatchObject([{ loaded: 2, in_table: 2 }, { loaded: 1 }]);
    for (const summary of summaries) expect(summary).not.toHaveProperty("not_committed");
    const lost = await loaded(text, {}, {}, { loseConnection: true });
    expect([lost.failure, lost.states]).toEqual([undefined, [1]]);
    expect(lost.summaries).toMatchObject([{ loaded: 2 }, { loaded: 1 }]);
    for (const summary of lost.summaries) expect(summary).not.toHaveProperty("in_table");
  });
});

describe("REPLACE_SOURCE", () => {
  const replace = (value: string, column = "f") => encodeMessage({ type: "REPLACE_SOURCE", stream: "a", column, value });
  const start = schema("a", [], { f: { type: "string" } });
  const steps = (log: string[]) => log.filter((line) => /^(write|alter|replace|commit|rollback)/.test(line));

  test("acts between the rows before it and those after it, in the commit of the next STATE", async () => {
    const text = start + row("a", 1) + state(1) + row("a", 2) + replace("x.csv") + row("a", 3) + state(2);
    expect(steps((await loaded(text)).log)).toEqual(["write a 2", "replace a f x.csv", "write a 1", "commit 3"]);
    expect(steps((await loaded(text, { commit_after_ms: 0 })).log)).toEqual([
      "write a 1",
      "commit 1",
      "write a 1",
      "replace a f x.csv",
      "write a 1",
      "commit 3",
    ]);
  });

  test("waits for its rows: a commit at the STATE before it does not delete, even where nothing of the stream waits", async () => {
    const text = start + row("a", 1) + state(1) + replace("x.csv") + row("a", 2);
    const torn = await loaded(text, {}, { isWhole: async () => false });
    expect([steps(torn.log), torn.states]).toEqual([["write a 1", "commit 1"], [1]]);
  });

  test("an end before the next STATE keeps the old rows: the source may have had more rows", async () => {
    const text = start + row("a", 1) + state(1) + replace("x.csv") + row("a", 2);
    const { log, states, failure } = await loaded(text);
    expect([steps(log), states]).toEqual([["write a 1", "commit 1"], [1]]);
    expect(failure).toMatchObject({ code: "replace_source_cut", position: { stream: "a" } });
    const handedOver = await loaded(text, { batch_max_bytes: 1 });
    expect([handedOver.durable, handedOver.log.at(-2), handedOver.failure]).toMatchObject([[], "rollback", { code: "replace_source_cut" }]);
  });

  test("a changed SCHEMA after it stays after it", async () => {
    const text = start + replace("x.csv") + schema("a", [], { f: {}, g: {} }) + row("a", 2) + state(1);
    expect(steps((await loaded(text)).log)).toEqual(["replace a f x.csv", "alter a id,f,g", "write a 1", "commit 1"]);
  });

  test.each<[string, string, object]>([
    ["before the stream's SCHEMA", replace("x.csv") + start, {}],
    ["of a column that the stream has not", start + replace("x.csv", "file"), {}],
    ["for a target that can't delete them", start + replace("x.csv"), { noSources: true }],
  ])("%s it is an error, never ignored", async (_what, text, faults) => {
    const { failure } = await loaded(text + state(1), {}, {}, faults);
    expect(failure).toMatchObject({ code: "replace_source_refused", position: { stream: "a" } });
  });
});

describe("overwrite", () => {
  const text = schema("a") + row("a", 1) + state(1) + row("a", 2) + state(2);

  test("commits once, at the end, whatever asks for a commit before", async () => {
    const { states, log } = await loaded(text, { load_method: "overwrite", commit_after_ms: 0, batch_size_rows: 1, batch_max_bytes: 1 });
    expect(states).toEqual([2]);
    expect(log.filter((line) => line.startsWith("commit"))).toEqual(["commit 2"]);
  });

  test.each<[string, string, LoadOptions]>([
    ["a broken line", `${text}nonsense\n`, {}],
    ["an input that is not whole", text, { isWhole: async () => false }],
    ["a stop", text, { signal: AbortSignal.abort() }],
  ])("%s leaves everything as it was, and emits no STATE", async (_what, input, options) => {
    const { states, durable, log } = await loaded(input, { load_method: "overwrite" }, options);
    expect([states, durable, log.at(-2)]).toEqual([[], [], "rollback"]);
  });
});

describe("ACTIVATE_VERSION", () => {
  const metadata = { add_record_metadata: true, commit_after_ms: 0 };
  const steps = (log: string[]) => log.filter((line) => /^(write|activate|commit)/.test(line));

  test("after rows it acts in the next commit, after the stream's rows", async () => {
    const text = schema("a") + row("a", 1) + activate("a", 7) + state(1) + row("a", 2) + state(2);
    expect(steps((await loaded(text, metadata)).log)).toEqual(["write a 1", "activate a 7", "commit 1", "write a 1", "commit 2"]);
  });

  test("a STATE between it and the rows before it does not make it an early one", async () => {
    const text = schema("a") + row("a", 1) + state(1) + activate("a", 7) + state(2);
    expect(steps((await loaded(text, metadata)).log)).toEqual(["write a 1", "commit 1", "activate a 7"]);
  });

  test("before any row it acts in its turn where it says that it comes after the rows, as a TRUNCATE that is followed does", async () => {
    const after = activate("a", 7).replace("}", ', "after_rows": true}');
    const text = schema("a") + after + state(1) + row("a", 1) + state(2);
    expect(steps((await loaded(text, metadata)).log)).toEqual(["activate a 7", "write a 1", "commit 1"]);
  });

  test("before any row it waits for the end of a whole input", async () => {
    const text = schema("a") + activate("a", 7) + row("a", 1) + state(1) + row("a", 2) + state(2);
    expect(steps((await loaded(text, metadata)).log)).toEqual(["write a 1", "commit 1", "write a 1", "commit 2", "activate a 7"]);
    const torn = await loaded(text, metadata, { isWhole: async () => false });
    expect(steps(torn.log)).not.toContain("activate a 7");
  });

  test("after the cut of a stop it does not act", async () => {
    const text = schema("a") + row("a", 1) + state(1) + row("a", 2) + activate("a", 7);
    expect(steps((await loaded(text, { add_record_metadata: true }, { isWhole: async () => false })).log)).toEqual([
      "write a 1",
      "commit 1",
    ]);
  });

  test("of several in one commit the highest acts, whichever was first", async () => {
    for (const between of ["", row("a", 2)]) {
      const text = schema("a") + row("a", 1) + activate("a", 8) + between + activate("a", 7);
      expect(steps((await loaded(text, metadata)).log)).toContain("activate a 8");
      expect(steps((await loaded(text, metadata)).log)).not.toContain("activate a 7");
    }
    const early = schema("a") + activate("a", 8) + row("a", 1) + activate("a", 7);
    expect(steps((await loaded(early, metadata)).log).filter((line) => line.startsWith("activate"))).toEqual(["activate a 8"]);
  });

  test("of streams without keys, which grow with each version, one warning names all; not where rows are to be appended", async () => {
    const text = ["a", "b", "c"].map((name) => schema(name, name === "c" ? ["id"] : []) + row(name, 1) + activate(name, 7)).join("");
    expect((await loaded(text, metadata)).warnings).toEqual([
      expect.stringMatching(
        /^2 streams have no key_properties and arrive whole, so each run adds all their rows again \("a", "b"\); name a key .* load_method: overwrite$/,
      ),
    ]);
    expect((await loaded(text, { ...metadata, load_method: "append-only" })).warnings).toEqual([]);
    expect((await loaded(text, { ...metadata, load_method: "overwrite" })).warnings).toEqual([]);
  });

  test("without the column that holds versions it is ignored, and that is reported once", async () => {
    const { log, warnings } = await loaded(schema("a") + row("a", 1) + activate("a", 7) + activate("a", 8));
    expect(steps(log)).toEqual(["write a 1", "commit 1"]);
    expect(warnings).toEqual([expect.stringContaining("add_record_metadata is false")]);
  });
});

describe("rejects", () => {
  const bad = `{"type":"RECORD","stream":"a","record":{"id":"x","n":12345678901234567890.10}}\n`;
  const reject = { on_error: "reject" } as const;

  test("a row that does not fit is kept with place, code, reason and its digits; the others load and counts add up", async () => {
    const { durable, kept, states, summaries, warnings, failure } = await loaded(
      schema("a") + row("a", 1) + bad + row("a", 2) + state(1),
      reject,
    );
    expect([durable, states, failure]).toEqual([["a1", "a2"], [1], undefined]);
    expect(kept).toMatchObject([
      {
        stream: "a",
        position: { line: 3, column: "id" },
        code: "record_invalid",
        reason: expect.stringContaining("must be integer"),
        record: '{"id":"x","n":12345678901234567890.10}',
      },
    ]);
    expect(summaries).toMatchObject([{ received: 3, loaded: 2, rejected: 1, superseded: 0 }]);
    expect(warnings).toEqual([expect.stringContaining('1 row of stream "a" did not fit')]);
  });

  const deep = `${'{"a":['.repeat(100_000)}1${"]}".repeat(100_000)}`;

  test.each([
    ["half a surrogate pair", "lone_surrogate", '{"id":1,"x":"a\\ud800"}'],
    ["a value nested too deep", "too_deep", `{"id":1,"x":${deep}}`],
  ])("%s is one row's fault: first or last of its stream, or between others", async (_, code, record) => {
    const odd = `{"type":"RECORD","stream":"a","record":${record}}`;
    const lines = `${schema("a") + schema("b") + odd}\n${row("a", 1)}${odd}\n${row("b", 2)}${state(1)}${row("a", 3)}${odd}`;
    const { durable, kept, states, summaries, failure } = await loaded(lines, reject);
    expect([durable, states, failure]).toEqual([["a1", "b2", "a3"], [1], undefined]);
    expect(kept).toMatchObject([3, 5, 9].map((line) => ({ stream: "a", position: { line }, code })));
    for (const one of kept) expect(one.record === record).toBe(true);
    expect(summaries).toMatchObject([
      { stream: "a", received: 5, loaded: 2, rejected: 3 },
      { stream: "b", rejected: 0 },
    ]);

    const failed = await loaded(lines);
    expect([failed.durable, failed.states]).toEqual([[], []]);
    expect(failed.failure).toMatchObject({ code, recovery: "skip", position: { stream: "a", line: 3 } });

    const wrongful = `${schema("a") + row("a", 1) + odd.replace(/}$/, ',"stream":"b"}')}\n`;
    expect((await loaded(wrongful, reject)).failure).toMatchObject({ code: "not_a_message", position: { stream: "a", line: 3 } });
  });

  test.each([
    ["SCHEMA", '{"type":"SCHEMA","stream":"a","schema":{"properties":{"\\ud800":{}}},"key_properties":[]}\n', "lone_surrogate"],
    ["STATE", '{"type":"STATE","value":{"x":"\\udc00"}}\n', "lone_surrogate"],
    ["STATE", `{"type":"STATE","value":${deep}}\n`, "too_deep"],
  ])("in a %s the same ends the input", async (_, line, code) => {
    const { durable, states, failure } = await loaded(schema("a") + row("a", 1) + state(1) + row("a", 2) + line, reject);
    expect([durable, states]).toEqual([["a1"], [1]]);
    expect(failure).toMatchObject({ code, class: "protocol", recovery: "fatal", position: { line: 5 } });
  });

  test("the position in the source, where the row has it", async () => {
    const text = `${schema("a")}{"type":"RECORD","stream":"a","record":{"id":"x","_sdc_source_file":"in/a.csv","_sdc_source_lineno":41}}\n`;
    expect((await loaded(text, reject)).kept[0]?.position).toEqual({ file: "in/a.csv", line: 41, column: "id" });
  });

  test.each(["", ',"_sdc_source_lineno":null', ',"_sdc_source_lineno":"41"'])(
    "a source file without a line number is not a position: the line is the input's (%s)",
    async (line) => {
      const text = `${schema("a")}{"type":"RECORD","stream":"a","record":{"id":"x","_sdc_source_file":"in/a.csv"${line}}}\n`;
      expect((await loaded(text, reject)).kept[0]?.position).toEqual({ line: 2, column: "id" });
    },
  );

  test("what the target refuses is kept as it was sent, without the columns the SDK adds", async () => {
    const faults = { rejectWrite: (seen: Record<string, unknown>) => seen.id === 2 };
    const { durable, kept, summaries } = await loaded(
      schema("a") + row("a", 1) + row("a", 2),
      { ...reject, add_record_metadata: true },
      {},
      faults,
    );
    expect([durable, kept.map(({ record }) => record)]).toEqual([["a1"], ['{"id":2}']]);
    expect(summaries).toMatchObject([{ received: 2, loaded: 1, rejected: 1 }]);
  });

  test("rejects of rows after the last STATE are dropped with those rows", async () => {
    const torn = await loaded(schema("a") + bad + state(1) + bad, reject, { isWhole: async () => false });
    expect(torn.kept).toHaveLength(1);
  });

  test("max_rejects as a count fails at the first one over it, as a share at the end; nothing of that commit is kept", async () => {
    const text = schema("a") + [1, 2, 3, 4, 5, 6, 7, 8].map((id) => row("a", id)).join("") + bad + bad + state(1 as Json);
    for (const [max_rejects, isTooMuch] of [
      [1, true],
      [2, false],
      ["19.9%", true],
      ["20%", false],
    ] as const) {
      const { failure, durable, kept, states } = await loaded(text, { ...reject, max_rejects });
      if (isTooMuch) {
        expect(failure).toMatchObject({ code: "too_many_rejects", class: "data", position: { column: "id" } });
        expect([durable, kept, states]).toEqual([[], [], []]);
      } else expect([failure, kept.length, states]).toEqual([undefined, 2, [1]]);
    }
  });

  test("a fault that is not about one row ends the load all the same", async () => {
    const { failure, kept } = await loaded(schema("a") + row("a", 1), reject, {}, { failWrite: () => true });
    expect([(failure as Error).message, kept]).toEqual(["refused", []]);
  });
});
