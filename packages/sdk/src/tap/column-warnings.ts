/** Warnings about columns that are not sent: without them nobody would notice. */
import type { CatalogStream, JsonSchema, Row } from "@tapline/protocol";
import type { Log, Stream } from "./define.ts";

/** Warns of columns that the source has and the catalog lacks. A catalog is made once and used for long. */
export function warnOfNewColumns(stream: Stream, entry: CatalogStream, log: Log): void {
  const known = entry.schema.properties ?? {};
  const added = Object.keys(stream.schema.properties ?? {}).filter((name) => !Object.hasOwn(known, name));
  if (added.length === 0) return;
  const columns = added.map((name) => JSON.stringify(name)).join(", ");
  log(
    "warning",
    `stream ${JSON.stringify(stream.name)} has columns that its catalog lacks, so they are not sent: ${columns}; discover it anew`,
  );
}

export interface KnownColumns {
  /** Warns of each column that is in the row and not in the schema, once. */
  check(row: Row): void;
  /** Takes the columns of a later schema. */
  add(schema: JsonSchema): void;
}

export function knownColumns(stream: Stream, log: Log): KnownColumns {
  const known = new Set(Object.keys(stream.schema.properties ?? {}));
  return {
    check(row) {
      for (const name in row) {
        if (known.has(name)) continue;
        known.add(name);
        log(
          "warning",
          `stream ${JSON.stringify(stream.name)} has rows with a column ${JSON.stringify(name)} that its schema lacks; it is not sent`,
        );
      }
    },
    add(schema) {
      for (const name of Object.keys(schema.properties ?? {})) known.add(name);
    },
  };
}
