/** A person's query inside the transaction of a load, which goes on and may write afterwards. */
import { suiteDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { settings } from "../test/rows.ts";
import { connect } from "./connection.ts";

const database = suiteDatabase();

test("it sees what the load wrote, writes nothing by any function, and leaves the transaction as it was", async () => {
  const { read } = database();
  await read(`CREATE TABLE noted (id int); CREATE SEQUENCE steps;
    CREATE FUNCTION note() RETURNS int LANGUAGE sql AS 'INSERT INTO noted VALUES (1) RETURNING id';
    CREATE FUNCTION free() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SET TRANSACTION READ WRITE; INSERT INTO noted VALUES (2); RETURN 1; END $$;
    CREATE FUNCTION sets() RETURNS int LANGUAGE plpgsql AS
      $$ BEGIN PERFORM set_config('transaction_read_only', 'off', false); INSERT INTO noted VALUES (3); RETURN 1; END $$;`);
  await using connection = await connect(settings(database()));
  const rows = (sql: string) => connection.readRows?.(sql, 5);
  await connection.begin();
  await connection.run("CREATE TABLE loaded AS SELECT generate_series(1, 9) AS id");
  expect(await rows("SELECT id FROM loaded ORDER BY id")).toEqual({ columns: ["id"], rows: [["1"], ["2"], ["3"], ["4"], ["5"]], count: 9 });
  for (const sql of [
    "SELECT note()",
    "SELECT free()",
    "SELECT sets()",
    "SELECT nextval('steps')",
    "WITH gone AS (DELETE FROM loaded RETURNING id) SELECT * FROM gone",
    "DELETE FROM loaded",
    "SELECT 1; COMMIT",
    "SELECT 1/0",
  ])
    await expect(rows(sql), sql).rejects.toMatchObject({ code: expect.stringMatching(/^query_/) });
  expect(await connection.run("INSERT INTO loaded VALUES (10)")).toBe(1);
  await connection.commit();
  expect(await read("SELECT (SELECT count(*) FROM loaded), (SELECT count(*) FROM noted)")).toEqual([["10", "0"]]);
});
