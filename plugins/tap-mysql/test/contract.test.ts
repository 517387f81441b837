/** Runs the kits that every tap, and every tap for a SQL database, must pass. */
import { describeSqlTap, describeTap, ownCommand } from "@tapline/testing";
import { describeMariadb, suiteMariadb } from "@tapline/testing/mariadb";
import { beforeAll } from "vitest";
import { sqlTapOf } from "./sql-tap.ts";

(await describeMariadb())("over MariaDB", () => {
  const database = suiteMariadb();
  const schemas = { shop: `shop_${process.pid}`, long: `long_${process.pid}` };
  const config = (schema: string) => {
    const { host, port, user, password } = database();
    return { host, port, user, password, filter_schemas: schema };
  };

  beforeAll(() =>
    database().read(
      `CREATE DATABASE ${schemas.shop}`,
      `CREATE DATABASE ${schemas.long}`,
      `CREATE TABLE ${schemas.shop}.items (id bigint PRIMARY KEY, name text NOT NULL, price decimal(10,2), changed timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)`,
      `INSERT INTO ${schemas.shop}.items SELECT seq, CONCAT('item, "', seq, '"', CHAR(10), CHAR(9), CHAR(92)), IF(seq % 3 > 0, seq / 4.0, NULL), '2024-01-01 00:00:00' + INTERVAL (seq DIV 20) SECOND FROM seq_0_to_99`,
      `CREATE TABLE ${schemas.shop}.changes LIKE ${schemas.shop}.items`,
      `INSERT INTO ${schemas.shop}.changes SELECT * FROM ${schemas.shop}.items`,
      `CREATE TABLE ${schemas.long}.items (id bigint PRIMARY KEY, name text)`,
      `INSERT INTO ${schemas.long}.items SELECT seq, REPEAT('x', 100) FROM seq_1_to_100000`,
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
      return config(schemas.shop);
    },
    rows: { [`${schemas.shop}-items`]: rows, [`${schemas.shop}-changes`]: rows },
    get longConfig() {
      return config(schemas.long);
    },
  });

  describeSqlTap(() => sqlTapOf(database(), ownCommand(import.meta.url)));
});
