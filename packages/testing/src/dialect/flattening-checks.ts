/** Flattening through a whole target: nested properties are columns, with exact values, and rejected records keep their form. */
import assert from "node:assert/strict";
import { exactNumber, type JsonSchema, type Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { assertCounts } from "./reject-checks.ts";
import { assertRefused, columnsIn, type DialectUnderTest, dialectCheck } from "./subject.ts";

const flattening = { flattening_enabled: true, flattening_max_depth: 2 };
const text: JsonSchema = { type: ["null", "string"] };
const amount = exactNumber("0.1000000000000000055511151231257827");
const long = "a name that is so long that no two of them fit into the name of one column";

const properties: Record<string, JsonSchema> = {
  id: { type: "object", properties: { no: { type: "integer" } }, required: ["no"] },
  address: {
    type: ["null", "object"],
    properties: {
      zip: text,
      since: { type: ["null", "string"], format: "date-time" },
      geo: { type: "object", properties: { lat: { type: "number" }, spots: { type: "array" }, deep: { type: "object" } } },
      any: {},
    },
  },
  [long]: { type: "object", properties: { [`${long} 1`]: text, [`${long} 2`]: text } },
};

const columns: Record<string, JsonSchema> = {
  id__no: { type: "integer" },
  address__zip: text,
  address__since: { type: ["null", "string"], format: "date-time" },
  address__geo__lat: { type: ["null", "number"] },
  address__geo__spots: { type: "array" },
  address__geo__deep: { type: "object" },
  address__any: {},
};

export const flatteningChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("flattened properties load into columns with their exact values", async (session) => {
    const settings = { ...flattening, epoch_times: "seconds" };
    const head = schema("s", properties, ["id__no"]);
    const geo = { lat: amount, spots: [1, { x: amount }], deep: { q: { r: amount } } };
    const sent = [
      { id: { no: 1 }, address: { zip: "", since: 0, geo, any: [true] }, [long]: { [`${long} 1`]: "a", [`${long} 2`]: "b" } },
      { id: { no: 2 }, address: null },
      { id: { no: 3 } },
      { id: { no: 1 }, address: { zip: "new", geo, any: { y: 1 } } },
    ];
    const epoch = "1970-01-01T00:00:00Z";
    const nested = { address__geo__lat: amount, address__geo__spots: geo.spots, address__geo__deep: geo.deep };
    const first: Row = { id__no: 1, address__zip: "", address__since: epoch, ...nested, address__any: [true] };
    await session.piped(head + records("s", sent.slice(0, 3)) + state(1), settings);
    assertRows(await session.rows("s"), [first, { id__no: 2 }, { id__no: 3 }], columns);
    const named = await columnsIn(session, "s");
    const names = [1, 2].map((n) => named[`${long}__${long} ${n}`] as string);
    assert.deepEqual(
      (await session.rows("s")).filter(({ id__no }) => Number(id__no) === 1).map((row) => names.map((name) => row[name])),
      [["a", "b"]],
      "values of columns with long names",
    );
    const { summaries } = await session.piped(head + records("s", sent.slice(3)) + state(2), settings);
    assertCounts(summaries.get("s"), { received: 1, loaded: 1, updated: 1 });
    const updated: Row = { id__no: 1, address__zip: "new", ...nested, address__any: { y: 1 } };
    assertRows(await session.rows("s"), [updated, { id__no: 2 }, { id__no: 3 }], columns);
  }),
  dialectCheck("nested fields that the SCHEMA lacks are kept, and objects that the catalog deselects are not stored", async (session) => {
    const row = { id: { no: 1, more: { x: 1 } }, address: { zip: "secret" } };
    const { summaries } = await session.piped(schema("s", properties, ["id__no"]) + records("s", [row]), {
      ...flattening,
      deselected: { s: ["address"] },
    });
    assert.deepEqual(
      summaries.get("s")?.tolerated?.map(({ kind, column }) => [kind, column]),
      [["field_kept", "id__more"]],
    );
    assert.deepEqual(Object.keys(await columnsIn(session, "s")), ["id__no", ...[1, 2].map((n) => `${long}__${long} ${n}`)]);
  }),
  dialectCheck("a rejected record keeps its form, and is flattened when it is replayed", async (session) => {
    const settings = { ...flattening, on_error: "reject" };
    const refused = '{"id":{"no":1},"address":{"zip":7,"geo":{"lat":0.1000000000000000055511151231257827}}}';
    const line = `{"type":"RECORD","stream":"s","record":${refused}}\n`;
    const twice = { id: { no: 2, x: 1 }, id__x: 2 };
    await session.piped(schema("s", properties, ["id__no"]) + line + records("s", [{ id: { no: 3 } }, twice]) + state(1), settings);
    const kept = await session.withRejects((rejects) => rejects.list({}, true));
    assert.deepEqual(
      kept.map(({ code, record }) => [code, record]),
      [
        ["record_invalid", refused],
        ["flattened_fields_collide", JSON.stringify(twice)],
      ],
    );
    assert.match(kept[0]?.reason ?? "", /address\.zip must be null or string/);
    const [replayed] = await session.replay({ ...settings, validate_records: false });
    assert.deepEqual([replayed?.inserted, replayed?.refused], [1, 1]);
    const expected = [{ id__no: 1, address__zip: "7", address__geo__lat: amount }, { id__no: 3 }];
    assertRows(await session.rows("s"), expected, columns);
  }),
  dialectCheck("columns that flattening gives the same name are refused, before a table is made", async (session) => {
    const same = { ...properties, address__zip: text };
    assertRefused((await session.pipe(schema("s", same) + records("s", [{}]), flattening)).failure, "flattened_columns_collide");
    assert.equal(await session.leftBehind("s"), null);
    const apart = { ...flattening, flattening_separator: "." };
    await session.piped(schema("s", same) + records("s", [{ id: { no: 1 }, address: { zip: "a" }, address__zip: "b" }]), apart);
    assertRows(await session.rows("s"), [{ "address.zip": "a", address__zip: "b" }], { "address.zip": text, address__zip: text });
  }),
];
