/** What types are made of. */
import type { JsonSchema } from "@tapline/protocol";

/** The rows of a stream. The schema has no `$ref`. */
export interface DescribedRows {
  name: string;
  schema: JsonSchema;
  /** [] where they are not known. */
  keys: readonly string[];
}
