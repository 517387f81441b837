/** Values that a column is too narrow for: it becomes what holds them all, digit by digit. */
import { exactNumber, type JsonSchema } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema } from "../target/input.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

const integer: JsonSchema = { type: "integer" };
const number: JsonSchema = { type: "number" };

export const wideningChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck(
    "types widen for a value that needs it, and no digit is lost: in a batch, in a later one, in another run, while old rows are replaced",
    async (session) => {
      const properties = { id: integer, v: integer, w: number };
      const small = { v: exactNumber("9223372036854775807"), w: 0.125 };
      const large = { v: exactNumber("92233720368547758079"), w: exactNumber("12345678901234567890.5") };
      const first = [1, 2, 3].map((id) => ({ id, ...small }));
      const second = [
        { id: 2, ...large },
        { id: 4, ...small, w: 0.5 },
      ];
      const wanted = [
        { id: 1, ...small },
        { id: 2, ...large },
        { id: 3, ...small },
        { id: 4, ...small, w: 0.5 },
      ];
      for (const keys of [["id"], []]) {
        const streams = ["batch", "batches", "runs"].map((name) => `${name} ${keys}`) as [string, string, string];
        const [batch, batches, runs] = streams;
        const all = keys.length > 0 ? wanted : [...first, ...second];
        await session.piped(schema(batch, properties, keys) + records(batch, [...first, ...second]));
        await session.load({ name: batches, properties, keys }, [first, second]);
        await session.piped(schema(runs, properties, keys) + records(runs, first));
        await session.piped(schema(runs, properties, keys) + records(runs, second));
        for (const stream of streams) assertRows(await session.rows(stream), all, properties, `rows of ${stream}`);
      }
      await keepDigits(session);
      await fitAll(session);
    },
  ),
];

/** Long integers in a column that then gets fractions, and decimals sent as text in a column of numbers. */
async function keepDigits(session: DialectSession): Promise<void> {
  const long = exactNumber("99999999999999999999999");
  const before = { id: integer, v: integer, w: number };
  await session.piped(schema("digits", before, ["id"]) + records("digits", [{ id: 1, v: long, w: 0.5 }]));
  const after = { id: integer, v: number, w: { type: "string", format: "singer.decimal" } };
  for (const [id, w] of [
    [2, "911545.283"],
    [3, "0.12345678901234567891"],
  ])
    await session.piped(schema("digits", after, ["id"]) + records("digits", [{ id, v: 0.25, w }]));
  const wanted = [
    { id: 1, v: long, w: 0.5 },
    { id: 2, v: 0.25, w: 911545.283 },
    { id: 3, v: 0.25, w: exactNumber("0.12345678901234567891") },
  ];
  assertRows(await session.rows("digits"), wanted, { ...before, v: number });
}

/** No two values of a batch fit one decimal. */
async function fitAll(session: DialectSession): Promise<void> {
  const properties = { id: integer, v: { type: "number", multipleOf: 0.01 }, w: number, n: number };
  const wanted = [
    { id: 1, v: 389159.34, w: 1e300, n: 1 },
    {
      id: 2,
      v: exactNumber("9135213957976873361801383060283568143.3"),
      w: exactNumber("12345678901234567.5"),
      n: exactNumber("0.12345678901234567891"),
    },
    { id: 3, v: 0.05, w: 1e-300, n: exactNumber("1234567890123456789012345") },
  ];
  await session.piped(schema("all", properties, ["id"]) + records("all", wanted));
  const digits: JsonSchema = { type: "string", format: "singer.decimal" };
  assertRows(await session.rows("all"), wanted, { id: integer, v: digits, w: digits, n: digits });
}
