import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { detect } from "./detect.ts";
import { chooseEncoding } from "./encoding.ts";

const choose = (bytes: Uint8Array, isWhole = true, later: readonly Uint8Array[] = []) => chooseEncoding({ bytes, isWhole, later }, {});
const encodingOf = async (bytes: Uint8Array): Promise<string> => (await choose(bytes)).encoding;

test("a byte order mark decides", async () => {
  expect(await encodingOf(Buffer.from("\uFEFFa,b\n1,2\n"))).toBe("utf-8");
  expect(await encodingOf(Buffer.from("\uFEFFa,b\n1,2\n", "utf16le"))).toBe("utf-16le");
  expect(await encodingOf(Buffer.from("\uFEFFa,b\n1,2\n", "utf16le").swap16())).toBe("utf-16be");
  await expect(encodingOf(Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0))).rejects.toThrow(/UTF-32/);
});

test("UTF-16 without a mark shows by its zero bytes", async () => {
  expect(await encodingOf(Buffer.from("a,b\n1,2\n", "utf16le"))).toBe("utf-16le");
  expect(await encodingOf(Buffer.from("a,b\n1,2\n", "utf16le").swap16())).toBe("utf-16be");
  expect(await encodingOf(Buffer.from("a,b\n1,x\0y\n"))).toBe("utf-8");
});

describe("UTF-8", () => {
  test("is recognized by its bytes, even where the sample ends inside a character", async () => {
    const bytes = Buffer.from("name\nZoë\n日本\n");
    for (let end = 6; end <= bytes.length; end++)
      expect(await choose(bytes.subarray(0, end), false), String(end)).toEqual({ encoding: "utf-8", evidence: expect.any(String) });
  });

  const damaged = (valid: number, bad: number): Buffer =>
    Buffer.concat([Buffer.from(`id,name\n${"1,Köln\n".repeat(valid)}`), Buffer.from("2,Müller\n".repeat(bad), "latin1")]);

  test("stays UTF-8 with a few bad bytes, as long as three in four characters are valid", async () => {
    expect(await encodingOf(damaged(6, 1))).toBe("utf-8");
    expect(await encodingOf(damaged(3, 1))).toBe("utf-8");
    expect((await choose(damaged(6, 1))).evidence).toMatch(/^6 of 7 multi-byte characters .* bad_bytes/);
    expect(await encodingOf(damaged(2, 1))).not.toBe("utf-8");
  });

  test("with U+FFFD in its text stays UTF-8 with a bad byte", async () => {
    expect(await encodingOf(Buffer.concat([Buffer.from("a\n\uFFFD\n\uFFFD\n\uFFFD\n"), Buffer.of(0xe9, 0x0a)]))).toBe("utf-8");
  });

  test("or ASCII is never a guess", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 200 }), async (text) => {
        fc.pre(!text.includes("\0") && !text.includes("\x1b"));
        expect(await choose(Buffer.from(text))).toMatchObject({ encoding: "utf-8" });
        expect((await choose(Buffer.from(text))).doubt).toBeUndefined();
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});

describe("a guess", () => {
  const file = (text: string, encoding: string): Buffer => {
    const content = text.split(";").map((word, i) => `${i},${word}\r\n`);
    return iconv.encode(`id,name\r\n${content.join("")}`, encoding);
  };

  test.each([
    ["windows-1252", "Müller;Café;Straße;señor;“hi”;10 €"],
    ["windows-1250", "Zażółć gęślą jaźń;Łódź;Kraków;źdźbło"],
    ["windows-1250", "Příliš žluťoučký kůň;Děčín;Třebíč"],
    ["windows-1251", "Привет;Москва;Санкт-Петербург;улица"],
    ["koi8-r", "Привет;Москва;Санкт-Петербург;улица"],
    ["ibm866", "Привет;Москва;Санкт-Петербург;улица"],
    ["windows-1253", "Αθήνα;Θεσσαλονίκη;οδός;καλημέρα"],
    ["windows-1254", "İstanbul;ağaç;şeker;ışık"],
    ["windows-1255", "ירושלים;תל אביב;שלום"],
    ["windows-1256", "القاهرة;مرحبا;شارع"],
    ["windows-1257", "Rīga;Liepāja;Jūrmala;Šķēde"],
    ["windows-874", "กรุงเทพ;สวัสดี;ถนน"],
    ["macintosh", "Müller;Café;Größe;señor;über"],
    ["cp850", "Müller;Café;Größe;señor;über;São Paulo"],
    ["cp852", "Zażółć gęślą jaźń;Łódź;Kraków;źdźbło"],
    ["shift_jis", "日本語;テスト;これはペンです;カタカナ"],
    ["euc-jp", "日本語;テスト;これはペンです;カタカナ"],
    ["gb18030", "中国;我们在北京;他是学生;这个不是;上海"],
    ["big5", "中國;我們在臺北;他是學生;這個不是"],
    ["euc-kr", "안녕하세요;서울;부산;대한민국"],
  ])("finds %s from its words: %s", async (encoding, text) => {
    const names: Record<string, string> = { ibm866: "cp866", macintosh: "macroman" };
    const found = await choose(file(text, names[encoding] ?? encoding));
    expect(found.encoding).toBe(encoding);
    expect(found.evidence).toMatch(/^a (weak )?guess: .*next best/);
  });

  test("of a single mark in Western text is windows-1252", async () => {
    for (const text of [
      "the customer’s order",
      "don’t",
      "Zoë",
      "Müller",
      "10 € each",
      "“quoted",
      "a – b",
      "20 °C",
      "Curaçao",
      "3º piso",
      "¿que?",
    ])
      expect(await encodingOf(file(text, "win1252")), text).toBe("windows-1252");
  });

  test("of typographic signs in English is windows-1252, however many there are", async () => {
    const words = ["customer", "don", "can", "boss", "child", "company", "James", "world", "dog", "year", "today", "week", "people"];
    for (const count of [1, 2, 5, 13]) {
      const notes = words.slice(0, count).map((word, i) => `${word}’${i % 2 === 0 ? "s" : "t"} order`);
      expect(await encodingOf(file(notes.join(";"), "win1252")), String(count)).toBe("windows-1252");
    }
    expect(await encodingOf(file(words.map((word) => `“${word}”…`).join(";"), "win1252"))).toBe("windows-1252");
  });

  test("that is weak is a warning with the choice, the runner-up, the place of the first byte and the setting", async () => {
    const { encoding, doubt } = await choose(Buffer.from("id,note\r\n1,plain\r\n2,k\xf8\r\n", "latin1"));
    expect(encoding).toBe("windows-1252");
    expect(doubt).toMatch(/^line 3: .* windows-1252, else windows-1257, .*"kų" of "kø".* 0xF8 at character 4\..* set encoding/);
  });

  test("is not a warning when the words leave no doubt", async () => {
    const { doubt } = await choose(file("Müller;Größe;Straße;für;schön;grün;über;Köln;Fußgänger;Bäcker", "win1252"));
    expect(doubt).toBeUndefined();
  });

  test("looks at later parts of a file whose start is ASCII", async () => {
    const start = Buffer.from("id,name\n1,Anna\n2,Bob\n");
    const encodingFrom = async (...later: Uint8Array[]): Promise<string> => (await choose(start, false, later)).encoding;
    expect(await encodingFrom(Buffer.from("3,Eve\n"), Buffer.from("4,Zoë\n5,Ada\n", "latin1"))).toBe("windows-1252");
    expect(await encodingFrom(Buffer.from("ë 4,Zoë\n日本").subarray(1, -1))).toBe("utf-8");
  });
});

test("ISO-2022-JP is recognized by its escape sequences", async () => {
  expect(await encodingOf(Buffer.from("id,name\n1,\x1b$BF|K\\\x1b(B\n"))).toBe("iso-2022-jp");
});

describe("a file", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tap-csv-encoding-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("whose encoding is set is not guessed", async () => {
    const path = join(folder, "set.csv");
    await writeFile(path, Buffer.from("a\nZoë\n", "latin1"));
    const found = await detect({ path }, { encoding: "latin1" }, {});
    expect([found.encoding, found.evidence.encoding, found.doubts]).toEqual(["iso-8859-1", "set in the config", []]);
  });
});
