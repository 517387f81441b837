/** Generated files are written and updated, but never overwrite an edited file. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeGenerated } from "./write.ts";

function project(): string {
  const folder = mkdtempSync(join(tmpdir(), "dbt-write-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const path = "models/a.sql";
const all = { written: [], unchanged: [], kept: [] };

test("a second time nothing changes; a new text replaces the first", () => {
  const folder = project();
  expect(writeGenerated(folder, [{ path, text: "select 1\n" }])).toEqual({ ...all, written: [path] });
  expect(writeGenerated(folder, [{ path, text: "select 1\n" }])).toEqual({ ...all, unchanged: [path] });
  expect(writeGenerated(folder, [{ path, text: "select 2\n" }])).toEqual({ ...all, written: [path] });
  expect(readFileSync(join(folder, path), "utf8")).toMatch(/^-- Made by tapline dbt generate \([0-9a-f]{16}\)\..*\nselect 2\n$/);
  expect(readdirSync(join(folder, "models"))).toEqual(["a.sql"]);
});

test("a file that was edited or existed before is kept", () => {
  const folder = project();
  writeGenerated(folder, [{ path, text: "select 1\n" }]);
  const edited = `${readFileSync(join(folder, path), "utf8")}-- mine\n`;
  writeFileSync(join(folder, path), edited);
  writeFileSync(join(folder, "models/b.yml"), "version: 2\n");
  const files = [
    { path, text: "select 2\n" },
    { path: "models/b.yml", text: "models: []\n" },
  ];
  expect(writeGenerated(folder, files)).toEqual({ ...all, kept: [path, "models/b.yml"] });
  expect(readFileSync(join(folder, path), "utf8")).toBe(edited);
  expect(readFileSync(join(folder, "models/b.yml"), "utf8")).toBe("version: 2\n");
});

test("line ends that git changed are not an edit", () => {
  const folder = project();
  writeGenerated(folder, [{ path, text: "select 1\n" }]);
  writeFileSync(join(folder, path), readFileSync(join(folder, path), "utf8").replaceAll("\n", "\r\n"));
  expect(writeGenerated(folder, [{ path, text: "select 2\n" }])).toEqual({ ...all, written: [path] });
});
