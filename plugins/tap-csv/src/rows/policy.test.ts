import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failure } from "../../test/tap-run.ts";
import { type Options, tokens } from "../../test/tokens.ts";
import type { RowPolicy } from "./policy.ts";

const header = ["x", "y"];
const rejecting: RowPolicy = {
  short: "reject",
  long: "reject",
  strayQuotes: "reject",
  badBytes: "reject",
  nulBytes: "reject",
  blankLines: "skip",
  emptyRows: "row",
  repeatedHeader: "skip",
  other: "reject",
};

/** The same under any chunking. */
function read(content: string | Uint8Array, policy: Partial<RowPolicy>, options: Partial<Options> = {}) {
  const [first, ...others] = [100, 1, 3].map((chunk) =>
    tokens(content, { header, chunk, policy: { ...rejecting, ...policy }, ...options }),
  );
  for (const other of others) expect(other).toEqual(first);
  return first as NonNullable<typeof first>;
}

const rejects = (content: string | Uint8Array, policy: Partial<RowPolicy> = {}, options: Partial<Options> = {}) => {
  const { rows, rejects } = read(content, policy, options);
  return [rows.map((row) => row.join("|")), rejects.map(({ line, code, raw }) => `${line} ${code} ${raw}`)];
};

describe("a rejected row is reported with its bytes, and reading continues after it", () => {
  test.each([
    ["too short", "1,2\n3\n4,5\n", ["1|2", "4|5"], ["2 row_too_short 3"]],
    ["too long", "1,2\r\n3,4,5\r\n6,7", ["1|2", "6|7"], ["2 row_too_long 3,4,5"]],
    ["text after a quote", '1,2\n"a"b,"c"\n4,5\n', ["1|2", "4|5"], ['2 text_after_quote "a"b,"c"']],
    ["a quote that another line's quote seems to close", '1,"a\n2,b\n3,"c"\n4,d\n', ["2|b", "3|c", "4|d"], ['1 text_after_quote 1,"a']],
    ["a quote that is never closed", '1,2\n3,"a\n4,b\n5,c\n', ["1|2", "4|b", "5|c"], ['2 quote_not_closed 3,"a']],
    ["a cell of several lines with text after it", '1,"a\nb\nc"x\n4,d\n', ["4|d"], ['1 text_after_quote 1,"a\nb\nc"x']],
    ["a row of several lines that is too long", '1,"a\nb",c\n4,d\n', ["4|d"], ['1 row_too_long 1,"a\nb",c']],
    ["NUL", "1,2\n3,\0\n4,5\n", ["1|2", "4|5"], ["2 nul_byte 3,\0"]],
  ])("%s", (_, content, rows, rejected) => {
    expect(rejects(content)).toEqual([rows, rejected]);
  });

  test("invalid bytes", () => {
    const [rows, rejected] = rejects(bad);
    expect(rows).toEqual(["1|é", "3|c"]);
    expect(rejected).toEqual(["2 invalid_utf8 2,\uFFFD", "4 invalid_utf8 4,\uFFFD\uFFFD"]);
  });
  const bad = Buffer.concat([Buffer.from("1,é\n2,"), Buffer.of(0xe9), Buffer.from("\n3,c\n4,"), Buffer.of(0xff, 0xfe), Buffer.from("\n")]);

  test("an invalid byte after a closing quote, also where the bytes read so far end with it", () => {
    const content = Buffer.concat([Buffer.from('1,"a\n2,b\n"'), Buffer.of(0xe9), Buffer.from("\n3,c\n")]);
    expect(rejects(content)).toEqual([
      ["2|b", "3|c"],
      ['1 invalid_utf8 1,"a', '3 invalid_utf8 "\uFFFD'],
    ]);
  });

  test("rows over the limit, of which the start is kept", () => {
    const { rows, rejects } = tokens(`1,2\n3,${"x".repeat(500)}\n4,5\n6,"${"y\n".repeat(300)}7,8\n`, {
      header,
      maxRowBytes: 100,
      bufferBytes: 32,
      policy: rejecting,
    });
    expect(rows.filter(([x]) => x !== "y")).toEqual([
      ["1", "2"],
      ["4", "5"],
      ["7", "8"],
    ]);
    expect(rejects[0]).toMatchObject({ line: 2, code: "row_over_budget", isCut: true });
    expect(rejects[1]).toMatchObject({ line: 4, code: "row_over_budget", raw: expect.stringContaining('6,"y') });
  });

  test("blank lines, when they are errors", () => {
    expect(rejects("1,2\n\n3,4\n", { blankLines: "reject" })).toEqual([["1|2", "3|4"], ["2 row_blank "]]);
  });
});

describe("repairs", () => {
  test("short rows are padded, long ones cut", () => {
    const { rows, rejects } = read("1\n2,3,4\n,\n", { short: "pad", long: "truncate" });
    expect([rows, rejects]).toEqual([
      [
        ["1", null],
        ["2", "3"],
        [null, null],
      ],
      [],
    ]);
  });

  test.each([
    ["an opening one", '1,"a\n2,b\n3,"c"\n', ['1|"a', "2|b", "3|c"]],
    ["one that is never closed", '1,"a\n2,b', ['1|"a', "2|b"]],
    ["some in a cell", '"a "b" c",2\n3,4\n', ['a "b" c|2', "3|4"]],
    ["beside doubled ones", '"a""b "c" d",2\n', ['a"b "c" d|2']],
    ["an opening one before a quoted cell", '"1,"2"\n', ['"1|2']],
  ])("stray quotes are text: %s", (_, content, rows) => {
    expect(rejects(content, { strayQuotes: "text" })).toEqual([rows, []]);
  });
});

test("comments are skipped, wherever a line begins", () => {
  const dialect = { comment: "#" };
  expect(read('#a\n1,2\n# "x\n3,"#4\n#5"\n#', {}, { dialect }).rows).toEqual([
    ["1", "2"],
    ["3", "#4\n#5"],
  ]);
});

test("an error for a blank line or a NUL byte has a position", async () => {
  const fail = (content: string, policy: Partial<RowPolicy>) => failure(() => tokens(content, { header, policy }));
  expect(await fail("1,2\n\n", { blankLines: "fail" })).toMatchObject({ code: "row_blank", position: { line: 2 } });
  expect(await fail("1,2\n3,a\0", { nulBytes: "fail" })).toMatchObject({ code: "nul_byte", position: { line: 2, offset: 4 } });
});

describe("any bytes", () => {
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .constantFrom('"', ",", "\n", "\r\n", "\r", "a", "b", " ", '""', ',"', '"\n', "\0", "#")
        .map((text) => Buffer.from(text)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 3 }).map((bytes) => Buffer.from(bytes)) },
  );
  const bytes = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.concat(pieces));
  const policies = fc.record({
    short: fc.constantFrom("reject" as const, "pad" as const),
    long: fc.constantFrom("reject" as const, "truncate" as const),
    strayQuotes: fc.constantFrom("reject" as const, "text" as const),
    blankLines: fc.constantFrom("reject" as const, "skip" as const),
    emptyRows: fc.constantFrom("reject" as const, "skip" as const, "row" as const),
  });

  test("are read to the end, the same under any chunking, and each line belongs to a row or a reject", () => {
    fc.assert(
      fc.property(bytes, policies, fc.integer({ min: 1, max: 9 }), (content, policy, chunk) => {
        const options = { header, policy: { ...rejecting, ...policy }, dialect: { comment: "#" } };
        const whole = tokens(content, options);
        expect(tokens(content, { ...options, chunk, bufferBytes: 4 })).toEqual(whole);
        const lines = [...whole.lines, ...whole.rejects.map(({ line }) => line)];
        expect(new Set(lines).size).toBe(lines.length);
      }),
      { numRuns: 1500, seed: 14 },
    );
  });

  test("take time in proportion to their length", () => {
    const times = ['"a\n', '1,"\n', '"a,"b\n', 'x,"",y\n', '"1,2\n"', ',"x "y\n', '\xE9"\n'].map((unit) => {
      const content = Buffer.from(unit.repeat(200_000 / unit.length));
      const start = performance.now();
      for (const strayQuotes of ["reject", "text"] as const)
        tokens(content, { header, policy: { ...rejecting, strayQuotes }, maxRowBytes: 1 << 20 });
      return performance.now() - start;
    });
    expect(Math.max(...times)).toBeLessThan(5000);
  });
});
