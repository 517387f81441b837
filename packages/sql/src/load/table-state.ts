/** Where a stream's table is in the life of a load, and what each step makes of it. Pure. */
import type { TableName } from "../names/table-name.ts";

export type TableState =
  /** Nothing has been done: there may be a plan. */
  | { kind: "absent" }
  /** The open transaction made the table. `isEmpty`: no rows have been merged into it. */
  | { kind: "made"; isEmpty: boolean; keyDropped: boolean }
  /** The table was there before the open transaction. */
  | { kind: "existing"; oldRows: OldRows; keyDropped: boolean }
  /** A hidden table is filled and then replaces the stream's own one. */
  | { kind: "replacing"; hidden: TableName; isEmpty: boolean };

/** `leaving`: the next merge deletes all of them. `changed`: some were deleted, replaced or marked in the open transaction. */
type OldRows = "kept" | "leaving" | "changed";

export type TableStep =
  /** The table was created. */
  | { step: "make" }
  /** The table exists and fits now. `overwrite`: its rows are to be replaced in place. */
  | { step: "find"; overwrite: boolean }
  /** A hidden table was created. */
  | { step: "hide"; hidden: TableName }
  /** The landed rows became part of the table. `replacesRows`: old ones may have been deleted for them. */
  | { step: "merge"; replacesRows: boolean }
  /** Rows were deleted or marked, by ACTIVATE_VERSION or REPLACE_SOURCE. */
  | { step: "deleteRows" }
  /** A copy with other columns replaced the table. */
  | { step: "copy" }
  /** The primary key that an earlier load gave was dropped. */
  | { step: "dropKey" }
  /** The hidden table replaced the own one. */
  | { step: "swap" }
  | { step: "commit" };

/** @throws Error for a step that can't follow: a bug */
export function nextState(state: TableState, step: TableStep): TableState {
  switch (step.step) {
    case "make":
      if (state.kind === "absent") return { kind: "made", isEmpty: true, keyDropped: false };
      break;
    case "find":
      if (state.kind === "absent") return { kind: "existing", oldRows: step.overwrite ? "leaving" : "kept", keyDropped: false };
      break;
    case "hide":
      if (state.kind === "absent") return { kind: "replacing", hidden: step.hidden, isEmpty: true };
      break;
    case "merge":
      return afterMerge(state, step.replacesRows);
    case "deleteRows":
      return state.kind === "existing" ? { ...state, oldRows: "changed" } : state;
    case "copy":
      return state.kind === "existing" && state.oldRows === "changed" ? { ...state, oldRows: "kept" } : state;
    case "dropKey":
      if (state.kind === "made" || state.kind === "existing") return { ...state, keyDropped: true };
      break;
    case "swap":
      if (state.kind === "replacing" && !state.isEmpty) return { kind: "made", isEmpty: false, keyDropped: false };
      break;
    case "commit":
      return afterCommit(state);
  }
  throw new Error(`a table that is ${state.kind} can't ${step.step}`);
}

function afterMerge(state: TableState, replacesRows: boolean): TableState {
  switch (state.kind) {
    case "absent":
      throw new Error("a table that is absent can't merge");
    case "made":
      return { kind: "made", isEmpty: false, keyDropped: false };
    case "replacing":
      return { ...state, isEmpty: false };
    case "existing":
      return { kind: "existing", oldRows: replacesRows || state.oldRows === "changed" ? "changed" : "kept", keyDropped: false };
  }
}

/** What was made or changed in the transaction is now simply there. */
function afterCommit(state: TableState): TableState {
  if (state.kind === "made") return { kind: "existing", oldRows: "kept", keyDropped: state.keyDropped };
  return state.kind === "existing" && state.oldRows === "changed" ? { ...state, oldRows: "kept" } : state;
}

/** Whether a merge is due though no rows have landed: it gives a new table its key, and deletes rows that are overwritten. */
export function needsMerge(state: TableState): boolean {
  return isNew(state) || overwrites(state);
}

/** The open transaction made the table that rows go to, and none have been merged into it. */
export function isNew(state: TableState): boolean {
  return (state.kind === "made" || state.kind === "replacing") && state.isEmpty;
}

export function overwrites(state: TableState): boolean {
  return state.kind === "existing" && state.oldRows === "leaving";
}

export function rowsChanged(state: TableState): boolean {
  return state.kind === "existing" && state.oldRows === "changed";
}

/** When a merge has to give the table a primary key: at once, if its rows allow it, or not. A hidden table gets it when it is swapped. */
export function keyDue(state: TableState): "now" | "ifUnique" | "no" {
  if (state.kind === "made" && state.isEmpty) return "now";
  return (state.kind === "made" || state.kind === "existing") && state.keyDropped ? "ifUnique" : "no";
}
