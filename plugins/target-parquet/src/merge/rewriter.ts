/** Writes the result of a SELECT to a new file, with all that the manifest says of a file. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { type Compression, mostGroupRows, quoteName, quoteText } from "@tapline/columns";
import { errors } from "../errors.ts";
import type { FileColumn, KeyRange } from "../manifest/manifest.ts";
import { isRanged } from "../stream/range-of-key.ts";
import type { PendingFile } from "../stream/stream-files.ts";
import { typeOf } from "../stream/type-text.ts";
import type { Engine } from "./engine.ts";

export interface RewriterOptions {
  engine: Engine;
  compression: Compression;
  newPath(): string;
}

export interface NewFile {
  /** Selects the columns and maybe others, which are left out. */
  select: string;
  columns: readonly FileColumn[];
  /** The column whose range the manifest has. */
  key: string | undefined;
  partition: string | undefined;
  /** How many rows there must be. */
  rows: number;
}

export type Rewriter = (file: NewFile) => Promise<PendingFile>;

const spelled = { zstd: "ZSTD", gzip: "GZIP", none: "UNCOMPRESSED" } as const;

export function rewriter({ engine, compression, newPath }: RewriterOptions): Rewriter {
  return async ({ select, columns, key, partition, rows }) => {
    const path = newPath();
    const list = columns.map(({ name }) => quoteName(name)).join(", ");
    const written = await engine.run(
      `COPY (SELECT ${list} FROM (${select})) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION ${spelled[compression]}, ROW_GROUP_SIZE ${mostGroupRows})`,
    );
    if (written !== rows) throw errors.rows_lost({ path, expected: rows, found: written });
    await sync(path);
    const range = await rangeIn(engine, path, columns, key);
    const { size: bytes } = await stat(path);
    return { path, rows, bytes, sha256: await hashOf(path), range, isAscending: false, columns, partition };
  };
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Longer texts are not kept in the manifest. */
const mostCharacters = 256;

async function rangeIn(
  engine: Engine,
  path: string,
  columns: readonly FileColumn[],
  key: string | undefined,
): Promise<KeyRange | undefined> {
  const column = columns.find(({ name }) => name === key);
  if (column === undefined || !isRanged(typeOf(column.type))) return undefined;
  const name = quoteName(column.name);
  const [[min, max] = []] = await engine.query(
    `SELECT min(${name}), max(${name}) FROM read_parquet(${quoteText(path)}, hive_partitioning = false)`,
  );
  if (min === null || max === null || min === undefined || max === undefined) return undefined;
  return Math.max(min.length, max.length) > mostCharacters ? undefined : { column: column.name, min, max };
}
