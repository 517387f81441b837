import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSqlite } from "./sqlite.ts";

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test("a new file and what SQLite puts beside it are for its owner alone; one that is there keeps its mode", () => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "deeper", "tapline.db");
  const database = openSqlite(path);
  database.exec("CREATE TABLE state (value TEXT)");
  expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
  database.close();
  chmodSync(path, 0o660);
  openSqlite(path).close();
  expect(modeOf(path)).toBe(0o660);
});
