/** Every command block of the README, the tutorials, the how-tos and the README of the SDK runs as a reader would run it, apart from those listed here. */
import { expect, test } from "vitest";
import { blocks, pages, runWithClone } from "./documentation.ts";

test.for(pages)("%s", async (page) => {
  const { leftOut } = await runWithClone(page, ({ notRun, long }) => notRun !== undefined || long !== undefined);
  expect(leftOut.length).toBeLessThanOrEqual(blocks.filter((block) => block.page === page).length);
});

test("blocks that no test runs", () => {
  expect(blocks.flatMap(({ page, notRun }) => (notRun === undefined ? [] : [`${page}: ${notRun}`]))).toEqual([
    "README.md: it installs a clone; npm run test:long publish runs it there",
    "README.md: it makes the packages in a clone; npm run test:long publish runs it there",
    "README.md: it installs the packages made in a clone; npm run test:long publish runs it",
    "docs/tutorials/first-pipe.md: the packages are not on the npm registry yet",
    "docs/tutorials/write-a-rest-tap.md: the packages are not on the npm registry yet",
    "docs/tutorials/write-a-rest-tap.md: the test of this page starts it in the background",
    "docs/tutorials/write-a-tap.md: the packages are not on the npm registry yet",
    "docs/how-to/ci.md: it needs a git repository with a branch",
    "docs/how-to/containers.md: needs Docker; npm run test:long container runs the recipe of the Dockerfile without it",
    "docs/how-to/duckdb.md: it needs a DuckDB file",
    "docs/how-to/meltano.md: meltano is not installed here; npm run test:long meltano-run does this",
    "docs/how-to/migrate.md: it needs two databases; the suite migrate and the example run it",
    "docs/how-to/migrate.md: it needs two databases",
    "docs/how-to/migrate.md: it needs two databases",
    "docs/how-to/migrate.md: it needs two databases",
    "docs/how-to/migrate.md: it needs a database",
    "docs/how-to/mysql.md: it needs a MariaDB server",
    "docs/how-to/mysql.md: it needs a MariaDB server",
    "docs/how-to/mysql.md: it needs a MariaDB server",
    "docs/how-to/page.md: it runs until it is stopped",
    "docs/how-to/page.md: it runs until it is stopped",
    "docs/how-to/page.md: there is no server on this page",
    "docs/how-to/parallel-run.md: it needs a PostgreSQL server and two pipelines",
    "docs/how-to/parallel-run.md: it needs a PostgreSQL server and two pipelines",
    "docs/how-to/parallel-run.md: it needs a PostgreSQL server and two pipelines",
    "docs/how-to/parallel-run.md: it needs a PostgreSQL server and two pipelines",
    "docs/how-to/plugins.md: @acme/tap-shop does not exist, and the other needs github.com",
    "docs/how-to/plugins.md: it asks registries",
    "docs/how-to/postgres.md: it needs a PostgreSQL server",
    "docs/how-to/postgres.md: it needs a PostgreSQL server",
    "docs/how-to/postgres.md: it needs a PostgreSQL server",
    "docs/how-to/schedule.md: it runs until it is stopped",
    "docs/how-to/schedule.md: needs root and a running systemd",
    "docs/how-to/verify.md: it needs two databases",
    "docs/how-to/verify.md: it needs two databases",
    "docs/how-to/write-a-plugin.md: the packages are not on the npm registry yet; the suites publish and new-plugins run it",
    "docs/how-to/write-a-plugin.md: the packages are not on the npm registry yet; the suites publish and new-plugins run it",
  ]);
});

test("blocks that only the long suite runs", () => {
  expect(blocks.flatMap(({ page, long }) => (long === undefined ? [] : [`${page}: ${long}`]))).toEqual([
    "README.md: a plugin and dbt are installed from the Python package index",
    "docs/how-to/dbt.md: dbt is installed from the Python package index",
    "docs/how-to/dbt.md: it needs dbt",
    "docs/how-to/dbt.md: it needs dbt",
    "docs/how-to/dbt.md: it needs dbt",
    "docs/how-to/dbt.md: it needs dbt",
    "docs/how-to/plugins.md: installs from the Python package index",
  ]);
});
