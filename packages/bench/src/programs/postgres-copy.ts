/** Runs SQL, COPY of a CSV file, and SQL in one transaction: the same as psql's \copy, for machines without psql. Usage: URL BEFORE TABLE FILE AFTER */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from } from "pg-copy-streams";

const [url = "", before = "", table = "", file = "", after = ""] = process.argv.slice(2);
const client = new pg.Client({ connectionString: url, password: process.env.PGPASSWORD });
await client.connect();
await client.query("BEGIN");
await client.query(before);
await pipeline(createReadStream(file), client.query(from(`COPY ${table} FROM STDIN WITH (FORMAT csv, HEADER)`)));
await client.query(after);
await client.query("COMMIT");
await client.end();
