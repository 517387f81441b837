/** Several processes on one store: what a lock that does not hold would lose. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { openProject } from "../src/project/project.ts";
import { openStore } from "../src/state/open-store.ts";

const stateId = "dev:tap-a-to-target-b";

async function settingsOf(backend: string): Promise<object> {
  if (backend !== "postgres") return { backend };
  const { host, port, user, password, database } = await testDatabase();
  return { backend, url: `postgresql://${user}:${password}@${host}:${port}/${database}` };
}

test.each(["sqlite", "file", "postgres"])("runs that come all at once to a store in %s lose no state of one another", async (backend) => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ state: await settingsOf(backend) }));
  const script = fileURLToPath(new URL("fixtures/count-up.mjs", import.meta.url));
  const codes = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const child = spawn(process.execPath, [script, folder, stateId, "8"], { stdio: ["ignore", "ignore", "inherit"] });
      return (await once(child, "exit"))[0];
    }),
  );
  expect(codes).toEqual([0, 0, 0, 0]);
  await using store = await openStore(openProject(folder), "dev");
  expect((await store.state(stateId))?.value).toBe('{"count":32}');
  expect(await store.history(stateId, 100)).toHaveLength(32);
});
