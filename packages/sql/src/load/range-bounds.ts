/** The bounds of a range of rows as texts of a column's type: a day, or a time in UTC. Pure. */
import type { ColumnType } from "@tapline/columns";

export function isTime({ kind }: ColumnType): boolean {
  return kind === "date" || kind === "timestamp" || kind === "timestamptz";
}

/** `bound`: a day or an instant of ISO 8601. A `timestamp` is kept as UTC without its zone. */
export function boundOf(bound: string, { kind }: ColumnType): string {
  if (kind === "date") return bound.slice(0, 10);
  const text = new Date(bound).toISOString().replace("T", " ").replace("Z", "");
  return kind === "timestamp" ? text : `${text}+00:00`;
}
