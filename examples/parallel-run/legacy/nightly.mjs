// What cron runs for the old pipeline: 15 1 * * * node legacy/nightly.mjs
// It reads the shop's file into a temporary table, and runs nightly.sql.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";

const client = new pg.Client();
await client.connect();
const [header, ...lines] = readFileSync("sales.csv", "utf8").trim().split("\n");
await client.query(
  "CREATE TEMPORARY TABLE shop_file (order_id integer, day date, region text, customer text, quantity integer, unit_price numeric)",
);
for (const line of lines) await client.query(`INSERT INTO shop_file (${header}) VALUES ($1, $2, $3, $4, $5, $6)`, line.split(","));
await client.query(readFileSync(join(import.meta.dirname, "nightly.sql"), "utf8"));
await client.end();
console.log(`legacy: ${lines.length} sales`);
