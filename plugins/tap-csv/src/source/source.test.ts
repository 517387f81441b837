import { execFileSync, spawn } from "node:child_process";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type InputFile, openSource, readSample } from "./source.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tap-csv-source-"));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function file(content: string | Uint8Array, name = `${files++}.csv`): Promise<InputFile> {
  const path = join(folder, name);
  await writeFile(path, content);
  return { path };
}

async function readAll(input: InputFile, encoding = "utf-8", pieceBytes = 1000, from?: number): Promise<Buffer> {
  await using source = await openSource(input, { encoding, position: { file: input.path }, ...(from === undefined ? {} : { from }) });
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = Buffer.alloc(pieceBytes);
    const count = await source.read(piece);
    if (count === 0) return Buffer.concat(pieces);
    pieces.push(piece.subarray(0, count));
  }
}

const text = "id,name\n1,Zoë\n2,日本 😀\n";

describe("a plain file", () => {
  test("begins after its byte order mark and can be read from a reported position", async () => {
    const input = await file(`\uFEFF${text}`);
    await using source = await openSource(input, { encoding: "utf-8", position: {} });
    expect([source.isSeekable, source.position]).toEqual([true, 3]);
    const start = Buffer.alloc(8);
    await source.read(start);
    expect(start.toString()).toBe("id,name\n");
    expect((await readAll(input, "utf-8", 1000, source.position)).toString()).toBe(text.slice(8));
  });

  test("of no or few bytes is read", async () => {
    for (const few of ["", "a", "ab", "\uFEFF"]) expect((await readAll(await file(few))).toString()).toBe(few.replace("\uFEFF", ""));
  });

  test("that is a folder or missing is an error with its path", async () => {
    await expect(readAll({ path: folder })).rejects.toMatchObject({ code: "file_unreadable" });
    await expect(readAll({ path: join(folder, "none") })).rejects.toMatchObject({ code: "file_missing" });
  });
});

describe("a compressed file", () => {
  test.each([
    ["gzip", gzipSync(text)],
    ["gzip of two members", Buffer.concat([gzipSync(text.slice(0, 8)), gzipSync(text.slice(8))])],
    ["zstd", zstdCompressSync(text)],
    ["zstd of two frames", Buffer.concat([zstdCompressSync(text.slice(0, 8)), zstdCompressSync(text.slice(8))])],
  ])("%s is read, whatever its name", async (_, bytes) => {
    const input = await file(bytes);
    expect((await readAll(input, "utf-8", 5)).toString()).toBe(text);
    await using source = await openSource(input, { encoding: "utf-8", position: {} });
    expect(source.isSeekable).toBe(false);
  });

  test.each([
    ["gzip", gzipSync(text.repeat(1000))],
    ["zstd", zstdCompressSync(text.repeat(1000))],
  ])("%s that was cut is an error, never a short file", async (_, bytes) => {
    await expect(readAll(await file(bytes.subarray(0, -9)))).rejects.toMatchObject({ code: "archive_broken", class: "data" });
  });

  test("with a changed byte is an error", async () => {
    const bytes = gzipSync(text.repeat(1000));
    bytes[bytes.length - 6] = (bytes.at(-6) as number) ^ 1;
    await expect(readAll(await file(bytes))).rejects.toMatchObject({ code: "archive_broken" });
  });

  test("with other bytes after its end is an error, because they may be rows", async () => {
    await expect(readAll(await file(Buffer.concat([gzipSync(text), Buffer.from("3,lost\n")])))).rejects.toMatchObject({
      code: "archive_broken",
    });
    await expect(readAll(await file(Buffer.concat([zstdCompressSync(text), Buffer.from("3,lost\n")])))).rejects.toMatchObject({
      code: "archive_broken",
    });
  });

  test("of 300 MB from 300 KB takes no more memory than any other, and a preview takes no time", async () => {
    const input = await file(gzipSync(Buffer.alloc(300 * 1024 * 1024)));
    const since = performance.now();
    expect((await readSample(input, 1000, {})).isWhole).toBe(false);
    expect(performance.now() - since).toBeLessThan(300);
    await using source = await openSource(input, { encoding: "utf-8", position: {} });
    const into = Buffer.alloc(1024 * 1024);
    let total = 0;
    const before = process.memoryUsage().rss;
    let most = 0;
    for (let count = -1; count !== 0; total += count) {
      count = await source.read(into);
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(total).toBe(300 * 1024 * 1024);
    expect(most).toBeLessThan(60 * 1024 * 1024);
  });
});

describe("a zip archive's member", () => {
  test("is read by its name: stored, deflated, in the 64-bit form", async () => {
    const archive = zip([
      { name: "a.csv", content: text },
      { name: "folder/b.csv", content: `\uFEFF${text}`, isPacked: true },
      { name: "c.csv", content: text, isPacked: true, isWide: true },
    ]);
    const { path } = await file(archive, "some.zip");
    for (const member of ["a.csv", "folder/b.csv", "c.csv"]) {
      expect((await readAll({ path, member }, "utf-8", 7)).toString(), member).toBe(text);
    }
    await using source = await openSource({ path, member: "a.csv" }, { encoding: "utf-8", position: {} });
    expect([source.name, source.isSeekable]).toEqual([`${path}/a.csv`, false]);
  });

  test.each([
    ["encrypted", { flags: 1 }, "archive_unreadable"],
    ["of an unknown method", { method: 14 }, "archive_unreadable"],
    ["with a wrong checksum", { checksum: 1 }, "archive_broken"],
    ["longer than its directory states", { bytes: 5 }, "archive_broken"],
    ["shorter than its directory states", { bytes: 500 }, "archive_broken"],
  ])("that is %s is an error which names it", async (_, change, code) => {
    const { path } = await file(zip([{ name: "a.csv", content: text, isPacked: true, ...change }]));
    await expect(readAll({ path, member: "a.csv" })).rejects.toMatchObject({ code, message: expect.stringContaining('"a.csv"') });
  });

  test("in an incomplete archive is an error", async () => {
    const { path } = await file(zip([{ name: "a.csv", content: text }]).subarray(0, -30));
    await expect(readAll({ path, member: "a.csv" })).rejects.toMatchObject({ code: "archive_broken" });
  });

  test("never crashes on changed bytes: it is correct or an error", async () => {
    const whole = zip([{ name: "a.csv", content: text, isPacked: true }]);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] as number) ^ change;
        const { path } = await file(bytes, "changed.zip");
        const read = await readAll({ path, member: "a.csv" }).then(String, (error: { code: string }) => error.code);
        expect([text, "archive_broken", "archive_unreadable"]).toContain(read);
      }),
      { numRuns: 150, seed: 4 },
    );
  });
});

describe("an input that can be read only once", () => {
  test("is complete for its reader after any number of previews", async () => {
    const path = join(folder, "fifo");
    execFileSync("mkfifo", [path]);
    const content = text.repeat(20_000);
    const from = await file(content);
    const writer = spawn("sh", ["-c", `sleep 0.1; cat ${from.path} > ${path}`]);
    const input = { path };
    expect(String(Buffer.from((await readSample(input, 8, {})).bytes))).toBe("id,name\n");
    expect((await readSample(input, 90_000, {})).isWhole).toBe(false);
    expect((await readAll(input)).equals(Buffer.from(content))).toBe(true);
    await expect(readAll(input)).rejects.toMatchObject({ code: "pipe_read_twice" });
    writer.kill();
  });

  test("may be compressed", async () => {
    const path = join(folder, "fifo-gz");
    execFileSync("mkfifo", [path]);
    const from = await file(gzipSync(text.repeat(20_000)));
    const writer = spawn("sh", ["-c", `cat ${from.path} > ${path}`]);
    const input = { path };
    await readSample(input, 8, {});
    expect((await readAll(input)).toString()).toBe(text.repeat(20_000));
    writer.kill();
  });
});

describe("an encoding", () => {
  const encoders: Record<string, (text: string) => Buffer> = {
    "utf-16le": (s) => Buffer.from(s, "utf16le"),
    UTF_16: (s) => Buffer.from(`\uFEFF${s}`, "utf16le"),
    "utf-16": (s) => Buffer.from(`\uFEFF${s}`, "utf16le").swap16(),
    "utf-16be": (s) => Buffer.from(s, "utf16le").swap16(),
  };

  test.each(Object.keys(encoders))("%s: any text reads back under any chunking", async (encoding) => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 9 }),
        async (content, pieceBytes) => {
          const input = await file((encoders[encoding] as (s: string) => Buffer)(content), "coded.csv");
          expect((await readAll(input, encoding, pieceBytes)).toString()).toBe(content);
        },
      ),
      { numRuns: 50, seed: 7 },
    );
  });

  test.each([
    ["latin1", [0x5a, 0xe9, 0x85], "Zé\u0085"],
    ["cp1252", [0x80, 0x5a, 0xe9], "€Zé"],
    ["windows-1250", [0xb3, 0xf3], "łó"],
    ["windows_1251", [0xcf, 0xf0], "Пр"],
    ["iso-8859-15", [0xa4], "€"],
    ["mac_roman", [0x8e], "é"],
    ["shift_jis", [0x93, 0xfa, 0x96, 0x7b], "日本"],
    ["gb18030", [0xc8, 0xd5], "日"],
  ])("%s is read", async (encoding, bytes, expected) => {
    expect((await readAll(await file(Uint8Array.from(bytes)), encoding)).toString()).toBe(expected);
  });

  test.each([
    ["cp1252", [0x41, 0x81, 0x42], [0x41, 0xff, 0x42]],
    ["utf-16le", [0x41, 0, 0x00, 0xdc, 0x42, 0], [0x41, 0xff, 0x42]],
    ["utf-16le", [0x41, 0, 0x00, 0xd8, 0x42, 0], [0x41, 0xff, 0x42]],
    ["utf-16le", [0x41, 0, 0x42], [0x41, 0xff]],
    ["shift_jis", [0x41, 0x80, 0x42], [0x41, 0xff, 0x42]],
    ["utf-8", [0x41, 0xc3, 0x42], [0x41, 0xc3, 0x42]],
  ])("%s gives a bad byte as one that no UTF-8 holds", async (encoding, bytes, expected) => {
    expect([...(await readAll(await file(Uint8Array.from(bytes)), encoding))]).toEqual(expected);
  });

  test("that is unknown is named in the error", async () => {
    await expect(readAll(await file("a"), "utf-33")).rejects.toMatchObject({
      code: "encoding_unknown",
      message: expect.stringContaining("utf-33"),
    });
  });
});

test("a file that grows while it is read includes what was added", async () => {
  const input = await file("a\n");
  await using source = await openSource(input, { encoding: "utf-8", position: {} });
  const into = Buffer.alloc(10);
  expect(await source.read(into)).toBe(2);
  await appendFile(input.path, "b\n");
  expect(await source.read(into)).toBe(2);
});

interface Member {
  name: string;
  content: string;
  isPacked?: boolean;
  isWide?: boolean;
  flags?: number;
  method?: number;
  checksum?: number;
  bytes?: number;
}

/** An archive as `zip` writes it, with the errors that a test needs. */
function zip(members: readonly Member[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, isPacked = false, isWide = false, ...change } of members) {
    const plain = Buffer.from(content);
    const packed = isPacked ? deflateRawSync(plain) : plain;
    const sizes = [packed.length, change.bytes ?? plain.length];
    const [packedBytes, bytes] = isWide ? [0xffffffff, 0xffffffff] : sizes;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(45, 0);
    common.writeUInt16LE((change.flags ?? 0) | 0x800, 2);
    common.writeUInt16LE(change.method ?? (isPacked ? 8 : 0), 4);
    common.writeUInt32LE(change.checksum ?? crc32(plain), 10);
    common.writeUInt32LE(packedBytes as number, 14);
    common.writeUInt32LE(bytes as number, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const extra = Buffer.alloc(isWide ? 20 : 0);
    if (isWide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(16, 2);
      extra.writeBigUInt64LE(BigInt(sizes[1] as number), 4);
      extra.writeBigUInt64LE(BigInt(sizes[0] as number), 12);
    }
    const body = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    common.writeUInt16LE(extra.length, 24);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x2d\x00"), common, rest, Buffer.from(name), extra]));
    bodies.push(body);
    offset += body.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, list, end]);
}
