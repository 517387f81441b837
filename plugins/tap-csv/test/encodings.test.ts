/** Files whose encoding is not obvious: what is read, what is logged, which byte an error names. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { failure, folderOf, read, streamsOf } from "./tap-run.ts";

interface Run {
  rows: Record<string, unknown>[];
  log: string[];
}

async function run(content: Uint8Array, settings: Record<string, unknown> = {}): Promise<Run> {
  const path = join(folderOf({ "a.csv": content }), "a.csv");
  const log: string[] = [];
  const [stream] = await streamsOf({ files: [{ entity: "t", path, ...settings }] }, (level, text) => log.push(`${level} ${text}`));
  if (stream === undefined) throw new Error("there is no stream");
  const { rows } = await read(stream, { log: (level, text) => log.push(`${level} ${text}`) });
  return { rows, log };
}

test("one curly apostrophe in English is windows-1252, with a warning that names the setting", async () => {
  const { rows, log } = await run(Buffer.from("id,note\r\n1,customer\x92s order\r\n2,plain text\r\n3,don\x92t ship\r\n", "latin1"));
  expect(rows.map(({ note }) => note)).toEqual(["customer’s order", "plain text", "don’t ship"]);
  const [warning, ...others] = log.filter((line) => line.startsWith("warning"));
  expect(warning).toMatch(/a\.csv, line 2: .* windows-1252, else .* 0x92 at character 11\. .*set encoding/);
  expect(others).toEqual([]);
});

const mixed = Buffer.concat([
  Buffer.from("id,name\n0,größe\n1,Müller\n2,Straße\n3,Köln\n4,schön\n5,Tür\n"),
  Buffer.from("6,Müller\n", "latin1"),
]);

test("UTF-8 with one bad byte is an error that names line, column and byte", async () => {
  const error = await failure(() => run(mixed));
  expect(error).toMatchObject({ code: "invalid_utf8", position: { line: 8, column: "name", offset: 4 } });
  expect(error.message).toMatch("The byte 0xFC is not valid UTF-8");
});

test("UTF-8 with one bad byte is read with one U+FFFD under bad_bytes: replace", async () => {
  const { rows, log } = await run(mixed, { bad_bytes: "replace" });
  expect(rows.map(({ name }) => name)).toEqual(["größe", "Müller", "Straße", "Köln", "schön", "Tür", "M\uFFFDller"]);
  expect(log.filter((line) => /^warning.*U\+FFFD in 1 place$/.test(line))).toHaveLength(1);
});

test.each([
  ["windows-1252", [0x81], "0x81"],
  ["shift_jis", [0x82, 0xa0, 0x82, 0x2c, 0x62], "0x82"],
])("a bad byte in %s is named as the file has it", async (encoding, bytes, byte) => {
  const content = Buffer.concat([Buffer.from("id,name,x\n1,"), Buffer.from(bytes), Buffer.from("\n")]);
  const error = await failure(() => run(content, { encoding }));
  expect(error.message).toMatch(`The byte ${byte} is not valid ${encoding} here`);
});
