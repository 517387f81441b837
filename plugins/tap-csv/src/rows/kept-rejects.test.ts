import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { keptRejects } from "./kept-rejects.ts";
import { RejectsFile } from "./rejects-file.ts";

function rejectsPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "tap-csv-rejects-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "rejects.jsonl");
}

const refused = (line: number, raw: string) =>
  ({ line, raw: Buffer.from(raw), error: Object.assign(new Error("too few"), { code: "row_too_short" }), isCut: false }) as never;

test("rows are listed in the order in which they were rejected, with their text where that is asked for", async () => {
  const path = rejectsPath();
  await using file = new RejectsFile(path);
  for (const line of [2, 3]) file.add("items", "a.csv", refused(line, `row\u2028${line}`));
  await file.write();
  const kept = keptRejects(path);
  expect(await kept.list({}, true)).toMatchObject(
    [2, 3].map((line) => ({
      stream: "items",
      position: { file: "a.csv", line },
      reason: "too few",
      kept_in: path,
      record: `row\u2028${line}`,
    })),
  );
  expect((await kept.list({ streams: ["items"] }))[0]).not.toHaveProperty("record");
  expect(await kept.list({ streams: ["orders"] })).toEqual([]);
});

test("rows of earlier versions get an id that stays the same", async () => {
  const path = rejectsPath();
  writeFileSync(path, '{"stream":"items","file":"a.csv","line":5,"code":"c","reason":"r","raw":"4"}\nno JSON\n');
  const [first] = await keptRejects(path).list({});
  expect(first).toMatchObject({ id: expect.stringMatching(/^\w{18}$/), rejected_at: null });
  expect(await keptRejects(path).discard({ ids: [first?.id ?? ""] })).toEqual(new Map([["items", 1]]));
  expect(readFileSync(path, "utf8")).toBe("no JSON\n");
});

test("a run that is reading keeps its next rows in the file from which rows were discarded", async () => {
  const path = rejectsPath();
  await using file = new RejectsFile(path);
  file.add("items", "a.csv", refused(2, "2"));
  await file.write();
  expect(await keptRejects(path).discard({ streams: ["items"] })).toEqual(new Map([["items", 1]]));
  file.add("items", "a.csv", refused(3, "3"));
  await file.flush();
  expect((await keptRejects(path).list({})).map(({ position }) => position.line)).toEqual([3]);
});

test("without a file there are no rows", async () => {
  expect(await keptRejects(undefined).list({})).toEqual([]);
  expect(await keptRejects(rejectsPath()).discard({})).toEqual(new Map());
  const path = rejectsPath();
  appendFileSync(path, "");
  expect(await keptRejects(path).list({})).toEqual([]);
});
