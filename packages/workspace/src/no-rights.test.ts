/** target-parquet runs as a user without rights: the error names the place and the remedy, and nothing is changed. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodes } from "@tapline/protocol";
import { expect, onTestFinished, test } from "vitest";
import { type Ended, lastJsonLine, run } from "./command.ts";

const nobody = 65_534;

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "no-rights-"));
  onTestFinished(() => {
    chmodSync(join(folder, "lake"), 0o755);
    rmSync(folder, { recursive: true, force: true });
  });
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "lake"), { mode: 0o755 });
  writeFileSync(join(folder, "config.json"), JSON.stringify({ destination_path: join(folder, "lake") }));
  return folder;
}

const rows = `{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":[]}
{"type":"RECORD","stream":"s","record":{"id":1}}
{"type":"STATE","value":1}
`;

function load(folder: string): Promise<Ended> {
  return run("target-parquet", ["--config", "config.json"], { cwd: folder, input: rows, unprivileged: true });
}

test("a folder that may not be written", async () => {
  const folder = place();
  chmodSync(join(folder, "lake"), 0o555);
  const { code, stdout, stderr } = await load(folder);
  const error = lastJsonLine(stderr);
  expect([code, stdout]).toEqual([exitCodes.config, ""]);
  expect(error).toMatchObject({ code: "folder_unusable", message: expect.stringContaining(join(folder, "lake")) });
  expect(error.message).toContain("EACCES");
  expect(error.hint).toContain("may write to");
  expect(readdirSync(join(folder, "lake"))).toEqual([]);
});

test("a stream's folder that may not be written: nothing is half committed, and with the right the same load ends well", async () => {
  const folder = place();
  const lake = join(folder, "lake");
  chownSync(lake, nobody, nobody);
  expect((await load(folder)).code).toBe(0);
  const manifest = (): string => readFileSync(join(lake, "_tapline_manifest.json"), "utf8");
  const before = JSON.parse(manifest()).streams;
  chmodSync(join(lake, "s"), 0o555);
  const { code, stdout, stderr } = await load(folder);
  expect([code, stdout]).toEqual([69, ""]);
  expect(lastJsonLine(stderr)).toMatchObject({ code: "write_failed", message: expect.stringContaining(`${lake}/s/`) });
  expect(lastJsonLine(stderr).hint).toContain("fix the permissions");
  expect(JSON.parse(manifest()).streams).toEqual(before);
  chmodSync(join(lake, "s"), 0o755);
  expect((await load(folder)).code).toBe(0);
  expect(readdirSync(join(lake, "s"))).toHaveLength(2);
});
