import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Checkpoint, defineTap, type ExtractOptions, extract, Lines, type ReadContext, type State, type Stream, Type } from "@tapline/sdk";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type InputFile, openSource } from "../source/source.ts";
import { Pass } from "./pass.ts";
import { Watermark } from "./watermark.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pass-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Options {
  detectDeletes?: boolean;
  replicationKey?: string;
  replicationMethod?: "FULL_TABLE";
  /** Stands for the dialect. */
  readAs?: string;
  keys?: readonly string[];
  changedFiles?: "fail" | "append" | "replace";
  readAgain?: boolean;
  settings?: Record<string, string>;
  keep?: boolean;
  /** Called between two pieces of a file. */
  meanwhile?: (line: number) => void;
}

/** A stream with one row per line, read in pieces of a few bytes, with a checkpoint every ten rows. */
function linesOf(
  names: readonly string[],
  { detectDeletes = false, replicationKey, replicationMethod, readAs = "lines", meanwhile, ...more }: Options = {},
): Stream {
  const inputs: InputFile[] = names.map((name) => ({ path: join(folder, name) }));
  return {
    name: "lines",
    schema: { type: "object", properties: { v: { type: "integer" }, f: { type: "string" }, _sdc_source_file: { type: "string" } } },
    keys: more.keys ?? ["v"],
    ...(replicationKey === undefined ? { replicationMethod: replicationMethod ?? "INCREMENTAL" } : { replicationKey }),
    async *read(context) {
      const watermark = replicationKey === undefined ? undefined : new Watermark(replicationKey, "lines", context);
      let sinceCheckpoint = 0;
      const isStateDue = (): boolean => sinceCheckpoint >= 10;
      const pass = new Pass({
        stream: "lines",
        inputs,
        context: Object.assign(context, { isStateDue }),
        detectDeletes,
        changedFiles: more.changedFiles ?? "fail",
        ...(more.readAgain === undefined ? {} : { readAgain: more.readAgain }),
        settings: { print: more.settings ?? {}, changed: more.keep ? "keep" : "auto" },
        isLeft: (_, error) => (error as { code?: string }).code === "file_empty",
        watermark,
      });
      const chunks = pass.read(
        async ({ input, from, follow }) => {
          const source = await follow(await openSource(input, { encoding: "utf-8", position: {} }));
          const position = { offset: from?.offset ?? 0, line: from?.line ?? 1 };
          return { source, position, readAs, file: input.path, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
        },
        async function* (table) {
          let text = "";
          const piece = new Uint8Array(16);
          for (;;) {
            if (pass.isDue) yield await pass.checkpoint(table.position);
            meanwhile?.(table.position.line);
            const count = await table.source.read(piece);
            text += Buffer.from(piece.subarray(0, count)).toString();
            const end = count === 0 ? text.length : text.lastIndexOf("\n") + 1;
            const rows = text.slice(0, end).split("\n").filter(Boolean);
            if (rows.length > 0) yield linesChunk(context, rows, table.file, watermark);
            table.position = { offset: table.position.offset + end, line: table.position.line + rows.length };
            text = text.slice(end);
            if (count === 0) return;
          }
        },
      );
      for await (const chunk of chunks) {
        if (chunk instanceof Lines) sinceCheckpoint += chunk.count;
        if (chunk instanceof Checkpoint) sinceCheckpoint = 0;
        yield chunk;
      }
    },
  };
}

function linesChunk(context: ReadContext, rows: readonly string[], file: string, watermark: Watermark | undefined): Lines {
  const wanted = rows.filter((row) => watermark === undefined || watermark.admit(Buffer.from(row), 0, row.length));
  const line = (row: string) => [
    context.head,
    Buffer.from(JSON.stringify({ v: Number(row), f: file.slice(folder.length + 1) })),
    context.tail(),
  ];
  return new Lines(Buffer.concat(wanted.flatMap(line)), wanted.length, watermark?.maximum ?? null);
}

interface Message {
  type: string;
  record?: { v: number; f: string };
  version?: number;
  value?: State;
}

/** The bookmark of the stream in the state. */
function bookmark(state: State | undefined): { version: number; files: Record<string, { offset: number }> } {
  return (state?.bookmarks?.lines ?? {}) as { version: number; files: Record<string, { offset: number }> };
}

/** The messages before the run ended, was killed after `killAt` pieces, or failed. */
async function run(stream: Stream, state: State | undefined, pieces = Number.POSITIVE_INFINITY, options: ExtractOptions = {}) {
  const tap = defineTap({ name: "t", version: "0", description: "", config: Type.Object({}), streams: () => [stream] });
  let text = "";
  let left = pieces;
  let error: (Error & { code?: string }) | undefined;
  try {
    for await (const bytes of extract(tap, {}, { ...options, ...(state === undefined ? {} : { state }) })) {
      if (left-- <= 0) break;
      text += Buffer.from(bytes).toString();
    }
  } catch (caught) {
    error = caught as Error;
  }
  const messages = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Message);
  const last = messages.findLastIndex(({ type }) => type === "STATE");
  const isWhole = left >= 0 && error === undefined;
  // A target keeps what is before the last STATE that it received, and nothing after it.
  const kept = isWhole ? messages : messages.slice(0, last + 1);
  return { messages, kept, error, isWhole, state: last < 0 ? state : messages[last]?.value };
}

const values = (messages: readonly Message[]): number[] => messages.flatMap(({ record }) => (record === undefined ? [] : [record.v]));
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const write = (name: string, rows: readonly number[]): void => writeFileSync(join(folder, name), rows.map((row) => `${row}\n`).join(""));
const append = (name: string, text: string): void => appendFileSync(join(folder, name), text);

describe("a later run with the state", () => {
  test("with read_again sends all rows of its files, and keeps the marks of the stream's other files", async () => {
    write("a", [1, 2]);
    write("b", [10]);
    const first = await run(linesOf(["a", "b"]), undefined);
    const again = await run(linesOf(["a"], { readAgain: true }), first.state);
    expect(values(again.kept)).toEqual([1, 2]);
    const last = await run(linesOf(["a", "b"]), again.state);
    expect(values(last.kept)).toEqual([]);
  });

  test("skips unchanged files, reads new ones, and continues in those that grew", async () => {
    write("a", [1, 2]);
    write("b", [10]);
    const first = await run(linesOf(["a", "b"]), undefined);
    expect(values(first.kept)).toEqual([1, 2, 10]);
    append("a", "3\n4\n");
    write("c", [20]);
    const second = await run(linesOf(["a", "b", "c"]), first.state);
    expect(values(second.kept)).toEqual([3, 4, 20]);
    expect(second.state?.bookmarks?.lines?.files).toMatchObject({ [join(folder, "a")]: { offset: 8, line: 5 } });
    expect(values((await run(linesOf(["a", "b", "c"]), second.state)).kept)).toEqual([]);
  });

  test("reads a replaced file again, whatever its size, and logs it", async () => {
    write("a", [1, 2, 3]);
    const { state } = await run(linesOf(["a"]), undefined);
    const messages: string[] = [];
    for (const rows of [[4, 5, 6], [7], [8, 9, 10, 11, 12]]) {
      write("a", rows);
      utimesSync(join(folder, "a"), 1, rows.length);
      const { kept } = await run(linesOf(["a"]), state, Number.POSITIVE_INFINITY, { log: (_, message) => messages.push(message) });
      expect(values(kept)).toEqual(rows);
    }
    expect(messages).toHaveLength(3);
  });

  describe("warns of a new file with the text of one that was read, where rows are appended", () => {
    const read = async (names: readonly string[], state: State | undefined, options: Options = {}) => {
      const warnings: string[] = [];
      const log: ExtractOptions["log"] = (level, message) => level === "warning" && warnings.push(message.replaceAll(`${folder}/`, ""));
      return { ...(await run(linesOf(names, { keys: [], ...options }), state, Number.POSITIVE_INFINITY, { log })), warnings };
    };

    test("a renamed file", async () => {
      write("a", numbers(1, 30));
      const { state } = await read(["a"], undefined);
      renameSync(join(folder, "a"), join(folder, "b"));
      const { kept, warnings, state: next } = await read(["b"], state);
      expect(values(kept)).toEqual(numbers(1, 30));
      expect(warnings).toEqual([
        "b has the same text as a, which an earlier run read (it is gone now): 30 rows were sent again, and a table that is appended to has them twice. If the file was only renamed, load the stream again: tapline run … --full-refresh --replace lines",
      ]);
      expect((await read(["b"], next)).warnings).toEqual([]);
      expect((await read(["b"], state, { keys: ["v"] })).warnings).toEqual([]);
    });

    test("a copy, also a compressed one, also when a run was stopped inside it", async () => {
      write("a", numbers(1, 60));
      const { state } = await read(["a"], undefined);
      writeFileSync(join(folder, "b.gz"), gzipSync(readFileSync(join(folder, "a"))));
      const stopped = await run(linesOf(["a", "b.gz"], { keys: [] }), state, 10);
      const { kept, warnings } = await read(["a", "b.gz"], stopped.state);
      expect([...values(stopped.kept), ...values(kept)]).toEqual(numbers(1, 60));
      const already = values(stopped.kept).length;
      expect(already).toBeGreaterThan(0);
      expect(warnings).toEqual([
        expect.stringContaining(`b.gz has the same text as a, which an earlier run read (it is still there): ${60 - already} rows`),
      ]);
    });

    test("names three of many", async () => {
      const names = ["a", "b", "c", "d", "e"];
      for (const name of names) write(name, [1, 2]);
      const { state, warnings: first } = await read(names, undefined);
      expect(first).toEqual([]);
      for (const name of names) renameSync(join(folder, name), join(folder, `${name}2`));
      const { warnings } = await read(
        names.map((name) => `${name}2`),
        state,
      );
      expect(warnings).toHaveLength(4);
      expect(warnings[3]).toBe("2 more files have the same text as files that an earlier run read: 4 rows were sent again");
    });

    test("not of other text of the same size, nor of a file that grew", async () => {
      write("a", [1, 2]);
      write("b", [3]);
      const { state } = await read(["a", "b"], undefined);
      write("c", [1, 3]);
      append("b", "4\n");
      expect(await read(["a", "b", "c"], state)).toMatchObject({ error: undefined, warnings: [] });
    });

    test("not of a rotated file whose earlier rows are replaced", async () => {
      write("a", [1, 2]);
      const { state } = await read(["a"], undefined, { changedFiles: "replace" });
      renameSync(join(folder, "a"), join(folder, "a.1"));
      write("a", [3, 4]);
      const { kept, warnings, error } = await read(["a.1", "a"], state, { changedFiles: "replace" });
      expect([error, values(kept), warnings]).toEqual([undefined, [1, 2, 3, 4], []]);
    });
  });

  test("sends nothing for a file when only its time changed", async () => {
    write("a", [1, 2, 3]);
    const { state } = await run(linesOf(["a"]), undefined);
    utimesSync(join(folder, "a"), 1, 1);
    const second = await run(linesOf(["a"]), state);
    expect(values(second.kept)).toEqual([]);
    expect(second.state).not.toEqual(state);
  });

  test("reads a file again if its last row got longer, and continues if only a line end was added", async () => {
    writeFileSync(join(folder, "a"), "1\n2");
    const { state, kept } = await run(linesOf(["a"]), undefined);
    expect(values(kept)).toEqual([1, 2]);
    append("a", "5\n6\n");
    expect(values((await run(linesOf(["a"]), state)).kept)).toEqual([1, 25, 6]);
    writeFileSync(join(folder, "a"), "1\n2\n6\n");
    expect(values((await run(linesOf(["a"]), state)).kept)).toEqual([6]);
  });

  test("reads a file again if it grew and its dialect changed", async () => {
    write("a", [1, 2]);
    const { state } = await run(linesOf(["a"]), undefined);
    append("a", "3\n");
    expect(values((await run(linesOf(["a"], { readAs: "other" }), state)).kept)).toEqual([1, 2, 3]);
  });

  test("continues in a compressed file", async () => {
    const pack = (rows: number[]) => writeFileSync(join(folder, "a.gz"), gzipSync(rows.map((row) => `${row}\n`).join("")));
    pack(numbers(1, 50));
    const { state } = await run(linesOf(["a.gz"]), undefined);
    pack(numbers(1, 60));
    expect(values((await run(linesOf(["a.gz"]), state)).kept)).toEqual(numbers(51, 60));
  });

  test("keeps the mark of a file that is missing for a while", async () => {
    write("a", [1]);
    write("b", [2]);
    const first = await run(linesOf(["a", "b"]), undefined);
    const second = await run(linesOf(["b"]), first.state);
    expect(values((await run(linesOf(["a", "b"]), second.state)).kept)).toEqual([]);
  });

  test("does not open a file that is old enough to be recognized by its size and time", async () => {
    write("a", [1, 2, 3]);
    utimesSync(join(folder, "a"), 1, 1);
    const { state } = await run(linesOf(["a"]), undefined);
    writeFileSync(join(folder, "a"), "7\n8\n9\n");
    utimesSync(join(folder, "a"), 1, 1);
    expect(values((await run(linesOf(["a"]), state)).kept)).toEqual([]);
  });

  test("reads a file again that was overwritten in the same moment with the same size", async () => {
    const now = new Date();
    write("a", [1, 2, 3]);
    utimesSync(join(folder, "a"), now, now);
    const { state } = await run(linesOf(["a"]), undefined);
    write("a", [4, 5, 6]);
    utimesSync(join(folder, "a"), now, now);
    expect(values((await run(linesOf(["a"]), state)).kept)).toEqual([4, 5, 6]);
  });

  test("reads everything with FULL_TABLE", async () => {
    write("a", [1, 2]);
    const { state } = await run(linesOf(["a"]), undefined);
    const full = await run(linesOf(["a"], { replicationMethod: "FULL_TABLE" }), state);
    expect(values(full.kept)).toEqual([1, 2]);
  });

  test("is refused when the bookmark in the state is invalid", async () => {
    write("a", [1]);
    for (const files of [7, { [join(folder, "a")]: { size: 2 } }, { a: null }]) {
      expect((await run(linesOf(["a"]), { bookmarks: { lines: { files } } })).error?.code).toBe("file_bookmark_unusable");
    }
  });
});

describe("a file that changes while it is read", () => {
  test.each([
    ["grows", () => append("a", "999\n")],
    ["shrinks", () => write("a", [1])],
    ["is written over", () => write("a", numbers(2, 51))],
  ])("and %s is an error, without a STATE after it", async (_, change) => {
    write("a", numbers(1, 50));
    let changed = false;
    const meanwhile = (line: number) => {
      if (line < 20 || changed) return;
      changed = true;
      change();
    };
    const { error, messages, state } = await run(linesOf(["a"], { meanwhile }), undefined);
    expect([changed, error?.code]).toEqual([true, "file_changed"]);
    expect(messages.some(({ record }) => record?.v === 19)).toBe(true);
    const { offset = 0 } = bookmark(state).files[join(folder, "a")] ?? {};
    expect(offset).toBeLessThan(60);
  });

  test("by a rename is read completely, and the next run reads the new one", async () => {
    write("a", numbers(1, 50));
    let changed = false;
    const meanwhile = (line: number) => {
      if (line < 20 || changed) return;
      changed = true;
      write("next", numbers(101, 150));
      renameSync(join(folder, "next"), join(folder, "a"));
    };
    const first = await run(linesOf(["a"], { meanwhile }), undefined);
    expect(values(first.kept)).toEqual(numbers(1, 50));
    expect(values((await run(linesOf(["a"]), first.state)).kept)).toEqual(numbers(101, 150));
  });
});

describe("kills at any moment", () => {
  /** Runs until one completes, killing each after some pieces; `between` runs after each kill. */
  async function survive(stream: () => Stream, kills: readonly number[], between: (kill: number) => void = () => {}) {
    let state: State | undefined;
    const kept: Message[] = [];
    for (const pieces of [...kills, Number.POSITIVE_INFINITY]) {
      const result = await run(stream(), state, pieces);
      if (result.error !== undefined) throw result.error;
      kept.push(...result.kept);
      state = result.state;
      if (result.isWhole) break;
      between(pieces);
    }
    return { kept, state };
  }
  const kills = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 8 });

  test("each row of each file arrives exactly once, even of files that grow between runs", async () => {
    await fc.assert(
      fc.asyncProperty(kills, fc.boolean(), async (moments, isPacked) => {
        const rows = { a: numbers(1, 60), b: numbers(101, 101), c: numbers(201, 280) };
        const put = (name: keyof typeof rows): void => {
          const text = rows[name].map((row) => `${row}\n`).join("");
          writeFileSync(join(folder, name), isPacked ? gzipSync(text) : text);
        };
        for (const name of ["a", "b", "c"] as const) put(name);
        const grow = (kill: number) => {
          const name = (["a", "b", "c"] as const)[kill % 3] as keyof typeof rows;
          rows[name] = [...rows[name], (rows[name].at(-1) as number) + 1000];
          put(name);
        };
        const { kept } = await survive(() => linesOf(["a", "b", "c"]), moments, grow);
        const sorted = (list: number[]): number[] => list.toSorted((x, y) => x - y);
        expect(sorted(values(kept))).toEqual(sorted(Object.values(rows).flat()));
      }),
      { numRuns: 60 },
    );
  });

  test("by a replication key each row at or past the bookmark arrives once, and the bookmark is the largest value", async () => {
    await fc.assert(
      fc.asyncProperty(kills, async (moments) => {
        write("a", numbers(1, 60).toReversed());
        write("b", numbers(61, 120));
        const stream = () => linesOf(["b", "a"], { replicationKey: "v" });
        const { kept, state } = await survive(stream, moments);
        expect(values(kept).toSorted((x, y) => x - y)).toEqual(numbers(1, 120));
        expect(state?.bookmarks?.lines).toEqual({ replication_key: "v", replication_key_value: 120, settings: {} });
        append("a", "200\n119\n");
        expect(values((await run(stream(), state)).kept)).toEqual([120, 200]);
      }),
      { numRuns: 40 },
    );
  });

  test("with detect_deletes the rows of the active version are the source's, whatever changed between the kills", async () => {
    const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom("", "touch", "replace", "drop", "add")), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(changes, async (moments) => {
        const source = new Map([
          ["a", numbers(1, 60)],
          ["b", numbers(101, 160)],
        ]);
        const put = () => {
          for (const [name, rows] of source) write(name, rows);
        };
        put();
        let step = 0;
        let state: State | undefined;
        const table: Message[] = [];
        for (const [pieces, change] of [...moments, [Number.POSITIVE_INFINITY, ""] as const]) {
          const result = await run(linesOf([...source.keys()], { detectDeletes: true }), state, pieces);
          expect(result.error).toBeUndefined();
          for (const message of result.kept) {
            if (message.type === "RECORD") table.push(message);
            if (message.type === "ACTIVATE_VERSION")
              table.splice(0, table.length, ...table.filter(({ version }) => version === message.version));
          }
          state = result.state;
          if (pieces === Number.POSITIVE_INFINITY) break;
          step++;
          if (change === "touch" && source.has("a")) utimesSync(join(folder, "a"), step, step);
          if (change === "replace") source.set("b", numbers(1000 * step, 1000 * step + 40));
          if (change === "drop" && source.size > 1 && source.delete("a")) rmSync(join(folder, "a"));
          if (change === "add") source.set(`c${step}`, numbers(100_000 * step, 100_000 * step + 30));
          if (change !== "" && change !== "touch") put();
        }
        expect(values(table).toSorted((x, y) => x - y)).toEqual([...source.values()].flat().toSorted((x, y) => x - y));
        const idle = await run(linesOf([...source.keys()], { detectDeletes: true }), state);
        expect(idle.messages.map(({ type }) => type)).toEqual(["SCHEMA", "STATE"]);
        for (const name of readdirSync(folder)) rmSync(join(folder, name));
      }),
      { numRuns: 60 },
    );
  });
});

describe("detect_deletes", () => {
  test("sends all files under a new version when one changed, and a version larger than the last", async () => {
    write("a", [1]);
    write("b", [2]);
    const stream = () => linesOf(["a", "b"], { detectDeletes: true });
    const first = await run(stream(), undefined);
    const shown = (messages: readonly Message[]) => messages.map(({ type, record, version }) => [type, record?.v, version]);
    const { version } = bookmark(first.state);
    expect(shown(first.kept)).toEqual([
      ["SCHEMA", undefined, undefined],
      ["RECORD", 1, version],
      ["RECORD", 2, version],
      ["ACTIVATE_VERSION", undefined, version],
      ["STATE", undefined, undefined],
      ["STATE", undefined, undefined],
    ]);
    append("b", "3\n");
    const future = { bookmarks: { lines: { ...first.state?.bookmarks?.lines, version: version + 1e9 } } };
    const second = await run(stream(), future);
    expect(values(second.kept)).toEqual([1, 2, 3]);
    expect(second.state?.bookmarks?.lines).toMatchObject({ version: version + 1e9 + 1, is_active: true });
  });

  test("is refused with a replication key", async () => {
    write("a", [1]);
    expect((await run(linesOf(["a"], { detectDeletes: true, replicationKey: "v" }), undefined)).error?.code).toBe(
      "detect_deletes_unusable",
    );
  });
});

test("the marks of missing files are bounded", async () => {
  write("a", [1]);
  const { state } = await run(linesOf(["a"]), undefined);
  const mark = bookmark(state).files[join(folder, "a")];
  const gone = Object.fromEntries(numbers(1, 3000).map((i) => [`gone-${i}`, { ...mark, mtime: new Date(i * 1000).toISOString() }]));
  const next = await run(linesOf(["a"]), { bookmarks: { lines: { files: { ...gone, [join(folder, "a")]: mark } } } } as State);
  const files = Object.keys(bookmark(next.state).files);
  expect([files.length, files.includes(join(folder, "a")), files.includes("gone-3000"), files.includes("gone-2000")]).toEqual([
    1001,
    true,
    true,
    false,
  ]);
  expect(values(next.kept)).toEqual([]);
});
