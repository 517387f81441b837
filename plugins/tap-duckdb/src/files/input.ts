/** A file or an object of a stream: what tells whether it has changed. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { checkUnchanged, type FileStat, fileError, statFile } from "@tapline/sdk";
import type { Database } from "../database.ts";
import { errors } from "../errors.ts";
import type { Look } from "./look.ts";
import { statObject } from "./objects.ts";

export interface Input {
  /** Its path as it is spelled, or its address. */
  name: string;
  /** Size and time, which are those of the file as it is read. @throws file_missing, file_forbidden, file_unreadable */
  look(): Promise<Look>;
  /** Of all its bytes; undefined for an object. */
  checksum(): Promise<string | undefined>;
  /** @throws file_changed where it was written to since `look` */
  expectUnchanged(): Promise<void>;
}

/** In this time a change may not show in the time of a file. */
const freshMs = 2000;

export function localInput(path: string, stream: string): Input {
  const position = { stream, file: path };
  let before: FileStat | undefined;
  return {
    name: path,
    async look() {
      before = await regular(path, position);
      for (let tries = 0; before.mtime === null && tries < 3; tries++) {
        await pause(freshMs);
        before = await regular(path, position);
      }
      return { size: before.size, mtime: new Date(Number(before.mtimeNs / 1_000_000n)).toISOString() };
    },
    async checksum() {
      const hash = createHash("sha256");
      await pipeline(createReadStream(path), hash).catch((error: unknown) => {
        throw fileError(path, position, error);
      });
      return hash.digest("hex");
    },
    async expectUnchanged() {
      if (before !== undefined) await checkUnchanged(path, before, position);
    },
  };
}

async function regular(path: string, position: { stream: string; file: string }): Promise<FileStat> {
  const found = await statFile(path, position);
  if (found === undefined) throw errors.file_unreadable({ path, reason: "it is no regular file" }, position);
  return found;
}

export function objectInput(address: string, stream: string, database: Database): Input {
  const position = { stream, file: address };
  let before: Look | undefined;
  return {
    name: address,
    async look() {
      before = await statObject(database, address);
      return before;
    },
    checksum: async () => undefined,
    async expectUnchanged() {
      const now = await statObject(database, address);
      if (before === undefined || (now.size === before.size && now.mtime === before.mtime)) return;
      throw errors.file_changed({ before: describe(before), now: describe(now) }, position);
    },
  };
}

const describe = ({ size, mtime }: Look): string => `${size} bytes from ${mtime}`;
