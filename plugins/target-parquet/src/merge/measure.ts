/** How many digits the numbers of a column have, over all files: what a wider type must hold. */
import { type Digits, isInteger, quoteName } from "@tapline/columns";
import { measure as measureSql } from "@tapline/duckdb";
import type { FileEntry, ManifestColumn, StreamEntry } from "../manifest/manifest.ts";
import { openListed } from "../store/open-listed.ts";
import type { PendingFile } from "../stream/stream-files.ts";
import { typeOf } from "../stream/type-text.ts";
import type { MergeContext } from "./merge-input.ts";
import { plainRelation } from "./relation.ts";

export type Measure = (entry: StreamEntry, files: readonly (FileEntry | PendingFile)[], column: ManifestColumn) => Promise<Digits | null>;

/** Null where a value is no decimal, such as NaN. @throws file_changed, rewrite_failed */
export function measurer({ engine, store }: Pick<MergeContext, "engine" | "store">): Measure {
  return async (entry, files, column) => {
    let most: Digits = { whole: 0, scale: 0 };
    for (const file of files) {
      const isNew = "columns" in file;
      const columns = isNew ? file.columns : (entry.schemas[file.schema] ?? []);
      const present = columns.find(({ name }) => name === column.name);
      if (present === undefined) continue;
      const path = isNew ? file.path : await openListed(store, file);
      const [row] = await engine.query(measureSql(`(${plainRelation([{ path, columns }], [present])})`, quoteName(column.name)));
      if (!isNew) await store.release(path);
      if (row === undefined) continue;
      const [whole, scale] = row;
      if (whole === null || scale === null || whole === undefined || scale === undefined) return null;
      most = { whole: Math.max(most.whole, Number(whole)), scale: Math.max(most.scale, Number(scale)) };
    }
    return isInteger(typeOf(column.type)) ? { ...most, scale: 0 } : most;
  };
}
