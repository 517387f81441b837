/** Lists the streams and columns of a catalog for people, and which of them are read. Pure. */
import { type Catalog, metadataAt } from "@tapline/protocol";
import { columnsOf, indexMetadata, isAutomatic, isUnsupported, metadataOf } from "./columns.ts";

export interface CatalogListing {
  stream: string;
  selected: boolean;
  replicationMethod: string | undefined;
  replicationKey: string | undefined;
  columns: ListedColumn[];
}

export interface ListedColumn {
  name: string;
  selected: boolean;
  /** Automatic columns are always read with their stream, unsupported ones never. */
  inclusion: "automatic" | "available" | "unsupported";
  type: string;
}

/** For a catalog from `shapeCatalog`. Columns inside a column follow it as `outer.inner`, where their selection differs. */
export function listCatalog({ streams }: Catalog): CatalogListing[] {
  return streams.map((stream) => {
    const index = indexMetadata(stream);
    const selected = metadataAt(stream, []).selected === true;
    const columns = [...columnsOf(stream.schema)].flatMap(({ path, schema }) => {
      const isSelected = metadataOf(index, path).selected;
      if (path.length > 1 && isSelected === undefined) return [];
      const inclusion = isUnsupported(index, path) ? "unsupported" : isAutomatic(stream, index, path) ? "automatic" : "available";
      return [{ name: path.join("."), selected: selected && isSelected === true, inclusion, type: typeText(schema.type) } as const];
    });
    return {
      stream: stream.tap_stream_id,
      selected,
      replicationMethod: stream.replication_method,
      replicationKey: stream.replication_key,
      columns,
    };
  });
}

function typeText(type: string | string[] | undefined): string {
  return [type ?? []]
    .flat()
    .filter((name) => name !== "null")
    .join(" or ");
}
