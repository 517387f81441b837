/** What the target does with a row that is sent a second time. */
import type { ReadContext } from "../define.ts";

/** `overwrite`: the table is replaced as a whole. `upsert`: the row replaces the one with the same key. `append`: it is in the table twice. */
export type LoadForm = "overwrite" | "upsert" | "append";

/**
 * By the target's setting where the runner passed it on, else as if it had its default.
 * @example if (loadFormOf(context) === "append") context.log("warning", "rows that are sent twice are in the table twice");
 */
export function loadFormOf({ keyProperties, target }: Pick<ReadContext, "keyProperties" | "target">): LoadForm {
  const method = target?.load_method;
  if (method === "overwrite") return "overwrite";
  if (method === "append-only" || method === "append") return "append";
  return keyProperties.length > 0 ? "upsert" : "append";
}
