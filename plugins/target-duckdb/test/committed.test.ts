/** What the process reports to the runner on the control channel. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "./database.ts";

const bin = fileURLToPath(new URL("../bin/target-duckdb.js", import.meta.url));

test("each commit is reported as one line with the rows that it loaded", async () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, "c.json"),
    JSON.stringify({ filepath: join(folder, "w.duckdb"), state_id: "s", run_id: "r", commit_after_ms: 0 }),
  );
  const child = spawn(process.execPath, [bin, "--config", join(folder, "c.json")], {
    env: { ...process.env, TAPLINE_CONTROL_FD: "3" },
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  const control = child.stdio[3] as Duplex;
  const reported = text(control);
  control.write('{"type":"whole"}\n');
  child.stdin?.end(
    '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":["id"]}\n' +
      '{"type":"RECORD","stream":"s","record":{"id":1}}\n{"type":"RECORD","stream":"s","record":{"id":2}}\n' +
      '{"type":"STATE","value":{"n":1}}\n',
  );
  expect(await text(child.stdout as NodeJS.ReadableStream)).toBe('{"n":1}\n');
  expect(await reported).toBe('{"type":"committed","streams":{"s":2}}\n');
});
