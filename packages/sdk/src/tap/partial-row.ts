/** Rows of which some values are not known: whether the target takes them, and which names are sent. Pure. */
import { capabilities, hasCapability, type TargetFacts } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { PartialRow, ReadContext } from "./define.ts";

/**
 * Whether the target keeps what its row has in the columns that a partial row lacks. Undefined in a shell pipe, where the target is not
 * known: a target that lacks `partial-records` would store NULL there.
 * @example if (takesPartialRows(context.target) === false) row = await readAgain(row.id);
 */
export function takesPartialRows(target: TargetFacts | undefined): boolean | undefined {
  if (target === undefined) return undefined;
  const appends = target.load_method === "append-only" || target.load_method === "append";
  return hasCapability(target, capabilities.partialRecords) && !appends;
}

/** The names to send: those of selected columns. @throws partial_row_invalid, partial_rows_unsupported */
export function unchangedNames(
  { row, unchanged }: PartialRow,
  { name: stream, properties = {} }: { name: string; properties: Record<string, unknown> | undefined },
  { keyProperties, columns, target }: Pick<ReadContext, "keyProperties" | "columns" | "target">,
): string[] {
  const refuse = (name: string, why: string): never => {
    throw errors.partial_row_invalid({ why: `${JSON.stringify(name)} ${why}` }, { stream, column: name });
  };
  for (const name of unchanged) {
    if (!Object.hasOwn(properties, name)) refuse(name, "is no column of the stream");
    if (keyProperties.includes(name)) refuse(name, "is a key");
    if (row[name] !== undefined) refuse(name, "is in the row");
  }
  const names = unchanged.filter((name) => columns.includes(name));
  if (names.length > 0 && (keyProperties.length === 0 || takesPartialRows(target) === false))
    throw errors.partial_rows_unsupported({ names }, { stream });
  return names;
}
