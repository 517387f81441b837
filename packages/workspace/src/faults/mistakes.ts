/**
 * Mistakes of people between two runs of one pipe. The next run must fail with one of the given codes and change nothing, or be right.
 * After each way out that the error offers, the table must equal the source.
 */
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DamagedDatabase } from "./damage.ts";
import type { Levels } from "./settings.ts";

export interface Scene {
  /** The project's folder. */
  folder: string;
  database: DamagedDatabase;
  /** Streams' names, which are also those of their tables. */
  streams: readonly string[];
  /** Settings that replace those of the target from now on. */
  configure(settings: Record<string, unknown>): void;
  /** Another run loads more rows, and must end well. */
  loadMore(): Promise<void>;
}

export interface Mistake {
  name: string;
  /** Settings the mistake is limited to, where it does not apply to every load. */
  levels?: Partial<Levels>;
  make(scene: Scene): Promise<void>;
  /** Takes the mistake back; then the next run must end well and be right. Only where there are no other ways out. */
  undo?(scene: Scene): void;
  /** Codes of the error that the next run must end with; none: the next run must end well and be right. */
  refusals: readonly string[];
  /** Ways out, each a list of commands; `RUN` is `run TAP TARGET`, `ID` the state id. */
  ways: readonly (readonly string[][])[];
}

const startOver = [["RUN", "--full-refresh", "--replace"]];
const goOn = [["RUN", "--from-ledger"]];
const accept = [["state", "accept", "ID"], ["RUN"]];

export const mistakes: readonly Mistake[] = [
  {
    name: "database deleted",
    make: ({ database }) => database.remove(),
    refusals: ["ledger_missing"],
    ways: [startOver],
  },
  {
    name: "another database in the settings",
    make: async ({ database, configure }) => configure(database.elsewhere),
    undo: ({ database, configure }) => configure(database.place.config),
    refusals: ["ledger_missing"],
    ways: [],
  },
  {
    name: "table dropped",
    make: ({ database, streams }) => database.edit(`DROP TABLE ${streams.at(-1)}`),
    refusals: ["table_missing"],
    ways: [startOver],
  },
  {
    name: "database restored from a backup",
    async make({ database, loadMore }) {
      const restore = await database.backUp();
      await loadMore();
      await restore();
    },
    refusals: ["ledger_differs"],
    ways: [startOver, goOn],
  },
  {
    name: "project restored from a backup",
    async make({ folder, loadMore }) {
      const [store, copy] = [join(folder, ".tapline"), join(folder, "copy of .tapline")];
      cpSync(store, copy, { recursive: true });
      await loadMore();
      rmSync(store, { recursive: true });
      cpSync(copy, store, { recursive: true });
    },
    refusals: ["ledger_differs"],
    ways: [startOver, goOn],
  },
  {
    name: "tables copied without the ledger",
    make: ({ database }) => database.edit("DROP TABLE _tapline_loads"),
    refusals: ["ledger_missing"],
    ways: [startOver, accept],
  },
  {
    name: "tables made by another tool before the first run of another project",
    async make({ folder }) {
      rmSync(join(folder, ".tapline"), { recursive: true });
    },
    levels: { method: ["upsert"] },
    refusals: [],
    ways: [],
  },
];
