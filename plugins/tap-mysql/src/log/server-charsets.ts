/**
 * Text of the log in other character sets than UTF-8, as the server itself would convert it: for each set that a table uses, the server is
 * asked once for all of its characters.
 */
import { errors } from "../errors.ts";
import type { Session } from "../session/session.ts";
import type { Decode } from "./row-values.ts";

const utf8 = ["utf8", "utf8mb3", "utf8mb4", "ascii"];

export class ServerCharsets {
  readonly #decoders = new Map<string, Decode>();

  /** undefined: the bytes are UTF-8. Call `load` with the set before. */
  decoder(charset: string | undefined): Decode | undefined {
    return charset === undefined ? undefined : this.#decoders.get(charset);
  }

  /** @throws log_charset_unknown and errors of the server */
  async load(session: Session, charsets: Iterable<string | undefined>): Promise<void> {
    for (const charset of new Set(charsets)) {
      if (charset === undefined || utf8.includes(charset) || this.#decoders.has(charset)) continue;
      this.#decoders.set(charset, wide[charset] ?? tableDecoder(await charactersOf(session, charset)));
    }
  }
}

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

/** Of two and four bytes. */
const wide: Readonly<Record<string, Decode>> = {
  ucs2: (bytes) => Buffer.from(swapped(bytes).toString("utf16le")),
  utf16: (bytes) => Buffer.from(swapped(bytes).toString("utf16le")),
  utf16le: (bytes) => Buffer.from(bytes.toString("utf16le")),
  utf32: (bytes) => {
    let text = "";
    for (let at = 0; at + 4 <= bytes.length; at += 4) text += String.fromCodePoint(bytes.readUInt32BE(at));
    return Buffer.from(text);
  },
};

/** A character by its bytes as a number; one byte at least and three at most. */
type Characters = ReadonlyMap<number, string>;

/** Bytes that begin a character of three bytes. */
const threeByteHead = 0x8f;
const threeByteSets = ["ujis", "eucjpms"];

async function charactersOf(session: Session, charset: string): Promise<Characters> {
  const [[longest] = []] = await session.execute(
    `SELECT maxlen FROM information_schema.character_sets WHERE character_set_name = '${charset.replaceAll(/\W/g, "")}'`,
  );
  const most = Number(longest ?? 0);
  if (most < 1 || most > 3) throw errors.log_charset_unknown({ charset });
  const codes = Array.from({ length: 256 }, (_, i) => i);
  if (most > 1) for (let i = 0x8000; i <= 0xffff; i++) codes.push(i);
  if (threeByteSets.includes(charset)) for (let i = 0xa0a0; i <= 0xffff; i++) codes.push(threeByteHead * 0x1_0000 + i);
  const found = new Map<number, string>();
  const bytesOf = (code: number): string => code.toString(16).padStart(code < 0x100 ? 2 : code < 0x1_0000 ? 4 : 6, "0");
  for (let from = 0; from < codes.length; from += codesInStatement) {
    const some = codes.slice(from, from + codesInStatement);
    const list = some.map((code) => `SELECT ${code} AS c, X'${bytesOf(code)}' AS b`).join(" UNION ALL ");
    // What is no character of the set becomes a question mark, or NULL.
    const rows = await session.execute(
      `SELECT c, HEX(CONVERT(CONVERT(b USING ${charset}) USING utf8mb4)), HEX(CONVERT(CONVERT(CONVERT(b USING ${charset}) USING utf8mb4) USING ${charset})) = HEX(b) FROM (${list}) AS x`,
    );
    for (const [code, hex, isSame] of rows) {
      const text = Buffer.from(hex ?? "", "hex").toString();
      const isOne = [...text].length === 1;
      // Some sets have two codes for one character: the second one is known too, unless it became a question mark.
      if (isOne && (isSame === "1" || text !== "?")) found.set(Number(code), text);
    }
  }
  return found;
}

const codesInStatement = 2000;

function tableDecoder(characters: Characters): Decode {
  return (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; ) {
      const one = bytes[at] as number;
      const two = one * 0x100 + (bytes[at + 1] ?? 0);
      const three = two * 0x100 + (bytes[at + 2] ?? 0);
      const single = characters.get(one);
      if (single !== undefined) {
        text += single;
        at += 1;
      } else if (at + 1 < bytes.length && characters.has(two)) {
        text += characters.get(two);
        at += 2;
      } else if (at + 2 < bytes.length && characters.has(three)) {
        text += characters.get(three);
        at += 3;
      } else {
        text += "?";
        at += 1;
      }
    }
    return Buffer.from(text);
  };
}
