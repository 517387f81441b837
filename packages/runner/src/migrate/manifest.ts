/** What the manifest of target-parquet says of an export: its files by stream. Its form is in the README of target-parquet. */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "@tapline/protocol";
import { errors } from "../errors.ts";

export interface ExportedFile {
  /** Below the root, with / between names. */
  path: string;
  rows: number;
  bytes: number;
  sha256: string;
}

export interface ExportedStream {
  stream: string;
  files: ExportedFile[];
}

export const manifestName = "_tapline_manifest.json";

/** @throws export_unreadable */
export function readExport(root: string): ExportedStream[] {
  const path = join(root, manifestName);
  const refuse = (reason: string): never => {
    throw errors.export_unreadable({ path, reason });
  };
  const read = (): unknown => {
    try {
      return JSON.parse(readFileSync(path, "utf8"));
    } catch (error) {
      return refuse((error as Error).message);
    }
  };
  const manifest = read();
  if (!isObject(manifest) || !Array.isArray(manifest.streams)) return refuse("it lists no streams");
  return manifest.streams.map((each) => {
    if (!isObject(each) || typeof each.stream !== "string" || !Array.isArray(each.files))
      return refuse("a stream in it has no name or files");
    return {
      stream: each.stream,
      files: each.files.map((file) => (isFile(file) ? file : refuse(`a file of ${each.stream} has no path, rows, bytes or sha256`))),
    };
  });
}

const isFile = (file: unknown): file is ExportedFile =>
  isObject(file) &&
  typeof file.path === "string" &&
  !file.path.split("/").includes("..") &&
  typeof file.sha256 === "string" &&
  [file.rows, file.bytes].every((count) => Number.isSafeInteger(count));

/** Reads all files again. @throws export_damaged */
export async function checkFiles(
  root: string,
  streams: readonly ExportedStream[],
  onBytes: (bytes: number) => void = () => {},
): Promise<void> {
  for (const { files } of streams)
    for (const file of files) {
      const found = await sha256Of(join(root, file.path), onBytes);
      if (found !== file.sha256)
        throw errors.export_damaged({ path: join(root, file.path), expected: file.sha256, found: found ?? "no file" });
    }
}

async function sha256Of(path: string, onBytes: (bytes: number) => void): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(piece as Buffer);
      onBytes((piece as Buffer).length);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return hash.digest("hex");
}

/** Rows and bytes of all. */
export function sizeOf(streams: readonly ExportedStream[]): { rows: number; bytes: number } {
  const files = streams.flatMap((each) => each.files);
  return { rows: files.reduce((sum, { rows }) => sum + rows, 0), bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
