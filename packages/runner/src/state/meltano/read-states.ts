/** Reads the states that Meltano keeps, in its form. Nothing is written. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, parseExact } from "@tapline/protocol";
import { mergeDeep } from "../../project/merge.ts";
import { normalizeState } from "../change-state.ts";
import { readTable, unreadable } from "./database.ts";
import type { MeltanoPlace } from "./places.ts";

export interface MeltanoStates {
  /** Where they are, for people, without secrets. */
  place: string;
  ids: readonly string[];
  /** JSON text of the Singer state, every digit as Meltano has it; undefined: the state is empty. @throws meltano_state_unreadable */
  read(id: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** undefined: Meltano has kept none yet, or in a place that tapline can't read. @throws meltano_state_unreadable, errors of S3 */
export async function openMeltanoStates(place: MeltanoPlace): Promise<MeltanoStates | undefined> {
  switch (place.kind) {
    case "folder":
      return existsSync(place.path) ? inFolder(place.path) : undefined;
    case "s3":
      return inS3(place);
    default: {
      const table = await readTable<Row>(place, "state", ["state_id", "partial_state", "completed_state"]);
      return table === undefined ? undefined : inRows(table.place, table.rows);
    }
  }
}

const done = async (): Promise<void> => {};

interface Row {
  state_id: string;
  /** JSON text. */
  partial_state: string | null;
  completed_state: string | null;
}

function inRows(place: string, rows: readonly Row[]): MeltanoStates {
  const byId = new Map(rows.map((row) => [row.state_id, row]));
  return {
    place,
    ids: [...byId.keys()],
    read: async (id) => {
      const { completed_state: completed, partial_state: partial } = byId.get(id) as Row;
      return unreadable(`${place}: ${id}`, () => singerState(parseOrNothing(completed), parseOrNothing(partial)));
    },
    close: done,
  };
}

/** `ID/state.json` */
function inFolder(path: string): MeltanoStates {
  const ids = readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && existsSync(join(path, entry.name, "state.json")) ? [entry.name] : [],
  );
  const read = async (id: string): Promise<string | undefined> =>
    unreadable(join(path, id), () => inDocument(readFileSync(join(path, id, "state.json"), "utf8")));
  return { place: path, ids, read, close: done };
}

async function inS3({ path, endpoint, keys }: MeltanoPlace & { kind: "s3" }): Promise<MeltanoStates> {
  // Imported when it is needed: AWS's client takes 0.2 s of CPU to load.
  const { openBucket } = await import("@tapline/s3/bucket");
  const bucket = await openBucket(path, endpoint, keys);
  const names = (await bucket.list()).filter((name) => name.endsWith("/state.json"));
  const byId = new Map(names.map((name) => [name.slice(0, -"/state.json".length), name]));
  return {
    place: path,
    ids: [...byId.keys()],
    read: async (id) => {
      const stored = await bucket.read(byId.get(id) as string);
      return stored === null ? undefined : unreadable(`${path}/${id}`, () => inDocument(stored.text));
    },
    close: async () => bucket.close(),
  };
}

function inDocument(text: string): string | undefined {
  const document = parseExact(text);
  return isObject(document) ? singerState(document.completed, document.partial) : undefined;
}

/** What a run that ended early left lies over the state of the last whole one. */
function singerState(completed: unknown, partial: unknown): string | undefined {
  const whole = mergeDeep(isObject(completed) ? completed : {}, isObject(partial) ? partial : {}) as Record<string, unknown>;
  const { singer_state: state } = whole;
  return isObject(state) && Object.keys(state).length > 0 ? normalizeState(state) : undefined;
}

function parseOrNothing(text: string | null): unknown {
  return text === null || text === "" ? undefined : parseExact(text);
}
