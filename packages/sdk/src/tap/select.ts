/**
 * Which streams and columns of a catalog are selected. Source: Singer's metadata (`inclusion`, `selected`, `selected-by-default`) as
 * the Meltano Singer SDK resolves it: unsupported never, automatic always, then `selected`, then the default, then the parent's answer.
 * Of a stream without any metadata everything is selected.
 */
import { type CatalogStream, metadataAt, propertyNames } from "@tapline/protocol";

export function isStreamSelected(stream: CatalogStream): boolean {
  return isSelected(stream, []);
}

/** The selected columns, in the schema's order. */
export function selectedColumns(stream: CatalogStream): string[] {
  const keys = new Set(stream.key_properties);
  return propertyNames(stream.schema).filter(
    (name) => keys.has(name) || name === stream.replication_key || isSelected(stream, ["properties", name]),
  );
}

function isSelected(stream: CatalogStream, breadcrumb: string[]): boolean {
  if (stream.metadata.length === 0) return true;
  const parent = breadcrumb.length === 0 ? undefined : isSelected(stream, breadcrumb.slice(0, -2));
  if (parent === false) return false;
  const metadata = metadataAt(stream, breadcrumb);
  if (metadata.inclusion === "unsupported") return false;
  if (metadata.inclusion === "automatic") return true;
  return (metadata.selected ?? metadata["selected-by-default"] ?? parent ?? false) === true;
}
