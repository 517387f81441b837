import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TaplineError } from "../errors.ts";
import { type Decoded, Decoder, type Records } from "./decode.ts";
import { encodeMessage, recordEncoder } from "./encode.ts";
import { isExactNumber, numberText } from "./json.ts";
import { parseLine, suspect } from "./parse-line.ts";

const schema = (stream: string) => encodeMessage({ type: "SCHEMA", stream, schema: { properties: {} }, key_properties: [] });
const record = (stream: string, json: string) => `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":${json}}\n`;

function decode(text: string | Buffer, chunkSize = 1 << 16, options = {}): Decoded[] {
  const bytes = Buffer.from(text as string);
  const decoder = new Decoder(options);
  const out: Decoded[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize)
    out.push(...decoder.push(Uint8Array.prototype.slice.call(bytes, at, at + chunkSize)));
  out.push(...decoder.end());
  return out;
}

/** Every record of the decoded runs, parsed, with its line number and stream. */
function rows(decoded: Decoded[]): { stream: string; line: number; record: Record<string, unknown> }[] {
  const out: { stream: string; line: number; record: Record<string, unknown> }[] = [];
  for (const run of decoded.filter((d): d is Records => d.type === "RECORDS")) {
    const suspicion = suspect(run.bytes);
    let at = 0;
    for (let i = 0; i < run.count; i++) {
      const end = run.bytes.indexOf(10, at);
      const value = parseLine(run.bytes, at, end, run.firstLine + i, suspicion) as { record: Record<string, unknown> };
      out.push({ stream: run.stream, line: run.firstLine + i, record: value.record });
      at = end + 1;
    }
    expect(at).toBe(run.bytes.length);
  }
  return out;
}

function failure(run: () => unknown): TaplineError {
  try {
    run();
  } catch (error) {
    if (error instanceof TaplineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("runs of records", () => {
  test("stay bytes, one run for each stream, with line numbers", () => {
    const text = schema("a") + schema("b") + record("a", '{"x":1}') + record("a", '{"x":2}') + record("b", '{"x":3}');
    const decoded = decode(text);
    expect(decoded.map((d) => d.type)).toEqual(["SCHEMA", "SCHEMA", "RECORDS", "RECORDS"]);
    expect(rows(decoded).map((r) => [r.stream, r.line, r.record.x])).toEqual([
      ["a", 3, 1],
      ["a", 4, 2],
      ["b", 5, 3],
    ]);
  });

  test("any stream names and rows come out the same under any chunking, in any tap's spelling", () => {
    const spellings = [
      (s: string, r: string) => `{"type":"RECORD","stream":${JSON.stringify(s)},"record":${r}}\n`,
      (s: string, r: string) =>
        `{"type": "RECORD", "stream": ${JSON.stringify(s)}, "record": ${r}, "time_extracted": "2026-01-01T00:00:00Z"}\n`,
      (s: string, r: string) => `{"stream":${JSON.stringify(s)},"version":1,"record":${r},"type":"RECORD"}\r\n`,
      (s: string, r: string) => `{"type":"RECORD","stream":${ascii(JSON.stringify(s))},"record":${ascii(r)}}\n`,
    ];
    const streams = fc.array(fc.string({ unit: "grapheme", minLength: 1 }), { minLength: 1, maxLength: 4 });
    const row = fc.record({ stream: fc.nat(), spelling: fc.nat(), record: fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()) });
    fc.assert(
      fc.property(streams, fc.array(row, { maxLength: 30 }), fc.integer({ min: 1, max: 200 }), (names, list, chunkSize) => {
        const sent = list.map((r) => ({ stream: names[r.stream % names.length] as string, spelling: r.spelling % 4, record: r.record }));
        const text =
          names.map(schema).join("") +
          sent.map((r) => (spellings[r.spelling] as (typeof spellings)[0])(r.stream, JSON.stringify(r.record))).join("");
        const got = rows(decode(text, chunkSize));
        expect(got.map((r) => [r.stream, JSON.stringify(r.record)])).toEqual(sent.map((r) => [r.stream, JSON.stringify(r.record)]));
        expect(got.map((r) => r.line)).toEqual(sent.map((_, i) => names.length + i + 1));
      }),
      { numRuns: 300 },
    );
  });

  test("a REPLACE_SOURCE is decoded where it is among the rows", () => {
    const replace = { type: "REPLACE_SOURCE", stream: "a", column: "f", value: "x.csv" } as const;
    const decoded = decode(schema("a") + record("a", '{"x":1}') + encodeMessage(replace) + record("a", '{"x":2}'));
    expect(decoded.map((d) => d.type)).toEqual(["SCHEMA", "RECORDS", "REPLACE_SOURCE", "RECORDS"]);
    expect(decoded[2]).toEqual(replace);
  });

  test("a STATE comes between the rows before it and the rows after it", () => {
    const text = `${schema("a") + record("a", '{"x":1}')}{"type":"STATE","value":{"n":1}}\n${record("a", '{"x":2}')}`;
    expect(decode(text).map((d) => d.type)).toEqual(["SCHEMA", "RECORDS", "STATE", "RECORDS"]);
  });
});

describe("numbers keep their digits", () => {
  test.each([
    "9007199254740993",
    "-9007199254740993",
    "123456789012345678901234567890",
    "0.1",
    "1.10",
    "12345678.123456789",
    "0.1000000000000000055511151231257827",
    "1e400",
    "1E-400",
    "-0",
    "1.5e3",
    "99999999999999999.99",
    "0.30000000000000004",
  ])("%s", (text) => {
    const value = rows(decode(schema("a") + record("a", `{"n":${text}}`)))[0]?.record.n;
    const got = numberText(value) as string;
    expect(sameNumber(got, text)).toBe(true);
    expect(isExactNumber(value) ? value.rawJSON : String(value)).not.toBe("Infinity");
    expect(recordEncoder(["n"])({ n: value })).toBe(`{"n":${got}}`);
  });

  test("any decimal", () => {
    const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat(30), fc.integer({ min: -350, max: 350 }));
    fc.assert(
      fc.property(decimal, fc.boolean(), ([digits, scale, exponent], withExponent) => {
        const text = spell(digits, scale) + (withExponent ? `e${exponent}` : "");
        const value = rows(decode(schema("a") + record("a", `{"id":"x","n":${text}}`)))[0]?.record.n;
        expect(sameNumber(numberText(value) as string, text)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("tolerant of what taps in use send", () => {
  test("missing key_properties, unknown fields, blank lines, a whole last line without its end", () => {
    const decoded = decode('{"type":"SCHEMA","stream":"a","schema":{},"extra":1}\n\n{"type":"STATE","value":{"b":1}}');
    expect(decoded).toMatchObject([
      { key_properties: [], extra: 1 },
      { type: "STATE", value: { b: 1 } },
    ]);
  });

  test("Python's NaN and infinities become the numbers, also beside text that holds the words", () => {
    const got = rows(decode(schema("a") + record("a", '{"a":NaN,"b":-Infinity,"c":"NaN","d":[Infinity]}')))[0]?.record;
    expect(got).toEqual({ a: Number.NaN, b: -Infinity, c: "NaN", d: [Infinity] });
  });

  test("a key called __proto__ is a column like any other", () => {
    const got = rows(decode(schema("a") + record("a", '{"__proto__":"x"}')))[0]?.record as object;
    expect(Object.entries(got)).toEqual([["__proto__", "x"]]);
  });
});

describe("strict about the rest", () => {
  const cases: [string, string | Buffer, string, object][] = [
    ["RECORD before SCHEMA", record("a", "{}"), "record_before_schema", { line: 1, stream: "a" }],
    ["unknown type", `${schema("a")}{"type":"WAT"}\n`, "not_a_message", { line: 2 }],
    ["no type", "[1]\n", "not_a_message", { line: 1 }],
    ["a log line", `${schema("a")}INFO hello\n`, "invalid_json", { line: 2 }],
    ["a cut last line", schema("a") + record("a", '{"x":1}').slice(0, -5), "cut_line", { line: 2 }],
    [
      "invalid UTF-8",
      Buffer.concat([Buffer.from(`${schema("a")}{"é":"`), Buffer.from([0xff]), Buffer.from('"}\n')]),
      "invalid_utf8",
      { line: 2, offset: 8 },
    ],
    ["STATE without value", '{"type":"STATE"}\n', "not_a_message", { line: 1 }],
    ["REPLACE_SOURCE without value", '{"type":"REPLACE_SOURCE","stream":"a","column":"f"}\n', "not_a_message", { line: 1 }],
  ];
  test.each(cases)("%s", (_, text, code, position) => {
    for (const size of [1, 7, 1 << 16]) expect(failure(() => decode(text, size))).toMatchObject({ code, position, class: "protocol" });
  });

  test("lines before a bad one are still decoded", () => {
    const decoder = new Decoder();
    const got: Decoded[] = [];
    const text = `{"type":"STATE","value":1}\n`;
    expect(
      failure(() => {
        for (const d of decoder.push(Buffer.concat([Buffer.from(text), Buffer.from([0xff, 10])]))) got.push(d);
      }).code,
    ).toBe("invalid_utf8");
    expect(got).toEqual([{ type: "STATE", value: 1 }]);
  });

  test.each(["\\ud800", "\\udc00 x", "\\ud800\\u0041", "\\\\\\udfff"])("lone surrogate %s", (spelled) => {
    const run = () => rows(decode(schema("a") + record("a", `{"x":"${spelled}"}`)));
    expect(failure(run)).toMatchObject({ code: "lone_surrogate", position: { line: 2 } });
  });

  test.each(["\\ud83d\\ude00", "\\\\ud800", "\\u00e9\\n"])("no lone surrogate: %s", (spelled) => {
    const got = rows(decode(schema("a") + record("a", `{"x":"${spelled}"}`)))[0]?.record.x;
    expect(got).toBe(JSON.parse(`"${spelled}"`));
  });

  test("a line over the byte limit is an error long before memory is full", () => {
    const decoder = new Decoder({ maxLineBytes: 1000 });
    const run = () => {
      for (let i = 0; i < 100; i++) Array.from(decoder.push(Buffer.alloc(100, 97)));
    };
    expect(failure(run)).toMatchObject({ code: "line_too_long", position: { line: 1 } });
  });

  test("200,000 levels of nesting are an error, not a crash", () => {
    const deep = `${'{"a":['.repeat(100_000)}1${"]}".repeat(100_000)}`;
    expect(failure(() => rows(decode(schema("a") + record("a", deep)))).code).toBe("too_deep");
    const fine = `{"text":"${"{[".repeat(2000)}","list":[${"[1],".repeat(2000)}2]}`;
    expect(rows(decode(schema("a") + record("a", fine)))).toHaveLength(1);
  });
});

const ascii = (json: string) => json.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

function spell(digits: bigint, scale: number): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return sign + (scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`);
}

/** Exact comparison by integers: digits * 10^exponent. */
function sameNumber(a: string, b: string): boolean {
  const [x, y] = [parts(a), parts(b)];
  const low = Math.min(x.exponent, y.exponent);
  return x.digits * 10n ** BigInt(x.exponent - low) === y.digits * 10n ** BigInt(y.exponent - low);
}

function parts(text: string): { digits: bigint; exponent: number } {
  const [, sign, whole, fraction = "", power = "0"] = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) as RegExpExecArray;
  return { digits: BigInt(`${sign}${whole}${fraction}`.replace(/^(-?)0*(?=\d)/, "$1")), exponent: Number(power) - fraction.length };
}
