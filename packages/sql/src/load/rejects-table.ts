/** The table that keeps a stream's rejected rows, and rejects as rows of it. Pure. */
import { type Reject, type RowBatch, rowBatch, type TargetStream } from "@tapline/sdk";
import { fitName, type NameRules } from "../names/fit-name.ts";
import type { TableName } from "../names/table-name.ts";

export const rejectsSuffix = "__rejects";

/** `<table>__rejects`; where the name would be too long, its start, a hash and the suffix. */
export function rejectsTable(rules: NameRules, { schema, table }: TableName): TableName {
  return { schema, table: fitName(table, rules, undefined, rejectsSuffix) };
}

/** The stream that the loader of that table loads. */
export function rejectsStream(stream: string): TargetStream {
  const text = { type: ["null", "string"] };
  return {
    name: stream,
    schema: {
      type: "object",
      properties: {
        id: text,
        stream: text,
        position: { type: ["null", "object"] },
        code: text,
        reason: text,
        record: text,
        run_id: text,
        rejected_at: { ...text, format: "date-time" },
        definition: text,
        metadata: text,
      },
    },
    keys: [],
    loadMethod: "append-only",
  };
}

export function rejectsBatch(stream: string, rejects: readonly Reject[], runId: string | undefined): RowBatch {
  const rejected_at = new Date().toISOString();
  const rows = rejects.map(({ position, reason, ...reject }) => ({
    ...reject,
    position: position.column === undefined ? position : { ...position, column: withoutNul(position.column) },
    reason: withoutNul(reason),
    run_id: runId ?? null,
    rejected_at,
  }));
  return rowBatch(stream, rows);
}

/** Not every database takes NUL characters. A record is JSON text and has none, but names and messages may. */
const withoutNul = (text: string): string => text.replaceAll("\0", "\\u0000");
