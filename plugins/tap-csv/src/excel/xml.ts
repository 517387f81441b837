/**
 * One XML part of a workbook, read piece by piece. Strict, so that a broken part is an error and never fewer rows; without
 * document types and their entities, which workbooks have no use for and which can grow without bound.
 */
import sax from "sax";
import type { ByteReader } from "../source/bytes.ts";

/** Names come without their namespace prefix: some writers put one on every element. */
export interface XmlHandlers {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  /** A long text comes in several pieces. */
  text?(text: string): void;
  close?(name: string): void;
}

export type Broken = (reason: string, cause?: unknown) => Error;

const pieceBytes = 16 * 1024;
/** No tag of a workbook is nearly so long. */
const longestTag = 8 * 1024 * 1024;

export interface XmlPart {
  /** Reads a piece and calls the handlers; false when the part is used up. Throws `broken` and what the handlers throw. */
  pump(): Promise<boolean>;
}

export function xmlPart(reader: ByteReader, handlers: XmlHandlers, broken: Broken): XmlPart {
  // @types/sax lacks strictEntities: only the five entities that XML itself has.
  const options: sax.SAXOptions & { strictEntities: true } = { position: false, strictEntities: true };
  const parser = sax.parser(true, options);
  let sinceTag = 0;
  parser.onopentag = ({ name, attributes }) => {
    sinceTag = 0;
    handlers.open?.(localName(name), attributes as Record<string, string>);
  };
  parser.onclosetag = (name) => {
    sinceTag = 0;
    handlers.close?.(localName(name));
  };
  if (handlers.text !== undefined) {
    parser.ontext = (text) => handlers.text?.(text);
    parser.oncdata = (text) => handlers.text?.(text);
  }
  parser.ondoctype = () => {
    throw broken("it has a document type, which no workbook has");
  };
  parser.onprocessinginstruction = ({ name, body }) => {
    const encoding = name === "xml" ? /encoding\s*=\s*["']([^"']+)/.exec(body)?.[1] : undefined;
    if (encoding !== undefined && !/^utf-?(8|16)/i.test(encoding)) throw broken(`its encoding is ${encoding}`);
  };
  parser.onerror = (error) => {
    throw broken(error.message.split("\n")[0] as string, error);
  };
  const piece = new Uint8Array(pieceBytes);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let isAtEnd = false;
  const decode = (bytes: Uint8Array): string => {
    decoder ??= new TextDecoder(encodingOf(bytes), { fatal: true });
    try {
      return decoder.decode(bytes, { stream: bytes.length > 0 });
    } catch (error) {
      throw broken("it holds bytes that are no text", error);
    }
  };
  return {
    async pump() {
      if (isAtEnd) return false;
      const count = await reader.read(piece);
      isAtEnd = count === 0;
      sinceTag += count;
      if (sinceTag > longestTag + pieceBytes) throw broken(`it has a tag or text of more than ${longestTag} bytes`);
      const text = decode(piece.subarray(0, count));
      if (text !== "") parser.write(text);
      if (isAtEnd) parser.close();
      return !isAtEnd;
    },
  };
}

/** Reads a whole part and closes its reader. */
export async function readXml(reader: ByteReader, handlers: XmlHandlers, broken: Broken): Promise<void> {
  await using _ = reader;
  const part = xmlPart(reader, handlers, broken);
  while (await part.pump());
}

function encodingOf([a, b]: Uint8Array): string {
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return a === 0xfe && b === 0xff ? "utf-16be" : "utf-8";
}

function localName(name: string): string {
  const colon = name.indexOf(":");
  return colon < 0 ? name : name.slice(colon + 1);
}
