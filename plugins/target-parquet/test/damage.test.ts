/** Files or a manifest that someone changed: a load must not count on them, and must not delete what is not its own. */
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadLines, record, schema, state, temporaryFolder } from "./load-lines.ts";

interface Listed {
  streams: { files: { path: string; rows: number; bytes: number }[] }[];
}

const keyed = schema({ id: { type: "integer" } }, ["id"]);
const rows = (...ids: number[]): string => ids.map((id) => record({ id })).join("");
const manifestOf = (folder: string): string => join(folder, "_tapline_manifest.json");

/** A lake with one file of three rows, after `change` of its manifest; and what a load of one of its keys ends with. */
async function reload(change: (manifest: Listed, folder: string) => void, next = rows(2)): Promise<{ folder: string; failure: unknown }> {
  const folder = join(temporaryFolder(), "lake");
  const first = await loadLines(folder, keyed + rows(1, 2, 3) + state(1));
  expect(first.failure).toBeUndefined();
  const manifest = JSON.parse(readFileSync(manifestOf(folder), "utf8")) as Listed;
  change(manifest, folder);
  writeFileSync(manifestOf(folder), JSON.stringify(manifest));
  const { failure, states } = await loadLines(folder, keyed + next + state(2));
  if (failure !== undefined) expect(states).toEqual([]);
  return { folder, failure };
}

const fileOf = (manifest: Listed) => manifest.streams[0]?.files[0] as Listed["streams"][0]["files"][0];

test("a path outside the root is refused, and the file there stays", async () => {
  const { folder, failure } = await reload((manifest, root) => {
    const file = fileOf(manifest);
    renameSync(join(root, file.path), join(root, "../victim.parquet"));
    file.path = "../victim.parquet";
  });
  expect(failure).toMatchObject({ code: "manifest_invalid" });
  expect(existsSync(join(folder, "../victim.parquet"))).toBe(true);
});

test("a path that leaves its stream's folder is refused", async () => {
  const { failure } = await reload((manifest) => {
    const file = fileOf(manifest);
    file.path = file.path.replace("/", "/../s/");
  });
  expect(failure).toMatchObject({ code: "manifest_invalid" });
});

test("a stream that is listed twice is refused", async () => {
  const { failure } = await reload((manifest) => manifest.streams.push(manifest.streams[0] as Listed["streams"][0]));
  expect(failure).toMatchObject({ code: "manifest_invalid" });
});

test("a listed file that is gone is an error, also where the load would not read it", async () => {
  const { failure } = await reload((manifest, folder) => rmSync(join(folder, fileOf(manifest).path)), rows(100));
  expect(failure).toMatchObject({ code: "file_changed" });
});

test("a file of another size than the manifest says is not read", async () => {
  const { failure } = await reload((manifest, folder) => appendFileSync(join(folder, fileOf(manifest).path), "x"));
  expect(failure).toMatchObject({ code: "file_changed", message: expect.stringContaining("bytes") });
});

test("a file with other rows than the manifest says is not written again without them", async () => {
  const { failure } = await reload((manifest) => {
    fileOf(manifest).rows = 1;
  });
  expect(failure).toMatchObject({ code: "file_changed", message: expect.stringContaining("has 3 rows where the manifest says 1") });
});
