/** What `tap-csv inspect` found out about one file. */
import type { LineEnds } from "./sniff/detect.ts";

/** `--format json` prints it as it is. */
export interface Inspection {
  file: string;
  /** Bytes on disk; null for a pipe. */
  bytes: number | null;
  /** Of a workbook: all its sheets, in the order of their tabs. */
  sheets?: { name: string; is_hidden: boolean; has_cells: boolean; is_read: boolean }[];
  /** By the name of the setting. */
  decided: Record<string, { value: string | number | boolean | null; why: string }>;
  line_ends: LineEnds;
  columns: { name: string; type: string; format?: string; why: string }[];
  /** How the names in the header were changed, in words. */
  notes: readonly string[];
  /** What may be wrong, and the setting that changes it. */
  warnings: readonly string[];
  rows: {
    /** Rows without an error. */
    read: number;
    misfits: number;
    /** False when there are more rows than were read. */
    is_all: boolean;
    examples: { line: number; code: string; reason: string; raw: string }[];
  };
  /** The first rows, as text. */
  sample: string[][];
}
