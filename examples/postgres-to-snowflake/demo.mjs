// Runs the whole example: a PostgreSQL server with sales data, its migration, a week in which both sides live, and the way back.
// node demo.mjs [--volume tiny|small|large] [--snowflake] [--dbt] [--days N]: see README.md.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { connectPostgres, startPostgres } from "../../packages/testing/dist/postgres/index.js";
import { makeSales, volumes, workOneDay } from "./sales.mjs";

const { values } = parseArgs({
  options: {
    volume: { type: "string", default: "small" },
    snowflake: { type: "boolean", default: false },
    dbt: { type: "boolean", default: false },
    days: { type: "string", default: "7" },
  },
});
const volume = volumes[values.volume];
if (volume === undefined) throw new Error(`--volume is one of ${Object.keys(volumes).join(", ")}`);
const here = import.meta.dirname;
const tapline = join(here, "../../packages/cli/bin/tapline.js");
// Ctrl-C reaches tapline too, which then ends cleanly.
process.on("SIGINT", () => {});

rmSync(join(here, "output"), { recursive: true, force: true });
rmSync(join(here, ".tapline"), { recursive: true, force: true });
await using server = await startPostgres();
const { host, port, user, password } = server.address;
await ask("postgres", (client) => client.query("CREATE DATABASE shop"));
await ask("shop", (client) => makeSales(client, volume));
await using emulator = values.snowflake ? await startSnowflake() : undefined;
const environment = values.snowflake ? "emulator" : "dev";
const env = {
  ...process.env,
  PGHOST: host,
  PGPORT: String(port),
  PGUSER: user,
  PGPASSWORD: password,
  PGDATABASE: "shop",
  SNOWFLAKE_URL: emulator?.url ?? "",
};
console.log(`PostgreSQL with the sales data (${values.volume}) is on port ${port}.`);

const began = performance.now();
await call("migrate", "postgres", "warehouse", "--tables", "sales.*", "-e", environment);
console.log(`\nThe migration took ${((performance.now() - began) / 1000).toFixed(1)} s.`);
if (values.dbt) {
  await call("dbt", "-e", environment, "install");
  await call("run", "marts", "-e", environment);
}
for (let day = 1; day <= Number(values.days); day++) {
  console.log(`\nDay ${day}: ${await ask("shop", (client) => workOneDay(client, volume, day))}`);
  await call("migrate", "sync", "-e", environment, "--quiet");
}
if (values.dbt) await call("run", "marts", "-e", environment);
await call("migrate", "status", "-e", environment);
await call("migrate", "back", "-e", environment);

/** Work on a connection of its own. */
async function ask(database, work) {
  const client = await connectPostgres({ ...server.address, database });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The emulator of the tests of target-snowflake; the first time it is installed from the Python package index. */
async function startSnowflake() {
  const { startEmulator } = await import("../../plugins/target-snowflake/test/emulator/server.ts");
  const started = await startEmulator();
  return { url: started.config().access_url, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

async function call(...args) {
  console.log(`\n$ tapline ${args.map((each) => (/[*\s]/.test(each) ? `'${each}'` : each)).join(" ")}`);
  const child = spawn(process.execPath, [tapline, ...args], { cwd: here, env, stdio: "inherit" });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code === 0) return;
  await emulator?.[Symbol.asyncDispose]();
  await server.stop();
  process.exit(code ?? 1);
}
