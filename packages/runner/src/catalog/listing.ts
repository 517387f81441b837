/** A catalog for people: its streams and columns, and what of them is read. Pure. */
import { type Catalog, metadataAt } from "@tapline/protocol";
import { columnsOf, indexMetadata, isAutomatic, isUnsupported, saidAt } from "./columns.ts";

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
  /** Automatic ones come with their stream, unsupported ones never do. */
  inclusion: "automatic" | "available" | "unsupported";
  type: string;
}

/** Of a catalog that `shapeCatalog` made. Columns inside of others follow them, as `outer.inner`, where they differ. */
export function listCatalog({ streams }: Catalog): CatalogListing[] {
  return streams.map((stream) => {
    const index = indexMetadata(stream);
    const selected = metadataAt(stream, []).selected === true;
    const columns = [...columnsOf(stream.schema)].flatMap(({ path, schema }) => {
      const said = saidAt(index, path).selected;
      if (path.length > 1 && said === undefined) return [];
      const inclusion = isUnsupported(index, path) ? "unsupported" : isAutomatic(stream, index, path) ? "automatic" : "available";
      return [{ name: path.join("."), selected: selected && said === true, inclusion, type: typeText(schema.type) } as const];
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
