/** The comment under a pull request: what a reviewer reads, and that names and keys from data can be no Markdown. */
import type { CiReport, CiTable } from "@tapline/runner";
import { expect, test } from "vitest";
import { ciMarkdown, code, plain } from "./ci-markdown.ts";
import { describeCi } from "./ci-text.ts";

const table = (name: string, rest: Partial<CiTable>): CiTable => ({
  ...{ name, status: "changed", rows: { before: 2, after: 2 }, added: 0, removed: 0, differing: 0, key: [], columns: [] },
  ...{ findings: [], examples: [], failure: null },
  ...rest,
});

const job = { job: "daily", status: "done" as const, seconds: 1, failure: null };
const step = { name: "tap-csv warehouse", status: "done" as const, rows: 2, cut: [], nodes: [], failure: null };
const report: CiReport = {
  verdict: "changed",
  head: { name: "this branch", commit: "abc and changes", jobs: [{ ...job, steps: [step] }] },
  base: { name: "main", commit: "def", jobs: [{ ...job, steps: [{ ...step, rows: 1 }] }] },
  tables: [
    table("raw.items", {
      ...{ added: 1, differing: 1, key: ["id"], rows: { before: 1, after: 2 } },
      columns: [
        { name: "price", change: "type", before: "BIGINT", after: "DOUBLE", rows: 1 },
        { name: "note", change: "new", before: null, after: "VARCHAR", rows: null },
      ],
      examples: [{ what: "only_there", key: { id: "2|`x` <b>@ana</b>" }, columns: [] }],
    }),
    table("raw.old", {
      status: "gone",
      rows: { before: 3, after: null },
      removed: 3,
      columns: [{ name: "id", change: "gone", before: "BIGINT", after: null, rows: null }],
    }),
    table("raw.same", { status: "same" }),
  ],
  notes: [],
  seconds: 2,
};

test("Markdown and text tell rows, columns, types and keys by table", () => {
  expect(ciMarkdown(report)).toBe(`### tapline ci: The result changes in 2 of 3 tables

| | this branch (abc and changes) | main (def) |
|---|---|---|
| daily: tap-csv warehouse | 2 rows | 1 row |

| table | rows | what changes |
|---|---|---|
| \`raw.items\` | 1 → 2 | new column note VARCHAR<br>type of price: BIGINT → DOUBLE<br>1 row more, 1 row with other values (price 1), by id |
| \`raw.old\` | 3 → – | gone: id BIGINT |

<details><summary>Some rows of raw.items</summary>

| | key | columns |
|---|---|---|
| new | \`id=2¦'x' <b>@ana</b>\` |  |

</details>

Same: \`raw.same\`
`);
  expect(describeCi(report, 80)).toEqual([
    "this branch (abc and changes)",
    "  daily  tap-csv warehouse  2 rows",
    "main (def)",
    "  daily  tap-csv warehouse  1 row",
    "",
    "raw.items  1 → 2 rows",
    "  new column note VARCHAR",
    "  type of price: BIGINT → DOUBLE",
    "  1 row more, 1 row with other values (price 1), by id",
    "    new  id=2|`x` <b>@ana</b>",
    "",
    "raw.old  3 → – rows",
    "  gone: id BIGINT",
    "",
    "Same: raw.same",
    "",
    "The result changes in 2 of 3 tables; 2.0 s",
  ]);
});

test("text from data is text", () => {
  expect(plain("a|b [x](http://y) @ana\n# <img>")).toBe("a&#124;b &#91;x&#93;(http&#58;//y) &#64;ana &#35; &lt;img&gt;");
  expect(code("`a|b`\n")).toBe("`'a¦b'`");
});
