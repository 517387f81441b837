/** Every database makes the same text of the same value, and different texts of different values: the table that docs/reference/verify.md is printed from. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { duckdbDigestDialect } from "@tapline/duckdb";
import { postgresDigestDialect } from "@tapline/postgres";
import { isSame } from "@tapline/runner";
import type { DigestDialect } from "@tapline/sql";
import { suiteDatabase } from "@tapline/testing/postgres";
import { type DigestForm, digestTable, type Spelled } from "@tapline/testing/type-table";
import { beforeAll, describe, expect, test } from "vitest";

const database = suiteDatabase();
let duckdb: DuckDBConnection;
beforeAll(async () => {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  duckdb = await (await DuckDBInstance.create(":memory:")).connect();
  await duckdb.run("SET TimeZone = 'UTC'");
});

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** One statement for all: the text of each spelling. */
function statement(
  dialect: DigestDialect,
  name: "PostgreSQL" | "DuckDB",
): { sql: string; asked: { form: DigestForm; spelled: Spelled }[] } {
  const asked = digestTable.flatMap((form) => form[name].map((spelled) => ({ form, spelled })));
  const list = asked.map(({ form: { kind, digits, tolerance }, spelled: [type, value] }, index) => {
    const column = { kind, ...(digits !== undefined && { digits }), ...(tolerance !== undefined && { tolerance }) };
    return `(SELECT ${dialect.text({ name: "x", type }, column)} FROM (SELECT CAST(${quoted(value)} AS ${type}) AS x) AS t) AS c${index}`;
  });
  return { sql: `SELECT ${list.join(",\n")}`, asked };
}

const found = (texts: readonly unknown[], asked: ReturnType<typeof statement>["asked"]): string[] =>
  asked.flatMap(({ form, spelled }, index) =>
    texts[index] === form.text
      ? []
      : [`${form.kind}, ${form.what}: ${spelled.join(" ")} is ${JSON.stringify(texts[index])}, not ${JSON.stringify(form.text)}`],
  );

describe("the texts of values", () => {
  test("PostgreSQL", async () => {
    const { sql, asked } = statement(postgresDigestDialect("UTF8"), "PostgreSQL");
    const [texts = []] = await database().read("SET TimeZone = 'UTC'", sql);
    expect(asked.length).toBeGreaterThan(90);
    expect(found(texts, asked)).toEqual([]);
  });
  test("DuckDB", async () => {
    const { sql, asked } = statement(duckdbDigestDialect, "DuckDB");
    const [texts = []] = (await duckdb.runAndReadAll(sql)).getRows();
    expect(asked.length).toBeGreaterThan(90);
    expect(found(texts, asked)).toEqual([]);
  });
  test("different values of a kind have different texts", () => {
    const texts = new Map<string, DigestForm>();
    for (const form of digestTable) {
      const key = `${form.kind} ${form.digits ?? ""} ${form.text}`;
      const other = texts.get(key);
      // "down" rows are cut to fewer digits, where values that are apart may meet.
      if (!form.what.includes("down")) expect(other === undefined ? "" : `${other.what} / ${form.what}`, key).toBe("");
      texts.set(key, form);
    }
  });
  test("the checksum of a text is the same number: whole, and its last bits", async () => {
    const texts = ["", "a", "Zürich 日本語 👩‍👩‍👧", "x".repeat(1000)];
    const [pg, duck] = [postgresDigestDialect("UTF8"), duckdbDigestDialect];
    const list = (dialect: DigestDialect): string =>
      texts
        .flatMap((text) => {
          const number = dialect.checksum(dialect.join([quoted(text), dialect.withLength(quoted(text))]));
          return [dialect.asText(number), dialect.asText(dialect.lastBits(number, 1023)), dialect.asText(dialect.lastBits("-5", 1023))];
        })
        .join(", ");
    const [one = []] = await database().read(`SELECT ${list(pg)}`);
    const [other = []] = (await duckdb.runAndReadAll(`SELECT ${list(duck)}`)).getRows();
    const unsigned = (values: readonly unknown[]): string[] => values.map((value) => String(BigInt.asUintN(64, BigInt(String(value)))));
    expect(unsigned(one)).toEqual(unsigned(other));
    expect(unsigned(one)[2]).toBe("1019");
  });
  test("a database in another encoding hashes UTF-8", async () => {
    const latin = postgresDigestDialect("LATIN1");
    const [[hash, length] = []] = await database().read(`SELECT ${latin.md5("'Zürich'")}, ${latin.withLength("'Zürich'")}`);
    const [[same] = []] = (await duckdb.runAndReadAll("SELECT md5('Zürich')")).getRows();
    expect([hash, length]).toEqual([same, "7:Zürich"]);
  });
});

describe("JSON, which no database writes in one form", () => {
  test.each([
    ['{"a": 1, "b": [1, 2]}', '{"b":[1,2],"a":1}', true],
    ["1.0", "1", true],
    ["1e2", "100", true],
    ["-0", "0", true],
    ["12345678901234567890.10", "12345678901234567890.1", true],
    ["12345678901234567890.1", "12345678901234567890.2", false],
    ['"\\u00e9"', '"é"', true],
    ['{"a":1,"a":2}', '{"a":2}', true],
    ["[1, 2]", "[2, 1]", false],
    ['{"a":null}', "{}", false],
    ['"1"', "1", false],
    ['""', "null", false],
    ["no JSON", "no  JSON", false],
  ])("%s and %s", (here, there, same) => {
    expect(isSame(here, there, { kind: "json" })).toBe(same);
    expect(isSame(there, here, { kind: "json" })).toBe(same);
  });
});

test("a tolerance is how far two values may be apart, wherever its steps lie", async () => {
  const within = { kind: "float" as const, tolerance: 0.01 };
  expect([isSame("1.00", "1.009", within), isSame("1.00", "1.02", within), isSame("NaN", "1", within), isSame(null, "0", within)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  // Values of one step have one text: never more than the tolerance apart, so that no difference is missed.
  const text = (dialect: DigestDialect, value: string, type: string): string =>
    dialect.text({ name: `CAST('${value}' AS ${type})`, type }, { kind: "float", tolerance: 0.01 });
  const values = ["1.001", "1.009", "1.011", "-0.001", "NaN"];
  const [one] = await database().read(
    `SELECT ${values.map((value) => text(postgresDigestDialect("UTF8"), value, "double precision")).join(", ")}`,
  );
  const [other] = (
    await duckdb.runAndReadAll(`SELECT ${values.map((value) => text(duckdbDigestDialect, value, "DOUBLE")).join(", ")}`)
  ).getRows();
  expect(one).toEqual(other);
  expect(one?.[0]).toBe(one?.[1]);
  expect(new Set(one).size).toBe(4);
});
