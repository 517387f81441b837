/** Runs the kits that every tap, and every tap for a SQL database, must pass. */
import { describeSqlTap, describeTap, ownCommand } from "@tapline/testing";
import { suiteDatabase } from "@tapline/testing/postgres";
import { beforeAll } from "vitest";
import { sqlTapOf } from "./sql-tap.ts";
import { settings } from "./tap-run.ts";

const database = suiteDatabase();

beforeAll(() =>
  database().read(
    `CREATE SCHEMA shop; CREATE SCHEMA long;
     CREATE TABLE shop.items (id bigint PRIMARY KEY, name text NOT NULL, price numeric(10,2), changed timestamptz NOT NULL DEFAULT now());
     INSERT INTO shop.items SELECT n, 'item, "' || n || '"' || E'\\n\\t\\\\', CASE WHEN n % 3 > 0 THEN n / 4.0 END, '2024-01-01 00:00Z'::timestamptz + (n / 20) * interval '1 second' FROM generate_series(0, 99) AS n;
     CREATE TABLE shop.changes (LIKE shop.items INCLUDING ALL); INSERT INTO shop.changes SELECT * FROM shop.items;
     CREATE TABLE long.items (id bigint PRIMARY KEY, name text); INSERT INTO long.items SELECT n, repeat('x', 100) FROM generate_series(1, 100000) AS n`,
  ),
);

const rows = Array.from({ length: 100 }, (_, id) => ({
  id,
  name: `item, "${id}"\n\t\\`,
  price: id % 3 === 0 ? null : id / 4,
  changed: `2024-01-01T00:00:${String(Math.floor(id / 20)).padStart(2, "0")}Z`,
}));

describeTap({
  command: ownCommand(import.meta.url),
  get config() {
    return { ...settings(database()), filter_schemas: ["shop"] };
  },
  rows: { "shop-items": rows, "shop-changes": rows },
  get longConfig() {
    return { ...settings(database()), filter_schemas: "long" };
  },
});

describeSqlTap(() => sqlTapOf(database(), ownCommand(import.meta.url)));
