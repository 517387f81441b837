/** SQL text is in the dialects and in what they share, so that a new database is a matter of those files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow, root } from "./repository.ts";
import { sqlTexts } from "./sql-text.ts";

const sources = ["packages/sql/src", "plugins/target-duckdb/src", "plugins/target-postgres/src", "plugins/target-snowflake/src"];

/**
 * `standard/` has the SQL that dialects share, `digest-plan` that of digests, `dialect/` that of one database. `describe`, `views` and `binary-readers` ask a database about its tables,
 * `cutover` renames schemas, `scratch` makes databases, `connection` ends transactions, `read-session` and `select-rows` read in one. `errors` has words for people, and may quote statements for them to run.
 */
const allowed =
  /^(?:packages\/sql\/src\/(?:standard\/|digest\/digest-plan\.ts$|errors\.ts$)|plugins\/[^/]+\/src\/(?:dialect\/|cutover\/|(?:describe|binary-readers|connection|read-session|scratch|select-rows|views|errors)\.ts$))/;

const files = sources.flatMap((folder) => filesBelow(folder, ".ts")).filter((file) => !file.endsWith(".test.ts"));
const found = (file: string) => sqlTexts(readFileSync(join(root, file), "utf8"));

test("SQL text is where it belongs", () => {
  expect(files.filter((file) => !allowed.test(file)).flatMap((file) => found(file).map((each) => ({ file, ...each })))).toEqual([]);
});

test("the check sees SQL: in every dialect and in what dialects share", () => {
  for (const folder of [
    "packages/sql/src/standard",
    "plugins/target-duckdb/src/dialect",
    "plugins/target-postgres/src/dialect",
    "plugins/target-snowflake/src/dialect",
  ])
    expect(filesBelow(folder, ".ts").flatMap(found).length, folder).toBeGreaterThan(4);
});

test.each([
  ["const a = `SELECT count(*) FROM t`;", 1],
  ['run("DELETE FROM t");', 1],
  ["// a note\nrun(`ALTER TABLE t ADD COLUMN c`);\nrun('SAVEPOINT x');", 2],
  ['/* SELECT 1 */ // DROP TABLE t\nconst a = "selects rows";', 0],
])("%j has %i texts of SQL", (source, count) => {
  expect(sqlTexts(source)).toHaveLength(count);
});

test("a statement that is planted in the loader is found", () => {
  const [file] = files.filter((each) => each.endsWith("load/table-loader.ts"));
  const source = readFileSync(join(root, file as string), "utf8");
  expect(sqlTexts(`${source}\nconst planted = \`UPDATE t SET a = 1\`;\n`).map(({ text }) => text)).toEqual(["`UPDATE t SET a = 1`"]);
});
