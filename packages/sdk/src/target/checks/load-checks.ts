/**
 * The checks of rows of one load. They look at rows when they arrive, before the cut has them: so a row that must stop the load leaves
 * everything up to the last STATE whole, and it is committed.
 */
import {
  type Check,
  type CheckFound,
  columnsOfCheck,
  describeFaultyRow,
  describeRule,
  didYouMean,
  type FaultyRow,
  isRowCheck,
  type Row,
  TaplineError,
} from "@tapline/protocol";
import { errors } from "../../errors.ts";
import { type CellChunk, isCells, type RowChunk } from "../cells/chunk.ts";
import type { TargetStream } from "../define.ts";
import type { Arrived } from "../line-batch.ts";
import { sourceOf } from "../rejects.ts";
import { type RowCheck, rowCheck, valuesOf } from "./chunk-rows.ts";
import { Tallies } from "./tallies.ts";

export type ChunkReader = (run: Arrived) => Iterable<RowChunk | CellChunk>;

interface CheckedStream {
  checks: RowCheck[];
  read: ChunkReader | undefined;
  /** Of the SCHEMA. */
  keys: readonly string[];
}

/** Whether a load ended because a row did not keep a rule: what is before the last STATE is whole. */
export function isCheckStop(error: unknown): boolean {
  return error instanceof TaplineError && error.code === "check_stopped";
}

export class LoadChecks {
  readonly #streams = new Map<string, CheckedStream>();
  readonly #checks: readonly Check[];
  readonly #tallies = new Tallies();
  readonly #isHeld: boolean;

  /** Takes the checks of rows among `checks`. `isHeld`: the load has one commit, at its end. @throws check_invalid */
  constructor(checks: readonly Check[], isHeld: boolean) {
    this.#isHeld = isHeld;
    this.#checks = checks.filter(isRowCheck);
    for (const check of checks.filter(isRowCheck)) {
      const stream = this.#streams.get(check.stream) ?? { checks: [], read: undefined, keys: [] };
      this.#streams.set(check.stream, stream);
      stream.checks.push(rowCheck(check));
    }
  }

  covers(stream: string): boolean {
    return this.#streams.has(stream);
  }

  /** A SCHEMA of the stream arrived, and its rows are read by `read` from now on. @throws check_column_missing */
  define({ name: stream, keys }: Pick<TargetStream, "name" | "keys">, columns: readonly string[], read: ChunkReader): void {
    const checked = this.#streams.get(stream) as CheckedStream;
    for (const { check } of checked.checks) {
      const missing = columnsOfCheck(check).find((column) => !columns.includes(column));
      if (missing === undefined) continue;
      throw errors.check_column_missing(
        { id: check.id, column: missing, meant: didYouMean(missing, [...columns]) },
        { stream, column: missing },
      );
    }
    Object.assign(checked, { read, keys });
  }

  /** Looks at rows that arrived. @throws check_stopped */
  look(run: Arrived): void {
    const stream = this.#streams.get(run.stream);
    if (stream?.read === undefined) return;
    for (const chunk of stream.read(run)) this.#lookAt(stream, chunk, run);
  }

  mark(): void {
    this.#tallies.mark();
  }

  /** @returns what the checks have found so far whose counts changed */
  commit(isEnd: boolean): CheckFound[] {
    this.#tallies.commit(isEnd);
    return this.#found(this.#tallies.takeChanged());
  }

  /** What all checks have found, at the end. A check whose stream did not arrive was not run. */
  found(): CheckFound[] {
    return this.#found(this.#checks.map(({ id }) => id));
  }

  #found(ids: readonly string[]): CheckFound[] {
    return ids.map((id) => {
      const { stream } = this.#checks.find((check) => check.id === id) as Check;
      const counts = this.#tallies.found(id);
      if (this.#streams.get(stream)?.read === undefined) return { id, status: "not_run", first: [], reason: "the stream did not arrive" };
      return { id, status: (counts.failed ?? 0) > 0 ? "failed" : "passed", ...counts };
    });
  }

  #lookAt({ checks, keys }: CheckedStream, chunk: RowChunk | CellChunk, run: Arrived): void {
    let rows: RowChunk | undefined;
    const rowAt = (index: number): { row: Row; line: number } => {
      rows ??= isCells(chunk) ? chunk.toRows() : chunk;
      return { row: rows.rows[index] as Row, line: rows.lines[index] as number };
    };
    const describe = (check: Check, index: number): FaultyRow => {
      const { row, line } = rowAt(index);
      return faultyRow(check, keys, row, { line, ...(run.source !== undefined && { file: run.source.file }), ...sourceOf(row) });
    };
    let stopped: { check: Check; index: number } | undefined;
    for (const { check, find } of checks) {
      const isStop = check.on_fail === "stop";
      const count = find(chunk, (index) => {
        if (!isStop) this.#tallies.fault(check.id, () => describe(check, index));
        else if (stopped === undefined || index < stopped.index) stopped = { check, index };
      });
      this.#tallies.rows(check.id, count);
    }
    if (stopped === undefined) return;
    const { check, index } = stopped as { check: Check; index: number };
    const row = describe(check, index);
    this.#tallies.stop(check.id, row);
    const { file, line } = row;
    const [column] = columnsOfCheck(check);
    throw errors.check_stopped(
      {
        id: check.id,
        isHeld: this.#isHeld,
        rule: describeRule(check),
        row: describeFaultyRow({ ...(row.keys !== undefined && { keys: row.keys }) }),
      },
      {
        stream: check.stream,
        ...(file !== undefined && { file }),
        ...(line !== undefined && { line }),
        ...(column !== undefined && { column }),
      },
    );
  }
}

function faultyRow(check: Check, keysOfStream: readonly string[], row: Row, place: { file?: string; line?: number }): FaultyRow {
  const keys = Object.fromEntries(
    (check.keys.length > 0 ? check.keys : keysOfStream).filter((key) => Object.hasOwn(row, key)).map((key) => [key, row[key]]),
  );
  const values = valuesOf(check, columnsOfCheck(check), row);
  return { ...(Object.keys(keys).length > 0 && { keys }), ...place, ...(values !== undefined && { values }) };
}
