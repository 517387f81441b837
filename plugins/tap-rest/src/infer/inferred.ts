/** A draft, and what a person must look at. */
import type { Definition } from "../definition/schema.ts";

export interface Inferred {
  readonly definition: Definition;
  /** One sentence for each guess. */
  readonly notes: readonly string[];
}
