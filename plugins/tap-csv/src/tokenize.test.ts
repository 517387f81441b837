import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failure } from "../test/tap-run.ts";
import { type Dialect, quotedFlag, Tokenizer } from "./tokenize.ts";

const usual: Dialect = { delimiter: 0x2c, quote: 0x22, escaper: -1, doubleQuote: true, skipInitialSpace: false };
const backslash = 0x5c;

interface Options {
  dialect?: Partial<Dialect>;
  chunk?: number;
  maxRowBytes?: number;
  bufferBytes?: number;
  header?: string[];
}

interface Tokens {
  /** null: nothing between two delimiters. */
  rows: (string | null)[][];
  lines: number[];
}

function tokens(content: string | Uint8Array, options: Options = {}): Tokens {
  const bytes = Buffer.from(content as string);
  const { maxRowBytes = 1 << 20, bufferBytes = 1 << 16, chunk = bufferBytes } = options;
  const tokenizer = new Tokenizer({ ...usual, ...options.dialect }, { maxRowBytes, bufferBytes, position: { file: "a.csv" } });
  if (options.header) tokenizer.expect(options.header);
  const result: Tokens = { rows: [], lines: [] };
  let at = 0;
  for (let isDone = false; ; ) {
    while (tokenizer.next()) {
      const { count, starts, ends, flags } = tokenizer;
      const isNull = (cell: number) => starts[cell] === ends[cell] && !((flags[cell] as number) & quotedFlag);
      result.rows.push(Array.from({ length: count }, (_, cell) => (isNull(cell) ? null : tokenizer.text(cell))));
      result.lines.push(tokenizer.line);
    }
    if (isDone) return result;
    isDone = at >= bytes.length;
    if (isDone) tokenizer.end();
    else {
      const room = tokenizer.room();
      const size = Math.min(chunk, room.length, bytes.length - at);
      room.set(bytes.subarray(at, at + size));
      tokenizer.poured(size);
      at += size;
    }
  }
}

const rows = (content: string | Uint8Array, options?: Options) => tokens(content, options).rows;

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
    ["NUL and control bytes", "a\0b,\x01\x7f\n", [["a\0b", "\x01\x7f"]]],
    ["a byte order mark", '\uFEFF"a",b\n', [["a", "b"]]],
    ["a byte order mark further on is text", "a\n\uFEFFb\n", [["a"], ["\uFEFFb"]]],
    ["nothing", "", []],
    ["a byte order mark alone", "\uFEFF", []],
  ])("%s", (_, text, expected) => {
    for (const chunk of [1, 2, 3, 100]) expect(rows(text, { chunk })).toEqual(expected);
  });

  test("the line a row starts in", () => {
    const text = 'a\n\n"b\nb\r\nb\rb"\r\n\rc\rd';
    for (const chunk of [1, 5, 100]) expect(tokens(text, { chunk }).lines).toEqual([1, 3, 8, 9]);
  });

  test("more cells than there was room for at first", () => {
    const cells = Array.from({ length: 1000 }, (_, i) => String(i));
    expect(rows(`${cells.join(",")}\n`)).toEqual([cells]);
  });
});

describe("dialects", () => {
  const escaping = { escaper: backslash, doubleQuote: false };
  test.each([
    ["tab", "a\tb,c\n", { delimiter: 0x09 }, [["a", "b,c"]]],
    ["single quotes", `'a,''b','"'\n`, { quote: 0x27 }, [["a,'b", '"']]],
    ["escape in quotes", `${String.raw`"say \"hi\"","back\\slash","\n"`}\n`, escaping, [['say "hi"', "back\\slash", "n"]]],
    ["escape outside quotes", `${String.raw`a\,b,\"c,d\\`}\n`, escaping, [["a,b", '"c', "d\\"]]],
    ["escaped line ends", 'a\\\nb,"c\\\r\nd",e\\\r\nf\n', escaping, [["a\nb", "c\r\nd", "e\r\nf"]]],
    ["escape and doubled quotes", `${String.raw`"a""b\"c"`}\n`, { escaper: backslash }, [['a"b"c']]],
    ["skipinitialspace", '  a,  "b, c",   ,d e\n', { skipInitialSpace: true }, [["a", "b, c", null, "d e"]]],
  ] as const)("%s", (_, text, dialect, expected) => {
    for (const chunk of [1, 2, 3, 100]) expect(rows(text, { dialect, chunk })).toEqual(expected);
  });

  test("escaped line ends count as lines", () => {
    expect(tokens('a\\\nb,"c\\\r\nd\\\ne"\nf\n', { dialect: escaping }).lines).toEqual([1, 5]);
  });
});

describe("what is wrong is told with its place", () => {
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
    ["an escape at the very end", "a\\", { dialect: { escaper: backslash } }, "escape_at_end", { line: 1, offset: 2 }],
    ["an escape at the very end, in quotes", '"a\\', { dialect: { escaper: backslash } }, "quote_not_closed", { line: 1 }],
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

  test("rows before a bad byte are still given", () => {
    const seen: unknown[] = [];
    const tokenizer = new Tokenizer(usual, { maxRowBytes: 100, bufferBytes: 100 });
    tokenizer.room().set([0x61, 0x0a, 0x62, 0x0a, 0xff, 0x0a]);
    tokenizer.poured(6);
    tokenizer.end();
    expect(() => {
      while (tokenizer.next()) seen.push(tokenizer.text(0));
    }).toThrow("0xFF");
    expect(seen).toEqual(["a", "b"]);
  });

  test("a row over the budget, whether its end is known or not, with the quote that may be the cause", async () => {
    const long = `a\n"${"x".repeat(500)}"\n`;
    expect(rows(long, { maxRowBytes: 503, bufferBytes: 64 })[1]?.[0]).toHaveLength(500);
    for (const bufferBytes of [16, 64, 10_000]) {
      const error = await failure(() => rows(long, { maxRowBytes: 400, bufferBytes }));
      expect(error).toMatchObject({ code: "row_over_budget", position: { line: 2 } });
      if (bufferBytes < 400) expect(error.message).toContain("quote that opened in line 2");
    }
  });
});

describe("long rows", () => {
  test("come whole through a buffer that is smaller", () => {
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
    delimiter: fc.constantFrom(0x2c, 0x3b, 0x09, 0x7c),
    quote: fc.constantFrom(0x22, 0x27),
    escaper: fc.constantFrom(-1, backslash),
    doubleQuote: fc.boolean(),
    skipInitialSpace: fc.boolean(),
  });
  const writing = fc.record({
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    quotesAll: fc.boolean(),
    hasMark: fc.boolean(),
    hasLastEnd: fc.boolean(),
    hasBlanks: fc.boolean(),
    chunk: fc.integer({ min: 1, max: 40 }),
    bufferBytes: fc.integer({ min: 1, max: 64 }),
  });

  test("in any dialect reads back the same under any chunking of bytes", () => {
    fc.assert(
      fc.property(table, dialect, writing, (cells, dialect, style) => {
        fc.pre(dialect.doubleQuote || dialect.escaper >= 0);
        expect(rows(write(cells, dialect, style), { dialect, chunk: style.chunk, bufferBytes: style.bufferBytes })).toEqual(cells);
      }),
      { numRuns: 1000 },
    );
  });

  function write(
    cells: (string | null)[][],
    dialect: Dialect,
    style: { lineEnd: string; quotesAll: boolean; hasMark: boolean; hasLastEnd: boolean; hasBlanks: boolean },
  ): string {
    const [delimiter, quote] = [String.fromCharCode(dialect.delimiter), String.fromCharCode(dialect.quote)];
    const writeCell = (text: string | null): string => {
      if (text === null) return "";
      const isPlain = text !== "" && ![delimiter, quote, "\\", "\n", "\r", " ", "\uFEFF"].some((special) => text.includes(special));
      if (isPlain && !style.quotesAll) return text;
      const escaped = dialect.escaper >= 0 ? text.replaceAll("\\", "\\\\") : text;
      return quote + escaped.replaceAll(quote, (dialect.doubleQuote ? quote : "\\") + quote) + quote;
    };
    const lines = cells.map((row) => row.map(writeCell).join(delimiter));
    const text = lines.join(style.lineEnd.repeat(style.hasBlanks ? 2 : 1)) + (style.hasLastEnd ? style.lineEnd : "");
    return (style.hasMark ? "\uFEFF" : "") + text;
  }
});

describe("any text", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", ",", '"', "\n", "\r", "\r\n", " "), maxLength: 30 });

  test("that csv-parse reads is read the same", () => {
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
    const dialect = { escaper: 0x61, skipInitialSpace: true };
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

  /** undefined where csv-parse sees an error: it refuses quotes in unquoted cells. */
  function oracle(text: string): string[][] | undefined {
    try {
      return parse(text, { record_delimiter: ["\r\n", "\n", "\r"], skip_empty_lines: true, relax_column_count: true });
    } catch {
      return undefined;
    }
  }
});
