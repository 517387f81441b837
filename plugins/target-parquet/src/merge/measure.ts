/** How many digits the numbers of a column have, over all files: what a wider type must hold. */
import { type Digits, isInteger, quoteName } from "@tapline/columns";
import { measure as measureSql } from "@tapline/duckdb";
import type { ManifestColumn, StreamEntry } from "../manifest/manifest.ts";
import { typeOf } from "../stream/type-text.ts";
import { type AnyFile, close, columnsIn, opened } from "./any-file.ts";
import type { MergeContext } from "./merge-input.ts";
import { plainRelation } from "./relation.ts";

export type Measure = (entry: StreamEntry, files: readonly AnyFile[], column: ManifestColumn) => Promise<Digits | null>;

/** Null where a value is no decimal, such as NaN. @throws file_changed, rewrite_failed */
export function measurer({ engine, store }: Pick<MergeContext, "engine" | "store">): Measure {
  return async (entry, files, column) => {
    let most: Digits = { whole: 0, scale: 0 };
    for (const file of files) {
      const present = columnsIn(entry, file).find(({ name }) => name === column.name);
      if (present === undefined) continue;
      const readable = await opened(store, entry, file, 1);
      const [row] = await engine.query(measureSql(`(${plainRelation([readable], [present])})`, quoteName(column.name)));
      await close(store, file, readable);
      if (row === undefined) continue;
      const [whole, scale] = row;
      if (whole === null || scale === null || whole === undefined || scale === undefined) return null;
      most = { whole: Math.max(most.whole, Number(whole)), scale: Math.max(most.scale, Number(scale)) };
    }
    return isInteger(typeOf(column.type)) ? { ...most, scale: 0 } : most;
  };
}
