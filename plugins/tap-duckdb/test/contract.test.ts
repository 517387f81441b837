/** Runs the kits that every tap, and every tap for a SQL database, must pass. */
import { rmSync } from "node:fs";
import { describeSqlTap, describeTap, ownCommand } from "@tapline/testing";
import { afterAll, beforeAll } from "vitest";
import { databaseFile } from "./database-file.ts";
import { sqlTapOf } from "./sql-tap.ts";

const folders: string[] = [];
const newFile = () => {
  const file = databaseFile();
  folders.push(file.folder);
  return file;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const shop = newFile();
const long = newFile();

beforeAll(async () => {
  await shop.execute(
    "CREATE TABLE items (id bigint PRIMARY KEY, name varchar NOT NULL, price decimal(10,2), changed timestamptz NOT NULL)",
    "INSERT INTO items SELECT n, 'item, \"' || n || '\"' || chr(10) || chr(9) || '\\', CASE WHEN n % 3 > 0 THEN n / 4.0 END, '2024-01-01 00:00:00Z'::timestamptz + (n // 20)::integer * interval 1 second FROM range(100) AS r(n)",
    "CREATE SCHEMA other",
    "CREATE TABLE other.changes AS SELECT * FROM items",
  );
  await long.execute(
    "CREATE TABLE items (id bigint PRIMARY KEY, name varchar)",
    "INSERT INTO items SELECT n, repeat('x', 100) FROM range(100000) AS r(n)",
  );
});

const rows = Array.from({ length: 100 }, (_, id) => ({
  id,
  name: `item, "${id}"\n\t\\`,
  price: id % 3 === 0 ? null : id / 4,
  changed: `2024-01-01T00:00:${String(Math.floor(id / 20)).padStart(2, "0")}Z`,
}));

describeTap({
  command: ownCommand(import.meta.url),
  config: { filepath: shop.path },
  rows: { "main-items": rows, "other-changes": rows },
  longConfig: { filepath: long.path },
});

describeSqlTap(() => sqlTapOf(newFile(), ownCommand(import.meta.url)));
