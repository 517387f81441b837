/** The errors of the setting partition_by, for the catalogue. Their position names the stream. */
import type { ErrorEntry } from "@tapline/sdk";

const listed = (names: readonly string[]): string => (names.length > 20 ? `${names.slice(0, 20).join(", ")}, …` : names.join(", "));

export const partitionErrorEntries = {
  partition_stream_unknown: {
    class: "config",
    message: (p: { wished: string; stream: string }) =>
      `partition_by names the stream ${JSON.stringify(p.wished)}, which the tap did not send; it sent ${JSON.stringify(p.stream)}`,
    hint: (p: { stream: string }) =>
      `Nothing since the last commit was kept. Write ${JSON.stringify(p.stream)} in partition_by. If that stream is to have no partitions, say so: {${JSON.stringify(p.stream)}: []}.`,
  },
  partition_column_missing: {
    class: "config",
    message: (p: { column: string; partition: string; stream: string }) =>
      `partition_by has ${JSON.stringify(p.partition)}, and the stream ${JSON.stringify(p.stream)} has no column ${JSON.stringify(p.column)}`,
    hint: (p: { meant?: string | undefined; known: readonly string[] }) =>
      `${p.meant === undefined ? `Name one of its columns: ${listed(p.known)}.` : `Did you mean ${p.meant}?`} For a list that not all streams can have, set it for each stream: {"orders": ["country"]}.`,
  },
  partition_function_unknown: {
    class: "config",
    message: (p: { partition: string; unit: string; stream: string }) =>
      `partition_by has ${JSON.stringify(p.partition)} for the stream ${JSON.stringify(p.stream)}, and there is no function ${JSON.stringify(p.unit)}`,
    hint: "The functions are year(c), month(c), day(c) and hour(c). A column alone takes its whole values.",
  },
  partition_not_a_time: {
    class: "config",
    message: (p: { partition: string; column: string; type: string; stream: string }) =>
      `partition_by has ${JSON.stringify(p.partition)}, and the column ${JSON.stringify(p.column)} of the stream ${JSON.stringify(p.stream)} is ${p.type}, not a date or a time with a date`,
    hint: (p: { column: string }) =>
      `Have the tap declare the column as "format": "date" or "date-time", choose another column, or use ${JSON.stringify(p.column)} alone, which takes its whole values.`,
  },
  partition_needs_sequence: {
    class: "config",
    message: () => "A stream with keys is partitioned, and add_record_metadata is false",
    hint: "Set add_record_metadata to true: its _sdc_sequence tells which row of a key is newer. Or set load_method to append-only.",
  },
} as const satisfies Record<string, ErrorEntry>;
