/**
 * Puts data away for years: Parquet files of one snapshot of the source, compared with it, with the SHA-256 of each file, read back. The folder
 * gets its name only when all of that is done, so a folder of that name is whole.
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringifyOrdered } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { sync } from "../process/sync.ts";
import { catalogName, exportTables } from "./export-tables.ts";
import { checkFiles, manifestName, readExport } from "./manifest.ts";
import type { ExportRecord } from "./migration.ts";
import type { TablesPlan } from "./plan-migration.ts";
import type { PipeOptions } from "./run-pipe.ts";

/** As `sha256sum --check` reads it. */
export const sumsName = "SHA256SUMS";
/** What the source had beside rows. */
const inventoryName = "inventory.json";

/** @throws archive_exists, and what can be wrong before a plugin starts */
export async function archiveTables(
  plan: TablesPlan,
  options: PipeOptions & { folder: string },
): Promise<ExportRecord | { failure: Failure }> {
  const { folder } = options;
  if (existsSync(folder)) throw errors.archive_exists({ path: folder });
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  const exported = await exportTables(plan, { ...options, place: part, tries: 1 });
  if ("failure" in exported) return exported;
  const { compared } = exported;
  if (compared.equal === false)
    return { failure: asFailure("tapline", errors.migration_differs({ left: plan.source, right: part, summary: compared.summary })) };
  const { planned, leftBehind } = plan;
  writeFileSync(join(part, inventoryName), `${stringifyOrdered({ tables: planned, left_behind: leftBehind }, 2)}\n`);
  const streams = readExport(part);
  const small = [manifestName, catalogName, inventoryName].map((name) => ({ path: name, sha256: sha256Of(join(part, name)) }));
  const lines = [...small, ...streams.flatMap(({ files }) => files)].map(({ path, sha256 }) => `${sha256}  ${path}\n`);
  writeFileSync(join(part, sumsName), lines.join(""));
  await checkFiles(part, streams);
  sync(join(part, sumsName));
  sync(part);
  renameSync(part, folder);
  return { ...exported, place: folder };
}

const sha256Of = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
