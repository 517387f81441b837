import { catalogOf, connectPostgres, testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { failure, settings } from "../../test/rows.ts";
import { cutover } from "./cutover.ts";

const renames = [
  { from: "analytics_legacy", to: "analytics_archive" },
  { from: "analytics_new", to: "analytics" },
];
const question = { renames, lock_timeout_ms: 300 };
const readers = { old: "analytics_legacy", new: "analytics_new" };
const never = new AbortController().signal;

/** Both schemas with what goes along by its identity, and what does not because it is named in a text. */
async function twoSchemas() {
  const database = await testDatabase();
  const role = `reader_${database.database}`;
  await database.read(
    `CREATE ROLE ${role}`,
    "CREATE SCHEMA analytics_legacy; CREATE SCHEMA analytics_new",
    "CREATE TABLE analytics_legacy.daily_revenue (day date PRIMARY KEY, revenue numeric); CREATE TABLE analytics_new.daily_revenue (day date PRIMARY KEY, revenue numeric, id serial)",
    "INSERT INTO analytics_legacy.daily_revenue VALUES ('2026-01-01', 1); INSERT INTO analytics_new.daily_revenue VALUES ('2026-01-01', 2)",
    "CREATE VIEW analytics_new.total AS SELECT sum(revenue) FROM analytics_new.daily_revenue",
    "CREATE VIEW public.report AS SELECT * FROM analytics_legacy.daily_revenue",
    `GRANT USAGE ON SCHEMA analytics_legacy TO ${role}; GRANT SELECT ON analytics_legacy.daily_revenue TO ${role}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA analytics_legacy GRANT SELECT ON TABLES TO ${role}`,
    "CREATE FUNCTION public.newest() RETURNS date LANGUAGE sql AS 'SELECT max(day) FROM analytics_new.daily_revenue'",
    "CREATE FUNCTION public.bound() RETURNS date LANGUAGE sql BEGIN ATOMIC SELECT max(day) FROM analytics_new.daily_revenue; END",
    "CREATE FUNCTION public.built(kind text) RETURNS date LANGUAGE plpgsql AS $$DECLARE d date; BEGIN EXECUTE format('SELECT max(day) FROM %I.daily_revenue', 'analytics_' || kind) INTO d; RETURN d; END$$",
    `ALTER ROLE ${role} IN DATABASE ${database.database} SET search_path = analytics_legacy, public`,
  );
  const clean = async (): Promise<void> =>
    void (await database.read(`DROP OWNED BY ${role}`, `ALTER ROLE ${role} RESET ALL`, `DROP ROLE ${role}`));
  return { database, role, config: settings(database), clean };
}

test("both names change at once, with what depends on them, and undo leaves the catalog as it was", async () => {
  const { database, role, config, clean } = await twoSchemas();
  const before = await catalogOf(database);
  const plan = await cutover(config, { ...question, action: "plan", readers: { ...readers, give: true } }, never);
  expect(plan).toMatchObject({ state: "before", did: false, problems: [] });
  expect(plan.statements).toEqual([
    'LOCK TABLE "analytics_legacy"."daily_revenue", "analytics_new"."daily_revenue" IN SHARE ROW EXCLUSIVE MODE',
    `GRANT USAGE ON SCHEMA "analytics_new" TO "${role}"`,
    `GRANT SELECT ON TABLE "analytics_new"."daily_revenue" TO "${role}"`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE "${config.user}" IN SCHEMA "analytics_new" GRANT SELECT ON TABLES TO "${role}"`,
    'ALTER SCHEMA "analytics_legacy" RENAME TO "analytics_archive"',
    'ALTER SCHEMA "analytics_new" RENAME TO "analytics"',
  ]);
  expect(await catalogOf(database)).toEqual(before);

  const grants = plan.missing_grants;
  const done = await cutover(config, { ...question, action: "apply", grants }, never);
  expect(done).toMatchObject({ state: "after", did: true, statements: plan.statements });
  expect(await database.read("SELECT sum FROM analytics.total")).toEqual([["2"]]);
  expect(await database.read("INSERT INTO analytics.daily_revenue (day, revenue) VALUES ('2026-01-02', 3) RETURNING id")).toEqual([["2"]]);
  expect(await database.read("SELECT revenue FROM public.report")).toEqual([["1"]]);
  expect(await database.read("SELECT public.bound()")).toEqual([["2026-01-02"]]);
  expect(await database.read(`SET ROLE ${role}`, "SELECT count(*) FROM analytics.daily_revenue")).toEqual([["2"]]);
  expect(await cutover(config, { ...question, action: "apply" }, never)).toMatchObject({ state: "after", did: false, statements: [] });

  const undone = await cutover(config, { ...question, action: "undo", grants }, never);
  expect(undone).toMatchObject({ state: "before", did: true });
  expect(await catalogOf(database)).toEqual(before);
  await clean();
});

test("what names a schema in a text, and who loses the right to read, is found", async () => {
  const { role, config, clean } = await twoSchemas();
  const { findings } = await cutover(config, { ...question, action: "plan", readers }, never);
  expect(findings.map(({ kind, object }) => `${kind} ${object}`)).toEqual([
    "reads_by_id report",
    "names_in_text newest()",
    // Once for each of the two names that it may build.
    "names_in_text built(text)",
    "names_in_text built(text)",
    expect.stringContaining(`search_path role ${role} in database`),
    `reader ${role}`,
    `reader ${role}`,
    `reader ${role}`,
  ]);
  expect(findings[2]?.text).toContain("may put the name analytics_legacy together from parts, which will be analytics_archive");
  expect(findings[0]?.text).toContain("analytics_legacy.daily_revenue, and will do so when that is analytics_archive.daily_revenue");
  await clean();
});

test("a transaction that writes stops it, and it names the session", async () => {
  const { database, config, clean } = await twoSchemas();
  const before = await catalogOf(database);
  const other = await connectPostgres(database);
  await other.query("BEGIN; UPDATE analytics_new.daily_revenue SET revenue = 5");
  const blocked = await failure(() => cutover(config, { ...question, action: "apply" }, never));
  expect(blocked.code).toBe("cutover_blocked");
  expect(blocked.message).toMatch(/process \d+ \(.*\) has written to analytics_new.daily_revenue in a transaction that is open for \d+ s/);
  await other.query("ROLLBACK");
  expect(await catalogOf(database)).toEqual(before);
  await other.query("BEGIN; SELECT * FROM analytics_new.daily_revenue");
  expect(await cutover(config, { ...question, action: "apply" }, never)).toMatchObject({ did: true });
  await other.end();
  await clean();
});

test("it is refused where a name is in the way, is missing, or belongs to others", async () => {
  const { database, role, config, clean } = await twoSchemas();
  await database.read("CREATE SCHEMA analytics");
  const taken = await failure(() => cutover(config, { ...question, action: "apply" }, never));
  expect(taken).toMatchObject({ code: "cutover_refused" });
  expect(taken.message).toContain("there: analytics_legacy, analytics_new, analytics; not there: analytics_archive");
  await database.read("DROP SCHEMA analytics", `GRANT ${role} TO CURRENT_USER`);
  const foreign = await failure(() => cutover({ ...config, role }, { ...question, action: "apply" }, never));
  expect(foreign.message).toMatch(/belongs to .*, and .* is no member of that role; .*lacks CREATE on the database/);
  await clean();
});
