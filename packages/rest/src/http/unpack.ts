/**
 * Bodies that are compressed: on their way (Content-Encoding), and as files, which no header says: gzip, told by its first bytes. What is
 * small stays in memory; what is long goes through a file.
 */
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress, createBrotliDecompress, createGunzip, createInflate, gunzip, inflate } from "node:zlib";
import type { Body } from "../model.ts";
import { inMemory, memoryLimit, receiveBody } from "./body.ts";

const gzip = { whole: promisify(gunzip), stream: createGunzip };
const codings: Readonly<Record<string, typeof gzip>> = {
  gzip,
  "x-gzip": gzip,
  deflate: { whole: promisify(inflate), stream: createInflate },
  br: { whole: promisify(brotliDecompress), stream: createBrotliDecompress } as unknown as typeof gzip,
};

/** The body itself where it is not compressed. @throws errors of zlib, an Error for a coding that is not known */
export async function unpack(body: Body, contentEncoding: string | null): Promise<Body> {
  let current = body;
  for (const name of (contentEncoding ?? "").toLowerCase().split(",").reverse()) {
    const coding = name.trim();
    if (coding === "" || coding === "identity") continue;
    const known = codings[coding];
    if (known === undefined) {
      await current[Symbol.asyncDispose]();
      throw new Error(`the answer is encoded as ${JSON.stringify(coding)}, which was not asked for`);
    }
    if (current.length > 0) current = await unpackOne(current, known);
  }
  // A compressed file is known by its first two bytes, which no text has.
  return isGzip(await firstBytes(current)) ? unpackOne(current, gzip) : current;
}

async function unpackOne(body: Body, { whole, stream }: typeof gzip): Promise<Body> {
  try {
    if (body.bytes !== undefined) {
      const unpacked = await whole(body.bytes, { maxOutputLength: memoryLimit }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ERR_BUFFER_TOO_LARGE") throw error;
      });
      if (unpacked !== undefined) return inMemory(unpacked);
    }
    return await receiveBody(Readable.from(body.pieces()).compose(stream()));
  } finally {
    await body[Symbol.asyncDispose]();
  }
}

async function firstBytes(body: Body): Promise<Uint8Array> {
  if (body.bytes !== undefined) return body.bytes;
  for await (const piece of body.pieces()) return piece;
  return new Uint8Array();
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
