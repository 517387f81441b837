import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadLines, record, schema, state, temporaryFolder } from "../../test/load-lines.ts";
import { readStream } from "../../test/read-stream.ts";
import target from "../index.ts";

const input = schema({ id: { type: "integer" } }) + record({ id: 1 }) + state(1);

test("a path that is a file is an error that says so, for a load and for --test", async () => {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, "");
  expect((await loadLines(path, input)).failure).toMatchObject({ code: "folder_unusable" });
  await expect(target.test?.({ destination_path: path })).rejects.toMatchObject({ code: "folder_unusable" });
});

test("a link to nowhere is an error that says so, for a load and for --test", async () => {
  const path = join(temporaryFolder(), "link");
  symlinkSync("nowhere", path);
  const wanted = { code: "folder_unusable", message: expect.stringContaining("it is a link, and what it points to is not there") };
  for (const at of [path, join(path, "lake")]) {
    expect((await loadLines(at, input)).failure).toMatchObject({ code: "folder_unusable" });
    await expect(target.test?.({ destination_path: at })).rejects.toMatchObject(wanted);
  }
  expect((await loadLines(path, input)).failure).toMatchObject(wanted);
});

test.runIf(process.platform === "linux")("a folder in which nothing can be made is an error, for root too", async () => {
  const { failure } = await loadLines("/proc/nothing/lake", input);
  expect(failure).toMatchObject({ code: "folder_unusable", message: expect.stringContaining("/proc/nothing/lake") });
});

test("files without their manifest are never deleted: the load is refused", async () => {
  const folder = temporaryFolder();
  await loadLines(folder, input);
  rmSync(join(folder, "_tapline_manifest.json"));
  expect((await loadLines(folder, input)).failure).toMatchObject({ code: "manifest_missing" });
  expect(readdirSync(join(folder, "s"))).toHaveLength(1);
});

test("what no manifest lists is swept, and files of others stay", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "s"));
  for (const name of ["20260101T000000Z-0a1b2c3d-000001.parquet", "other.parquet"]) writeFileSync(join(folder, "s", name), "");
  writeFileSync(
    join(folder, "_tapline_manifest.json"),
    JSON.stringify({ format: "tapline-parquet", version: 1, sequence: 4, written_at: "", writer: null, loads: [], streams: [] }),
  );
  expect((await loadLines(folder, input)).failure).toBeUndefined();
  const names = readdirSync(join(folder, "s"));
  expect(names).toHaveLength(2);
  expect(names).toContain("other.parquet");
  expect(names).not.toContain("20260101T000000Z-0a1b2c3d-000001.parquet");
  expect(JSON.parse(readFileSync(join(folder, "_tapline_manifest.json"), "utf8")).sequence).toBeGreaterThan(4);
});

test("a root inside another root keeps its files when the outer one is loaded", async () => {
  const outer = temporaryFolder();
  const inner = join(outer, "s", "inner");
  await loadLines(outer, input);
  await loadLines(inner, input);
  await loadLines(outer, input);
  expect(readdirSync(join(inner, "s"))).toHaveLength(1);
});

test("names that are alike for 200 bytes have folders of their own", async () => {
  const folder = temporaryFolder();
  const names = ["a", "b"].map((end) => `${"é".repeat(100)}${end}`);
  const text = names.map((name, id) => schema({ id: { type: "integer" } }, [], name) + record({ id }, {}, name)).join("");
  expect((await loadLines(folder, text)).failure).toBeUndefined();
  for (const [id, name] of names.entries()) expect(Number((await readStream(name, folder))?.[0]?.id)).toBe(id);
});

test("a run that continues over another folder is told so in the words of folders", async () => {
  const continues = { run_id: "r0", streams: null };
  const { failure } = await loadLines(temporaryFolder(), input, { state_id: "s", run_id: "r1", continues });
  const { code, message, hint } = failure as { code: string; message: string; hint: string };
  expect([code, message]).toEqual(["ledger_missing", expect.stringContaining("in its file _tapline_manifest.json: it is another folder")]);
  expect(`${message} ${hint}`).not.toMatch(/database|table/);
});

test("a manifest of another format or version is refused", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "_tapline_manifest.json"), '{"format":"tapline-parquet","version":2}');
  expect((await loadLines(folder, input)).failure).toMatchObject({ code: "manifest_invalid", message: expect.stringContaining("version") });
});
