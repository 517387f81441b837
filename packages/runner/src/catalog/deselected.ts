/** The columns that a catalog deselects, for a target that must not store them though the tap may send them. */
import { readFileSync } from "node:fs";
import { type Catalog, parseExact, parseOrdered, propertyNames, readCatalog } from "@tapline/protocol";
import { indexMetadata, isAutomatic, isUnsupported, metadataOf } from "./columns.ts";
import { selectedStreams } from "./shape.ts";

/** By stream, as the tap names it in its messages. Only columns of the record itself, not those inside objects. Streams without any are left out. */
export function deselectedColumns(catalog: Catalog): Record<string, string[]> {
  const streams = selectedStreams(catalog).map((stream): [string, string[]] => {
    const index = indexMetadata(stream);
    const isDeselected = (name: string): boolean => {
      const { selected, "selected-by-default": byDefault } = metadataOf(index, [name]);
      return !isAutomatic(stream, index, [name]) && (isUnsupported(index, [name]) || (selected ?? byDefault) === false);
    };
    return [stream.stream, propertyNames(stream.schema).filter(isDeselected)];
  });
  return Object.fromEntries(streams.filter(([, names]) => names.length > 0));
}

/** The catalog file that the tap is given as it is; undefined where it can't be read: the tap reports that. */
export function catalogInFile(path: string): Catalog | undefined {
  try {
    return readCatalog(parseOrdered(readFileSync(path, "utf8"), parseExact));
  } catch {
    return undefined;
  }
}
