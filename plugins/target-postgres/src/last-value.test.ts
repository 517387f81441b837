import { testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { pipe } from "../test/pipe.ts";

/** Of 1 to 17 digits. */
const versions = Array.from("12345678901234567", (_, index, all = "12345678901234567") => all.slice(0, index + 1));

/** The lines are read from their bytes, which end just after this value. */
test.each(["\n", ""])("a number of any length may be the last value of the input, with %j after its line", async (end) => {
  const database = await testDatabase();
  for (const version of versions) {
    const name = `s${version.length}`;
    const schema = { properties: { id: { type: "integer" } } };
    const record = (id: number) => `{"type":"RECORD","stream":"${name}","record":{"id":${id}},"version":${version}}`;
    const lines = [JSON.stringify({ type: "SCHEMA", stream: name, schema, key_properties: ["id"] }), record(1), record(2)];
    const { failure } = await pipe(database, Buffer.from(lines.join("\n") + end));
    expect(failure).toBeUndefined();
    expect(await database.read(`SELECT id, _sdc_table_version FROM ${name} ORDER BY id`)).toEqual([
      ["1", version],
      ["2", version],
    ]);
  }
});
