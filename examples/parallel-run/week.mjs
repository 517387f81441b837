// A week of the example: node week.mjs [--dbt] [--days 7] [--stay] [--folder output/week]. See README.md.
// It works with a copy in output/week, and with a PostgreSQL server of its own unless PGHOST names one.
import { spawn } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "@tapline/testing/postgres";

const { values } = parseArgs({
  options: {
    dbt: { type: "boolean" },
    days: { type: "string", default: "7" },
    stay: { type: "boolean" },
    folder: { type: "string", default: "output/week" },
  },
});
const here = import.meta.dirname;
const folder = join(here, values.folder);
const days = Number(values.days);
// In fewer days than four, the last one has the fault.
const faulty = Math.min(4, days);
const program = join(here, "../../packages/cli/bin/tapline.js");

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const name of ["tapline.yml", "transform", "legacy", "marts.mjs"]) cpSync(join(here, name), join(folder, name), { recursive: true });
const file = join(folder, "tapline.yml");
if (process.env.DBT_EXECUTABLE !== undefined)
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(
      "config: { target: warehouse, project",
      `config: { executable: ${process.env.DBT_EXECUTABLE}, target: warehouse, project`,
    ),
  );
if (!values.dbt) writeFileSync(file, readFileSync(file, "utf8").replace("[tap-csv warehouse, dbt build]", "[tap-csv warehouse, marts]"));

copyFileSync(file, join(folder, "tapline.before.yml"));

const server = process.env.PGHOST === undefined ? await startPostgres() : undefined;
const { host, port, user, password } = server?.address ?? {};
const own = server === undefined ? {} : { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: "postgres" };
const env = { ...process.env, ...own };
try {
  await week();
  if (values.stay) {
    console.log(`\nLook around: cd ${folder}; the database is postgresql://${user}:${password}@${host}:${port}/postgres. Ctrl-C ends it.`);
    await new Promise((resolve) => process.once("SIGINT", resolve));
  }
} finally {
  await server?.stop();
}

async function week() {
  if (values.dbt && process.env.DBT_EXECUTABLE === undefined) await tapline(0, "dbt", "install");
  for (let day = 1; day <= days; day++) {
    const date = new Date(Date.now() - (days - day) * 86_400_000).toISOString().slice(0, 10);
    title(`Day ${day}: ${date}`);
    await run(0, join(here, "make-sales.mjs"), "sales.csv", String(day), String(days));
    await run(0, "legacy/nightly.mjs");
    await tapline(0, "run", "daily", "--quiet");
    // On the fourth day a customer brings something back, and the new pipeline leaves that out.
    await tapline(day === faulty ? 1 : 0, "parallel-run", "daily", "--day", date, "--html", `report-${date}.html`);
    if (day === faulty) await mend(date);
  }
  title("Is it time?");
  await tapline(0, "parallel-run", "status", "daily");
  await tapline(1, "cutover", "daily");
  await tapline(0, "parallel-run", "sign-off", "daily", "--as", "ana", "--note", "SUM(revenue) agrees in all regions, returns too");
  title("The cutover");
  await tapline(0, "cutover", "daily", "--dry-run");
  await tapline(0, "cutover", "daily", "--as", "ana");
  await tapline(0, "run", "daily", "--quiet");
  await tapline(0, "query", "SELECT region, SUM(revenue) AS revenue FROM analytics.daily_revenue GROUP BY region ORDER BY region");
  title("And back");
  await tapline(0, "cutover", "daily", "--undo", "--as", "ana");
  await tapline(0, "parallel-run", "status", "daily");
}

/** What a person does with the report: the sales agree and both marts' days are there, so the fault is in the model of the mart that differs. */
async function mend(date) {
  title("The fault is in the model: it leaves out returns (quantity > 0)");
  copyFileSync(join(here, "fix/daily_revenue.sql"), join(folder, "transform/models/marts/daily_revenue.sql"));
  await tapline(0, "run", "daily", "--quiet");
  await tapline(0, "parallel-run", "daily", "--day", date, "--html", `report-${date}.html`);
}

function title(text) {
  console.log(`\n== ${text}`);
}

function tapline(expected, ...args) {
  console.log(`\n$ tapline ${args.map((word) => (/^[\w./-]+$/.test(word) ? word : JSON.stringify(word))).join(" ")}`);
  return run(expected, program, ...args);
}

async function run(expected, script, ...args) {
  const child = spawn(process.execPath, [script, ...args], { cwd: folder, stdio: "inherit", env });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== expected) throw new Error(`${script} ended with ${code} instead of ${expected}`);
}
