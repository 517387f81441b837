/** What a test sees of a line. */
import type { Json, Row } from "@tapline/sdk";

/** One line that a tap sent; which fields it has depends on its type. */
export interface Message {
  type: string;
  stream: string;
  record: Row;
  value: { bookmarks: Record<string, Record<string, Json>> };
  schema: { properties: Record<string, unknown> };
  version?: number;
  column?: string;
}
