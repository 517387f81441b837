import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failure } from "../../test/tap-run.ts";
import { type Options, rows, tokens } from "../../test/tokens.ts";
import { type Dialect, defaultDialect } from "../sniff/dialect.ts";
import { Tokenizer } from "./tokenizer.ts";

describe("cells", () => {
  test.each([
    [
      "plain",
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["empty and quoted empty", 'a,,""\n', [["a", null, ""]]],
    ["delimiters, quotes and line ends in quotes", '"a,b","say ""hi""","1\n2\r\n3\r4"\n', [["a,b", 'say "hi"', "1\n2\r\n3\r4"]]],
    ["only quotes", '"""",""""""\n', [['"', '""']]],
    ["a quote in the middle of an unquoted cell is literal", 'a"b,c""d,5"\n', [['a"b', 'c""d', '5"']]],
    [
      "a delimiter at the end opens one more cell",
      "a,\n,\n",
      [
        ["a", null],
        [null, null],
      ],
    ],
    [
      "no line end after the last line",
      "a,b\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["a quoted cell last, without line end", 'a,"b"', [["a", "b"]]],
    ["an empty cell last, without line end", "a,", [["a", null]]],
    ["\\n, \\r\\n and lone \\r mixed", "a\nb\r\nc\rd\r", [["a"], ["b"], ["c"], ["d"]]],
    ["blank lines", "\n\r\n\ra\n\n\r\n\nb\n\n", [["a"], ["b"]]],
    ["a line of an empty quoted cell is no blank line", 'a\n""\nb', [["a"], [""], ["b"]]],
    ["spaces belong to the text", " a , b\n", [[" a ", " b"]]],
    ["NUL and control bytes, where they are kept", "a\0b,\x01\x7f\n", [["a\0b", "\x01\x7f"]]],
    ["nothing", "", []],
  ])("%s", (_, text, expected) => {
    for (const chunk of [1, 2, 3, 100]) expect(rows(text, { chunk })).toEqual(expected);
  });

  test("the line a row starts in", () => {
    const text = 'a\n\n"b\nb\r\nb\rb"\r\n\rc\rd';
    for (const chunk of [1, 5, 100]) expect(tokens(text, { chunk }).lines).toEqual([1, 3, 8, 9]);
  });

  test("more cells than the first allocation", () => {
    const cells = Array.from({ length: 1000 }, (_, i) => String(i));
    expect(rows(`${cells.join(",")}\n`)).toEqual([cells]);
  });
});

describe("dialects", () => {
  const escaping = { escape: "\\", doubleQuote: false };
  test.each([
    ["tab", "a\tb,c\n", { delimiter: "\t" }, [["a", "b,c"]]],
    ["single quotes", `'a,''b','"'\n`, { quote: "'" }, [["a,'b", '"']]],
    ["escape in quotes", `${String.raw`"say \"hi\"","back\\slash","\n"`}\n`, escaping, [['say "hi"', "back\\slash", "n"]]],
    ["escape outside quotes", `${String.raw`a\,b,\"c,d\\`}\n`, escaping, [["a,b", '"c', "d\\"]]],
    ["escaped line ends", 'a\\\nb,"c\\\r\nd",e\\\r\nf\n', escaping, [["a\nb", "c\r\nd", "e\r\nf"]]],
    ["escape and doubled quotes", `${String.raw`"a""b\"c"`}\n`, { escape: "\\" }, [['a"b"c']]],
    ["skipinitialspace", '  a,  "b, c",   ,d e\n', { skipInitialSpace: true }, [["a", "b, c", null, "d e"]]],
  ] as const)("%s", (_, text, dialect, expected) => {
    for (const chunk of [1, 2, 3, 100]) expect(rows(text, { dialect, chunk })).toEqual(expected);
  });

  test("escaped line ends count as lines", () => {
    expect(tokens('a\\\nb,"c\\\r\nd\\\ne"\nf\n', { dialect: escaping }).lines).toEqual([1, 5]);
  });
});

describe("errors have a position", () => {
  const header = ["x", "y"];
  test.each([
    ["too few cells", "x,y\n1,2\n\n3\n", { header }, "row_too_short", { line: 4 }],
    ["too many cells", "x,y\n1,2,3\n", { header }, "row_too_long", { line: 2 }],
    ["text after a closing quote", 'x,y\n"a\nb"c,d\n', {}, "text_after_quote", { line: 3, offset: 3 }],
    [
      "a doubled quote where quotes aren't doubled",
      '"a""b"\n',
      { dialect: { doubleQuote: false } },
      "text_after_quote",
      { line: 1, offset: 4 },
    ],
    ["a quote that is never closed", 'x,y\n1,"a\nb\nc\n', {}, "quote_not_closed", { line: 2, offset: 3 }],
    ["a quote that opens at the very end", 'x\n"', {}, "quote_not_closed", { line: 2, offset: 1 }],
    ["an escape at the very end", "a\\", { dialect: { escape: "\\" } }, "escape_at_end", { line: 1, offset: 2 }],
    ["an escape at the very end, in quotes", '"a\\', { dialect: { escape: "\\" } }, "quote_not_closed", { line: 1 }],
  ] as const)("%s", async (_, text, options, code, position) => {
    for (const chunk of [1, 3, 100]) {
      const error = await failure(() => rows(text, { ...options, chunk } as Options));
      expect(error).toMatchObject({ code, position: { file: "a.csv", ...position } });
    }
  });

  test.each([
    ["a stray byte", [0x78, 0x2c, 0x79, 0x0a, 0xc3, 0xa9, 0x2c, 0x22, 0x0a, 0xe9, 0x78, 0x22], { line: 3, offset: 1, column: "y" }],
    ["a character cut by the end of a row", [0x78, 0x0a, 0x61, 0xe2, 0x82, 0x0a, 0x62], { line: 2, offset: 2 }],
    ["a character cut by the end of the file", [0x78, 0x0a, 0xf0, 0x9f, 0x98], { line: 2, offset: 1 }],
    ["an encoded surrogate", [0x78, 0x0a, 0xed, 0xa0, 0x80, 0x0a], { line: 2, offset: 1 }],
    ["an unclosed quote around it", [0x22, 0x0a, 0xff], { line: 2, offset: 1 }],
  ])("bytes that are no UTF-8: %s", async (_, bytes, position) => {
    const header = bytes[1] === 0x2c ? ["x", "y"] : undefined;
    for (const chunk of [1, 2, 100]) {
      const error = await failure(() => rows(Uint8Array.from(bytes), { chunk, ...(header ? { header } : {}) }));
      expect(error).toMatchObject({ code: "invalid_utf8", position });
    }
  });

  test("rows before a bad byte are still returned", () => {
    const seen: unknown[] = [];
    const tokenizer = new Tokenizer(defaultDialect, { maxRowBytes: 100, bufferBytes: 100 });
    tokenizer.room().set([0x61, 0x0a, 0x62, 0x0a, 0xff, 0x0a]);
    tokenizer.filled(6);
    tokenizer.end();
    expect(() => {
      while (tokenizer.next()) seen.push(tokenizer.text(0));
    }).toThrow("0xFF");
    expect(seen).toEqual(["a", "b"]);
  });

  test("a row over the limit, whether its end is known or not, with the quote that may be the cause", async () => {
    const long = `a\n"${"x".repeat(500)}"\n`;
    expect(rows(long, { maxRowBytes: 503, bufferBytes: 64 })[1]?.[0]).toHaveLength(500);
    for (const bufferBytes of [16, 64, 10_000]) {
      const error = await failure(() => rows(long, { maxRowBytes: 400, bufferBytes }));
      expect(error).toMatchObject({ code: "row_over_budget", position: { line: 2 } });
      if (bufferBytes < 400) expect(error.message).toContain("quote that opens in line 2");
    }
  });
});

describe("long rows", () => {
  test("pass complete through a smaller buffer", () => {
    const cell = "é".repeat(5000);
    const text = `a,b\n${`1,"${cell}"\n2,c\n`.repeat(3)}`;
    const expected = [
      ["a", "b"],
      ...Array.from({ length: 3 }, () => [
        ["1", cell],
        ["2", "c"],
      ]).flat(),
    ];
    for (const bufferBytes of [1, 7, 64, 4096]) expect(rows(text, { bufferBytes })).toEqual(expected);
  });
});

describe("any table", () => {
  const cell = fc.oneof(
    fc.constant(null),
    fc.string({ unit: fc.constantFrom(..."ab ,;\"'\\\n\r\t", "é", "\u{1F600}", "\0"), maxLength: 8 }),
    fc.string({ unit: "grapheme", maxLength: 8 }),
  );
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }));
  const dialect = fc.record({
    delimiter: fc.constantFrom(",", ";", "\t", "|", "||", "¦", "→;", "ab"),
    quote: fc.constantFrom('"', "'", "«"),
    escape: fc.constantFrom(null, "\\", "é"),
    doubleQuote: fc.boolean(),
    skipInitialSpace: fc.boolean(),
  });
  const writing = fc.record({
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    quotesAll: fc.boolean(),
    hasLastEnd: fc.boolean(),
    hasBlanks: fc.boolean(),
    chunk: fc.integer({ min: 1, max: 40 }),
    bufferBytes: fc.integer({ min: 1, max: 64 }),
  });

  test("in any dialect reads back the same under any chunking of bytes", () => {
    fc.assert(
      fc.property(table, dialect, writing, (cells, dialect, style) => {
        fc.pre(dialect.doubleQuote || dialect.escape !== null);
        expect(rows(write(cells, dialect, style), { dialect, chunk: style.chunk, bufferBytes: style.bufferBytes })).toEqual(cells);
      }),
      { numRuns: 1000 },
    );
  });

  function write(
    cells: (string | null)[][],
    dialect: Pick<Dialect, "delimiter" | "quote" | "escape" | "doubleQuote">,
    style: { lineEnd: string; quotesAll: boolean; hasLastEnd: boolean; hasBlanks: boolean },
  ): string {
    const { delimiter, escape: escaper } = dialect;
    const quote = dialect.quote as string;
    const writeCell = (text: string | null): string => {
      if (text === null) return "";
      const specials = [...delimiter, quote, ...(escaper ?? ""), "\n", "\r", " "];
      if (text !== "" && !specials.some((special) => text.includes(special)) && !style.quotesAll) return text;
      const escaped = escaper === null ? text : text.replaceAll(escaper, escaper + escaper);
      return quote + escaped.replaceAll(quote, (dialect.doubleQuote ? quote : escaper) + quote) + quote;
    };
    const lines = cells.map((row) => row.map(writeCell).join(delimiter));
    return lines.join(style.lineEnd.repeat(style.hasBlanks ? 2 : 1)) + (style.hasLastEnd ? style.lineEnd : "");
  }
});

describe("any text", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", ",", '"', "\n", "\r", "\r\n", " "), maxLength: 30 });

  test("that csv-parse reads gives the same rows", () => {
    let agreed = 0;
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 10 }), (text, chunk) => {
        const expected = oracle(text);
        fc.pre(expected !== undefined);
        agreed++;
        expect(rows(text, { chunk }).map((row) => row.map((cell) => cell ?? ""))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
    expect(agreed).toBeGreaterThan(500);
  });

  test("never hangs, and fails only with an error that has a line", () => {
    const dialect = { escape: "a", skipInitialSpace: true };
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 10 }), (text, chunk) => {
        const whole = outcome(text, { dialect });
        expect(outcome(text, { dialect, chunk, bufferBytes: 4 })).toEqual(whole);
        expect(Array.isArray(whole) || typeof whole === "string").toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  function outcome(text: string, options: Options): unknown {
    try {
      return rows(text, options);
    } catch (error) {
      const { code, position } = error as { code: string; position: { line: number; offset: number } };
      return `${code} ${position.line}:${position.offset}`;
    }
  }

  /** Undefined where csv-parse reports an error: it refuses quotes in unquoted cells. */
  function oracle(text: string): string[][] | undefined {
    try {
      return parse(text, { record_delimiter: ["\r\n", "\n", "\r"], skip_empty_lines: true, relax_column_count: true });
    } catch {
      return undefined;
    }
  }
});
