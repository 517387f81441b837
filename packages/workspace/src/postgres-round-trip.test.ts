/**
 * tap-postgres and target-postgres are each other's inverse: a table of any type that goes through both is the same table. The checksum is
 * over the text that PostgreSQL writes of each value, cast back to the type of the source where the target chose a wider one.
 */

import { suiteDatabase } from "@tapline/testing/postgres";
import { beforeAll, describe, expect, test } from "vitest";
import { arrayBack, copySchema } from "./copy-schema.ts";

const database = suiteDatabase();

interface RoundTrip {
  type: string;
  /** SQL that makes the type or extension. */
  prepare?: string;
  /** Values as SQL writes them. NULL is added to all. */
  values: readonly string[];
  /** The column of the source, where its spelling may differ. */
  source?: string;
  /** The column of the target, `v`, as a value of the source's type. Default: a cast. */
  back?: string;
}

const text = (...values: string[]): string[] => values.map((value) => `'${value.replaceAll("'", "''")}'`);
const table: readonly RoundTrip[] = [
  { type: "smallint", values: ["-32768", "32767"] },
  { type: "integer", values: ["-2147483648", "0"] },
  { type: "bigint", values: ["-9223372036854775808", "9223372036854775807", "9007199254740993"] },
  { type: "oid", values: ["4294967295"] },
  { type: "numeric", values: ["0", "1e-30", "12345678901234567890123456789.000000000001", "'NaN'", "'Infinity'", "'-Infinity'", "1.5"] },
  { type: "numeric(10,2)", values: ["99999999.99", "-0.01", "0"] },
  { type: "numeric(10,2)", values: ["1.5", "'NaN'"] },
  { type: "numeric(3,5)", values: ["0.00123"] },
  { type: "numeric(3,-2)", values: ["12300"] },
  { type: "real", values: ["1e20", "0.1", "'NaN'", "'-Infinity'", "3.4028235e38"] },
  { type: "double precision", values: ["1e300", "0.1", "5e-324", "'Infinity'", "'NaN'"] },
  { type: "money", values: ["'12.50'", "'-92233720368547758.08'"] },
  { type: "boolean", values: ["true", "false"] },
  { type: "text", values: text("", " ", "NULL", "\\N", 'a "b" \\ c\td\r\n\b\f\v\u0001', "Zürich 日本語 👩‍👩‍👧") },
  { type: "varchar(5)", values: text("abcde", "") },
  { type: "char(3)", values: text("a", "abc") },
  { type: '"char"', values: text("a") },
  { type: "name", values: text("a") },
  { type: "uuid", values: text("f47ac10b-58cc-4372-a567-0e02b2c3d479") },
  { type: "date", values: text("0001-01-01", "2024-02-29", "9999-12-31") },
  { type: "date", values: text("2024-02-29", "infinity", "-infinity", "0044-03-15 BC", "10000-01-01", "2024-03-01") },
  { type: "timestamp", values: text("0001-01-01 00:00:00", "2024-02-29 23:59:59.123456", "2024-01-01") },
  { type: "timestamp", values: text("infinity", "0044-03-15 12:00 BC", "2024-01-01 00:00:00.5") },
  { type: "timestamp(0)", values: text("2024-02-29 23:59:59") },
  { type: "timestamptz", values: text("2024-02-29 23:59:59.123456+02", "1970-01-01 00:00Z") },
  { type: "timestamptz", values: text("infinity", "-infinity", "0044-03-15 12:00+01 BC", "10000-01-01 00:00Z") },
  { type: "time", values: text("00:00", "23:59:59.999999", "24:00") },
  { type: "timetz", values: text("12:00+02", "23:59:59.5-11:30") },
  { type: "interval", values: text("1 year 2 mons -3 days 04:05:06.789", "-1 day +02:03", "0") },
  {
    type: "json",
    values: text('{"a": 1,\n "b": [1.5, "x\\u00e9\\n", 1e400]}', '"x"', "[]", "12345678901234567890.1"),
    back: "v",
    source: "v::jsonb",
  },
  { type: "jsonb", values: text('{"b": [1.5, "\\"\\\\x\\n", null], "a": {}}', "0.10000000000000000001", "true") },
  { type: "bytea", values: ["''", "'\\x00ff01'", "decode(repeat('ab', 100), 'hex')"] },
  { type: "bit(3)", values: ["B'101'"] },
  { type: "varbit", values: ["B''", "B'10101'"] },
  { type: "inet", values: text("10.0.0.1/24", "2001:db8::1") },
  { type: "cidr", values: text("10.0.0.0/8") },
  { type: "macaddr", values: text("08:00:2b:01:02:03") },
  { type: "xml", values: text("<a b='1'>\n &amp;</a>") },
  { type: "tsvector", values: text("a:1 'b''c':2A") },
  { type: "tsquery", values: text("'a' & !'b'") },
  { type: "point", values: text("(1.5,-2)") },
  { type: "polygon", values: text("((0,0),(1,1),(1,0))") },
  { type: "pg_lsn", values: text("16/B374D848") },
  { type: "int4range", values: text("[1,10)", "empty", "(,5)") },
  { type: "tstzrange", values: text('["2024-01-01 00:00+00",infinity)') },
  { type: "nummultirange", values: text("{[1.1,2.2),[5,6)}") },
  { type: "mood", prepare: "CREATE TYPE mood AS ENUM ('sad', 'it''s \"ok\"')", values: text("sad", 'it\'s "ok"') },
  { type: "country", prepare: "CREATE DOMAIN country AS char(2) CHECK (VALUE <> 'XX')", values: text("DE") },
  { type: "price", prepare: "CREATE DOMAIN cents AS numeric(10,2); CREATE DOMAIN price AS cents", values: ["12.34"] },
  {
    type: "place",
    prepare: "CREATE TYPE place AS (street text, number int, at timestamptz)",
    values: [`ROW('a "b"', 7, '2024-01-01 00:00Z')::place`, "ROW(NULL, NULL, NULL)::place"],
    back: "jsonb_populate_record(NULL::place, v)",
  },
  {
    type: "hstore",
    prepare: "CREATE EXTENSION hstore",
    values: text('"a"=>"1", "b \\"x\\""=>NULL', ""),
    back: "(SELECT coalesce(hstore(array_agg(key), array_agg(value)), '') FROM jsonb_each_text(v)) || CASE WHEN v IS NULL THEN NULL ELSE ''::hstore END",
  },
  { type: "citext", prepare: "CREATE EXTENSION citext", values: text("Abc") },
  { type: "ltree", prepare: "CREATE EXTENSION ltree", values: text("a.b") },
  { type: "integer[]", values: ["'{1,NULL,3}'", "'{}'"], back: `CASE WHEN v = '[]' THEN '{}' ELSE ${arrayBack("integer")} END` },
  { type: "text[]", values: [`ARRAY['a "b"', '', NULL, 'c,{}\\']`], back: arrayBack("text") },
  { type: "numeric[]", values: ["'{1.5,NaN,12345678901234567890.1}'"], back: arrayBack("numeric") },
  { type: "timestamptz[]", values: [`'{"2024-01-01 00:00+00",infinity}'`], back: arrayBack("timestamptz") },
  { type: "integer[][]", values: ["'{{1,2},{3,NULL}}'", "'{{{1},{2}}}'"], back: "translate(v::text, '[] ', '{}')::integer[]" },
  { type: "int4range[]", values: [`'{"[1,5)",empty}'`], back: arrayBack("int4range") },
];

const checksum = (schema: string, name: string, expression: string): string =>
  `SELECT count(*), count(v), md5(string_agg(coalesce((${expression})::text, 'NULL'), '|' ORDER BY id)) FROM ${schema}.${name}`;

describe("a table of the type", () => {
  beforeAll(async () => {
    const tables = table.map(({ type, prepare = "", values }, i) => {
      const rows = ["NULL", ...values].map((value, id) => `(${id}, ${value})`);
      return `${prepare}; CREATE TABLE source.t${i} (id int PRIMARY KEY, v ${type}); INSERT INTO source.t${i} VALUES ${rows.join(", ")}`;
    });
    await database().read(
      "CREATE SCHEMA source",
      "CREATE SCHEMA copied",
      "CREATE SCHEMA in_files",
      "CREATE SCHEMA from_files",
      "ALTER DATABASE current SET search_path = public".replace("current", database().database),
      ...tables.flatMap((sql) => sql.split(/;(?=\s)/).filter((one) => one.trim() !== "")),
    );
    await copySchema(database(), "source", "copied");
    await copySchema(database(), "source", "in_files", { rowsPerFile: 2 });
    await copySchema(database(), "source", "from_files", { rowsPerFile: 2, asRecords: true });
  });
  test.for(table.map((each, i) => [each.type, i] as const))("%s is the same table (%i)", async ([type, i]) => {
    const { source = "v", back = `v::${type}`, values } = table[i] as RoundTrip;
    const [before] = await database().read("SET DateStyle = 'ISO'", checksum("source", `t${i}`, source));
    for (const schema of ["copied", "in_files", "from_files"]) {
      const [after] = await database().read("SET DateStyle = 'ISO'", checksum(schema, `t${i}`, back));
      expect(after).toEqual(before);
    }
    expect(Number(before?.[1])).toBe(values.length);
  });
});
