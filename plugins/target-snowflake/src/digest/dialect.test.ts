/** The SQL of the digest, word for word: the emulator can't run all of it as Snowflake does. */
import { bucketsSql, rowsSql } from "@tapline/sql";
import { expect, test } from "vitest";
import { digestDialect } from "./dialect.ts";

const { text, kindOf, statistics } = digestDialect;
const of = (type: string, kind: Parameters<typeof text>[1]["kind"], more: { digits?: number; tolerance?: number } = {}): string =>
  text({ name: "x", type }, { kind, ...more });

test("kinds of Snowflake's types, as DESCRIBE TABLE has them", () => {
  const types = [
    "BOOLEAN",
    "NUMBER(18,0)",
    "NUMBER(19,0)",
    "NUMBER(38,0)",
    "NUMBER(10,2)",
    "FLOAT",
    "VARCHAR",
    "VARCHAR(10)",
    "BINARY",
    "DATE",
  ];
  expect(types.map((type) => kindOf(type)?.kind)).toEqual(
    ["boolean", "integer", "decimal", "decimal", "decimal", "float", "text", "text", "bytes", "date"], // biome-ignore format: one line beside the other
  );
  expect(kindOf("VARCHAR(20) COLLATE 'en-ci'")).toEqual({ kind: "text" });
  expect(["TIME", "TIME(0)", "TIMESTAMP_NTZ(6)", "TIMESTAMP_TZ", "TIMESTAMP_LTZ(3)"].map((type) => kindOf(type))).toEqual([
    { kind: "time", digits: 9 },
    { kind: "time", digits: 0 },
    { kind: "timestamp", digits: 6 },
    { kind: "instant", digits: 9 },
    { kind: "instant", digits: 3 },
  ]);
  expect(["VARIANT", "OBJECT", "ARRAY"].map((type) => kindOf(type)?.kind)).toEqual(["json", "json", "json"]);
  expect(["GEOGRAPHY", "VECTOR(FLOAT, 3)", "MAP(VARCHAR, NUMBER(38,0))"].map((type) => kindOf(type))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("the text of a value", () => {
  expect(of("NUMBER(10,0)", "integer")).toBe("TO_VARCHAR(x)");
  expect(of("NUMBER(10,2)", "decimal")).toBe(
    "CASE WHEN CONTAINS(TO_VARCHAR(x), '.') THEN REGEXP_REPLACE(TO_VARCHAR(x), '[.]?0+$', '') ELSE TO_VARCHAR(x) END",
  );
  expect(of("BOOLEAN", "boolean")).toBe("TO_VARCHAR(x)");
  expect(of("BOOLEAN", "decimal")).toBe("TO_VARCHAR(CAST(x AS INTEGER))");
  expect(of("VARCHAR", "text")).toBe("x");
  expect(of("VARCHAR", "padded")).toBe("RTRIM(x, ' ')");
  expect(of("BINARY", "bytes")).toBe("LOWER(HEX_ENCODE(x))");
  expect(of("VARIANT", "json")).toBe("TO_JSON(x)");
  expect(of("VARCHAR", "json")).toBe("x");
  expect(of("DATE", "date")).toBe("TO_VARCHAR(DATEDIFF(DAY, CAST('1970-01-01' AS DATE), x))");
  const ns = "DATE_PART(EPOCH_NANOSECOND, x)";
  expect(of("TIMESTAMP_NTZ", "timestamp", { digits: 6 })).toBe(
    `TO_VARCHAR(CAST(CAST(${ns} - MOD(MOD(${ns}, 1000) + 1000, 1000) AS NUMBER(38,0)) * 0.000000001 AS NUMBER(38,6)))`,
  );
  expect(of("TIMESTAMP_TZ", "instant", { digits: 9 })).toBe(`TO_VARCHAR(CAST(CAST(${ns} AS NUMBER(38,0)) * 0.000000001 AS NUMBER(38,9)))`);
  const midnight = "DATE_PART(EPOCH_NANOSECOND, CAST(x AS TIMESTAMP_NTZ))";
  expect(of("DATE", "timestamp", { digits: 0 })).toBe(
    `TO_VARCHAR(CAST(CAST(${midnight} - MOD(MOD(${midnight}, 1000000000) + 1000000000, 1000000000) AS NUMBER(38,0)) * 0.000000001 AS NUMBER(38,6)))`,
  );
  const time = "DATEDIFF(NANOSECOND, CAST('00:00:00' AS TIME), x)";
  expect(of("TIME", "time", { digits: 3 })).toBe(
    `TO_VARCHAR(CAST(CAST(${time} - MOD(MOD(${time}, 1000000) + 1000000, 1000000) AS NUMBER(38,0)) * 0.000000001 AS NUMBER(38,6)))`,
  );
  expect(of("FLOAT", "float")).toBe(
    "CASE WHEN TO_VARCHAR(CAST(x AS FLOAT)) IN ('NaN', 'inf', '-inf') THEN DECODE(TO_VARCHAR(CAST(x AS FLOAT)), 'inf', 'Infinity', '-inf', '-Infinity', 'NaN')" +
      " WHEN (CAST(x AS FLOAT) = 0 OR ABS(CAST(x AS FLOAT)) >= 1e-99 AND ABS(CAST(x AS FLOAT)) < 1e100) THEN TRIM(TO_VARCHAR(CAST(x AS FLOAT) + 0, '9.9999999999999999eeee'))" +
      " ELSE TRIM(TO_VARCHAR(CAST(x AS FLOAT) + 0, '9.9999999999999999eeeee')) END",
  );
  expect(of("FLOAT", "float", { tolerance: 0.5 })).toContain("FLOOR(CAST(x AS FLOAT) / CAST(0.5 AS FLOAT))");
});

test("statistics that can't overflow", () => {
  expect(statistics({ name: "x", type: "NUMBER(10,2)" }, { kind: "decimal" }).sum).toBe(
    "CASE WHEN CONTAINS(TO_VARCHAR(SUM(x)), '.') THEN REGEXP_REPLACE(TO_VARCHAR(SUM(x)), '[.]?0+$', '') ELSE TO_VARCHAR(SUM(x)) END",
  );
  expect(statistics({ name: "x", type: "NUMBER(38,2)" }, { kind: "decimal" })).not.toHaveProperty("sum");
  expect(statistics({ name: "x", type: "VARCHAR" }, { kind: "text" })).toEqual({ sum: "SUM(OCTET_LENGTH(x))" });
});

const relation = {
  from: '"DB"."RAW"."ORDERS"',
  types: new Map([
    ["ID", "NUMBER(38,0)"],
    ["NOTE", "VARCHAR"],
  ]),
};
const question = {
  table: { schema: "RAW", name: "ORDERS" },
  columns: [
    { name: "ID", kind: "decimal" as const },
    { name: "NOTE", kind: "text" as const },
  ],
  key: ["ID"],
  buckets: 64,
  statistics: false,
  before: { column: "NOTE", value: "a\\'b" },
};

test("rows and checksum of each bucket, in one scan", () => {
  expect(bucketsSql(digestDialect, relation, question)).toBe(
    `SELECT TO_VARCHAR("tapline_bucket"),
  TO_VARCHAR(count(*)),
  TO_VARCHAR(sum("tapline_checksum")),
  TO_VARCHAR(count(*) - count("ID")),
  TO_VARCHAR(NULL)
FROM (
  SELECT MOD(MOD(MD5_NUMBER_UPPER64(coalesce(TO_VARCHAR("ID"), '~')), 64) + 64, 64) AS "tapline_bucket",
    MD5_NUMBER_UPPER64(CONCAT_WS('|', coalesce(TO_VARCHAR("ID"), '~'), coalesce(TO_VARCHAR(OCTET_LENGTH("NOTE")) || ':' || "NOTE", '~'))) AS "tapline_checksum",
    "ID"
  FROM "DB"."RAW"."ORDERS"
WHERE "NOTE" < 'a\\\\''b'
 ) AS tapline_rows
GROUP BY "tapline_bucket"`.replace("\n )", "\n)"),
  );
});

test("the rows of some buckets, sorted by the hash of their key", () => {
  const { before: _, ...rest } = question;
  expect(rowsSql(digestDialect, relation, { ...rest, only: [3, 7] })).toBe(`SELECT MD5(coalesce(TO_VARCHAR("ID"), '~')),
  TO_VARCHAR("ID"),
  "NOTE"
FROM "DB"."RAW"."ORDERS"
WHERE MOD(MOD(MD5_NUMBER_UPPER64(coalesce(TO_VARCHAR("ID"), '~')), 64) + 64, 64) IN (3, 7)
ORDER BY 1`);
});
