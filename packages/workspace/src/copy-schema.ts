/** Copies the tables of a schema by tap-postgres and target-postgres into another schema of the same database, for tests of types. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig, extract, load, type Static, type TargetSettings, withTargetSettings } from "@tapline/sdk";
import tap from "@tapline/tap-postgres";
import target from "@tapline/target-postgres";
import type { TestDatabase } from "@tapline/testing/postgres";

/** SQL that makes an array of such a type of the JSON array `v`. */
export const arrayBack = (type: string): string =>
  `(SELECT array_agg(e.value ORDER BY e.place) FROM jsonb_array_elements_text(v) WITH ORDINALITY AS e(value, place))::${type}[]`;

/** `rowsPerFile`: rows go in files of so many, which the target reads `asRecords`. */
export interface CopyOptions {
  rowsPerFile?: number;
  asRecords?: boolean;
}

/** Loads all tables of the schema through both plugins. @returns how many rows went in files */
export async function copySchema(
  { host, port, user, password, database: name }: TestDatabase,
  from: string,
  to: string,
  { rowsPerFile, asRecords = false }: CopyOptions = {},
): Promise<number> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "copy-schema-")));
  const files = rowsPerFile === undefined ? undefined : ({ format: "pgcopy", folder, rowsPerFile } as const);
  let inFiles = 0;
  const onFiles = (_: string, rows: number): void => {
    inFiles += rows;
  };
  const connection = { host, port, user, password, database: name };
  const messages: string[] = [];
  const log = (level: string, message: string) => void (level === "warning" && messages.push(message));
  const source = checkConfig<Static<typeof tap.config>>(tap.name, tap.config, { ...connection, filter_schemas: [from] }).config;
  const settings = checkConfig<TargetSettings>(target.name, withTargetSettings(target.config, ["overwrite"]), {
    ...connection,
    default_target_schema: to,
    add_record_metadata: false,
    batch_folder: folder,
    // So files are read as records: columns of such types are not those of the schema.
    ...(asRecords && { flattening_enabled: true, flattening_max_depth: 0 }),
  }).config;
  try {
    for await (const _ of load(target, settings, copies(extract(tap, source, { log, files, onFiles }))));
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (messages.length > 0) throw new Error(`warnings: ${messages.join("; ")}`);
  return inFiles;
}

/** The tap writes into the same buffer again, and the target keeps what it gets: between them is a pipe, which copies. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of pieces) yield Uint8Array.from(bytes);
}
