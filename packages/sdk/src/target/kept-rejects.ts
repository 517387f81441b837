/** Rejected rows: as a load keeps them, and as a target gives them back for `--rejects`. */
import type { KeptReject, Position } from "@tapline/protocol";

/** A rejected row and the reason. */
export interface Reject {
  /** Unique. Ids of one process rise in the order in which it rejected the rows. */
  id: string;
  stream: string;
  /** In the source, where the row has both _sdc_source_file and _sdc_source_lineno; else `line` is the line of the input. */
  position: Position;
  /** The error's code and message. */
  code: string;
  reason: string;
  /** The row as JSON text, every digit as it was sent. */
  record: string;
  /** What a replay needs besides the record: the stream's SCHEMA as JSON text, `{"schema": …, "key_properties": […]}`, and in `deselected` the properties that must not be stored. */
  definition: string | null;
  /** The row's `_sdc_` columns as JSON text, and in `unchanged` that list of its RECORD; null where it has neither. */
  metadata: string | null;
}

/** Rows that have one of the ids and are of one of the streams; a part that is missing restricts nothing. */
export interface RejectSelection {
  ids?: readonly string[] | undefined;
  streams?: readonly string[] | undefined;
}

/** Rejected rows that can be listed and deleted. */
export interface ListedRejects {
  /** In the order of their ids, without their records unless `withRecords`. */
  list(selection: RejectSelection, withRecords?: boolean): Promise<KeptReject[]>;
  /** Deletes the rows for good. @returns how many, by stream */
  discard(selection: RejectSelection): Promise<Map<string, number>>;
}

/** Rejected rows that can also be loaded again. */
export interface KeptRejects extends ListedRejects {
  /** Ids in the order in which the rows are to be loaded again. Rows without a SCHEMA, and streams without any, are in no list. */
  replayable(selection: RejectSelection): Promise<{ rows: StoredRow[]; withoutSchema: Map<string, number> }>;
  /**
   * Deletes these rows in the open transaction and returns them in the same order. @throws rejects_changed where one is no longer there
   */
  take(rows: readonly StoredRow[]): Promise<Reject[]>;
}

/** A kept row as the target finds it again. */
export interface StoredRow {
  stream: string;
  id: string;
}
