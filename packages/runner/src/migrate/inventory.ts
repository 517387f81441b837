/** Asks a tap what its source has beside rows (`--inventory`): sizes, types as the source spells them, and what no Singer stream can carry. */
import { readInventoryLine } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { askPlugin, type Question } from "../process/ask-plugin.ts";

export interface TableInventory {
  rows: number | null;
  bytes: number | null;
  columns: { name: string; type: string; loss: string | null }[];
  leftBehind: string[];
}

export interface Inventory {
  /** By stream. */
  tables: ReadonlyMap<string, TableInventory>;
  /** What belongs to no table that was asked for. */
  others: string[];
}

export interface InventoryQuestion extends Pick<Question, "project" | "redact" | "stop" | "onEvent"> {
  tap: ReadyPlugin;
  streams: readonly string[];
}

export async function askInventory({ tap, streams, ...question }: InventoryQuestion): Promise<Inventory | { failure: Failure }> {
  const asked = await askPlugin({ ...question, ready: tap, flag: "--inventory", file: { streams } });
  if ("failure" in asked) return asked;
  const tables = new Map<string, TableInventory>();
  const others: string[] = [];
  for (const text of asked.output.split("\n").filter((line) => line !== "")) {
    const line = readInventoryLine(text);
    if (line === undefined)
      return {
        failure: asFailure(
          tap.plugin.name,
          errors.inventory_unreadable({ name: tap.plugin.name, start: question.redact(text.slice(0, 80)) }),
        ),
      };
    if ("others" in line) others.push(...line.others);
    else {
      const { stream, rows, bytes, columns, left_behind: leftBehind } = line;
      tables.set(stream, { rows, bytes, columns: columns.map(({ name, type, loss = null }) => ({ name, type, loss })), leftBehind });
    }
  }
  return { tables, others };
}
