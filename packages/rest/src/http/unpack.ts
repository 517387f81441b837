/** Bodies that are compressed files, which no header says: gzip, told by its first bytes. */
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Body } from "../model.ts";
import { receiveBody } from "./body.ts";

/** The body itself where it is not compressed. It is known by its first two bytes, which no text has. @throws errors of zlib */
export async function unpack(body: Body): Promise<Body> {
  if (body.length < 2 || !isGzip(await firstBytes(body))) return body;
  try {
    return await receiveBody(Readable.from(body.pieces()).compose(createGunzip()));
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
