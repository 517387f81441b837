/** What mapping does with messages: bytes, line numbers, counts, partial records, deletes, and everything that is not a RECORD. */
import { Decoder, TaplineError } from "@tapline/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openMapper } from "./mapper.ts";
import type { MapSettings } from "./settings.ts";

type Maps = MapSettings["stream_maps"];

async function run(maps: Maps, lines: readonly string[], config: MapSettings["stream_map_config"] = {}) {
  const warnings: string[] = [];
  const mapper = await openMapper({ stream_maps: maps ?? {}, stream_map_config: config }, { warn: (text) => warnings.push(text) });
  const out: string[] = [];
  const places: [string, number, number][] = [];
  for (const decoded of new Decoder().push(Buffer.from(`${lines.join("\n")}\n`))) {
    for (const mapped of mapper.take(decoded)) {
      if (mapped.type === "RECORDS") {
        out.push(...mapped.bytes.toString().trimEnd().split("\n"));
        places.push([mapped.stream, mapped.firstLine, mapped.count]);
      } else out.push(JSON.stringify(mapped));
    }
  }
  return { out, places, warnings, counts: mapper.counts(), mapper };
}

const schema = (properties: object, keys: readonly string[] = ["id"], stream = "s"): string =>
  JSON.stringify({ type: "SCHEMA", stream, schema: { properties }, key_properties: keys });
const columns = {
  id: { type: "integer" },
  a: { type: ["string", "null"] },
  b: { type: "number" },
  _sdc_deleted_at: { type: ["string", "null"], format: "date-time" },
};
const record = (fields: object, more: object = {}): string => JSON.stringify({ type: "RECORD", stream: "s", record: fields, ...more });
const recordsOf = (out: readonly string[]) => out.filter((line) => line.includes("RECORD")).map((line) => JSON.parse(line));

async function failure(maps: Maps, lines: readonly string[]): Promise<TaplineError> {
  const error: unknown = await run(maps, lines).then(
    () => undefined,
    (thrown) => thrown,
  );
  if (!(error instanceof TaplineError)) throw new Error(`no error of ours: ${error}`);
  return error;
}

describe("lines", () => {
  const s = schema(columns);

  test("what is not touched stays byte for byte, also spaces and escapes", async () => {
    const line =
      '{"type": "RECORD", "stream": "s", "record": {"id": 1.0, "a" : "x\\u00e9\\n" , "b":1e2, "extra": {"z": [1, {"y": "}"}]}}, "time_extracted": "2026-01-01T00:00:00Z"}';
    expect((await run({ s: { nope: null } }, [s, line])).out[1]).toBe(
      '{"type": "RECORD", "stream": "s", "record": {"id": 1.0, "a" : "x\\u00e9\\n" , "b":1e2, "extra": {"z": [1, {"y": "}"}]}}, "time_extracted": "2026-01-01T00:00:00Z"}',
    );
    expect((await run({ s: { a: null, b: null, c: "b" } }, [s, line])).out[1]).toBe(
      '{"type": "RECORD", "stream": "s", "record": {"id": 1.0,"extra": {"z": [1, {"y": "}"}]},"c":1e2}, "time_extracted": "2026-01-01T00:00:00Z"}',
    );
  });

  test.each([
    '{"record":{"id":1,"a":"x"},"stream":"s","type":"RECORD","version":3}',
    '{"version":3,"type":"RECORD","record":{"id":1,"a":"x"},"stream":"s"}',
    '{"type":"RECORD","version":3,"stream":"s","record":{"id":1,"a":"x"}}',
    ' {"type":"RECORD","stream":"s","version":3,"record":{"id":1,"a":"x"}}\r',
  ])("fields of a message may have any order: %s", async (line) => {
    const { out } = await run({ s: { a: "a.upper()", __alias__: "t" } }, [s, line, line]);
    for (const each of recordsOf(out)) expect(each).toEqual({ type: "RECORD", stream: "t", version: 3, record: { id: 1, a: "X" } });
    expect(recordsOf(out)).toHaveLength(2);
  });

  test("records of changing shapes", async () => {
    const lines = [{ id: 1, a: "x" }, { a: "y", id: 2 }, { id: 3 }, { id: 4, a: "z", b: 1 }, { id: 5, a: "x" }].map((each) => record(each));
    const { out } = await run({ s: { a: null, c: "a", d: "str(id)" } }, [s, ...lines]);
    expect(recordsOf(out).map((each) => each.record)).toEqual([
      { id: 1, c: "x", d: "1" },
      { id: 2, c: "y", d: "2" },
      { id: 3, d: "3" },
      { id: 4, b: 1, c: "z", d: "4" },
      { id: 5, c: "x", d: "5" },
    ]);
  });

  test("records keep their line numbers, whatever is filtered or copied", async () => {
    const lines = [1, 2, 3, 4, 5, 6].map((id) => record({ id }));
    const { places, counts } = await run({ s: { __filter__: "id not in [2, 5]" }, copy: { __source__: "s", __filter__: "id == 2" } }, [
      s,
      ...lines,
    ]);
    expect(places).toEqual([
      ["s", 2, 1],
      ["s", 4, 2],
      ["s", 7, 1],
      ["copy", 3, 1],
    ]);
    expect(counts).toEqual([
      { from: "s", to: "s", received: 6, passed: 4, filtered: 2 },
      { from: "s", to: "copy", received: 6, passed: 1, filtered: 5 },
    ]);
  });

  test("a failing record is named with its line and the place in the expression", async () => {
    const error = await failure({ s: { n: "id + int(a)" } }, [s, record({ id: 1, a: "1" }), record({ id: 2, a: "x" })]);
    expect(error).toMatchObject({ code: "map_failed", class: "data", position: { stream: "s", line: 3 } });
    expect(error.message).toContain('s.n failed: "x" is not a whole number (at character 9 of "id + int(a)")');
  });

  test("a line that is no JSON is the error that it is without maps", async () => {
    expect(await failure({ s: { a: null } }, [s, record({ id: 1 }), '{"type":"RECORD","stream":"s","record":{"id":1,}}'])).toMatchObject({
      code: "invalid_json",
      position: { line: 3 },
    });
  });

  test("results are checked against their type", async () => {
    const error = await failure({ s: { x: "json.loads(a)" } }, [s, record({ id: 1, a: "[1]" })]);
    expect(error).toMatchObject({ code: "map_type", position: { line: 2 } });
    const { out } = await run({ s: { x: { expression: "json.loads(a)", type: "array" } } }, [s, record({ id: 1, a: "[1, 2.50]" })]);
    expect(out[1]).toContain('"x":[1,2.50]');
  });

  test("expressions of any record: the identity changes nothing", async () => {
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: "grapheme" }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie("value"), { maxKeys: 3 }),
      ),
    })).value;
    const rows = fc.array(fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), value, { maxKeys: 6 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const lines = given.map((each) => record(each));
        const { out } = await run({ "*": { "never there": null } }, [schema({}, []), ...lines]);
        expect(out.slice(1)).toEqual(lines);
        const whole = await run({ "*": { whole: "record", __else__: null } }, [schema({}, []), ...lines]);
        expect(recordsOf(whole.out).map((each) => each.record.whole)).toEqual(given.map((each) => JSON.parse(JSON.stringify(each))));
      }),
      { numRuns: 300 },
    );
  });
});

describe("other messages", () => {
  const messages = [
    schema(columns),
    record({ id: 1 }),
    '{"type":"ACTIVATE_VERSION","stream":"s","version":1}',
    schema({ ...columns, c: { type: "string" } }),
    record({ id: 2 }),
  ];

  test("all are mapped, however many SCHEMAs come", async () => {
    const { out } = await run({ s: { __alias__: "t" }, u: { __source__: "s", __else__: null } }, messages);
    expect(out.map((line) => [JSON.parse(line).type, JSON.parse(line).stream])).toEqual([
      ["SCHEMA", "t"],
      ["SCHEMA", "u"],
      ["RECORD", "t"],
      ["RECORD", "u"],
      ["ACTIVATE_VERSION", "t"],
      ["ACTIVATE_VERSION", "u"],
      ["SCHEMA", "t"],
      ["SCHEMA", "u"],
      ["RECORD", "t"],
      ["RECORD", "u"],
    ]);
    expect(Object.keys(JSON.parse(out[6] as string).schema.properties)).toContain("c");
  });

  test("a dropped stream leaves nothing, and is counted", async () => {
    const { out, counts } = await run({ s: null }, messages);
    expect(out).toEqual([]);
    expect(counts).toEqual([{ from: "s", received: 2, passed: 0, filtered: 2 }]);
    expect((await run({ other: {}, __else__: null }, messages)).counts).toEqual(counts);
  });

  test("a stream without a map is given back as it is", async () => {
    const mapper = await openMapper({ stream_maps: { other: null } });
    for (const decoded of new Decoder().push(Buffer.from(`${messages.join("\n")}\n{"type":"STATE","value":{"a":1.0}}\n`)))
      expect([...mapper.take(decoded)]).toEqual([decoded]);
  });

  test("REPLACE_SOURCE follows the column, and is refused where it is gone", async () => {
    const lines = [schema(columns), '{"type":"REPLACE_SOURCE","stream":"s","column":"a","value":"x.csv"}'];
    const renamed = await run({ s: { file: "a", a: null, __alias__: "t" } }, lines);
    expect(JSON.parse(renamed.out[1] as string)).toMatchObject({ stream: "t", column: "file", value: "x.csv" });
    expect(JSON.parse((await run({ s: { b: null } }, lines)).out[1] as string)).toMatchObject({ stream: "s", column: "a" });
    for (const map of [{ a: null }, { a: "a.upper()" }, { __else__: null }])
      expect(await failure({ s: map }, lines)).toMatchObject({ code: "map_replaces_source" });
  });

  test("two streams that become one are an error that names both", async () => {
    const lines = [schema(columns), schema(columns, ["id"], "r")];
    expect((await failure({ s: { __alias__: "r" } }, lines)).message).toContain('"s" and "r" would both become "r"');
    expect(await failure({ s: {}, "?": { __alias__: "x" } }, lines)).toMatchObject({ code: "map_streams_meet" });
  });

  test("bookmark_properties go by their new names", async () => {
    const line = JSON.stringify({ ...JSON.parse(schema(columns)), bookmark_properties: ["a", "b"] });
    const { out } = await run({ s: { a2: "a", a: null, b: "b + 1" } }, [line]);
    expect(JSON.parse(out[0] as string).bookmark_properties).toEqual(["a2"]);
  });
});

describe("partial records and deletes", () => {
  const s = schema(columns);
  const partial = record({ id: 1, b: 2 }, { unchanged: ["a"] });

  test("names in unchanged follow renames, drops, and what is computed of them alone", async () => {
    const unchanged = async (map: Record<string, unknown>) => recordsOf((await run({ s: map }, [s, partial])).out)[0];
    expect(await unchanged({ b: "b + 1" })).toMatchObject({ unchanged: ["a"], record: { id: 1, b: 3 } });
    expect(await unchanged({ c: "a", a: null })).toMatchObject({ unchanged: ["c"], record: { id: 1, b: 2 } });
    expect(await unchanged({ a: null })).toMatchObject({ unchanged: [] });
    expect(await unchanged({ h: "md5(str(id) + a)" })).toMatchObject({ unchanged: ["a", "h"], record: { id: 1, b: 2 } });
    expect(await unchanged({ __else__: null, b: "b" })).toMatchObject({ unchanged: [], record: { id: 1, b: 2 } });
  });

  test("what can't be known is an error", async () => {
    for (const map of [{ c: "a + str(b)" }, { c: "json.dumps(record)" }, { __filter__: "a == 'x'" }])
      expect(await failure({ s: map }, [s, partial])).toMatchObject({ code: "map_unchanged", position: { line: 2 } });
  });

  test("a record that deletes passes with what it has", async () => {
    const deleted = record({ id: 1, _sdc_deleted_at: "2026-01-01T00:00:00Z" });
    const { out, counts } = await run({ s: { __filter__: "b > 5", a: "a.upper()", key: "str(id)", __else__: null } }, [
      s,
      deleted,
      record({ id: 2, b: 1, a: "x", _sdc_deleted_at: null }),
    ]);
    expect(recordsOf(out).map((each) => each.record)).toEqual([{ id: 1, _sdc_deleted_at: "2026-01-01T00:00:00Z", key: "1" }]);
    expect(counts).toMatchObject([{ received: 2, passed: 1, filtered: 1 }]);
    expect(Object.keys(JSON.parse(out[0] as string).schema.properties)).toEqual(["id", "_sdc_deleted_at", "a", "key"]);
  });
});

describe("settings", () => {
  const s = schema(columns);

  test.each([
    [{ s: { __fliter__: "id" } }, "map_invalid", "did you mean __filter__?"],
    [{ s: { a: { expression: "1", kind: "x" } } }, "map_invalid", "there is no kind here"],
    [{ s: { a: { expression: "1", type: "text" } } }, "map_invalid", "its type must be one of"],
    [{ s: { __language__: "js" } }, "map_invalid", '"python" or "cel"'],
    [{ s: { a: "1 +" } }, "map_expression_invalid", 'the end is not expected here (at character 4 of "1 +")'],
    [{ s: { a: { expression: "1 +", language: "cel" } } }, "map_expression_invalid", "Unexpected token: EOF"],
    [{ s: { id: null } }, "map_key_missing", '"id" of "s" is dropped'],
  ])("%j is refused", async (maps, code, message) => {
    const error = await failure(maps as Maps, [s]);
    expect([error.code, error.message, error.position.setting?.startsWith("stream_maps.s")]).toEqual([
      code,
      expect.stringContaining(message),
      true,
    ]);
  });

  test("CEL: exact integers, inferred types, config, and errors", async () => {
    const map = {
      __language__: "cel",
      __filter__: "id > 1",
      n: "id + 1",
      up: "a.startsWith('x') ? a : config.other",
      t: "timestamp('2026-01-01T00:00:00Z')",
      l: "[1, 2].map(i, i * 2)",
      same: "b",
    };
    const lines = [s, record({ id: 1 }), '{"type":"RECORD","stream":"s","record":{"id":9007199254740993,"a":"y","b":1.50}}'];
    const { out } = await run({ s: map }, lines, { other: "z" });
    expect(out[1]).toBe(
      '{"type":"RECORD","stream":"s","record":{"id":9007199254740993,"a":"y","b":1.50,"n":9007199254740994,"up":"z","t":"2026-01-01T00:00:00+00:00","l":[2,4],"same":1.50}}',
    );
    expect(JSON.parse(out[0] as string).schema.properties).toMatchObject({
      n: { type: ["integer", "null"] },
      t: { format: "date-time" },
      l: { type: ["array", "null"] },
    });
    expect((await failure({ s: { ...map, __filter__: "id + a > 1" } }, lines)).message).toContain("no such overload");
  });

  test("fake is seeded, and can be seeded by a value", async () => {
    const mapped = async (seed: number) => {
      const mapper = await openMapper({
        stream_maps: { s: { a: "fake.seed_instance(a) or fake.first_name()", b: null, c: "fake.email()" } },
        faker_config: { seed },
      });
      const lines = [s, record({ id: 1, a: "Mike" }), record({ id: 2, a: "Ann" }), record({ id: 3, a: "Mike" })];
      return [...new Decoder().push(Buffer.from(`${lines.join("\n")}\n`))].flatMap((each) =>
        [...mapper.take(each)].map((one) => (one.type === "RECORDS" ? one.bytes.toString() : "")),
      );
    };
    expect(await mapped(1)).toEqual(await mapped(1));
    const [one, two, three] = recordsOf((await mapped(1)).join("").trim().split("\n")).map((each) => each.record.a);
    expect([one === three, one === two]).toEqual([true, false]);
  });

  test("a drop of what is not there is a warning", async () => {
    expect((await run({ s: { nope: null } }, [s])).warnings).toEqual(["the map of s drops nope, which the stream does not have"]);
    expect((await run({ "*": { nope: null } }, [s])).warnings).toEqual([]);
  });
});
