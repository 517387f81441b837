import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FileSettings } from "../config.ts";
import { nameOf } from "../source/source.ts";
import { findStreams } from "./find.ts";
import { listInputs } from "./list.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tap-csv-find-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function files(content: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(content)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

const list = async (paths: string | string[], root?: string): Promise<string[]> => {
  const below = [paths].flat().map((path) => join(folder, path));
  return (await listInputs(below, { position: {}, root })).map((input) => relative(folder, nameOf(input)));
};

describe("paths", () => {
  beforeEach(() =>
    files({
      "b.csv": "",
      "a.tsv": "",
      "B.txt": "",
      "c.csv.gz": "",
      ".d.csv": "",
      "e.json": "",
      "deep/f.csv": "",
      "deep/er/g.csv": "",
      "deep/.h/i.csv": "",
    }),
  );

  test.each([
    ["a folder: its CSV files, by code point", "", ["B.txt", "a.tsv", "b.csv", "c.csv.gz"]],
    ["a file of any name", "e.json", ["e.json"]],
    ["a pattern", "*.csv", ["b.csv"]],
    ["a pattern that names any file", "?.json", ["e.json"]],
    ["a pattern with alternatives", "{b,c}.csv{,.gz}", ["b.csv", "c.csv.gz"]],
    ["any folders, also none", "**/*.csv", ["b.csv", "deep/er/g.csv", "deep/f.csv"]],
    ["all below", "deep/**", ["deep/er/g.csv", "deep/f.csv"]],
    ["a folder in between", "*/f.csv", ["deep/f.csv"]],
    ["several, each file once", ["*.csv", "b.csv", "deep/f.csv"], ["b.csv", "deep/f.csv"]],
  ])("%s", async (_, paths, expected) => {
    expect(await list(paths)).toEqual(expected);
  });

  test("a name that looks like a pattern is a name if the file exists", async () => {
    await files({ "x[1].csv": "", "x1.csv": "" });
    expect(await list("x[1].csv")).toEqual(["x[1].csv"]);
    expect(await list("x\\[1].csv")).toEqual(["x[1].csv"]);
  });

  test("links to folders that form a loop end", async () => {
    await symlink(folder, join(folder, "deep/circle"));
    expect(await list("**/g.csv")).toEqual(["deep/er/g.csv"]);
  });

  test("a relative pattern starts where the command runs", async () => {
    const pattern = `${relative(process.cwd(), folder)}/*.tsv`;
    expect((await listInputs(pattern, { position: {} })).map(nameOf)).toEqual([pattern.replace("*", "a")]);
  });

  test("finding nothing is an error that names the path", async () => {
    await expect(list("*.parquet")).rejects.toMatchObject({ code: "pattern_without_files", message: expect.stringContaining("*.parquet") });
    await expect(list("none.csv")).rejects.toMatchObject({ code: "file_missing" });
    await expect(list("deep/.h/../er/..")).resolves.toEqual(["deep/f.csv"]);
    await mkdir(join(folder, "empty"));
    await expect(list("empty")).rejects.toMatchObject({ code: "folder_without_csv" });
  });

  test("a zip archive gives its CSV files", async () => {
    execFileSync("python3", [
      "-c",
      `import zipfile; z = zipfile.ZipFile(${JSON.stringify(join(folder, "z.zip"))}, "w"); [z.writestr(n, "a\\n1\\n") for n in ["x.csv", "in/y.tsv", "read.me", ".z.csv"]]`,
    ]);
    expect(await list("z.zip")).toEqual(["z.zip/in/y.tsv", "z.zip/x.csv"]);
    await writeFile(join(folder, "no.zip"), "id\n1\n");
    await expect(list("no.zip")).rejects.toMatchObject({ code: "archive_broken" });
  });
});

describe("root", () => {
  test("a link to a file outside is refused, and a link to one inside is not", async () => {
    await files({ "inside/a.csv": "", "outside/b.csv": "" });
    await symlink(join(folder, "inside/a.csv"), join(folder, "inside/good.csv"));
    await symlink(join(folder, "outside"), join(folder, "inside/link"));
    const root = join(folder, "inside");
    expect(await list("inside", root)).toEqual(["inside/a.csv", "inside/good.csv"]);
    for (const path of ["inside/link/b.csv", "inside/../outside/b.csv", "inside/*/b.csv", "outside"]) {
      await expect(list(path, root), path).rejects.toMatchObject({
        code: "path_outside_root",
        message: expect.stringContaining("outside/b.csv"),
      });
    }
  });

  test("a folder that only begins with the root's name is outside", async () => {
    await files({ "in/a.csv": "", "in2/a.csv": "" });
    await expect(list("in2/a.csv", join(folder, "in"))).rejects.toMatchObject({ code: "path_outside_root" });
  });
});

describe("an inbox", () => {
  const warnings: string[] = [];
  const found = async (streams: Partial<FileSettings>[]): Promise<Record<string, string[]>> => {
    warnings.length = 0;
    const settings = streams.map((one) => ({ keys: [], ...one }) as unknown as FileSettings);
    const all = await findStreams(settings, { inbox: folder }, { log: (_, message) => warnings.push(message.replaceAll(folder, "")) });
    return Object.fromEntries(
      all.map(({ settings: { entity }, inputs }) => [entity, inputs.map((input) => relative(folder, nameOf(input)))]),
    );
  };
  beforeEach(() =>
    files({
      "customers_1.csv": "Customer,Internal Id\nA,1\n",
      "customers_2.csv": "Internal Id;Customer;City\n1;A;B\n",
      "orders.csv": "order,Internal Id\nx,1\n",
      "notes.txt": "hello\n",
    }),
  );

  test("is sorted into streams by name and by header, with a warning for the rest", async () => {
    const streams = [
      { entity: "customers", match: { name: "customers*.csv", header: ["Customer", "Internal Id"] } },
      { entity: "orders", match: { header: ["order"] } },
    ];
    expect(await found(streams)).toEqual({ customers: ["customers_1.csv", "customers_2.csv"], orders: ["orders.csv"] });
    expect(warnings).toEqual(["/notes.txt matches no stream and is not read"]);
  });

  test("a file that matches two streams is an error that names both", async () => {
    const streams = [
      { entity: "customers", match: { name: ["customers*"] } },
      { entity: "ids", match: { header: ["Internal Id"] } },
    ];
    await expect(found(streams)).rejects.toMatchObject({
      code: "file_matches_twice",
      message: expect.stringMatching(/"customers" and "ids"/),
    });
  });

  test("a stream without a matching file is logged, and is empty", async () => {
    const streams = [{ entity: "returns", match: { name: "returns*" } }];
    expect(await found(streams)).toEqual({ returns: [] });
    expect(warnings).toContain('no file in the inbox matches the stream "returns", so it has no rows');
  });

  test("a stream needs a path or a match, and a match an inbox", async () => {
    await expect(found([{ entity: "a" }])).rejects.toMatchObject({ code: "stream_without_source" });
    await expect(found([{ entity: "a", path: "x", match: { name: "y" } }])).rejects.toMatchObject({ code: "stream_without_source" });
    const settings = { entity: "a", keys: [], match: { name: "y" } } as unknown as FileSettings;
    await expect(findStreams([settings], {}, { log: () => {} })).rejects.toMatchObject({ code: "inbox_not_given" });
  });
});
