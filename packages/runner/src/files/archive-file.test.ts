import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { archiveFile } from "./archive-file.ts";
import { sha256Of } from "./content.ts";

const day = "2026-11-30T10:00:00.000Z";
const place = "success/2026/11/30";

function folders(): { inbox: string; archive: string; put(text: string, id?: string): Promise<string | undefined> } {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [inbox, archive] = [join(folder, "inbox"), join(folder, "archive")];
  mkdirSync(inbox);
  const from = join(inbox, "a.csv.gz");
  return {
    inbox,
    archive,
    async put(text, id = text) {
      writeFileSync(from, text);
      return archiveFile({ from, archive, outcome: "success", day, id, sha256: await sha256Of(from), record: { path: "inbox/a.csv.gz" } });
    },
  };
}

test("a name that is taken, by a file or by a record, gets a number", async () => {
  const { archive, put } = folders();
  expect(await put("1")).toBe(join(archive, place, "a.csv.gz"));
  expect(await put("2")).toBe(join(archive, place, "a-2.csv.gz"));
  writeFileSync(join(archive, place, "a-3.csv.gz"), "not ours");
  expect(await put("4")).toBe(join(archive, place, "a-4.csv.gz"));
  expect(readFileSync(join(archive, place, "a-3.csv.gz"), "utf8")).toBe("not ours");
  expect(JSON.parse(readFileSync(join(archive, place, "a-4.csv.gz.json"), "utf8"))).toEqual({ id: "4", path: "inbox/a.csv.gz" });
});

test.each([
  ["before the move", (to: string, from: string) => renameSync(to, from)],
  ["after the move", () => {}],
  ["after a copy to another device", (to: string, from: string) => writeFileSync(from, readFileSync(to))],
])("a kill %s is finished in the same place", async (_, undo) => {
  const { archive, inbox, put } = folders();
  const to = (await put("1")) as string;
  const from = join(inbox, "a.csv.gz");
  undo(to, from);
  const again = { from, archive, outcome: "success", day, id: "1", record: {} } as const;
  const sha256 = readdirSync(inbox).length > 0 ? await sha256Of(from) : await sha256Of(to);
  expect(await archiveFile({ ...again, sha256 })).toBe(to);
  expect([readdirSync(inbox), readFileSync(to, "utf8")]).toEqual([[], "1"]);
  expect(readdirSync(join(archive, place)).sort()).toEqual(["a.csv.gz", "a.csv.gz.json"]);
});

test("a file that somebody took away leaves nothing", async () => {
  const { archive, inbox } = folders();
  const request = { from: join(inbox, "gone.csv"), archive, outcome: "success", day, id: "1", sha256: "", record: {} } as const;
  expect(await archiveFile(request)).toBe(undefined);
  expect(readdirSync(join(archive, place))).toEqual([]);
});
