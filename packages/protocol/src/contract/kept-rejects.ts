/**
 * Rejected rows that a plugin keeps, and its answers to `--rejects list|show|replay|discard [--stream S] [--id ID]` (capability
 * `reject-replay`): JSON lines.
 */
import type { Position } from "../position.ts";
import { isObject } from "../wire/json.ts";

export const rejectVerbs = ["list", "show", "replay", "discard"] as const;

export type RejectVerb = (typeof rejectVerbs)[number];

/** A line of `list` and `show`. */
export interface KeptReject {
  id: string;
  stream: string;
  /** In the source, or in the input of the run that rejected it. */
  position: Position;
  /** The error's code and message. */
  code: string;
  reason: string;
  /** null where that run had no id. */
  run_id: string | null;
  /** RFC 3339; null where the plugin does not keep it. */
  rejected_at: string | null;
  /** The table or file that it is in. */
  kept_in: string;
  /** Only from `show`: the row as it was sent, JSON text from a target and the line of the file from a tap. */
  record?: string;
}

/** A line of `replay`: what became of the stream's rows. */
export interface ReplayedRejects {
  stream: string;
  inserted: number;
  updated: number;
  /** Records with `_sdc_deleted_at` that deleted the row of their key; left out where there are none. */
  deletes?: number;
  /** Not loaded, because a row with the same key and a larger `_sdc_sequence` was loaded or replayed. They are no longer kept. */
  newer: number;
  /** Refused again: still kept, with their new reason. */
  refused: number;
  /** The first of the refused rows with their new reasons; left out where there are none. */
  first_refused?: { id: string; reason: string }[];
  /** Still kept: they were rejected by a version that did not keep the stream's SCHEMA, and nothing else has it. */
  without_schema: number;
}

/** A line of `discard`. */
export interface DiscardedRejects {
  stream: string;
  discarded: number;
}

/** The lines of an answer; undefined where the text is no such answer. */
export function readRejectLines<T extends KeptReject | ReplayedRejects | DiscardedRejects>(text: string): T[] | undefined {
  try {
    const lines = text.split("\n").filter((line) => line !== "");
    const values = lines.map((line): unknown => JSON.parse(line));
    return values.every((value) => isObject(value) && typeof value.stream === "string") ? (values as T[]) : undefined;
  } catch {
    return undefined;
  }
}
