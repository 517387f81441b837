import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { failure, folderOf, read, rowsOf, streamOf, streamsOf } from "../test/tap-run.ts";

describe("which files", () => {
  const files = [{ entity: "items", path: "items.csv" }];
  test.each([
    ["neither files nor a definition", {}, "files_not_given"],
    ["both", { files, csv_files_definition: "files.json" }, "files_not_given"],
    ["one name twice", { files: [...files, ...files] }, "entity_repeated"],
    ["a definition that is missing", { csv_files_definition: "/nowhere/files.json" }, "definition_unusable"],
    ["a misspelt setting", { files: [{ ...files[0], delimeter: ";" }] }, "config_invalid"],
  ])("%s is an error", async (_, config, code) => {
    expect(await failure(() => streamsOf(config))).toMatchObject({ code, class: "config" });
  });

  test("a definition file has the list", async () => {
    const folder = folderOf({ "a.csv": "id;n\n1;2\n" });
    const definition = join(
      folderOf({ "files.json": JSON.stringify([{ entity: "a", path: join(folder, "a.csv"), delimiter: ";", keys: ["id"] }]) }),
      "files.json",
    );
    const [stream] = await streamsOf({ csv_files_definition: definition });
    expect(stream).toMatchObject({ name: "a", keys: ["id"] });
    expect((await read(stream as never)).rows).toEqual([{ id: 1, n: 2 }]);
  });

  test.each([
    ["no JSON", "[", "definition_unusable"],
    ["no list", "{}", "definition_unusable"],
    ["a misspelt setting", '[{"entity":"a","pth":"a.csv"}]', "config_invalid"],
  ])("a definition with %s is an error", async (_, text, code) => {
    const path = join(folderOf({ "files.json": text }), "files.json");
    expect((await failure(() => streamsOf({ csv_files_definition: path }))).code).toBe(code);
  });
});

describe("dialect and encoding", () => {
  test.each([
    [{ delimiter: "\n" }, "dialect_invalid"],
    [{ delimiter: ",", escapechar: "," }, "dialect_invalid"],
    [{ delimiter: ";", comment: ";" }, "dialect_invalid"],
    [{ quotechar: "''" }, "dialect_invalid"],
    [{ encoding: "latin-99" }, "encoding_unknown"],
  ])("%j is an error", async (settings, code) => {
    expect(await failure(() => streamOf("a\n", settings))).toMatchObject({ code, class: "config", position: { stream: "items" } });
  });

  test("marks of several characters and beyond ASCII, and no quotes", async () => {
    expect(await rowsOf("a||b\n1||x|y\n", { delimiter: "||" })).toEqual([{ a: 1, b: "x|y" }]);
    expect(await rowsOf("a¦b\n1¦«x¦y»«\n", { delimiter: "¦", quotechar: "«" })).toEqual([{ a: 1, b: "x¦y»" }]);
    expect(await rowsOf('a,b\n1,"x\n', { delimiter: ",", quotechar: null })).toEqual([{ a: 1, b: '"x' }]);
  });

  test.each(["utf-8", "UTF8", "utf_8_sig", "utf-8-sig"])("%s is read, byte order mark or not", async (encoding) => {
    expect(await rowsOf("\uFEFFid,b\n1,é\n", { encoding })).toEqual([{ id: 1, b: "é" }]);
    expect(await rowsOf("id,b\n1,é\n", { encoding })).toEqual([{ id: 1, b: "é" }]);
  });

  test("settings in the form of the Python tap", async () => {
    const settings = { delimiter: "\t", quotechar: "'", escapechar: "\\", doublequote: false, skipinitialspace: true, strict: false };
    expect(await rowsOf("a\t b\n'x\\'y'\t  2\n", settings)).toEqual([{ a: "x'y", b: 2 }]);
    expect(await rowsOf("a,b\n1,2\n", { escapechar: null })).toEqual([{ a: 1, b: 2 }]);
    expect(await rowsOf('a\n"x""y"\n', { escapechar: '"', doublequote: false })).toEqual([{ a: 'x"y' }]);
  });
});
