/** Schemas that change, within a run and between runs: the table follows, what is in it stays exact, and each change is reported. */
import assert from "node:assert/strict";
import { exactNumber, isExactNumber, type JsonSchema, type Row } from "@tapline/protocol";
import type { TableChange } from "@tapline/sdk";
import type { Check } from "../check.ts";
import { assertRows, digitsOf } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { assertRefused, type DialectUnderTest, dialectCheck, type Piped, typesIn } from "./subject.ts";

const integer: JsonSchema = { type: "integer" };
const number: JsonSchema = { type: "number" };
const text: JsonSchema = { type: "string" };

/** One definition of the stream `s` after another, each with what it sends as `v` of the row whose id is its index. */
type Step = readonly [schema: JsonSchema, value: unknown];

const chains: readonly (readonly Step[])[] = [
  [
    [integer, exactNumber("9007199254740993")],
    [number, 0.5],
    [text, "half"],
  ],
  [
    [integer, 7],
    [{ type: "number", multipleOf: 0.01 }, 0.07],
    [{ type: ["number", "string"] }, "many"],
  ],
  [
    [{ type: "string", format: "date" }, "2024-02-29"],
    [{ type: "string", format: "date-time" }, "2024-02-29T12:30:00.5Z"],
    [text, "soon"],
  ],
  [
    [{ type: "boolean" }, true],
    [text, "perhaps"],
  ],
  [
    [integer, 5],
    [{ type: "object" }, { a: [1] }],
  ],
];

export const schemaChangeChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck(
    "a property that is added, removed, made nullable and added again: new rows have NULL where there is none, old ones what they had",
    async (session) => {
      const steps: [Record<string, JsonSchema>, Row][] = [
        [
          { id: integer, a: integer },
          { id: 1, a: 10 },
        ],
        [
          { id: integer, b: text },
          { id: 2, b: "two" },
        ],
        [
          { id: integer, a: { type: ["null", "integer"] }, b: text },
          { id: 3, a: null, b: "three" },
        ],
        [
          { id: integer, a: integer },
          { id: 4, a: 40 },
        ],
      ];
      const wanted = steps.map(([, row]) => row);
      const properties = { id: integer, a: integer, b: text };
      const parts = (stream: string) => steps.map(([each, row]) => schema(stream, each, ["id"]) + records(stream, [row]));
      const one = await session.piped(parts("one").join(""));
      assertRows(await session.rows("one"), wanted, properties, "rows of one run");
      const cuts = await session.piped(
        parts("cuts")
          .map((part, at) => part + state(at))
          .join(""),
        { commit_after_ms: 0 },
      );
      assertRows(await session.rows("cuts"), wanted, properties, "rows of one run with several commits");
      const runs: Piped[] = [];
      for (const part of parts("runs")) runs.push(await session.piped(part));
      assertRows(await session.rows("runs"), wanted, properties, "rows of several runs");
      const added = changesOf(runs[1] as Piped, "runs").filter(({ kind }) => kind === "column_added");
      assert.deepEqual(
        added.map(({ column }) => column),
        ["b"],
        "the new column was not reported",
      );
      for (const [piped, stream] of [
        [one, "one"],
        [cuts, "cuts"],
      ] as const)
        assert.ok(
          changesOf(piped, stream).some(({ kind, column }) => kind === "column_added" && column === "b"),
          `${stream}: the new column was not reported`,
        );
    },
  ),
  dialectCheck(
    "types widen as the schema does, and values that were there stay: in a run, over commits and between runs",
    async (session) => {
      const parts = (stream: string) =>
        [0, 1, 2].map((step) => schema(stream, schemasAt(step), ["id"]) + records(stream, [valuesAt(step, step), valuesAt(step, 100)]));
      await session.piped(parts("one").join(""));
      const cuts = parts("cuts").map((part, at) => part + state(at));
      await session.piped(cuts.join(""), { commit_after_ms: 0 });
      for (const [step, part] of parts("runs").entries()) {
        const widened = changesOf(await session.piped(part), "runs").filter(({ kind }) => kind === "column_widened");
        const wider = [...chains.keys()].filter((index) => step > 0 && step < (chains[index] as Step[]).length);
        assert.deepEqual(
          widened.map(({ column }) => column).sort(),
          wider.map((index) => `v${index}`),
          `run ${step}: ${JSON.stringify(widened)}`,
        );
      }
      for (const stream of ["one", "cuts", "runs"]) assertValues(await session.rows(stream), stream);
    },
  ),
  dialectCheck("a narrower type changes nothing, and what can't widen is an error before anything is written", async (session) => {
    const bytes: JsonSchema = { type: "string", contentEncoding: "base64" };
    const wide: Record<string, JsonSchema> = { id: integer, t: text, n: number, j: { type: "object" }, b: bytes };
    await session.piped(schema("s", wide, ["id"]) + records("s", [{ id: 1, t: "x", n: 0.5, j: { a: 1 }, b: "AP8B" }]));
    const types = await typesIn(session, "s");
    const narrow = { id: integer, t: integer, n: integer, j: integer, b: bytes };
    const piped = await session.piped(schema("s", narrow, ["id"]) + records("s", [{ id: 2, t: 5, n: 6, j: 7, b: "AA==" }]));
    assert.deepEqual(await typesIn(session, "s"), types, "a narrower type changed the table");
    assert.deepEqual(
      changesOf(piped, "s").filter(({ kind }) => kind !== "column_absent"),
      [],
    );
    const wanted = [
      { id: 1, t: "x", n: 0.5, j: { a: 1 }, b: "AP8B" },
      { id: 2, t: "5", n: 6, j: 7, b: "AA==" },
    ];
    assertRows(await session.rows("s"), wanted, wide);
    const { failure } = await session.pipe(schema("s", { ...wide, more: text, b: integer }, ["id"]) + records("s", [{ id: 3, b: 5 }]));
    assertRefused(failure, "type_conflict");
    assert.deepEqual(await typesIn(session, "s"), types, "a load that failed changed the table");
    assertRows(await session.rows("s"), wanted, wide);
  }),
];

/** The changes to the stream's table in the summary. */
export function changesOf({ summaries }: Piped, stream: string): readonly TableChange[] {
  return (summaries.get(stream)?.changes ?? []) as readonly TableChange[];
}

/** Every chain is a column; one that is at its end stays there. */
const stepOf = (chain: readonly Step[], at: number): Step => chain[Math.min(at, chain.length - 1)] as Step;

function schemasAt(step: number): Record<string, JsonSchema> {
  return { id: integer, ...Object.fromEntries(chains.map((chain, index) => [`v${index}`, stepOf(chain, step)[0]])) };
}

function valuesAt(step: number, id: number): Row {
  return { id, ...Object.fromEntries(chains.map((chain, index) => [`v${index}`, stepOf(chain, step)[1]])) };
}

/** Each step's values, and the last ones once more in the row that came with every step. */
function assertValues(rows: readonly Row[], what: string): void {
  const plainRow = (row: Row): string[] => [plain(row.id), ...[...chains.keys()].map((index) => plain(row[`v${index}`]))];
  const wanted = [0, 1, 2].map((step) => valuesAt(step, step));
  const sorted = (list: readonly Row[]): string[][] => list.map(plainRow).sort((a, b) => String(a[0]).localeCompare(String(b[0])));
  assert.deepEqual(sorted(rows), sorted([...wanted, valuesAt(2, 100)]), `values of ${what}`);
}

/** Numbers by their digits also in text, days as the instant they begin, all else as JSON. */
function plain(value: unknown): string {
  const text = isExactNumber(value) ? value.rawJSON : String(value);
  if (/^-?\d+(\.\d+)?$/.test(text)) return digitsOf(text);
  if (typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value)) return new Date(value).toISOString();
  return typeof value === "boolean" ? String(value) : typeof value === "string" ? value : JSON.stringify(value);
}
