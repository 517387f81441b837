#!/usr/bin/env node
// Makes the models of transform/models/marts without dbt, for machines without Python: each becomes a table in the schema that
// MARTS_SCHEMA names, in the database of the variables PGHOST, PGUSER, …
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";

const folder = "transform/models/marts";
const own = `"${(process.env.MARTS_SCHEMA ?? "").replaceAll('"', '""')}"`;
const client = new pg.Client();
await client.connect();
for (const file of readdirSync(folder).sort()) {
  const name = file.replace(".sql", "");
  const sql = readFileSync(`${folder}/${file}`, "utf8").replaceAll(/\{\{ source\('shop', '(\w+)'\) \}\}/g, `${own}.$1`);
  await client.query(`BEGIN; DROP TABLE IF EXISTS ${own}.${name}; CREATE TABLE ${own}.${name} AS ${sql}; COMMIT`);
  console.log(`made ${own}.${name}`);
}
await client.end();
