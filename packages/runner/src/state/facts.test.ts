import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase } from "@tapline/testing/postgres";
import { onTestFinished } from "vitest";
import { describeFacts } from "../../test/facts-contract.ts";
import type { Backend } from "./backend.ts";
import { openFileBackend } from "./file-store.ts";
import { openPostgresBackend } from "./postgres-store.ts";
import { openSqliteBackend } from "./sqlite-store.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-facts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Each gives a function that opens one and the same store, as several processes do. */
const stores: Record<string, () => Promise<() => Promise<Backend>>> = {
  async sqlite() {
    const folder = makeFolder();
    return async () => openSqliteBackend(folder);
  },
  async file() {
    const path = join(makeFolder(), "state.json");
    return async () => openFileBackend(path);
  },
  async postgres() {
    const { host, port, user, password, database } = await testDatabase();
    const url = `postgresql://${user}:${password}@${host}:${port}/${database}`;
    return () => openPostgresBackend({ url, schema: 'a"facts? $1' });
  },
};

for (const [name, make] of Object.entries(stores)) describeFacts(name, make);
