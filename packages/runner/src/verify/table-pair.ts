/** Two tables that are compared, each with the plugin that can be asked about it. */
import type { DescribedTable } from "@tapline/protocol";
import type { Comparison, OfBoth } from "../model/verify-schema.ts";
import type { VerifySide } from "./ask-digest.ts";

export interface TableSides {
  here: VerifySide;
  there: VerifySide;
}

export interface TablePair {
  sides: TableSides;
  here: DescribedTable;
  there: DescribedTable;
  comparison: Comparison;
}

export function sideOf<T>(value: OfBoth<T> | undefined, side: "here" | "there"): T | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { here?: T; there?: T })[side]
    : (value as T | undefined);
}
