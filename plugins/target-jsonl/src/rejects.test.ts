import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig, load, type StreamSummary, type Target, type TargetSettings, withTargetSettings } from "@tapline/sdk";
import { expect, onTestFinished, test } from "vitest";
import target from "./index.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "target-jsonl-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function pipe(folder: string, text: string, more: object = {}) {
  const given = { destination_path: folder, on_error: "reject", ...more };
  const { config } = checkConfig<TargetSettings>(target.name, withTargetSettings(target.config), given);
  let summaries: StreamSummary[] = [];
  let failure: unknown;
  async function* input() {
    yield Buffer.from(text);
  }
  const onSummary = (all: StreamSummary[]): void => {
    summaries = all;
  };
  try {
    for await (const _ of load(target as unknown as Target, config, input(), { onSummary }));
  } catch (error) {
    failure = error;
  }
  return { summaries, failure };
}

const schema = (stream: string) =>
  `{"type":"SCHEMA","stream":"${stream}","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":[]}\n`;
const row = (id: string, stream = "s") => `{"type":"RECORD","stream":"${stream}","record":{"id":${id}}}\n`;
const state = '{"type":"STATE","value":1}\n';
const lines = (folder: string, name: string) =>
  readFileSync(join(folder, name), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

test("a row that does not fit is kept in the stream's rejects file, with its position and reason", async () => {
  const folder = temporaryFolder();
  const { summaries, failure } = await pipe(folder, schema("s") + row("1") + row('"two"') + row("3") + state);
  expect(failure).toBeUndefined();
  expect(lines(folder, "s.jsonl").map(({ id }) => id)).toEqual([1, 3]);
  expect(lines(folder, "s__rejects.jsonl")).toMatchObject([
    {
      stream: "s",
      position: { line: 3, column: "id" },
      code: "record_invalid",
      reason: expect.stringContaining("integer"),
      record: '{"id":"two"}',
    },
  ]);
  expect(summaries).toMatchObject([{ received: 3, loaded: 2, rejected: 1, rejects: join(folder, "s__rejects.jsonl"), in_table: 2 }]);
});

test("rejected rows belong to the same commit as the rows around them", async () => {
  const folder = temporaryFolder();
  const { failure } = await pipe(folder, `${schema("s") + row("1") + row('"a"') + state + row("2") + row('"b"')}no message\n`, {
    commit_after_ms: 0,
  });
  expect(failure).toMatchObject({ code: "invalid_json" });
  expect(lines(folder, "s.jsonl").map(({ id }) => id)).toEqual([1]);
  expect(lines(folder, "s__rejects.jsonl").map(({ record }) => record)).toEqual(['{"id":"a"}']);
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a stream with the name of another stream's rejects file is an error", async () => {
  for (const [first, second] of [
    ["s", "s__rejects"],
    ["s__rejects", "s"],
  ] as const) {
    const text = schema(first) + row('"x"', first) + state + schema(second) + row('"x"', second) + state;
    const { failure } = await pipe(temporaryFolder(), text, { commit_after_ms: 0 });
    expect(failure).toMatchObject({ code: "file_collision", message: expect.stringContaining("rejected rows") });
  }
});

test("fields with names that look like integers keep the order of the SCHEMA", async () => {
  const folder = temporaryFolder();
  const properties = '{"Product":{},"2025":{"type":"integer"},"2024":{"type":"integer"}}';
  const text = `{"type":"SCHEMA","stream":"s","schema":{"properties":${properties}},"key_properties":[]}\n`;
  const record = '{"Product":"Pen","2025":30,"2024":20,"note":"new"}';
  await pipe(folder, `${text}{"type":"RECORD","stream":"s","record":${record}}\n`, { add_record_metadata: false });
  expect(readFileSync(join(folder, "s.jsonl"), "utf8")).toBe(`${record}\n`);
});

test("without on_error the first row that does not fit ends the load", async () => {
  const folder = temporaryFolder();
  const { failure } = await pipe(folder, schema("s") + row("1") + row('"two"') + state, { on_error: "fail" });
  expect(failure).toMatchObject({ code: "record_invalid", position: { line: 3 } });
  expect(readdirSync(folder)).toEqual(["s.jsonl"]);
});
